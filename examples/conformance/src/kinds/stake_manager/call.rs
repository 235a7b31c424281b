//! Transactions to the staking contract and the checkpoint contract.

use super::Tron;
use crate::{
    failure::Failure,
    trace::{Done, Outcome, Step, set_next_header},
};
use alloy_primitives::U256;
use bttc_core::{amount::Amount, signature::SignatureWords};
use bttc_staking::stake::{AcceptDelegation, Bid, Delegation, Dethrone, StakeFor, StakeRewards};

/// What a call of the crates ended in, the logs it returns shown.
macro_rules! outcome {
    ($tron:expr, $result:expr) => {
        match $result {
            Ok(events) => Ok(Ok($tron.logged(events))),
            Err(error) => Ok(Err(error.reason())),
        }
    };
}

/// The same of one that writes no log, or returns something else besides.
macro_rules! silent {
    ($result:expr) => {
        silent!($result, |_| Vec::new())
    };
    ($result:expr, $ret:expr) => {
        match $result {
            Ok(value) => Ok(Ok(crate::trace::Done::logged([]).returning($ret(value)))),
            Err(error) => Ok(Err(error.reason())),
        }
    };
}

pub(super) use {outcome, silent};

pub(super) fn delegation(open: bool) -> Delegation {
    if open { Delegation::Open } else { Delegation::Closed }
}

fn accepts(yes: bool) -> AcceptDelegation {
    if yes { AcceptDelegation::Yes } else { AcceptDelegation::No }
}

impl Tron {
    pub(super) fn call_manager(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (caller, next_share) = (step.caller, self.next_share());
        let contract = &mut self.contract;
        match step.op {
            "stakeFor" => {
                let stake = StakeFor {
                    user: step.address("user")?,
                    amount: step.amount("amount")?,
                    fee: step.amount("heimdallFee")?,
                    signer_key: step.bytes("signerPubkey")?,
                    share_contract: step.flag("acceptDelegation")?.then_some(next_share),
                };
                outcome!(self, contract.stake_for(caller, &stake))
            }
            "topUpForFee" => {
                outcome!(self, contract.top_up_for_fee(caller, step.address("user")?, step.amount("heimdallFee")?))
            }
            "claimFee" => {
                let (index, proof) = (step.word("index")?, step.bytes("proof")?);
                outcome!(self, contract.claim_fee(caller, step.amount("accumFeeAmount")?, index, &proof))
            }
            "unstake" => outcome!(self, contract.unstake(caller, step.id("validatorId")?)),
            "forceUnstake" => outcome!(self, contract.force_unstake(caller, step.id("validatorId")?)),
            "unstakeClaim" => outcome!(self, contract.unstake_claim(caller, step.id("validatorId")?)),
            "restake" => {
                let rewards = if step.flag("stakeRewards")? { StakeRewards::Add } else { StakeRewards::Leave };
                let (id, amount) = (step.id("validatorId")?, step.amount("amount")?);
                outcome!(self, contract.restake(caller, id, amount, rewards))
            }
            "withdrawRewards" => outcome!(self, contract.withdraw_rewards(caller, step.id("validatorId")?)),
            "updateSigner" => {
                let (id, key) = (step.id("validatorId")?, step.bytes("signerPubkey")?);
                outcome!(self, contract.update_signer(caller, id, &key))
            }
            "updateCommissionRate" => {
                let (id, percent) = (step.id("validatorId")?, step.most("newCommissionRate")?);
                outcome!(self, contract.update_commission_rate(caller, id, percent))
            }
            "startAuction" => {
                let bid = Bid {
                    validator: step.id("validatorId")?,
                    amount: step.amount("amount")?,
                    accepts: accepts(step.flag("acceptDelegation")?),
                    signer_key: step.bytes("signerPubkey")?,
                };
                outcome!(self, contract.start_auction(caller, &bid))
            }
            "confirmAuctionBid" => {
                let (id, fee) = (step.id("validatorId")?, step.amount("heimdallFee")?);
                outcome!(self, contract.confirm_auction_bid(caller, id, fee, next_share))
            }
            "dethroneAndStake" => {
                let dethrone = Dethrone {
                    bidder: step.address("auctionUser")?,
                    fee: step.amount("heimdallFee")?,
                    validator: step.id("validatorId")?,
                    bid: step.amount("auctionAmount")?,
                    share_contract: step.flag("acceptDelegation")?.then_some(next_share),
                    signer_key: step.bytes("signerPubkey")?,
                };
                outcome!(self, contract.dethrone_and_stake(caller, &dethrone))
            }
            "migrateDelegation" => {
                let (from, to) = (step.id("fromValidatorId")?, step.id("toValidatorId")?);
                outcome!(self, contract.migrate_delegation(caller, from, to, step.amount("amount")?))
            }
            "submitCheckpointSync" => {
                let synced = contract.submit_checkpoint_sync(&step.bytes("data")?, &step.signatures()?);
                outcome!(self, synced.map(|(_, event)| vec![event]))
            }
            "submitCheckpoint" => self.submit(step),
            "setNextHeaderBlock" => {
                let reset = set_next_header(&mut self.root, caller, step.word("value")?);
                Ok(reset.map(|reset| Done::logged([self.shown(self.root_chain, &reset.to_log_data())])))
            }
            _ => self.call_hook(step),
        }
    }

    /// What share contracts, signers and the checkpoint contract call.
    fn call_hook(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        let returned = |amount: Amount| vec![amount.to_word().into()];
        match step.op {
            "updateValidatorState" => {
                let change = step.arg("amount")?.i256()?;
                silent!(contract.update_validator_state(caller, step.id("validatorId")?, change))
            }
            "delegationDeposit" => {
                let (id, amount) = (step.id("validatorId")?, step.amount("amount")?);
                let taken = contract.delegation_deposit(caller, id, amount, step.address("delegator")?);
                Ok(taken.map(|log| self.logged(log).returning([true.into()])).map_err(|error| error.reason()))
            }
            "withdrawDelegatorsReward" => {
                silent!(contract.withdraw_delegators_reward(caller, step.id("validatorId")?), returned)
            }
            "transferFunds" => {
                let (id, amount) = (step.id("validatorId")?, step.amount("amount")?);
                let paid = contract.transfer_funds(caller, id, amount, step.address("delegator")?);
                Ok(paid.map(|log| self.logged(log).returning([true.into()])).map_err(|error| error.reason()))
            }
            "decreaseValidatorDelegatedAmount" => {
                silent!(contract.decrease_delegated_amount(caller, step.id("validatorId")?, step.amount("amount")?))
            }
            "updateValidatorDelegation" => {
                silent!(contract.update_validator_delegation(caller, delegation(step.flag("delegation")?)))
            }
            "slash" => {
                let amount = contract.slash(&step.bytes("slashingInfoList")?);
                Ok(Ok(Done::logged([]).returning(returned(amount))))
            }
            // Where it is refused there is no reason.
            "unjail" => Ok(contract.unjail(caller, step.id("validatorId")?).map(|()| Done::logged([])).map_err(|_| "")),
            "checkSignatures" if caller != contract.deployment().root_chain => Ok(Err("")),
            "checkSignatures" => {
                let checked = contract.check_signatures(
                    step.word("blockInterval")?,
                    step.arg("voteHash")?.b256()?,
                    step.arg("stateRoot")?.b256()?,
                    step.address("proposer")?,
                    &step.signatures()?,
                );
                silent!(checked.map(|paid| paid.reward), returned)
            }
            _ => self.govern(step),
        }
    }

    /// A checkpoint: the checkpoint contract asks the staking contract, which pays once it is recorded.
    fn submit(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (data, signatures) = (step.bytes("data")?, step.signatures()?);
        Ok(self.record(&data, signatures, step.time))
    }

    fn record(&mut self, data: &[u8], signatures: Vec<SignatureWords>, now: u64) -> Outcome {
        let pending = self.root.open(data, signatures).map_err(|error| error.reason())?;
        if self.contract.deployment().root_chain != self.root_chain {
            return Err(""); // the staking contract takes checkpoints from another one
        }
        let words = *pending.words();
        let (blocks, vote_hash): (U256, _) = (pending.block_interval(), pending.vote_hash());
        let signatures = pending.signatures().to_vec();
        let assessed =
            self.contract.assess_checkpoint(blocks, vote_hash, words.account_root, words.proposer, &signatures);
        let assessed = assessed.map_err(|error| error.reason())?;
        let recorded = self.root.accept(pending, assessed.outcome().reward, now).map_err(|error| error.reason())?;
        assessed.commit();
        Ok(Done::logged([self.shown(self.root_chain, &recorded.to_log_data())]))
    }
}
