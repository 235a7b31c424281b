//! A block and what it did, as bytes.
//!
//! ```text
//! rlp([ block, author, total difficulty, [[ status, gas used, contract or "", [log, …] ], …],
//!       [state-sync log, …], [record, …], [] or [span, status] ])
//! ```
//!
//! What follows from the rest is not kept: hashes, filters, sums of gas, places of logs.

use crate::{
    block::{Block, ImportedBlock, SealedBlock, synthetic_receipt},
    header::{SealedHeader, list},
    receipt::{Receipt, Status},
    state_sync::{Record, RecordTime},
};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use alloy_rlp::{Decodable, Encodable, Header, RlpDecodable, RlpEncodable};
use bttc_core::id::{SpanId, StateId};

#[derive(RlpEncodable, RlpDecodable)]
struct ReceiptForm {
    succeeded: bool,
    gas_used: u64,
    contract: Bytes,
    logs: Vec<Log>,
}

#[derive(RlpEncodable, RlpDecodable)]
struct RecordForm {
    id: u64,
    receiver: Address,
    data: Bytes,
    tx_hash: B256,
    log_index: u64,
    chain_id: String,
    seconds: u64,
    nanoseconds: u32,
}

#[derive(RlpEncodable, RlpDecodable)]
struct SpanForm {
    id: u64,
    succeeded: bool,
}

const fn status(succeeded: bool) -> Status {
    if succeeded { Status::Succeeded } else { Status::Failed }
}

pub(super) fn encode(imported: &ImportedBlock) -> Vec<u8> {
    let mut items = imported.block.to_rlp();
    imported.header().author().encode(&mut items);
    imported.total_difficulty.encode(&mut items);
    let receipts = imported.receipts.iter().map(|receipt| ReceiptForm {
        succeeded: receipt.status.is_success(),
        gas_used: receipt.gas_used,
        contract: receipt.contract_address.map(|address| address.to_vec().into()).unwrap_or_default(),
        logs: receipt.logs.clone(),
    });
    receipts.collect::<Vec<_>>().encode(&mut items);
    imported.synthetic.as_ref().map(|synthetic| synthetic.logs.clone()).unwrap_or_default().encode(&mut items);
    let records = imported.delivered.iter().map(|record| RecordForm {
        id: record.id.get(),
        receiver: record.receiver,
        data: record.data.clone(),
        tx_hash: record.tx_hash,
        log_index: record.log_index,
        chain_id: record.chain_id.clone(),
        seconds: record.time.seconds,
        nanoseconds: record.time.nanoseconds,
    });
    records.collect::<Vec<_>>().encode(&mut items);
    let span = imported.committed.map(|(id, status)| SpanForm { id: id.get(), succeeded: status.is_success() });
    span.into_iter().collect::<Vec<_>>().encode(&mut items);
    list(&items)
}

pub(super) fn decode(mut bytes: &[u8]) -> alloy_rlp::Result<ImportedBlock> {
    let mut items = Header::decode_bytes(&mut bytes, true)?;
    // The block is a list of its own: it goes on as far as its head says.
    let whole = items;
    let payload = Header::decode_bytes(&mut items, true)?;
    let block = whole.get(..whole.len() - items.len()).filter(|_| !payload.is_empty());
    let block = block.ok_or(alloy_rlp::Error::InputTooShort)?;
    let Block { header, transactions, .. } =
        Block::from_rlp(block).map_err(|_| alloy_rlp::Error::Custom("not a block"))?;
    let header = SealedHeader::of(header, Decodable::decode(&mut items)?);
    let total_difficulty = U256::decode(&mut items)?;
    let mut cumulative = 0_u64;
    let forms = Vec::<ReceiptForm>::decode(&mut items)?;
    if forms.len() != transactions.len() {
        return Err(alloy_rlp::Error::UnexpectedLength);
    }
    let receipts = forms.into_iter().zip(&transactions).map(|(form, transaction)| {
        cumulative = cumulative.saturating_add(form.gas_used);
        let contract = (form.contract.len() == 20).then(|| Address::from_slice(&form.contract));
        let status = status(form.succeeded);
        Receipt::new(transaction.form(), status, form.gas_used, cumulative, contract, form.logs)
    });
    let receipts: Vec<_> = receipts.collect();
    let logs = Vec::<Log>::decode(&mut items)?;
    let records = Vec::<RecordForm>::decode(&mut items)?.into_iter().map(|form| Record {
        id: StateId::new(form.id),
        receiver: form.receiver,
        data: form.data,
        tx_hash: form.tx_hash,
        log_index: form.log_index,
        chain_id: form.chain_id,
        time: RecordTime { seconds: form.seconds, nanoseconds: form.nanoseconds },
    });
    let delivered = records.collect();
    let span = Vec::<SpanForm>::decode(&mut items)?.pop();
    if !items.is_empty() || !bytes.is_empty() {
        return Err(alloy_rlp::Error::UnexpectedLength);
    }
    Ok(ImportedBlock {
        synthetic: synthetic_receipt(&header, &receipts, &logs),
        block: SealedBlock { header, transactions },
        receipts,
        delivered,
        committed: span.map(|span| (SpanId::new(span.id), status(span.succeeded))),
        total_difficulty,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, proptest};

    proptest! {
        #[test]
        fn any_bytes_are_a_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
            let _ = decode(&list(&bytes));
        }
    }

    #[test]
    fn records_and_spans_come_back() {
        let header = SealedHeader::of(crate::header::Header::default(), Address::repeat_byte(7));
        let log = Log::new_unchecked(Address::repeat_byte(1), vec![B256::repeat_byte(2)], vec![3].into());
        let block = ImportedBlock {
            synthetic: synthetic_receipt(&header, &[], &[log]),
            delivered: vec![Record { id: StateId::new(9), chain_id: "199".to_owned(), ..Record::default() }],
            committed: Some((SpanId::new(4), Status::Failed)),
            total_difficulty: U256::from(77),
            ..ImportedBlock::empty(header)
        };
        assert_eq!(decode(&encode(&block)), Ok(block));
    }
}
