//! Transactions that only governance or an owner may send.

use super::{
    Tron,
    call::{delegation, outcome, silent},
};
use crate::{
    failure::Failure,
    trace::{Outcome, Roles, Step},
};
use bttc_core::id::Epoch;
use bttc_staking::stake::Reinitialize;

impl Tron {
    pub(super) fn govern(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        match step.op {
            "lock" => silent!(contract.lock(caller)),
            "unlock" => silent!(contract.unlock(caller)),
            "updateCheckPointBlockInterval" => {
                silent!(contract.set_checkpoint_interval(caller, step.word("blocks")?))
            }
            "stopAuctions" => silent!(contract.stop_auctions(caller, step.word("forNCheckpoints")?)),
            "updateSignerUpdateLimit" => silent!(contract.set_signer_update_limit(caller, step.word("limit")?)),
            "updateMinAmounts" => {
                silent!(contract.set_min_amounts(caller, step.amount("minDeposit")?, step.amount("minHeimdallFee")?))
            }
            "setDelegationEnabled" => silent!(contract.set_delegation(caller, delegation(step.flag("enabled")?))),
            "setCurrentEpoch" => {
                let epoch = Epoch::new(step.arg("currentEpoch")?.u64()?);
                silent!(contract.set_epoch(caller, epoch))
            }
            "setStakingToken" => silent!(contract.set_staking_token(caller, step.address("token")?)),
            "updateValidatorContractAddress" => {
                let (id, share) = (step.id("validatorId")?, step.address("newContractAddress")?);
                silent!(contract.set_share_contract(caller, id, share))
            }
            "reinitialize" => {
                let next = Reinitialize {
                    nft: step.address("NFTContract")?,
                    info: step.address("stakingLogger")?,
                    share_factory: step.address("validatorShareFactory")?,
                    extension: step.address("extensionCode")?,
                };
                silent!(contract.reinitialize(caller, &next))
            }
            "insertSigners" => {
                let signers = step.arg("signers")?.list(|signer| Roles::read(&signer))?;
                silent!(contract.insert_signers(caller, signers))
            }
            "migrateValidatorsData" => {
                silent!(contract.migrate_accounts(caller, step.word("validatorIdFrom")?, step.word("validatorIdTo")?))
            }
            _ => self.govern_logged(step),
        }
    }

    /// Those that leave a log.
    fn govern_logged(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        let one = |event| vec![event];
        match step.op {
            "updateValidatorThreshold" => {
                outcome!(self, contract.set_validator_threshold(caller, step.word("newThreshold")?).map(one))
            }
            "updateChainCheckpointReward" => {
                let (chain, reward) = (step.word("chainId")?, step.amount("newReward")?);
                outcome!(self, contract.set_chain_reward(caller, chain, reward).map(one))
            }
            "updateCheckpointRewardParams" => {
                let (decrease, most) =
                    (step.word("rewardDecreasePerCheckpoint")?, step.word("maxRewardedCheckpoints")?);
                let delta = step.word("checkpointRewardDelta")?;
                outcome!(self, contract.set_reward_shape(caller, decrease, most, delta).map(one))
            }
            "updateDynastyValue" => outcome!(self, contract.set_dynasty(caller, step.word("newDynasty")?).map(one)),
            "updateProposerBonus" => {
                outcome!(self, contract.set_proposer_bonus(caller, step.most("newProposerBonus")?).map(one))
            }
            "changeRootChain" => {
                outcome!(self, contract.change_root_chain(caller, step.address("newRootChain")?).map(one))
            }
            "drain" => {
                outcome!(self, contract.drain(caller, step.address("destination")?, step.amount("amount")?))
            }
            "drainValidatorShares" => {
                let (id, token) = (step.id("validatorId")?, step.address("tokenAddr")?);
                let (to, amount) = (step.address("destination")?, step.amount("amount")?);
                outcome!(self, contract.drain_validator_shares(caller, id, token, to, amount))
            }
            _ => Err(step.unknown()),
        }
    }
}
