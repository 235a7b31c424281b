//! In which order a block takes transactions.

use super::Pooled;
use alloy_primitives::U256;
use core::cmp::Reverse;
use std::collections::BTreeMap;

/// Pending transactions: of the accounts' next ones always the best paid, of equal prices the first that came.
#[derive(Clone, Debug)]
pub struct Best<'p> {
    /// The accounts' next ones, the best last, and what is behind each.
    next: BTreeMap<(U256, Reverse<u64>), Vec<&'p Pooled>>,
}

impl<'p> Best<'p> {
    pub(super) fn new(accounts: impl Iterator<Item = Vec<&'p Pooled>>) -> Self {
        let mut best = Self { next: BTreeMap::new() };
        for mut account in accounts {
            account.reverse();
            best.offer(account);
        }
        best
    }

    /// An account's transactions, the next one last.
    fn offer(&mut self, account: Vec<&'p Pooled>) {
        if let Some(next) = account.last() {
            self.next.insert((next.transaction.gas_price(), Reverse(next.arrival)), account);
        }
    }
}

impl<'p> Iterator for Best<'p> {
    type Item = &'p Pooled;

    fn next(&mut self) -> Option<&'p Pooled> {
        let (_, mut account) = self.next.pop_last()?;
        let next = account.pop();
        self.offer(account);
        next
    }
}
