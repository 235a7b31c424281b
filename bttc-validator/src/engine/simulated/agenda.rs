//! What is to happen, by virtual time.

use super::node::Task;
use alloc::collections::BTreeMap;
use alloy_primitives::Address;
use core::time::Duration;

/// Tasks of validators in the order they fall due; of those due together, the one planned first.
#[derive(Debug)]
pub(super) struct Agenda {
    now: Duration,
    planned: u64,
    under_way: usize,
    tasks: BTreeMap<(Duration, u64), (Address, Task)>,
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    /// State of the generator that draws the jitter.
    pub(super) chance: u64,
}

impl Agenda {
    pub(super) const fn new() -> Self {
        Self {
            now: Duration::ZERO,
            planned: 0,
            under_way: 0,
            tasks: BTreeMap::new(),
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            chance: 0,
        }
    }

    pub(super) const fn now(&self) -> Duration {
        self.now
    }

    /// Messages that have not arrived yet.
    pub(super) const fn under_way(&self) -> usize {
        self.under_way
    }

    pub(super) fn plan(&mut self, after: Duration, whose: Address, task: Task) {
        self.planned += 1;
        self.under_way += usize::from(task.is_message());
        self.tasks.insert((self.now.saturating_add(after), self.planned), (whose, task));
    }

    /// Plans the arrival of a message.
    pub(super) fn send(&mut self, to: Address, message: Task) {
        let delay = self.latency.saturating_add(self.draw());
        self.plan(delay, to, message);
    }

    /// The next task due by then, and the clock set to it; without one, the clock set to then.
    pub(super) fn next_by(&mut self, then: Duration) -> Option<(Address, Task)> {
        let Some(next) = self.tasks.first_entry().filter(|next| next.key().0 <= then) else {
            self.now = self.now.max(then);
            return None;
        };
        self.now = next.key().0;
        let (whose, task) = next.remove();
        self.under_way -= usize::from(task.is_message());
        Some((whose, task))
    }

    /// Drops all tasks; the clock stays.
    pub(super) fn clear(&mut self) {
        self.tasks.clear();
        self.under_way = 0;
    }

    /// From nothing to the full jitter, by splitmix64.
    fn draw(&mut self) -> Duration {
        let span = u64::try_from(self.jitter.as_nanos()).unwrap_or(u64::MAX);
        if span == 0 {
            return Duration::ZERO;
        }
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        Duration::from_nanos(z.checked_rem(span.saturating_add(1)).unwrap_or(0))
    }
}
