//! Independent work, shared among threads.
//!
//! What comes out never depends on how many there are: each item is worked on by itself, and the results stand in the
//! order of the items. Recovery of signers is such work, most of what a header costs and much of what a block does.
//!
//! ```
//! use bttc_evm::threads::Threads;
//! use core::num::NonZeroUsize;
//!
//! let two = Threads::new(NonZeroUsize::MIN.saturating_add(1));
//! assert_eq!(two.count().get(), 2);
//! assert_eq!(Threads::default(), Threads::ONE);
//! ```

use core::num::NonZeroUsize;
use std::{panic, thread};

/// Fewer items than this are not worth a thread of their own.
const LEAST_SHARE: usize = 8;

/// How many threads work together; the host says, for it knows what else they have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The caller's alone.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// This many, the caller's among them.
    #[must_use]
    pub const fn new(count: NonZeroUsize) -> Self {
        Self(count)
    }

    /// How many.
    #[must_use]
    pub const fn count(self) -> NonZeroUsize {
        self.0
    }

    /// The results for the items, in their order.
    pub(crate) fn map<T: Sync, R: Send>(self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let share = items.len().div_ceil(self.0.get()).max(LEAST_SHARE);
        let Some((own, others)) = items.split_at_checked(share).filter(|(_, others)| !others.is_empty()) else {
            return items.iter().map(work).collect();
        };
        let work = &work;
        thread::scope(|scope| {
            let start = |share: &'_ [T]| share.iter().map(work).collect::<Vec<_>>();
            let others: Vec<_> = others.chunks(share).map(|share| scope.spawn(move || start(share))).collect();
            let mut results = start(own);
            for other in others {
                // A panic on the way is the caller's as it would be on one thread.
                results.extend(other.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
            }
            results
        })
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<NonZeroUsize> for Threads {
    fn from(count: NonZeroUsize) -> Self {
        Self::new(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn results_stand_in_the_order_of_the_items_however_many_threads_there_are(
            items in prop::collection::vec(any::<u32>(), 0..100),
            count in 1_usize..6,
        ) {
            let threads = Threads::new(NonZeroUsize::new(count).unwrap());
            let expected: Vec<_> = items.iter().map(|item| item.rotate_left(7)).collect();
            prop_assert_eq!(threads.map(&items, |item| item.rotate_left(7)), expected);
        }
    }
}
