//! Handing the next span to the validator-set contract.
//!
//! ```text
//! due at n      end = 0,  or  end > S and n = end − S + 1          (end of the current span, S blocks a sprint)
//! calldata      commitSpan(id, first, last, rlp(validators), rlp(producers))
//! rlp(list)     [[ id, power, signer ], …]                         in the order of the span's lists
//! ```
//!
//! Source: `block-layer §4.1; bttc:consensus/bor/bor.go:1086-1203`.
//!
//! ```
//! use bttc_evm::system::commit_span::{CurrentSpan, is_due};
//!
//! let none = CurrentSpan { id: 0, start: 0, end: 0 };
//! let first = CurrentSpan { id: 1, start: 256, end: 6_655 };
//! assert!(is_due(&none, 64, 64) && is_due(&first, 6_592, 64) && !is_due(&first, 6_528, 64));
//! ```

use crate::{executor::QueryError, header::low_word};
use alloy_primitives::{Address, Bytes, U256};
use alloy_rlp::{Encodable, RlpEncodable};
use alloy_sol_types::SolCall;
use bttc_core::{
    id::ValidatorId,
    span::Span,
    validator::{Validator, VotingPower},
};
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function commitSpan(uint256 newSpan, uint256 startBlock, uint256 endBlock, bytes validatorBytes,
            bytes producerBytes);
        function getCurrentSpan() returns (uint256 number, uint256 startBlock, uint256 endBlock);
        function getBorValidators(uint256 number) returns (address[] signers, uint256[] powers);
    }
}

/// The span that the contract calls current: low 64 bits of its three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentSpan {
    /// Its number.
    pub id: u64,
    /// First block.
    pub start: u64,
    /// Last block; zero before the first commit.
    pub end: u64,
}

/// Whether block `number` commits the next span.
///
/// Source: `block-layer §4.1.2; bttc:consensus/bor/bor.go:1103-1120`.
// Q-83: the rule fires a second time in the last sprint of span 0, where the contract refuses what it already has.
#[must_use]
pub const fn is_due(current: &CurrentSpan, number: u64, sprint: u64) -> bool {
    current.end == 0 || (current.end > sprint && current.end - sprint + 1 == number)
}

/// The call that commits a span.
#[must_use]
pub fn calldata(span: &Span) -> Bytes {
    let call = abi::commitSpanCall {
        newSpan: U256::from(span.id.get()),
        startBlock: U256::from(span.start),
        endBlock: U256::from(span.end),
        validatorBytes: list_bytes(&span.validators).into(),
        producerBytes: list_bytes(&span.producers).into(),
    };
    call.abi_encode().into()
}

/// The RLP of a span's list, in the order given.
///
/// Source: `block-layer §4.1.6; bttc:consensus/bor/bor.go:1157-1174, bttc:consensus/bor/validator.go:102-138`.
#[must_use]
pub fn list_bytes(validators: &[Validator]) -> Vec<u8> {
    #[derive(RlpEncodable)]
    struct Entry {
        id: u64,
        power: u64,
        signer: Address,
    }
    let entries = validators.iter().map(|validator| Entry {
        id: validator.id.get(),
        power: validator.power.get().cast_unsigned(),
        signer: validator.signer,
    });
    let mut bytes = Vec::new();
    entries.collect::<Vec<_>>().encode(&mut bytes);
    bytes
}

/// The call that asks for the current span.
pub(crate) fn current_span_call() -> Bytes {
    abi::getCurrentSpanCall {}.abi_encode().into()
}

/// Reads its answer.
pub(crate) fn read_current_span(answer: &Bytes) -> Result<CurrentSpan, QueryError> {
    let span = decode::<abi::getCurrentSpanCall>(answer)?;
    Ok(CurrentSpan { id: low_word(&span.number), start: low_word(&span.startBlock), end: low_word(&span.endBlock) })
}

/// The call that asks who produces block `number`.
pub(crate) fn validators_call(number: u64) -> Bytes {
    let number = U256::from(number);
    abi::getBorValidatorsCall { number }.abi_encode().into()
}

/// Reads its answer, in the contract's order; powers are the low 64 bits, read as signed.
///
/// Source: `block-layer §4.1.11; bttc:consensus/bor/bor.go:979-1031`.
///
/// # Errors
/// [`QueryError::Empty`] or [`QueryError::Malformed`].
pub fn read_validators(answer: &Bytes) -> Result<Vec<Validator>, QueryError> {
    let lists = decode::<abi::getBorValidatorsCall>(answer)?;
    let pairs = lists.signers.into_iter().zip(lists.powers);
    let validators = pairs.map(|(signer, power)| {
        let power = VotingPower::new(low_word(&power).cast_signed());
        // Q-84: neither headers nor the contract carry ids, so they are 0.
        Validator::new(ValidatorId::new(0), signer, power)
    });
    Ok(validators.collect())
}

pub(super) fn decode<C: SolCall>(answer: &Bytes) -> Result<C::Return, QueryError> {
    if answer.is_empty() {
        return Err(QueryError::Empty);
    }
    C::abi_decode_returns(answer).map_err(|_| QueryError::Malformed { answer: answer.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{address, hex};
    use bttc_core::id::SpanId;

    /// Vector D8.
    #[test]
    fn the_span_of_the_reference_test_chain_encodes_as_recorded() {
        let validators = [
            (5, address!("0x9fb29aac15b9a4b7f17c3385939b007540f4d791"), 30),
            (1, address!("0x96c42c56fdb78294f96b0cfa33c92bed7d75f96a"), 20),
            (2, address!("0xc787af4624cb3e80ee23ae7faac0f2acea2be34c"), 10),
        ]
        .map(|(id, signer, power)| Validator::new(ValidatorId::new(id), signer, VotingPower::new(power)));
        let expected = hex!(
            "f848d7051e949fb29aac15b9a4b7f17c3385939b007540f4d791d701149496c42c56fdb78294f96b0cfa33c92bed7d75f96ad7020a94c787af4624cb3e80ee23ae7faac0f2acea2be34c"
        );
        assert_eq!(list_bytes(&validators), expected);
        let span = Span {
            id: SpanId::new(1),
            start: 0x100,
            end: 0x19ff,
            validators: validators.to_vec(),
            producers: validators.to_vec(),
            chain_id: 15_001,
        };
        let data = calldata(&span);
        let word = |i: usize| U256::from_be_slice(&data[4 + 32 * i..][..32]);
        assert_eq!(data[..4], hex!("23c2a2b4"));
        assert_eq!([0, 1, 2, 3, 4, 5].map(word), [1, 0x100, 0x19ff, 0xa0, 0x120, 0x4a].map(U256::from));
        assert_eq!(data.len(), 4 + 5 * 32 + 2 * (32 + 96));
    }

    #[test]
    fn q83_the_last_sprint_of_span_0_asks_for_span_1_again() {
        let span_0 = CurrentSpan { id: 0, start: 0, end: 255 };
        assert!(is_due(&span_0, 192, 64) && !is_due(&span_0, 128, 64));
    }

    #[test]
    fn q84_validators_of_the_contract_have_id_zero() {
        let returned = abi::getBorValidatorsReturn {
            signers: vec![Address::repeat_byte(1)],
            powers: vec![(U256::from(1) << 64) - U256::from(5)],
        };
        let answer = abi::getBorValidatorsCall::abi_encode_returns(&returned).into();
        let validators = read_validators(&answer).unwrap();
        assert_eq!((validators[0].id.get(), validators[0].power.get()), (0, -5));
    }
}
