//! `checkpoint-root`: leaves, root and branches over a range of blocks.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use alloy_primitives::U256;
use bttc_checkpoint::{
    checkpoint::CheckpointBuilder,
    merkle::{StoredTree, check_membership, root_of},
};
use bttc_core::leaf::Leaf;

/// The kind `checkpoint-root`.
#[derive(Debug)]
pub(crate) struct CheckpointRoot;

impl Kind for CheckpointRoot {
    fn name(&self) -> &'static str {
        "checkpoint-root"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let field = input.field("blocks")?;
        let blocks = field.list(|block| leaf(&block))?;
        let start = blocks.first().map(|first| first.number);
        let mut builder = CheckpointBuilder::new(start.unwrap_or_default());
        for block in &blocks {
            builder.append(block).map_err(|error| field.failed(error))?;
        }
        let leaves: Vec<_> = blocks.iter().map(Leaf::hash).collect();
        let none = || field.refused("blocks");
        let (range, root) = (builder.range().ok_or_else(none)?, builder.root().ok_or_else(none)?);
        let tree = StoredTree::build(leaves.clone()).ok_or_else(none)?;
        // The tree has three forms; the recorded root is compared with the streamed one.
        if (tree.root(), root_of(leaves)) != (root, Some(root)) {
            return Err(field.failed("the forms of the tree have different roots"));
        }
        expect.check("start", range.start())?;
        expect.check("end", range.end())?;
        expect.check("depth", range.depth())?;
        expect.check("depth", tree.depth())?;
        expect.check("root", root)?;
        if let Some(leaves) = expect.field("leaves")? {
            for item in leaves.items()? {
                let index = item.read().field("index")?;
                let place = index.index()?;
                let leaf = tree.leaves().get(place).ok_or_else(|| index.refused("a place in the range"))?;
                item.is(Got::object([("index", place.into()), ("leaf", (*leaf).into())]))?;
            }
        }
        if let Some(proofs) = expect.field("proofs")? {
            for item in proofs.items()? {
                let index = item.read().field("index")?;
                let outside = || index.refused("a place in the range");
                let place = index.u64()?;
                let leaf = tree.leaves().get(index.index()?).ok_or_else(outside)?;
                let proof = tree.branch(place).ok_or_else(outside)?.to_bytes();
                if check_membership(leaf, U256::from(place), &root, &proof) != Ok(true) {
                    return Err(index.failed("the branch does not lead to the root"));
                }
                item.is(Got::object([
                    ("number", range.start().saturating_add(place).into()),
                    ("index", place.into()),
                    ("proof", proof.into()),
                ]))?;
            }
        }
        Ok(())
    }
}

fn leaf(block: &Field<'_>) -> Result<Leaf, Failure> {
    Ok(Leaf {
        number: block.field("number")?.u64()?,
        time: block.field("time")?.u64()?,
        transactions_root: block.field("transactionsRoot")?.b256()?,
        receipts_root: block.field("receiptsRoot")?.b256()?,
    })
}
