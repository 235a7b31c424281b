//! `exit-payload-decode`: a finished payload taken apart.

use super::Kind;
use crate::{case::Case, failure::Failure, got::Got};
use bttc_checkpoint::{
    exit::{ExitProof, Receipt},
    merkle::BranchProof,
};

/// The kind `exit-payload-decode`.
#[derive(Debug)]
pub(crate) struct ExitPayloadDecode;

impl Kind for ExitPayloadDecode {
    fn name(&self) -> &'static str {
        "exit-payload-decode"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let payload = input.field("payload")?;
        let bytes = payload.bytes()?;
        let proof = ExitProof::decode(&bytes).map_err(|error| payload.failed(error))?;
        if proof.to_payload() != bytes {
            return Err(payload.failed("written again it is another payload"));
        }
        let receipt = Receipt::decode(&proof.receipt).map_err(|error| payload.failed(error))?;
        expect.check("headerNumber", proof.header.get())?;
        expect.check("blockNumber", proof.block.number)?;
        expect.check("blockTime", proof.block.time)?;
        expect.check("txRoot", proof.block.transactions_root)?;
        expect.check("receiptsRoot", proof.block.receipts_root)?;
        expect.check("mask", proof.branch_mask())?;
        expect.check("txIndex", proof.tx_index)?;
        expect.check("logIndex", proof.log_index)?;
        expect.check("receipt", proof.receipt.clone())?;
        expect.check("receiptType", receipt.kind)?;
        expect.check("proofNodes", proof.nodes.len())?;
        expect.check("receiptProofValid", proof.holds_receipt())?;
        expect.check("leaf", proof.block.hash())?;
        expect.check("exitHash", proof.exit_hash())?;
        let log = usize::try_from(proof.log_index).ok().and_then(|place| receipt.logs.get(place));
        let log = log.map(|log| {
            Got::object([
                ("address", log.address.into()),
                ("topics", Got::list(log.data.topics().iter().copied())),
                ("data", log.data.data.clone().into()),
            ])
        });
        expect.check("log", log)?;
        let branch = |index| BranchProof { index, siblings: proof.siblings.clone() };
        expect.check("blockProof", branch(0).to_bytes())?;
        let Some(start) = input.optional("start")? else {
            return expect.absent("root", "no start to count from");
        };
        let index = proof.block.number.checked_sub(start.u64()?);
        let index = index.ok_or_else(|| start.refused("a start before the block"))?;
        expect.check("root", branch(index).root(&proof.block.hash()))
    }
}
