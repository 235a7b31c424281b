//! The logs as topics and data.

use super::{Delegated, NftEvent, Operator, ShareChange, StakeEvent};
use crate::{delegation::ShareEvent, token::TokenEvent};
use alloy_primitives::{LogData, U256};
use alloy_sol_types::SolEvent;
use bttc_core::{
    id::{Nonce, ValidatorId},
    root_chain::RootEvent,
};

// Field names are those of the contracts, which only signatures show.
alloy_sol_types::sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event OwnerUpdate(address _new, address _old);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
    event RootChainChanged(address indexed previousRootChain, address indexed newRootChain);

    event ClaimFee(address indexed user, uint256 indexed fee);
    event Unstaked(address indexed user, uint256 indexed validatorId, uint256 amount, uint256 total);
    event Restaked(uint256 indexed validatorId, uint256 amount, uint256 total);
    event ClaimRewards(uint256 indexed validatorId, uint256 indexed amount, uint256 indexed totalAmount);
    event StartAuction(uint256 indexed validatorId, uint256 indexed amount, uint256 indexed auctionAmount);
    event ConfirmAuction(uint256 indexed newValidatorId, uint256 indexed oldValidatorId, uint256 indexed amount);
    event CheckpointSyncAck(address indexed proposer, uint256 indexed chainId, uint256 indexed checkpointId,
        uint256 start, uint256 end);
    event ThresholdChange(uint256 newThreshold, uint256 oldThreshold);
    event DynastyValueChange(uint256 newDynasty, uint256 oldDynasty);
    event ProposerBonusChange(uint256 newProposerBonus, uint256 oldProposerBonus);
    event ChainRewardUpdate(uint256 chainId, uint256 newReward, uint256 oldReward);
    event Slashed(uint256 indexed nonce, uint256 indexed amount);

    event ShareMinted(uint256 indexed validatorId, address indexed user, uint256 indexed amount, uint256 tokens);
    event ShareBurned(uint256 indexed validatorId, address indexed user, uint256 indexed amount, uint256 tokens);
    event DelegatorUnstaked(uint256 indexed validatorId, address indexed user, uint256 amount);
    event DelegatorClaimedRewards(uint256 indexed validatorId, address indexed user, uint256 indexed rewards);
    event DelegatorRestaked(uint256 indexed validatorId, address indexed user, uint256 indexed totalStaked);

    event ShareBurnedWithId(uint256 indexed validatorId, address indexed user, uint256 indexed amount, uint256 tokens,
        uint256 nonce);
    event DelegatorUnstakeWithId(uint256 indexed validatorId, address indexed user, uint256 amount, uint256 nonce);
    event RewardParams(uint256 rewardDecreasePerCheckpoint, uint256 maxRewardedCheckpoints,
        uint256 checkpointRewardDelta);
    event UpdateCommissionRate(uint256 indexed validatorId, uint256 indexed newCommissionRate,
        uint256 indexed oldCommissionRate);
}

/// The staking tokens' events, which share their names with the token's.
mod nft {
    alloy_sol_types::sol! {
        event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
        event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
        event ApprovalForAll(address indexed owner, address indexed operator, bool approved);
    }
}

fn id(validator: ValidatorId) -> U256 {
    // The contract's "no validator" is all ones, here as there.
    if validator == super::StakeManager::RETIRED { U256::MAX } else { U256::from(validator.get()) }
}

fn count(nonce: Nonce) -> U256 {
    U256::from(nonce.get())
}

impl StakeEvent {
    /// Topics and data of the log.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        match *self {
            Self::Token(event) => token(&event),
            Self::Nft(event) => staking_token(&event),
            Self::Share { event, .. } => share(&event),
            Self::RootChainChanged { previous, new } => {
                RootChainChanged { previousRootChain: previous, newRootChain: new }.encode_log_data()
            }
            Self::TopUpFee(e) => RootEvent::TopUpFee(e).to_log_data(),
            Self::Staked(ref e) => RootEvent::Staked(e.clone()).to_log_data(),
            Self::UnstakeInit(ref e) => RootEvent::UnstakeInit(e.clone()).to_log_data(),
            Self::SignerChange(ref e) => RootEvent::SignerChange(e.clone()).to_log_data(),
            Self::StakeUpdate(e) => RootEvent::StakeUpdate(e).to_log_data(),
            Self::ClaimFee { user, fee } => ClaimFee { user, fee: fee.to_word() }.encode_log_data(),
            Self::Unstaked { user, validator, amount, total } => {
                Unstaked { user, validatorId: id(validator), amount: amount.to_word(), total: total.to_word() }
                    .encode_log_data()
            }
            Self::Restaked { validator, amount, total } => {
                Restaked { validatorId: id(validator), amount: amount.to_word(), total: total.to_word() }
                    .encode_log_data()
            }
            Self::ClaimRewards { validator, amount, total } => {
                ClaimRewards { validatorId: id(validator), amount: amount.to_word(), totalAmount: total.to_word() }
                    .encode_log_data()
            }
            Self::StartAuction { validator, amount, bid } => {
                StartAuction { validatorId: id(validator), amount: amount.to_word(), auctionAmount: bid.to_word() }
                    .encode_log_data()
            }
            Self::ConfirmAuction { new, old, amount } => {
                ConfirmAuction { newValidatorId: id(new), oldValidatorId: id(old), amount: amount.to_word() }
                    .encode_log_data()
            }
            Self::CheckpointSyncAck(e) => CheckpointSyncAck {
                proposer: e.proposer,
                chainId: e.root_chain,
                checkpointId: U256::from(e.checkpoint.get()),
                start: e.start,
                end: e.end,
            }
            .encode_log_data(),
            Self::ThresholdChange { new, old } => {
                ThresholdChange { newThreshold: new, oldThreshold: old }.encode_log_data()
            }
            Self::DynastyValueChange { new, old } => {
                DynastyValueChange { newDynasty: new, oldDynasty: old }.encode_log_data()
            }
            Self::ProposerBonusChange { new, old } => {
                ProposerBonusChange { newProposerBonus: U256::from(new), oldProposerBonus: U256::from(old) }
                    .encode_log_data()
            }
            Self::ChainRewardUpdate { root_chain, new, old } => {
                ChainRewardUpdate { chainId: root_chain, newReward: new.to_word(), oldReward: old.to_word() }
                    .encode_log_data()
            }
            Self::RewardParams { decrease, max_intervals, delta } => RewardParams {
                rewardDecreasePerCheckpoint: decrease,
                maxRewardedCheckpoints: max_intervals,
                checkpointRewardDelta: delta,
            }
            .encode_log_data(),
            Self::UpdateCommissionRate { validator, new, old } => UpdateCommissionRate {
                validatorId: id(validator),
                newCommissionRate: U256::from(new),
                oldCommissionRate: U256::from(old),
            }
            .encode_log_data(),
            Self::Slashed { nonce, amount } => Slashed { nonce, amount: amount.to_word() }.encode_log_data(),
            Self::ShareMinted(_)
            | Self::ShareBurned(_)
            | Self::ShareBurnedWithId { .. }
            | Self::DelegatorUnstaked(_)
            | Self::DelegatorUnstakeWithId { .. }
            | Self::DelegatorClaimedRewards(_)
            | Self::DelegatorRestaked(_) => self.delegator_log(),
        }
    }

    fn delegator_log(&self) -> LogData {
        match *self {
            Self::ShareMinted(ShareChange { validator, user, amount, shares }) => {
                ShareMinted { validatorId: id(validator), user, amount: amount.to_word(), tokens: shares.to_word() }
                    .encode_log_data()
            }
            Self::ShareBurned(ShareChange { validator, user, amount, shares }) => {
                ShareBurned { validatorId: id(validator), user, amount: amount.to_word(), tokens: shares.to_word() }
                    .encode_log_data()
            }
            Self::ShareBurnedWithId { burned: ShareChange { validator, user, amount, shares }, nonce } => {
                let (amount, tokens) = (amount.to_word(), shares.to_word());
                ShareBurnedWithId { validatorId: id(validator), user, amount, tokens, nonce: count(nonce) }
                    .encode_log_data()
            }
            Self::DelegatorUnstaked(Delegated { validator, user, amount }) => {
                DelegatorUnstaked { validatorId: id(validator), user, amount: amount.to_word() }.encode_log_data()
            }
            Self::DelegatorUnstakeWithId { unstaked: Delegated { validator, user, amount }, nonce } => {
                let amount = amount.to_word();
                DelegatorUnstakeWithId { validatorId: id(validator), user, amount, nonce: count(nonce) }
                    .encode_log_data()
            }
            Self::DelegatorClaimedRewards(Delegated { validator, user, amount }) => {
                DelegatorClaimedRewards { validatorId: id(validator), user, rewards: amount.to_word() }
                    .encode_log_data()
            }
            Self::DelegatorRestaked(Delegated { validator, user, amount }) => {
                DelegatorRestaked { validatorId: id(validator), user, totalStaked: amount.to_word() }.encode_log_data()
            }
            _ => LogData::default(),
        }
    }
}

fn token(event: &TokenEvent) -> LogData {
    match *event {
        TokenEvent::Transfer { from, to, value } => Transfer { from, to, value: value.to_word() }.encode_log_data(),
        TokenEvent::Approval { owner, spender, value } => {
            Approval { owner, spender, value: value.to_word() }.encode_log_data()
        }
    }
}

fn staking_token(event: &NftEvent) -> LogData {
    match *event {
        NftEvent::Transfer { from, to, validator } => {
            nft::Transfer { from, to, tokenId: id(validator) }.encode_log_data()
        }
        NftEvent::Approval { owner, approved, validator } => {
            nft::Approval { owner, approved, tokenId: id(validator) }.encode_log_data()
        }
        NftEvent::ApprovalForAll { owner, operator, operators } => {
            nft::ApprovalForAll { owner, operator, approved: operators == Operator::Approved }.encode_log_data()
        }
    }
}

fn share(event: &ShareEvent) -> LogData {
    match *event {
        ShareEvent::OwnerUpdate { new, old } => OwnerUpdate { _new: new, _old: old }.encode_log_data(),
        ShareEvent::OwnershipTransferred { previous, new } => {
            OwnershipTransferred { previousOwner: previous, newOwner: new }.encode_log_data()
        }
        ShareEvent::Transfer { from, to, value } => Transfer { from, to, value: value.to_word() }.encode_log_data(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{B256, b256};

    /// root-contracts §6. Those that the protocol reacts to are pinned where they are decoded.
    #[test]
    fn the_first_topics_are_those_of_the_deployed_contracts() {
        let topics: [(B256, B256); 20] = [
            (Unstaked::SIGNATURE_HASH, b256!("0x204fccf0d92ed8d48f204adb39b2e81e92bad0dedb93f5716ca9478cfb57de00")),
            (Restaked::SIGNATURE_HASH, b256!("0x09b24121f82c610c13909ec63bd0843468819a45f6eda5838c3a80568c2046a8")),
            (ClaimRewards::SIGNATURE_HASH, b256!("0x41e5e4590cfcde2f03ee9281c54d03acad8adffb83f8310d66b894532470ba35")),
            (ClaimFee::SIGNATURE_HASH, b256!("0xf40b9ca28516abde647ef8ed0e7b155e16347eb4d8dd6eb29989ed2c0c3d27e8")),
            (
                CheckpointSyncAck::SIGNATURE_HASH,
                b256!("0xdfdf269144f74a4d5a4487dae4ae7d89a0764033568a9003b6746591fdbb696c"),
            ),
            (
                ChainRewardUpdate::SIGNATURE_HASH,
                b256!("0x44f86fce952d78a38177b943b035b297d88811e9da648db6112c4fb7d14f3d03"),
            ),
            (StartAuction::SIGNATURE_HASH, b256!("0x683d0f47c7fa11331f4e9563b3f5a7fdc3d3c5b75c600357a91d991f5a13a437")),
            (
                ConfirmAuction::SIGNATURE_HASH,
                b256!("0x1002381ecf76700f6f0ab4c90b9f523e39df7b0482b71ec63cf62cf854120470"),
            ),
            (
                ThresholdChange::SIGNATURE_HASH,
                b256!("0x5d16a900896e1160c2033bc940e6b072d3dc3b6a996fefb9b3b9b9678841824c"),
            ),
            (
                DynastyValueChange::SIGNATURE_HASH,
                b256!("0x9444bfcfa6aed72a15da73de1220dcc07d7864119c44abfec0037bbcacefda98"),
            ),
            (
                ProposerBonusChange::SIGNATURE_HASH,
                b256!("0x4a501a9c4d5cce5c32415945bbc8973764f31b844e3e8fd4c15f51f315ac8792"),
            ),
            (ShareMinted::SIGNATURE_HASH, b256!("0xc9afff0972d33d68c8d330fe0ebd0e9f54491ad8c59ae17330a9206f280f0865")),
            (ShareBurned::SIGNATURE_HASH, b256!("0x7e86625aa6e668407f095af342e0cc237809c4c5086b4d665a0067de122980a9")),
            (
                ShareBurnedWithId::SIGNATURE_HASH,
                b256!("0x502f5a6697a92e602c626b931a4a771fef4360eb9cece7bf906f10c5cec96aaa"),
            ),
            (
                DelegatorUnstaked::SIGNATURE_HASH,
                b256!("0x770c7c7d8e20347e5080e2ac70e8519793bedaff621f044396fd8d6d052c4aa8"),
            ),
            (
                DelegatorUnstakeWithId::SIGNATURE_HASH,
                b256!("0x7beb9bef91040fcf7607c78d4fc668370a9036788d7e6f202a4a2db5b0c28c80"),
            ),
            (
                DelegatorClaimedRewards::SIGNATURE_HASH,
                b256!("0x31d1715032654fde9867c0f095aecce1113049e30b9f4ecbaa6954ed6c63b8df"),
            ),
            (
                DelegatorRestaked::SIGNATURE_HASH,
                b256!("0x0f9ccdda16b467e719059c85ebd8383fcb7f8ffa5576629fe3b842836e04dad1"),
            ),
            (
                UpdateCommissionRate::SIGNATURE_HASH,
                b256!("0x7d5da5ece9d43013d62ab966f4704ca376b92be29ca6fbb958154baf1c0dc17e"),
            ),
            (RewardParams::SIGNATURE_HASH, b256!("0x801c2d11f1d1780f228c2a497cf5eae033694c8eb057d636044683def26e03ec")),
        ];
        for (got, expected) in topics {
            assert_eq!(got, expected);
        }
    }
}
