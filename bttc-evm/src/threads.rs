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

use core::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{panic, sync::OnceLock, thread};

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

    /// Works on the items for `take`, which asks for one result after the other and does something with it; the other
    /// threads are ahead of it, and it helps them where it would have to wait.
    pub(crate) fn ahead<T: Sync, R: Clone + Send + Sync, Out>(
        self,
        items: &[T],
        work: impl Fn(&T) -> R + Sync,
        take: impl FnOnce(&mut dyn Iterator<Item = R>) -> Out,
    ) -> Out {
        let others = (self.0.get() - 1).min(items.len() / LEAST_SHARE);
        if others == 0 {
            return take(&mut items.iter().map(work));
        }
        let ahead = Ahead { items, work, results: items.iter().map(|_| OnceLock::new()).collect(), next: 0.into() };
        thread::scope(|scope| {
            for _ in 0..others {
                scope.spawn(|| while ahead.one() {});
            }
            // Whoever stops taking lets the others stop.
            let _stop = Stop(&ahead.next);
            take(&mut (0..items.len()).map_while(|place| ahead.wait(place)))
        })
    }

    /// Both results; the first is worked on by another thread, where there is one.
    pub(crate) fn join<A: Send, B>(self, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
        if self == Self::ONE {
            return (one(), other());
        }
        thread::scope(|scope| {
            let one = scope.spawn(one);
            let other = other();
            (one.join().unwrap_or_else(|payload| panic::resume_unwind(payload)), other)
        })
    }
}

/// Items that several threads work on, each the next one that nobody has begun.
struct Ahead<'i, T, R, W> {
    items: &'i [T],
    work: W,
    results: Vec<OnceLock<R>>,
    next: AtomicUsize,
}

impl<T, R: Clone, W: Fn(&T) -> R> Ahead<'_, T, R, W> {
    /// Works on the next item, if there is one.
    fn one(&self) -> bool {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let Some((item, result)) = self.items.get(place).zip(self.results.get(place)) else { return false };
        result.get_or_init(|| (self.work)(item));
        true
    }

    /// The result of an item.
    fn wait(&self, place: usize) -> Option<R> {
        let (item, result) = self.items.get(place).zip(self.results.get(place))?;
        while result.get().is_none() && self.one() {}
        // Everything has been begun; what is still under work is waited for.
        Some(result.get_or_init(|| (self.work)(item)).clone())
    }
}

/// Leaves nothing to begin once it goes.
struct Stop<'n>(&'n AtomicUsize);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        // Far above any number of items, far below where counting on would end.
        self.0.store(usize::MAX / 2, Ordering::Relaxed);
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

        #[test]
        fn results_come_in_the_order_of_the_items_to_whoever_takes_them_and_may_stop(
            items in prop::collection::vec(any::<u32>(), 0..100),
            count in 1_usize..6,
            taken in 0_usize..120,
        ) {
            let threads = Threads::new(NonZeroUsize::new(count).unwrap());
            let expected: Vec<_> = items.iter().map(|item| item.rotate_left(7)).take(taken).collect();
            let got = threads.ahead(&items, |item| item.rotate_left(7), |results| results.take(taken).collect::<Vec<_>>());
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn two_results_are_those_of_their_work() {
        for threads in [Threads::ONE, Threads::new(NonZeroUsize::MIN.saturating_add(1))] {
            assert_eq!(threads.join(|| 1, || "two"), (1, "two"));
        }
    }
}
