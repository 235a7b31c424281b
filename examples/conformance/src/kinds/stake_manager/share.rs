//! Transactions to the share contracts, the token, the staking tokens and the staking information contract.

use super::{
    Tron,
    call::{delegation, outcome, silent},
};
use crate::{
    failure::Failure,
    trace::{Outcome, Step, id},
};
use bttc_core::{
    amount::Amount,
    id::{Nonce, ValidatorId},
};
use bttc_staking::{
    delegation::Allowance,
    stake::{LogWriter, NftEvent, Operator, StakeEvent},
};

impl Tron {
    pub(super) fn call_other(&mut self, contract: &str, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        match contract {
            "share" => {
                let share = step.id("share")?;
                if self.contract.pool(share).is_none() {
                    return Err(step.arg("share")?.refused("a validator with a share contract"));
                }
                self.call_share(share, function, step)
            }
            "token" => self.call_token(function, step),
            "nft" => self.call_nft(function, step),
            "info" => self.call_info(function, step),
            _ => Err(step.unknown()),
        }
    }

    fn call_share(&mut self, share: ValidatorId, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        let number = |amount: Amount| amount.to_word().into();
        match function {
            "buyVoucher" => {
                let (amount, least) = (step.amount("amount")?, step.amount("minSharesToMint")?);
                let bought = contract.buy_voucher(caller, share, amount, least);
                let done = bought.map(|(taken, log)| self.logged(log).returning([number(taken)]));
                Ok(done.map_err(|error| error.reason()))
            }
            "restake" => {
                let restaked = contract.restake_delegator_rewards(caller, share);
                let done = restaked.map(|(both, log)| self.logged(log).returning(both.map(number)));
                Ok(done.map_err(|error| error.reason()))
            }
            "sellVoucher" => {
                let (amount, most) = (step.amount("claimAmount")?, step.amount("maximumSharesToBurn")?);
                outcome!(self, contract.sell_voucher(caller, share, amount, most))
            }
            "sellVoucher_new" => {
                let (amount, most) = (step.amount("claimAmount")?, step.amount("maximumSharesToBurn")?);
                outcome!(self, contract.sell_voucher_new(caller, share, amount, most))
            }
            "unstakeClaimTokens" => outcome!(self, contract.unstake_claim_tokens(caller, share)),
            "unstakeClaimTokens_new" => {
                let nonce = Nonce::new(step.most("unbondNonce")?);
                outcome!(self, contract.unstake_claim_tokens_new(caller, share, nonce))
            }
            "withdrawRewards" => outcome!(self, contract.withdraw_delegator_rewards(caller, share)),
            "transfer" => {
                let moved = contract.transfer_shares(caller, share, step.address("to")?, step.amount("value")?);
                let done = moved.map(|log| self.logged(log).returning([true.into()]));
                Ok(done.map_err(|error| error.reason()))
            }
            "transferFrom" => {
                let (from, to) = (step.address("from")?, step.address("to")?);
                outcome!(self, contract.transfer_shares_from(share, from, to, step.amount("value")?))
            }
            "approve" => Ok(Err(Allowance::To(step.amount("value")?).refusal().reason())),
            "increaseAllowance" => Ok(Err(Allowance::More(step.amount("addedValue")?).refusal().reason())),
            "decreaseAllowance" => Ok(Err(Allowance::Less(step.amount("subtractedValue")?).refusal().reason())),
            _ => self.call_owned_share(share, function, step),
        }
    }

    /// What only the staking contract may ask of a share contract.
    fn call_owned_share(&mut self, share: ValidatorId, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        match function {
            "lock" => silent!(contract.lock_pool(caller, share)),
            "unlock" => silent!(contract.unlock_pool(caller, share)),
            "updateDelegation" => {
                silent!(contract.set_pool_delegation(caller, share, delegation(step.flag("delegation")?)))
            }
            "migrateOut" => {
                outcome!(self, contract.migrate_out(caller, share, step.address("user")?, step.amount("amount")?))
            }
            "migrateIn" => {
                outcome!(self, contract.migrate_in(caller, share, step.address("user")?, step.amount("amount")?))
            }
            "slash" => {
                let (stake, delegated) = (step.amount("validatorStake")?, step.amount("delegatedAmount")?);
                let total = step.amount("totalAmountToSlash")?;
                let slashed = contract.slash_pool(caller, share, stake, delegated, total);
                silent!(slashed, |amount: Amount| vec![amount.to_word().into()])
            }
            "drain" => {
                let (token, to) = (step.address("token")?, step.address("destination")?);
                outcome!(self, contract.drain_pool(caller, share, token, to, step.amount("amount")?))
            }
            "initialize" => silent!(contract.initialize_pool(share)),
            _ => Err(step.unknown()),
        }
    }

    fn call_token(&mut self, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (caller, governance) = (step.caller, self.contract.governance());
        let token = self.contract.token_mut();
        let events = match function {
            "approve" => {
                token.approve(caller, step.address("spender")?, step.amount("value")?).map(|event| vec![event])
            }
            "increaseAllowance" => {
                let more = step.amount("addedValue")?;
                token.increase_allowance(caller, step.address("spender")?, more).map(|event| vec![event])
            }
            "decreaseAllowance" => {
                let less = step.amount("subtractedValue")?;
                token.decrease_allowance(caller, step.address("spender")?, less).map(|event| vec![event])
            }
            "transfer" => token.transfer(caller, step.address("to")?, step.amount("value")?).map(|event| vec![event]),
            "transferFrom" => {
                let (from, to) = (step.address("from")?, step.address("to")?);
                token.transfer_from(caller, from, to, step.amount("value")?).map(|events| events.to_vec())
            }
            "mint" if caller != governance => return Ok(Err("")),
            "mint" => token.mint(step.address("to")?, step.amount("value")?).map(|event| vec![event]),
            _ => return Err(step.unknown()),
        };
        // The token gives no reasons.
        let done = events.map(|events| {
            let events = events.into_iter().map(StakeEvent::Token).collect();
            self.logged(events).returning([true.into()])
        });
        Ok(done.map_err(|_| ""))
    }

    fn call_nft(&mut self, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let nft = self.contract.nft_mut();
        let one = |event: NftEvent| vec![StakeEvent::from(event)];
        match function {
            // To an account that is no contract the safe one is the plain one.
            "transferFrom" | "safeTransferFrom" => {
                let (from, to) = (step.address("from")?, step.address("to")?);
                outcome!(self, nft.transfer_from(caller, from, to, step.id("tokenId")?).map(one))
            }
            "approve" => outcome!(self, nft.approve(caller, step.address("to")?, step.id("tokenId")?).map(one)),
            "setApprovalForAll" => {
                let operators = if step.flag("approved")? { Operator::Approved } else { Operator::Refused };
                outcome!(self, nft.set_operator(caller, step.address("to")?, operators).map(one))
            }
            // The staking contract's alone.
            "mint" | "burn" => Ok(Err("")),
            _ => Err(step.unknown()),
        }
    }

    fn call_info(&mut self, function: &str, step: &Step<'_>) -> Result<Outcome, Failure> {
        let caller = step.caller;
        let contract = &mut self.contract;
        let writer = match function {
            "updateNonce" => {
                let ids = step.arg("validatorIds")?.list(|item| item.u256().map(id))?;
                let nonces = step.arg("nonces")?.list(|item| item.u64().map(Nonce::new))?;
                return silent!(contract.update_nonces(caller, &ids, &nonces));
            }
            "logSlashed" => {
                let (nonce, amount) = (step.word("nonce")?, step.amount("amount")?);
                return outcome!(self, contract.log_slashed(caller, nonce, amount).map(|event| vec![event]));
            }
            "logStakeUpdate" => LogWriter::Either(step.id("validatorId")?),
            "logShareMinted"
            | "logShareBurned"
            | "logDelegatorClaimRewards"
            | "logDelegatorRestaked"
            | "logDelegatorUnstaked"
            | "logUpdateCommissionRate" => LogWriter::ShareContract(step.id("validatorId")?),
            other if other.starts_with("log") => LogWriter::StakeManager,
            _ => return Err(step.unknown()),
        };
        match contract.check_log(caller, writer) {
            Ok(()) => Err(step.unknown()), // no account outside may
            Err(error) => Ok::<Outcome, Failure>(Err(error.reason())),
        }
    }
}
