//! The auction of a validator's seat.
//!
//! ```text
//! window:  (E − activation) mod (dynasty + period) < period      bid:      more than stake + delegation, and than the last bid
//! later:   (E − start)      mod (dynasty + period) ≥ period      confirm:  stake + delegation ≥ bid → the seat is kept
//!                                                                          else the bidder stakes in its place
//! ```

use super::{
    FeeTooSmall, SignerKeyError, StakeEvent, StakeManager,
    exit::RemoveError,
    staking::{NewSeat, PlaceError},
};
use crate::token::TokenError;
use alloc::vec::Vec;
use alloy_primitives::{Address, Bytes, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
};
use serde::{Deserialize, Serialize};

/// The auction of a validator's seat.
///
/// Source: `root-contracts §3.2 "validatorAuction"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    /// Highest bid; nothing while there is none.
    pub bid: Amount,
    /// Epoch from which the auction's periods are counted.
    pub start: Epoch,
    /// Who bid; zero while nobody did.
    pub bidder: Address,
    /// Whether the bidder would take delegation.
    pub accepts: AcceptDelegation,
    /// Key the bidder would sign with, not yet looked at.
    pub signer_key: Bytes,
}

/// Whether a validator takes delegation, that is, gets a share contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AcceptDelegation {
    /// It does.
    Yes,
    /// It does not.
    #[default]
    No,
}

/// A bid for a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Whose seat.
    pub validator: ValidatorId,
    /// The stake the bidder would place.
    pub amount: Amount,
    /// Whether he would take delegation.
    pub accepts: AcceptDelegation,
    /// 64 bytes x ‖ y of the key he would sign with.
    pub signer_key: Bytes,
}

/// A seat taken over by a bidder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dethrone {
    /// The bidder.
    pub bidder: Address,
    /// Fee for his signer's account in the validation layer.
    pub fee: Amount,
    /// Whose seat.
    pub validator: ValidatorId,
    /// His stake, which the contract holds already.
    pub bid: Amount,
    /// Where his share contract will stand, if he takes delegation.
    pub share_contract: Option<Address>,
    /// 64 bytes x ‖ y of his key.
    pub signer_key: Bytes,
}

/// Why a bid is refused, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartAuctionError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// No such validator, or it is leaving.
    #[error("Invalid validator for an auction")]
    InvalidValidator {
        /// Whose seat.
        validator: ValidatorId,
    },
    /// The bidder has a seat, or is a replaced signer.
    #[error("Already used address")]
    UsedAddress {
        /// Who bids.
        bidder: Address,
    },
    /// Auctions are stopped.
    #[error("Cooldown period")]
    Cooldown {
        /// The epoch.
        got: Epoch,
        /// First epoch with auctions.
        expected: U256,
    },
    /// Between two auction periods.
    #[error("Invalid auction period")]
    Period {
        /// Epochs since the last period began.
        got: U256,
        /// Epochs a period lasts.
        period: U256,
    },
    /// The bid is not more than the seat has or was bid.
    #[error("Must bid higher")]
    MustBidHigher {
        /// The bid.
        got: Amount,
        /// What it has to exceed.
        expected: Amount,
    },
    /// Tokens cannot be taken or given back; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl StartAuctionError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::InvalidValidator { .. } => "Invalid validator for an auction",
            Self::UsedAddress { .. } => "Already used address",
            Self::Cooldown { .. } => "Cooldown period",
            Self::Period { .. } => "Invalid auction period",
            Self::MustBidHigher { .. } => "Must bid higher",
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why a bidder does not get the seat. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DethroneError {
    /// Only the contract itself may.
    #[error("not allowed")]
    NotAllowed {
        /// Who asked.
        caller: Address,
    },
    /// The bidder's key is not good.
    #[error(transparent)]
    Key(#[from] SignerKeyError),
    /// The fee is too small.
    #[error(transparent)]
    Fee(#[from] FeeTooSmall),
    /// The old validator cannot go; no reason on chain.
    #[error(transparent)]
    Remove(#[from] RemoveError),
    /// The bidder cannot have a seat.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Tokens cannot be moved; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl DethroneError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotAllowed { .. } => "not allowed",
            Self::Key(error) => error.reason(),
            Self::Fee(error) => error.reason(),
            Self::Place(error) => error.reason(),
            Self::Remove(_) | Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why an auction does not end, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmAuctionError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// The caller neither bid nor has any seat; no reason on chain.
    #[error("{caller} neither bid nor has a seat")]
    NoSeat {
        /// Who asked.
        caller: Address,
    },
    /// The caller neither bid nor has this seat.
    #[error("Only bidder can confirm")]
    OnlyBidder {
        /// Who asked.
        caller: Address,
        /// Who bid.
        bidder: Address,
    },
    /// The auction period is not over.
    #[error("Not allowed before auctionPeriod")]
    TooEarly {
        /// Epochs since the last period began.
        got: U256,
        /// Epochs a period lasts.
        period: U256,
    },
    /// Nobody bid.
    #[error("Invalid auction")]
    NoBid {
        /// Whose seat.
        validator: ValidatorId,
    },
    /// The bidder does not get the seat. His bid stays in the contract.
    #[error(transparent)]
    Dethrone(#[from] DethroneError),
    /// The bid cannot be given back; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl ConfirmAuctionError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::OnlyBidder { .. } => "Only bidder can confirm",
            Self::TooEarly { .. } => "Not allowed before auctionPeriod",
            Self::NoBid { .. } => "Invalid auction",
            Self::Dethrone(error) => error.reason(),
            Self::NoSeat { .. } | Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Source of all: `root-contracts §4.10; contracts:staking/stakeManager/StakeManagerExtension.sol:20-126`.
impl StakeManager {
    /// Bids for a validator's seat with the caller's tokens; the bid before goes back whole. The logs in order.
    ///
    /// # Errors
    /// [`StartAuctionError`].
    // Q-117: the key is not looked at before the auction is confirmed; with a bad one the bid is stuck.
    pub fn start_auction(&mut self, caller: Address, bid: &Bid) -> Result<Vec<StakeEvent>, StartAuctionError> {
        self.transact(|contract, log| {
            if contract.figures.locked {
                return Err(StartAuctionError::Locked);
            }
            let account = contract.accounts.at(bid.validator);
            if account.is_leaving() || account.amount.is_zero() {
                return Err(StartAuctionError::InvalidValidator { validator: bid.validator });
            }
            let replaced = contract.validator_by_signer(caller) == Some(Self::RETIRED);
            if contract.validator_of(caller).is_some() || replaced {
                return Err(StartAuctionError::UsedAddress { bidder: caller });
            }
            let epoch = contract.figures.epoch;
            let expected = contract.figures.replacement_cool_down;
            if U256::from(epoch.get()) < expected {
                return Err(StartAuctionError::Cooldown { got: epoch, expected });
            }
            let period = contract.params.auction_period;
            let got = contract.within_period(account.activation_epoch)?;
            if got >= period {
                return Err(StartAuctionError::Period { got, period });
            }
            let auction = contract.auctions.at(bid.validator);
            let expected = account.power()?.max(auction.bid);
            if bid.amount <= expected {
                return Err(StartAuctionError::MustBidHigher { got: bid.amount, expected });
            }
            contract.pull(log, caller, bid.amount)?;
            if !auction.bid.is_zero() {
                contract.pay(log, auction.bidder, auction.bid)?;
            }
            let next = Auction {
                bid: bid.amount,
                start: auction.start,
                bidder: caller,
                accepts: bid.accepts,
                signer_key: bid.signer_key.clone(),
            };
            contract.auctions.put(bid.validator, next);
            log.push(StakeEvent::StartAuction { validator: bid.validator, amount: account.amount, bid: bid.amount });
            Ok(())
        })
    }

    /// Ends the auction of a seat: it is kept if stake and delegation have come up to the bid, else the bidder takes
    /// it, pays `fee` for his signer and, if he takes delegation, gets the share contract that will stand at
    /// `share_contract`. The logs in order.
    ///
    /// # Errors
    /// [`ConfirmAuctionError`].
    // Q-112: a seat that was forced out in the meantime is taken by the bidder, and its validator removed once more.
    pub fn confirm_auction_bid(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        fee: Amount,
        share_contract: Address,
    ) -> Result<Vec<StakeEvent>, ConfirmAuctionError> {
        self.transact(|contract, log| {
            if contract.figures.locked {
                return Err(ConfirmAuctionError::Locked);
            }
            let auction = contract.auctions.at(validator);
            if caller != auction.bidder {
                let seat = contract.validator_of(caller).ok_or(ConfirmAuctionError::NoSeat { caller })?;
                if seat != validator {
                    return Err(ConfirmAuctionError::OnlyBidder { caller, bidder: auction.bidder });
                }
            }
            let period = contract.params.auction_period;
            let got = contract.within_period(auction.start)?;
            if got < period {
                return Err(ConfirmAuctionError::TooEarly { got, period });
            }
            if auction.bidder.is_zero() {
                return Err(ConfirmAuctionError::NoBid { validator });
            }
            let account = contract.accounts.at(validator);
            let mut start = auction.start;
            if account.power()? >= auction.bid && !account.is_leaving() {
                contract.pay(log, auction.bidder, auction.bid)?;
                start = contract.figures.epoch;
                log.push(StakeEvent::ConfirmAuction { new: validator, old: validator, amount: account.amount });
            } else {
                let accepts = auction.accepts == AcceptDelegation::Yes;
                let dethrone = Dethrone {
                    bidder: auction.bidder,
                    fee,
                    validator,
                    bid: auction.bid,
                    share_contract: accepts.then_some(share_contract),
                    signer_key: auction.signer_key,
                };
                contract.dethrone(log, &dethrone)?;
            }
            contract.auctions.put(validator, Auction { start, ..Auction::default() });
            Ok(())
        })
    }

    /// What the contract calls on itself at the end of an auction; everybody else is refused.
    ///
    /// # Errors
    /// [`DethroneError`].
    pub fn dethrone_and_stake(
        &mut self,
        caller: Address,
        dethrone: &Dethrone,
    ) -> Result<Vec<StakeEvent>, DethroneError> {
        if caller != self.deployment.manager {
            return Err(DethroneError::NotAllowed { caller });
        }
        self.transact(|contract, log| contract.dethrone(log, dethrone))
    }

    fn dethrone(&mut self, log: &mut Vec<StakeEvent>, dethrone: &Dethrone) -> Result<(), DethroneError> {
        let signer = self.unused_signer(&dethrone.signer_key)?;
        self.top_up::<DethroneError>(log, signer, dethrone.bidder, dethrone.fee, Amount::ZERO)?;
        self.remove_validator(log, dethrone.validator, self.figures.epoch)?;
        let seat = NewSeat {
            owner: dethrone.bidder,
            amount: dethrone.bid,
            signer,
            signer_key: &dethrone.signer_key,
            share_contract: dethrone.share_contract,
        };
        let new = self.place(log, &seat)?;
        log.push(StakeEvent::ConfirmAuction { new, old: dethrone.validator, amount: dethrone.bid });
        Ok(())
    }

    /// Epochs since the last auction period began, counted from an epoch.
    fn within_period(&self, since: Epoch) -> Result<U256, AmountError> {
        let word = |epoch: Epoch| Amount::from_units(epoch.get());
        let passed = word(self.figures.epoch).checked_sub(word(since))?.to_word();
        let [dynasty, period] = [self.params.dynasty, self.params.auction_period].map(Amount::from_word);
        let cycle = dynasty.checked_add(period)?.to_word();
        passed.checked_rem(cycle).ok_or(AmountError::Div(passed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, GOVERNANCE, at_epoch, base, delegated, id, key, owner};

    fn bid(validator: u64, btt: u64) -> Bid {
        let signer_key = key(9).public_key().coordinates().to_vec().into();
        Bid { validator: id(validator), amount: base(btt), accepts: AcceptDelegation::Yes, signer_key }
    }

    fn confirm(contract: &mut StakeManager, caller: Address) -> Result<Vec<StakeEvent>, ConfirmAuctionError> {
        contract.confirm_auction_bid(caller, id(1), Amount::ZERO, Address::with_last_byte(99))
    }

    #[test]
    fn the_higher_bid_takes_the_seat_and_the_lower_one_is_given_back() {
        let mut contract = delegated(&[50, 0]);
        at_epoch(&mut contract, 11);
        assert_eq!(contract.start_auction(ALICE, &bid(1, 150)).unwrap_err().reason(), "Must bid higher");
        contract.start_auction(ALICE, &bid(1, 151)).unwrap();
        assert!(contract.unstake(owner(1), id(1)).is_err());
        let held = contract.token().balance(ALICE);
        let outbid = contract.start_auction(ALICE, &bid(1, 200)).unwrap();
        assert_eq!(outbid.len(), 4);
        assert_eq!(contract.token().balance(ALICE), held.checked_sub(base(49)).unwrap());
        assert_eq!(confirm(&mut contract, ALICE).unwrap_err().reason(), "Not allowed before auctionPeriod");
        at_epoch(&mut contract, 13);
        assert_eq!(confirm(&mut contract, owner(2)).unwrap_err().reason(), "Only bidder can confirm");
        confirm(&mut contract, ALICE).unwrap();
        assert_eq!((contract.validator_of(ALICE), contract.is_validator(id(1))), (Some(id(3)), false));
        assert_eq!(contract.account(id(3)).map(|account| account.amount), Some(base(200)));
        assert_eq!(contract.live().heads, 2);
    }

    #[test]
    fn an_owner_who_has_come_up_to_the_bid_keeps_the_seat() {
        let mut contract = delegated(&[0]);
        at_epoch(&mut contract, 11);
        contract.start_auction(ALICE, &bid(1, 101)).unwrap();
        contract.restake(owner(1), id(1), base(1), crate::stake::StakeRewards::Leave).unwrap();
        at_epoch(&mut contract, 13);
        confirm(&mut contract, owner(1)).unwrap();
        assert_eq!((contract.token().balance(ALICE), contract.next_id()), (base(1_000), id(2)));
        let auction = contract.auction(id(1)).unwrap();
        assert_eq!((auction.start, auction.bidder), (Epoch::new(13), Address::ZERO));
    }

    #[test]
    fn q112_a_forced_out_seat_that_is_taken_over_is_removed_twice() {
        let mut contract = delegated(&[0, 0, 0, 0]);
        at_epoch(&mut contract, 11);
        contract.start_auction(ALICE, &bid(3, 150)).unwrap();
        contract.force_unstake(GOVERNANCE, id(3)).unwrap();
        assert_eq!((contract.live().heads, contract.signers().len()), (3, 3));
        at_epoch(&mut contract, 13);
        contract.confirm_auction_bid(ALICE, id(3), Amount::ZERO, Address::with_last_byte(99)).unwrap();
        // 3 of 100, less 100 once more, and the bid.
        assert_eq!((contract.live().heads, contract.live().amount), (3, base(350)));
        let signers = [owner(2), owner(4), owner(9)];
        assert_eq!(contract.signers(), signers, "the smallest signer is lost");
        assert!(contract.is_validator(id(1)));
    }

    #[test]
    fn q117_a_bid_with_a_bad_key_is_stuck() {
        let mut contract = delegated(&[0]);
        at_epoch(&mut contract, 11);
        contract.start_auction(ALICE, &Bid { signer_key: Bytes::from_static(b"no key"), ..bid(1, 150) }).unwrap();
        at_epoch(&mut contract, 13);
        let before = contract.clone();
        assert_eq!(confirm(&mut contract, ALICE).unwrap_err().reason(), "not pub");
        assert_eq!(contract, before);
    }

    #[test]
    fn only_the_contract_itself_dethrones() {
        let mut contract = delegated(&[0]);
        let dethrone = Dethrone {
            bidder: ALICE,
            fee: Amount::ZERO,
            validator: id(1),
            bid: base(100),
            share_contract: None,
            signer_key: Bytes::new(),
        };
        assert_eq!(contract.dethrone_and_stake(ALICE, &dethrone).unwrap_err().reason(), "not allowed");
    }
}
