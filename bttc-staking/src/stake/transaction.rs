//! One transition is one transaction: on an error everything is as it was.
//!
//! ```text
//! begin ──▶ checks and changes in the contract's order ──▶ Ok:  keep           Err: take back what was overwritten
//! ```

use super::{Figures, SignerList, StakeEvent, StakeManager};
use crate::{
    delegation::{PoolFigures, ValidatorShare},
    token::TokenError,
};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// What moving tokens and adding up can come to.
pub(crate) trait Money: From<TokenError> + From<AmountError> {}

impl<E: From<TokenError> + From<AmountError>> Money for E {}

/// What a transaction has touched besides the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    /// Share contracts, with their figures before; without, if they were made in this transaction.
    pools: BTreeMap<ValidatorId, Option<PoolFigures>>,
    /// The list of signers before, if it was changed.
    signers: Option<SignerList>,
}

/// Logs that most calls write at most.
const LOGS: usize = 8;

impl StakeManager {
    /// Runs a call. Its logs.
    pub(crate) fn transact<E>(
        &mut self,
        call: impl FnOnce(&mut Self, &mut Vec<StakeEvent>) -> Result<(), E>,
    ) -> Result<Vec<StakeEvent>, E> {
        self.transact_for(call).map(|((), log)| log)
    }

    /// Runs a call. Its logs come with the answer.
    pub(crate) fn transact_for<T, E>(
        &mut self,
        call: impl FnOnce(&mut Self, &mut Vec<StakeEvent>) -> Result<T, E>,
    ) -> Result<(T, Vec<StakeEvent>), E> {
        let figures = self.figures;
        self.begin();
        let mut log = Vec::with_capacity(LOGS);
        match call(self, &mut log) {
            Ok(answer) => {
                self.keep();
                Ok((answer, log))
            }
            Err(error) => {
                self.take_back(figures);
                Err(error)
            }
        }
    }

    /// The list of signers, to be changed.
    pub(crate) fn signers_mut(&mut self) -> &mut SignerList {
        if self.touched.signers.is_none() {
            // The contract walks the list as well.
            self.touched.signers = Some(self.signers.clone());
        }
        &mut self.signers
    }

    /// A share contract, to be changed.
    pub(crate) fn pool_mut(&mut self, id: ValidatorId) -> Option<&mut ValidatorShare> {
        let pool = self.pools.get_mut(&id)?;
        self.touched.pools.entry(id).or_insert_with(|| {
            pool.begin();
            Some(pool.figures)
        });
        Some(pool)
    }

    /// Adds a share contract.
    pub(crate) fn add_pool(&mut self, pool: ValidatorShare) {
        self.touched.pools.insert(pool.validator(), None);
        self.pool_at.put(pool.address(), pool.validator());
        self.pools.insert(pool.validator(), pool);
    }

    /// Takes somebody's tokens within what he allowed.
    pub(crate) fn pull(&mut self, log: &mut Vec<StakeEvent>, from: Address, amount: Amount) -> Result<(), TokenError> {
        self.check_token()?;
        let manager = self.deployment.manager;
        let logs = self.token.transfer_from(manager, from, manager, amount)?;
        log.extend(logs.map(StakeEvent::Token));
        Ok(())
    }

    /// Pays from the contract's tokens.
    pub(crate) fn pay(&mut self, log: &mut Vec<StakeEvent>, to: Address, amount: Amount) -> Result<(), TokenError> {
        self.check_token()?;
        let transfer = self.token.transfer(self.deployment.manager, to, amount)?;
        log.push(transfer.into());
        Ok(())
    }

    fn check_token(&self) -> Result<(), TokenError> {
        if self.staking_token == self.deployment.token {
            Ok(())
        } else {
            Err(TokenError::NotAToken { got: self.staking_token })
        }
    }

    fn begin(&mut self) {
        self.token.begin();
        self.nft.begin();
        self.accounts.begin();
        self.nonces.begin();
        self.auctions.begin();
        self.signer_to_validator.begin();
        self.latest_signer_update.begin();
        self.queued.begin();
        self.synced.begin();
        self.fees_claimed.begin();
        self.pool_at.begin();
    }

    fn keep(&mut self) {
        self.token.keep();
        self.nft.keep();
        self.accounts.keep();
        self.nonces.keep();
        self.auctions.keep();
        self.signer_to_validator.keep();
        self.latest_signer_update.keep();
        self.queued.keep();
        self.synced.keep();
        self.fees_claimed.keep();
        self.pool_at.keep();
        for id in core::mem::take(&mut self.touched).pools.into_keys() {
            if let Some(pool) = self.pools.get_mut(&id) {
                pool.keep();
            }
        }
    }

    fn take_back(&mut self, figures: Figures) {
        self.figures = figures;
        self.token.take_back();
        self.nft.take_back();
        self.accounts.take_back();
        self.nonces.take_back();
        self.auctions.take_back();
        self.signer_to_validator.take_back();
        self.latest_signer_update.take_back();
        self.queued.take_back();
        self.synced.take_back();
        self.fees_claimed.take_back();
        self.pool_at.take_back();
        let touched = core::mem::take(&mut self.touched);
        if let Some(signers) = touched.signers {
            self.signers = signers;
        }
        for (id, before) in touched.pools {
            match (before, self.pools.get_mut(&id)) {
                (Some(figures), Some(pool)) => pool.take_back(figures),
                (None, _) => {
                    self.pools.remove(&id);
                }
                (Some(_), None) => {}
            }
        }
    }
}
