//! Who produces the blocks of a span.
//!
//! A [`ProducerSelection`] turns eligible validators, a seed and a number of slots into a list of ids, one a slot.
//! The validation layer then gives each id that was drawn as much power as it won slots.
//!
//! | rule | until | how |
//! |---|---|---|
//! | [`SlotShuffle`] | below the height `weighted_draw_from` | power many slots each, shuffled, the first ones taken |
//! | [`WeightedDraw`] | from it on | a draw a slot, with replacement, weighted by power |
//!
//! The seed is the hash of an Ethereum block.
//!
//! Source: `validation-layer §4.3-4.5; delivery:bor/selection.go, delivery:bor/shuffle.go, delivery:bor/keeper.go`.
//!
//! ```
//! use alloy_primitives::{Address, b256};
//! use bttc_core::{id::ValidatorId, validator::{Validator, VotingPower}};
//! use bttc_staking::selection::{ProducerSelection, WeightedDraw};
//!
//! let eligible: Vec<_> = (1..=15)
//!     .map(|id| Validator::new(ValidatorId::new(id), Address::with_last_byte(id as u8), VotingPower::new(1)))
//!     .collect();
//! // Hash of Ethereum's block 1.
//! let seed = b256!("0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6");
//! let drawn = WeightedDraw.select(&eligible, seed, 11)?;
//! let ids: Vec<_> = drawn.iter().map(|id| id.get()).collect();
//! assert_eq!(ids, [15, 13, 6, 3, 5, 2, 14, 11, 1, 1, 8]);
//! # Ok::<(), bttc_staking::selection::SelectionError>(())
//! ```

mod cooked;
mod go_rand;
mod slot_shuffle;
mod weighted_draw;

pub use go_rand::GoRand;
pub use slot_shuffle::{SlotShuffle, shuffled_index};
pub use weighted_draw::{WeightedDraw, draw};

use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::{id::ValidatorId, validator::Validator};
use core::fmt;

/// Why nobody can be selected; the reference stops with a panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// Fewer slots to shuffle than are to be taken.
    #[error("{got} slots, expected at least {expected}")]
    TooFewSlots {
        /// Slots of all eligible together.
        got: u64,
        /// Slots to be taken.
        expected: u64,
    },
    /// More slots than can be shuffled.
    #[error("{got} slots, expected at most {max}")]
    TooManySlots {
        /// Slots of all eligible together, at most 2⁶⁴ − 1.
        got: u64,
        /// Most slots.
        max: u64,
    },
}

/// A rule by which producers are selected. The registry asks it when a span is settled; [`WeightedDraw`] and
/// [`SlotShuffle`] implement it.
pub trait ProducerSelection: fmt::Debug + Send + Sync {
    /// The ids selected, one a slot, in the order of selection. All eligible ones, once each, if there are no more
    /// than slots.
    ///
    /// # Errors
    /// [`SelectionError`].
    fn select(&self, eligible: &[Validator], seed: B256, count: u64) -> Result<Vec<ValidatorId>, SelectionError>;
}

const _: fn(&WeightedDraw) -> &dyn ProducerSelection = |rule| rule;

/// All of them, if they are no more than slots.
fn all(eligible: &[Validator], count: u64) -> Option<Vec<ValidatorId>> {
    let fits = u64::try_from(eligible.len()).is_ok_and(|there| there <= count);
    fits.then(|| eligible.iter().map(|validator| validator.id).collect())
}
