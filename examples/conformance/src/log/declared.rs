//! The events of the contracts on root chains.

use super::Declaration;
use crate::got::Got;
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, LogData};
use std::sync::LazyLock;

/// Their declarations. Two that share a first topic differ in what is indexed.
///
/// Source: `root-contracts §6, §8, §9; withdrawal-proofs §5`.
const EVENTS: &[&str] = &[
    // Stake, on TRON and where it is mirrored.
    "Staked(address indexed signer,uint256 indexed validatorId,uint256 nonce,uint256 indexed activationEpoch,uint256 amount,uint256 total,bytes signerPubkey)",
    "UnstakeInit(address indexed user,uint256 indexed validatorId,uint256 nonce,uint256 deactivationEpoch,uint256 indexed amount)",
    "Unstaked(address indexed user,uint256 indexed validatorId,uint256 amount,uint256 total)",
    "SignerChange(uint256 indexed validatorId,uint256 nonce,address indexed oldSigner,address indexed newSigner,bytes signerPubkey)",
    "StakeUpdate(uint256 indexed validatorId,uint256 indexed newAmount)",
    "StakeUpdate(uint256 indexed validatorId,uint256 indexed nonce,uint256 indexed newAmount)",
    "StakeAck(uint256 indexed validatorId,uint256 indexed nonce)",
    "Restaked(uint256 indexed validatorId,uint256 amount,uint256 total)",
    "ClaimRewards(uint256 indexed validatorId,uint256 indexed amount,uint256 indexed totalAmount)",
    "TopUpFee(address indexed user,uint256 indexed fee)",
    "ClaimFee(address indexed user,uint256 indexed fee)",
    "CheckpointSyncAck(address indexed proposer,uint256 indexed chainId,uint256 indexed checkpointId,uint256 start,uint256 end)",
    "ChainRewardUpdate(uint256 chainId,uint256 newReward,uint256 oldReward)",
    "RewardUpdate(uint256 newReward,uint256 oldReward)",
    "StartAuction(uint256 indexed validatorId,uint256 indexed amount,uint256 indexed auctionAmount)",
    "ConfirmAuction(uint256 indexed newValidatorId,uint256 indexed oldValidatorId,uint256 indexed amount)",
    "ThresholdChange(uint256 newThreshold,uint256 oldThreshold)",
    "DynastyValueChange(uint256 newDynasty,uint256 oldDynasty)",
    "ProposerBonusChange(uint256 newProposerBonus,uint256 oldProposerBonus)",
    "ShareMinted(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens)",
    "ShareBurned(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens)",
    "ShareBurnedWithId(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens,uint256 nonce)",
    "DelegatorUnstaked(uint256 indexed validatorId,address indexed user,uint256 amount)",
    "DelegatorUnstakeWithId(uint256 indexed validatorId,address indexed user,uint256 amount,uint256 nonce)",
    "DelegatorClaimedRewards(uint256 indexed validatorId,address indexed user,uint256 indexed rewards)",
    "DelegatorRestaked(uint256 indexed validatorId,address indexed user,uint256 indexed totalStaked)",
    "UpdateCommissionRate(uint256 indexed validatorId,uint256 indexed newCommissionRate,uint256 indexed oldCommissionRate)",
    "RewardParams(uint256 rewardDecreasePerCheckpoint,uint256 maxRewardedCheckpoints,uint256 checkpointRewardDelta)",
    "RootChainChanged(address indexed previousRootChain,address indexed newRootChain)",
    "Slashed(uint256 indexed nonce,uint256 indexed amount)",
    "OwnerUpdate(address _new,address _old)",
    "OwnershipTransferred(address indexed previousOwner,address indexed newOwner)",
    // Checkpoints.
    "NewHeaderBlock(address indexed proposer,uint256 indexed headerBlockId,uint256 indexed reward,uint256 start,uint256 end,bytes32 root)",
    "ResetHeaderBlock(address indexed proposer,uint256 indexed headerBlockId)",
    "NewChain(uint256 indexed rootChainId,uint256 activationHeight,uint256 txConfirmations,address rootChainAddress,address stateSenderAddress,address stakingManagerAddress,address stakingInfoAddress)",
    // Messages.
    "StateSynced(uint256 indexed id,address indexed contractAddress,bytes data)",
    "NewRegistration(address indexed user,address indexed sender,address indexed receiver)",
    "RegistrationUpdated(address indexed user,address indexed sender,address indexed receiver)",
    // Withdrawals.
    "ExitedEther(address indexed exitor,uint256 amount)",
    "ExitedERC20(address indexed withdrawer,address indexed rootToken,uint256 amount)",
    "ExitedMintableERC20(address indexed withdrawer,address indexed rootToken,uint256 amount)",
    "ExitedERC721(address indexed withdrawer,address indexed rootToken,uint256 tokenId)",
    "ExitedERC721Batch(address indexed withdrawer,address indexed rootToken,uint256[] tokenIds)",
    "ExitedMintableERC721(address indexed withdrawer,address indexed rootToken,uint256 tokenId)",
    "ExitedMintableERC721Batch(address indexed withdrawer,address indexed rootToken,uint256[] tokenIds)",
    // Tokens: of value, of pieces, of both.
    "Transfer(address indexed from,address indexed to,uint256 value)",
    "Transfer(address indexed from,address indexed to,uint256 indexed tokenId)",
    "Approval(address indexed owner,address indexed spender,uint256 value)",
    "Approval(address indexed owner,address indexed approved,uint256 indexed tokenId)",
    "ApprovalForAll(address indexed owner,address indexed operator,bool approved)",
    "TransferSingle(address indexed operator,address indexed from,address indexed to,uint256 id,uint256 value)",
    "TransferBatch(address indexed operator,address indexed from,address indexed to,uint256[] ids,uint256[] values)",
];

static DECLARED: LazyLock<BTreeMap<B256, Vec<(&str, Declaration)>>> = LazyLock::new(|| {
    let mut by_topic: BTreeMap<B256, Vec<_>> = BTreeMap::new();
    for text in EVENTS {
        if let Some(event) = Declaration::parse(text) {
            by_topic.entry(event.topic).or_default().push((*text, event));
        }
    }
    by_topic
});

/// What a log says.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Declaration of its event.
    pub(crate) declaration: &'static str,
    /// Name of its event.
    pub(crate) event: &'static str,
    /// Its arguments by name.
    pub(crate) args: Got,
}

/// What a log says, addresses shown by `show`; `None` if it is of none of the events here.
pub(crate) fn declared(log: &LogData, show: &dyn Fn(Address) -> Got) -> Option<Declared> {
    let events = DECLARED.get(log.topics().first()?)?;
    let mut read = events.iter().filter_map(|(declaration, event)| {
        let args = Got::object(event.arguments(log, show)?);
        Some(Declared { declaration, event: &event.name, args })
    });
    read.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_is_read() {
        assert_eq!(DECLARED.values().map(Vec::len).sum::<usize>(), EVENTS.len());
    }
}
