//! Handing a state-sync record to the state receiver, which passes it on with 5,000,000 gas.
//!
//! ```text
//! calldata     commitState(floor(time), recordBytes)
//! recordBytes  rlp([ id, contract, data, transaction hash, log index, chain id as decimal text ])
//! ```
//!
//! Source: `block-layer §4.2.8-4.2.10; bttc:consensus/bor/genesis_contracts_client.go:51-103`.
//!
//! ```
//! use bttc_evm::{state_sync::Record, system::commit_state::calldata};
//!
//! let record = Record { chain_id: "199".into(), ..Record::default() };
//! assert_eq!(calldata(&record)[..4], [0x19, 0x49, 0x4a, 0x17]);
//! ```

use crate::{executor::QueryError, header::low_word, state_sync::Record};
use alloy_primitives::{Bytes, U256};
use alloy_rlp::Encodable;
use alloy_sol_types::SolCall;
use bttc_core::id::StateId;

mod abi {
    alloy_sol_types::sol! {
        function commitState(uint256 syncTime, bytes recordBytes) returns (bool success);
        function lastStateId() returns (uint256 id);
    }
}

/// The call that delivers a record.
#[must_use]
pub fn calldata(record: &Record) -> Bytes {
    let call =
        abi::commitStateCall { syncTime: U256::from(record.time.seconds), recordBytes: record_bytes(record).into() };
    call.abi_encode().into()
}

/// The record as the receiver reads it.
#[must_use]
pub fn record_bytes(record: &Record) -> Vec<u8> {
    let mut items = Vec::with_capacity(record.data.len() + 128);
    record.id.get().encode(&mut items);
    record.receiver.encode(&mut items);
    record.data.encode(&mut items);
    record.tx_hash.encode(&mut items);
    record.log_index.encode(&mut items);
    record.chain_id.encode(&mut items);
    crate::header::list(&items)
}

/// The call that asks for the last record delivered.
pub(crate) fn last_state_id_call() -> Bytes {
    abi::lastStateIdCall {}.abi_encode().into()
}

/// Reads its answer.
pub(crate) fn read_last_state_id(answer: &Bytes) -> Result<StateId, QueryError> {
    let id = super::commit_span::decode::<abi::lastStateIdCall>(answer)?;
    Ok(StateId::new(low_word(&id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state_sync::RecordTime;
    use alloy_primitives::{address, b256, hex};

    /// Vector D10; its data are 128 bytes that the encoding does not look at.
    #[test]
    fn the_first_record_of_the_reference_test_chain_encodes_as_recorded() {
        let record = Record {
            id: StateId::new(1),
            receiver: address!("0xb55969a6d60413a63291a1de572269875df541e3"),
            data: vec![7; 128].into(),
            tx_hash: b256!("0x7b113e09d98b6d4be1dedfbc0746e34876de767f2cb8b58ff00160a160811dd6"),
            log_index: 0,
            chain_id: "15001".into(),
            time: RecordTime { seconds: 1_589_549_798, nanoseconds: 580_215_604 },
        };
        let expected = [
            &hex!("f8c00194b55969a6d60413a63291a1de572269875df541e3b880")[..],
            &[7; 128],
            &hex!("a07b113e09d98b6d4be1dedfbc0746e34876de767f2cb8b58ff00160a160811dd680853135303031"),
        ]
        .concat();
        assert_eq!(record_bytes(&record), expected);
        let data = calldata(&record);
        let word = |i: usize| U256::from_be_slice(&data[4 + 32 * i..][..32]);
        assert_eq!(data[..4], hex!("19494a17"));
        assert_eq!([0, 1, 2].map(word), [0x5ebe_9ae6, 0x40, 0xc2].map(U256::from));
        assert_eq!(data.len(), 4 + 3 * 32 + 224);
    }
}
