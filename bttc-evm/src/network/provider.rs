//! The methods that this chain's nodes have beyond Ethereum's.

use super::{
    Bttc,
    answer::{BareHash, RankedValidator, SignersSnapshot, UntypedReceipt},
};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{Address, B256};
use alloy_provider::{Provider, transport::TransportResult};
use async_trait::async_trait;
use core::ops::RangeInclusive;

/// What any provider of this chain can be asked as well.
///
/// Source: `block-layer §7.2; bttc:consensus/bor/api.go:23-199`.
#[async_trait]
pub trait BorProvider: Send + Sync {
    /// Who sealed a block (`bor_getAuthor`).
    async fn author(&self, block: BlockNumberOrTag) -> TransportResult<Address>;

    /// Who may produce as of a block (`bor_getSnapshot`).
    async fn snapshot(&self, block: BlockNumberOrTag) -> TransportResult<SignersSnapshot>;

    /// Who may produce as of the block with this hash (`bor_getSnapshotAtHash`).
    async fn snapshot_at_hash(&self, block: B256) -> TransportResult<SignersSnapshot>;

    /// The signers as of a block (`bor_getSigners`).
    async fn signers(&self, block: BlockNumberOrTag) -> TransportResult<Vec<Address>>;

    /// The signers as of the block with this hash (`bor_getSignersAtHash`).
    async fn signers_at_hash(&self, block: B256) -> TransportResult<Vec<Address>>;

    /// Who is in turn at the head (`bor_getCurrentProposer`).
    async fn current_proposer(&self) -> TransportResult<Address>;

    /// The validators at the head (`bor_getCurrentValidators`).
    async fn current_validators(&self) -> TransportResult<Vec<RankedValidator>>;

    /// Root of a checkpoint over these blocks (`eth_getRootHash`).
    async fn root_hash(&self, blocks: RangeInclusive<u64>) -> TransportResult<B256>;

    /// The same by its other name (`bor_getRootHash`).
    async fn bor_root_hash(&self, blocks: RangeInclusive<u64>) -> TransportResult<B256>;

    /// Receipts of a block in order, state sync's last (`eth_getTransactionReceiptsByBlock`); none without such a block.
    async fn receipts_by_block(&self, block: BlockId) -> TransportResult<Option<Vec<UntypedReceipt>>>;
}

#[async_trait]
impl<P: Provider<Bttc>> BorProvider for P {
    async fn author(&self, block: BlockNumberOrTag) -> TransportResult<Address> {
        self.client().request("bor_getAuthor", (block,)).await
    }

    async fn snapshot(&self, block: BlockNumberOrTag) -> TransportResult<SignersSnapshot> {
        self.client().request("bor_getSnapshot", (block,)).await
    }

    async fn snapshot_at_hash(&self, block: B256) -> TransportResult<SignersSnapshot> {
        self.client().request("bor_getSnapshotAtHash", (block,)).await
    }

    async fn signers(&self, block: BlockNumberOrTag) -> TransportResult<Vec<Address>> {
        self.client().request("bor_getSigners", (block,)).await
    }

    async fn signers_at_hash(&self, block: B256) -> TransportResult<Vec<Address>> {
        self.client().request("bor_getSignersAtHash", (block,)).await
    }

    async fn current_proposer(&self) -> TransportResult<Address> {
        self.client().request_noparams("bor_getCurrentProposer").await
    }

    async fn current_validators(&self) -> TransportResult<Vec<RankedValidator>> {
        self.client().request_noparams("bor_getCurrentValidators").await
    }

    // the ends of the range are JSON numbers.
    async fn root_hash(&self, blocks: RangeInclusive<u64>) -> TransportResult<B256> {
        let root: BareHash = self.client().request("eth_getRootHash", (blocks.start(), blocks.end())).await?;
        Ok(root.0)
    }

    async fn bor_root_hash(&self, blocks: RangeInclusive<u64>) -> TransportResult<B256> {
        let root: BareHash = self.client().request("bor_getRootHash", (blocks.start(), blocks.end())).await?;
        Ok(root.0)
    }

    async fn receipts_by_block(&self, block: BlockId) -> TransportResult<Option<Vec<UntypedReceipt>>> {
        self.client().request("eth_getTransactionReceiptsByBlock", (block,)).await
    }
}
