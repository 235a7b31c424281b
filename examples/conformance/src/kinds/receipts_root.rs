//! `receipts-root`: receipts as bytes, their root, and each one's way to it.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use alloy_primitives::{B256, Bloom, Bytes, Log};
use bttc_checkpoint::exit::{self, ExitProof, Receipt, Status, receipt_branch};
use bttc_core::{hash::keccak256, id::HeaderBlockId, leaf::Leaf};
use bttc_evm::{receipt, transaction::TransactionType};

/// The kind `receipts-root`.
#[derive(Debug)]
pub(crate) struct ReceiptsRoot;

impl Kind for ReceiptsRoot {
    fn name(&self) -> &'static str {
        "receipts-root"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let field = input.field("receipts")?;
        let receipts = field.list(|item| receipt(&item))?;
        let bytes: Vec<Bytes> = receipts.iter().map(Receipt::to_bytes).collect();
        for (receipt, bytes) in receipts.iter().zip(&bytes) {
            if Receipt::decode(bytes).as_ref() != Ok(receipt) {
                return Err(field.failed("a receipt's bytes decode to another receipt"));
            }
        }
        let root = exit::receipts_root(&bytes);
        // The block's side computes the root from its own receipts, where it knows their types.
        let own: Option<Vec<_>> = receipts.iter().map(own).collect();
        if own.is_some_and(|own| receipt::receipts_root(&own) != root) {
            return Err(field.failed("the withdrawal's and the block's receipts root differ"));
        }
        expect.check("receiptsRoot", root)?;
        let matching = receipts.iter().all(|receipt| receipt.bloom == receipt.computed_bloom());
        expect.check("bloomsMatch", matching)?;
        let bloom = receipts.iter().fold(Bloom::ZERO, |all, receipt| all | receipt.bloom);
        expect.check("blockBloom", bloom.0)?;
        let Some(proofs) = expect.field("proofs")? else {
            return Ok(());
        };
        for item in proofs.items()? {
            let index = item.read().field("txIndex")?;
            let (proof, place) = (proof(&bytes, index.u64()?), index.index()?);
            let outside = || index.refused("a place among the receipts");
            let (proof, bytes) = (proof.ok_or_else(outside)?, bytes.get(place).ok_or_else(outside)?);
            let mask = proof.branch_mask();
            item.is(Got::object([
                ("txIndex", place.into()),
                ("key", mask.get(1..).unwrap_or_default().into()),
                ("receiptHash", keccak256(bytes).into()),
                ("receiptLength", bytes.len().into()),
                ("nodes", Got::list(proof.nodes)),
                ("mask", mask.into()),
            ]))?;
        }
        Ok(())
    }
}

/// The receipt's part of a withdrawal proof; what the block and the checkpoint add plays no part here.
fn proof(receipts: &[Bytes], index: u64) -> Option<ExitProof> {
    let branch = receipt_branch(receipts, index)?;
    Some(ExitProof {
        header: HeaderBlockId::default(),
        siblings: Vec::new(),
        block: Leaf { number: 0, time: 0, transactions_root: B256::ZERO, receipts_root: branch.root },
        receipt: Bytes::new(),
        nodes: branch.nodes,
        tx_index: index,
        log_index: 0,
    })
}

fn own(receipt: &Receipt) -> Option<receipt::Receipt> {
    Some(receipt::Receipt {
        transaction_type: match receipt.kind {
            0 => TransactionType::Legacy,
            1 => TransactionType::AccessList,
            2 => TransactionType::DynamicFee,
            _ => return None,
        },
        status: match receipt.status {
            Status::Succeeded => receipt::Status::Succeeded,
            Status::Failed => receipt::Status::Failed,
        },
        gas_used: 0,
        cumulative_gas_used: receipt.cumulative_gas_used,
        contract_address: None,
        logs: receipt.logs.clone(),
        bloom: receipt.bloom,
    })
}

pub(super) fn receipt(field: &Field<'_>) -> Result<Receipt, Failure> {
    let (kind, status) = (field.field("type")?, field.field("status")?);
    Ok(Receipt {
        kind: kind.u8()?,
        status: match status.u64()? {
            0 => Status::Failed,
            1 => Status::Succeeded,
            _ => return Err(status.refused("1 or 0")),
        },
        cumulative_gas_used: field.field("cumulativeGasUsed")?.u64()?,
        bloom: Bloom(field.field("logsBloom")?.fixed()?),
        logs: field.field("logs")?.list(|item| log(&item))?,
    })
}

fn log(field: &Field<'_>) -> Result<Log, Failure> {
    let (address, topics) = (field.field("address")?.address()?, field.field("topics")?);
    let data = field.field("data")?.bytes()?;
    let words = topics.list(|topic| topic.b256())?;
    Log::new(address, words, data).ok_or_else(|| topics.refused("at most 4 topics"))
}
