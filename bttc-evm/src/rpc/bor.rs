//! The side chain's own questions: producers, and roots of ranges of blocks.
//!
//! Source: `block-layer §7.1.2, §7.2; bttc:consensus/bor/api.go:28-180`.

use super::{Node, RpcError, hex, params::Height};
use crate::{block::ImportedBlock, header::SealedHeader};
use alloy_primitives::B256;
use bttc_core::snapshot::SnapshotView;
use serde_json::Value;
use std::sync::Arc;

/// Blocks of a range at most.
const RANGE: u64 = 32_768;

/// The block that a method without a height or with null means, or the one at this height.
// The one that would follow is unknown to these methods.
pub(super) fn block(node: &Node<'_>, height: Option<Height>) -> Result<Arc<ImportedBlock>, RpcError> {
    match height.unwrap_or(Height::Latest) {
        Height::Pending => Err(unknown()),
        height => node.block(height)?.ok_or_else(unknown),
    }
}

fn unknown() -> RpcError {
    RpcError::failed("unknown block")
}

/// The snapshot as of a block.
pub(super) fn snapshot(node: &Node<'_>, block: B256) -> Result<SnapshotView, RpcError> {
    let known = node.block_by_hash(block)?.and_then(|_| node.snapshots.snapshot(block));
    known.ok_or_else(unknown)
}

/// A plain value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Result<Value, RpcError> {
    serde_json::to_value(value).map_err(RpcError::failed)
}

/// `bor_getAuthor`.
pub(super) fn author(header: &SealedHeader) -> Result<Value, RpcError> {
    header.signer().map(hex::address).map_err(RpcError::failed)
}

/// Addresses of the producers, in their order.
pub(super) fn signers(snapshot: &SnapshotView) -> Value {
    snapshot.members.validators.iter().map(|member| hex::address(member.signer)).collect()
}

/// `bor_getRootHash` and `eth_getRootHash`.
// the answer is 64 hex digits without 0x. The length is looked at first and wraps, so that a range that ends
// before it starts is too long, but for the two whose lengths wrap to zero.
pub(super) fn root(node: &Node<'_>, start: u64, end: u64) -> Result<Value, RpcError> {
    let length = end.wrapping_sub(start).wrapping_add(1);
    if length > RANGE {
        let text = format!("Start: {start} and end block: {end} exceed max allowed checkpoint length: {RANGE}");
        return Err(RpcError::failed(text));
    }
    let leaves = if start > end || end > node.head() {
        None
    } else {
        let leaf = |number| Ok(node.at(number)?.map(|block| block.header().leaf().hash()));
        (start..=end).map(leaf).collect::<Result<Option<Vec<_>>, RpcError>>()?
    };
    let root = leaves.and_then(|leaves| node.range_root.root_of(leaves));
    let root = root.ok_or_else(|| {
        RpcError::failed(format_args!("Invalid parameters start: {start} and end block: {end} params"))
    })?;
    Ok(format!("{root:x}").into())
}
