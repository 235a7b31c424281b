//! `exit-payload`: the payload of a burn from the receipts of its block and the leaves of its checkpoint.

use super::{Kind, receipts_root::receipt};
use crate::{case::Case, failure::Failure, field::Field};
use alloy_primitives::B256;
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BurnBlock, CheckpointLeaves, CheckpointRef, ExitProof, LogChoice, Receipt, exit_hash, state_sync_transaction,
    },
    merkle::root_of,
};
use bttc_core::{id::HeaderBlockId, leaf::Leaf};
use bttc_evm::state_sync::synthetic_hash;

/// The kind `exit-payload`.
#[derive(Debug)]
pub(crate) struct ExitPayloads;

impl Kind for ExitPayloads {
    fn name(&self) -> &'static str {
        "exit-payload"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let checkpoint = input.field("checkpoint")?;
        let leaves = checkpoint.field("leaves")?.list(|leaf| leaf.b256())?;
        let range = BlockRange::new(checkpoint.field("start")?.u64()?, checkpoint.field("end")?.u64()?);
        let checkpoint = CheckpointRef {
            id: HeaderBlockId::new(checkpoint.field("headerNumber")?.u256()?),
            range: range.map_err(|error| checkpoint.failed(error))?,
            root: checkpoint.field("root")?.b256()?,
        };
        let block = input.field("block")?;
        let leaf = Leaf {
            number: block.field("number")?.u64()?,
            time: block.field("time")?.u64()?,
            transactions_root: block.field("transactionsRoot")?.b256()?,
            receipts_root: block.field("receiptsRoot")?.b256()?,
        };
        let (mut receipts, mut synthetic) = (Vec::new(), false);
        for item in input.field("receipts")?.items()? {
            match item.or_default("stateSync", Field::flag)? {
                true => synthetic = true,
                false => receipts.push(receipt(&item)?),
            }
        }
        let tx_index = input.field("txIndex")?.u64()?;
        let built = ExitProof::build(
            &checkpoint,
            leaves,
            &BurnBlock { leaf, receipts },
            tx_index,
            &choice(&input.field("select")?)?,
        );
        let proof = match built {
            Ok(proof) => proof,
            Err(error) => return expect.only("error", error.code()),
        };
        let payload = proof.to_payload();
        expect.absent("error", "a payload")?;
        if ExitProof::decode(&payload).as_ref() != Ok(&proof) {
            return Err(input.failed("the payload decodes to another proof"));
        }
        expect.check("payload", payload)?;
        expect.check("logIndex", proof.log_index)?;
        expect.check("exitHash", exit_hash(leaf.number, tx_index, proof.log_index))?;
        expect.check("siblings", proof.siblings.len())?;
        expect.check("proofNodes", proof.nodes.len())?;
        match synthetic {
            true => {
                let hash = block.field("hash")?.b256()?;
                let transaction = state_sync_transaction(leaf.number, hash);
                // The block's side has it too.
                if transaction != synthetic_hash(leaf.number, hash) {
                    return Err(block.failed("the withdrawal's and the block's state-sync transaction differ"));
                }
                expect.check("stateSyncTxHash", transaction)
            }
            false => expect.absent("stateSyncTxHash", "no such transaction"),
        }
    }
}

fn choice(select: &Field<'_>) -> Result<LogChoice, Failure> {
    if let Some(index) = select.optional("logIndex")? {
        return Ok(LogChoice::At(index.u64()?));
    }
    Ok(LogChoice::Nth {
        topic0: select.field("topic0")?.b256()?,
        nth: select.field("nth")?.u64()?,
        emitter: select.optional("address")?.map(|address| address.address()).transpose()?,
    })
}

/// What a builder is given in an `exit` case: the checkpoint with its tree, and the block.
pub(super) fn built(build: &Field<'_>) -> Result<(CheckpointLeaves, BurnBlock), Failure> {
    let header = build.field("header")?;
    let leaves: Vec<B256> = build.field("leaves")?.list(|leaf| leaf.b256())?;
    let range = BlockRange::new(header.field("start")?.u64()?, header.field("end")?.u64()?);
    let checkpoint = CheckpointRef {
        id: HeaderBlockId::new(header.field("id")?.u256()?),
        range: range.map_err(|error| header.failed(error))?,
        root: root_of(leaves.clone()).unwrap_or_default(),
    };
    let receipts = build.field("receipts")?;
    let block = BurnBlock {
        leaf: Leaf {
            number: build.field("number")?.u64()?,
            time: build.field("time")?.u64()?,
            transactions_root: build.field("txRoot")?.b256()?,
            receipts_root: build.field("receiptRoot")?.b256()?,
        },
        receipts: receipts.list(|item| Receipt::decode(&item.bytes()?).map_err(|error| item.failed(error)))?,
    };
    let leaves = CheckpointLeaves::new(checkpoint, leaves).map_err(|error| build.failed(error))?;
    Ok((leaves, block))
}
