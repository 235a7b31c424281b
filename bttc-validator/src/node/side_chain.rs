//! The own chain behind the seam that provers ask.

use alloy_primitives::B256;
use async_trait::async_trait;
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{self, Receipt},
    merkle::root_of,
    side_chain::{SideChain, SideChainError, TransactionPlace},
};
use bttc_core::leaf::{Leaf, RangeRoot};
use bttc_evm::chain::Chain;

/// A chain in this process, as provers see it.
#[derive(Debug)]
pub struct OwnSideChain<'a>(pub &'a Chain);

impl OwnSideChain<'_> {
    fn height(&self) -> u64 {
        self.0.head().header().height()
    }

    fn leaf(&self, number: u64) -> Result<Leaf, SideChainError> {
        let above = SideChainError::AboveHead { got: number, head: self.height() };
        self.0.header(number).map(|header| header.leaf()).ok_or(above)
    }
}

#[async_trait]
impl SideChain for OwnSideChain<'_> {
    fn chain_id(&self) -> u64 {
        self.0.spec().chain_id
    }

    async fn head(&self) -> Result<u64, SideChainError> {
        Ok(self.height())
    }

    async fn locate(&self, transaction: B256) -> Result<Option<TransactionPlace>, SideChainError> {
        // Newest first: whoever asks has just sent it.
        for block in (0..=self.height()).rev() {
            let Some(found) = self.0.block(block) else { continue };
            let place = found.block().transactions().iter().position(|t| t.hash() == transaction);
            if let Some(index) = place.and_then(|place| u64::try_from(place).ok()) {
                return Ok(Some(TransactionPlace { block, index }));
            }
        }
        Ok(None)
    }

    async fn leaves(&self, range: BlockRange) -> Result<Vec<Leaf>, SideChainError> {
        (range.start()..=range.end()).map(|number| self.leaf(number)).collect()
    }

    async fn receipts(&self, block: u64) -> Result<Vec<Receipt>, SideChainError> {
        let above = SideChainError::AboveHead { got: block, head: self.height() };
        let receipts = self.0.receipts(block).ok_or(above)?;
        let read = receipts.iter().map(|receipt| exit::Receipt::decode(&receipt.to_consensus_bytes()));
        read.collect::<Result<_, _>>().map_err(|e| SideChainError::Permanent { cause: e.to_string() })
    }

    async fn root(&self, range: BlockRange) -> Result<B256, SideChainError> {
        let leaves = (range.start()..=range.end()).map(|number| Ok(self.leaf(number)?.hash()));
        let leaves = leaves.collect::<Result<Vec<_>, SideChainError>>()?;
        root_of(leaves).ok_or(SideChainError::Permanent { cause: "an empty range has no root".into() })
    }
}

/// The tree of checkpoints, for whoever answers `eth_getRootHash`.
///
/// ```
/// use alloy_primitives::B256;
/// use bttc_core::leaf::RangeRoot;
/// use bttc_validator::node::CheckpointTree;
///
/// assert_eq!(CheckpointTree.root_of(vec![B256::repeat_byte(1)]), Some(B256::repeat_byte(1)));
/// assert_eq!(CheckpointTree.root_of(vec![]), None);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckpointTree;

impl RangeRoot for CheckpointTree {
    fn root_of(&self, leaves: Vec<B256>) -> Option<B256> {
        root_of(leaves)
    }
}
