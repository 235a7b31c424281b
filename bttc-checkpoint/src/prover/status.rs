//! How far a burn is.
//!
//! ```text
//! absent ──in a block──▶ burnt ──its block checkpointed──▶ provable ──exit called──▶ exited
//! ```
//!
//! Source: `withdrawal-proofs §1, §7.2, §7.6`.

use super::{Burn, ProveError, Prover};
use crate::{
    exit::{BuildError, CheckpointRef, exit_hash},
    header_blocks::{HeaderBlock, Question},
    side_chain::TransactionPlace,
};
use alloy_primitives::{B256, U256};
use bttc_core::id::HeaderBlockId;
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};

/// Where a burn is between its transaction and its payout on a root chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum BurnStatus {
    /// In no block that the side chain knows of.
    Absent,
    /// In a block that the root chain has no checkpoint of yet.
    Burnt {
        /// Where it is.
        place: TransactionPlace,
        /// Last block that is checkpointed; `None` before the first checkpoint.
        checkpointed: Option<u64>,
        /// When to expect its checkpoint; `None` with fewer than two checkpoints to judge by.
        estimate: Option<Estimate>,
    },
    /// Checkpointed and not paid out yet.
    Provable {
        /// Where it is.
        place: TransactionPlace,
        /// Its checkpoint.
        checkpoint: CheckpointRef,
        /// What makes its exit unique on a root chain.
        exit_hash: B256,
    },
    /// Paid out.
    Exited {
        /// Where it is.
        place: TransactionPlace,
        /// Its checkpoint.
        checkpoint: CheckpointRef,
        /// What makes its exit unique on a root chain.
        exit_hash: B256,
    },
}

/// When a block's checkpoint is to be expected, by those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Checkpoints still to come, the block's own included.
    pub checkpoints: u64,
    /// Mean time from one to the next, seconds, rounded down.
    pub interval: u64,
    /// When the block's own is due, Unix seconds.
    pub due: u64,
}

/// Checkpoints that an estimate looks back over.
const LOOK_BACK: u64 = 8;

impl Estimate {
    /// The estimate for a block after the newest of two records that are so many checkpoints apart. Checkpoints are taken
    /// to go on in the mean length and at the mean interval of those between. `None` when there was no time or no block
    /// between the two, or the block is not after them.
    ///
    /// ```
    /// use bttc_checkpoint::{header_blocks::HeaderBlock, prover::Estimate};
    /// use alloy_primitives::U256;
    ///
    /// let at = |end: u64, time: u64| {
    ///     HeaderBlock { end: U256::from(end), created_at: U256::from(time), ..HeaderBlock::default() }
    /// };
    /// // Four checkpoints of 256 blocks, one in 1,800 s.
    /// let estimate = Estimate::between(&at(255, 10_000), &at(1_279, 17_200), 4, 1_600).unwrap();
    /// assert_eq!((estimate.checkpoints, estimate.interval, estimate.due), (2, 1_800, 20_800));
    /// assert_eq!(estimate.remaining(20_000), 800);
    /// ```
    #[must_use]
    pub fn between(older: &HeaderBlock, newest: &HeaderBlock, apart: u64, block: u64) -> Option<Self> {
        let number = |number: U256| u64::try_from(number).ok();
        let (end, time) = (number(newest.end)?, number(newest.created_at)?);
        let interval = time.checked_sub(number(older.created_at)?)?.checked_div(apart)?;
        let length = end.checked_sub(number(older.end)?)?.checked_div(apart)?;
        let missing = block.checked_sub(end).filter(|missing| *missing > 0)?;
        if length == 0 || interval == 0 {
            return None;
        }
        let checkpoints = missing.div_ceil(length);
        Some(Self { checkpoints, interval, due: time.saturating_add(interval.saturating_mul(checkpoints)) })
    }

    /// Seconds until it is due; 0 when it is overdue.
    #[must_use]
    pub const fn remaining(&self, now: u64) -> u64 {
        self.due.saturating_sub(now)
    }
}

impl<'a> Prover<'a> {
    /// How far a burn is, as of the root chain's head.
    ///
    /// # Errors
    /// [`ProveError`]: what is not yet so is no error.
    pub async fn status(&self, burn: impl Into<Burn>) -> Result<BurnStatus, ProveError> {
        let burn = burn.into();
        let place = match self.locate(burn.transaction).await {
            Ok(place) => place,
            Err(ProveError::UnknownTransaction { .. }) => return Ok(BurnStatus::Absent),
            Err(error) => return Err(error),
        };
        let found = match self.checkpoint_of(place.block).await {
            Ok(found) => found,
            Err(ProveError::NotCheckpointed { .. }) => return self.burnt(place).await,
            Err(error) => return Err(error),
        };
        let receipt = self.receipt_at(place).await?;
        let choice = burn.choice(&receipt)?;
        let missing = BuildError::LogNotFound { logs: receipt.logs.len() };
        let log = choice.find(&receipt).ok_or(missing)?;
        let (checkpoint, exit_hash) = (found.checkpoint, exit_hash(place.block, place.index, log));
        Ok(match self.is_processed(exit_hash, found.at).await? {
            true => BurnStatus::Exited { place, checkpoint, exit_hash },
            false => BurnStatus::Provable { place, checkpoint, exit_hash },
        })
    }

    /// How far a burn is, told whenever that changed, until it is paid out. Before it looks again, it waits for what
    /// `pause` makes of the state: the clock is the caller's. Errors are told too and end nothing; whoever does not want
    /// to go on drops the stream.
    ///
    /// ```no_run
    /// use bttc_checkpoint::prover::{BurnStatus, Prover};
    /// use alloy_primitives::B256;
    /// use futures_util::StreamExt as _;
    ///
    /// # async fn sleep(_: u64) {}
    /// # async fn example(prover: Prover<'_>, burn: B256) {
    /// let mut states = core::pin::pin!(prover.watch(burn, |_| sleep(15)));
    /// while let Some(state) = states.next().await {
    ///     println!("{state:?}");
    /// }
    /// # }
    /// ```
    pub fn watch<P, W>(self, burn: impl Into<Burn>, pause: P) -> impl Stream<Item = Result<BurnStatus, ProveError>>
    where
        P: FnMut(Option<&BurnStatus>) -> W,
        W: Future<Output = ()>,
    {
        struct Watched<'a, P> {
            prover: Prover<'a>,
            burn: Burn,
            pause: P,
            last: Option<BurnStatus>,
            looked: Looked,
        }
        #[derive(PartialEq)]
        enum Looked {
            Never,
            Before,
        }
        let start = Watched { prover: self, burn: burn.into(), pause, last: None, looked: Looked::Never };
        stream::unfold(start, async |mut watched| {
            loop {
                if matches!(watched.last, Some(BurnStatus::Exited { .. })) {
                    return None;
                }
                if watched.looked == Looked::Before {
                    (watched.pause)(watched.last.as_ref()).await;
                }
                watched.looked = Looked::Before;
                match watched.prover.status(watched.burn.clone()).await {
                    Ok(state) if watched.last == Some(state) => {}
                    Ok(state) => {
                        watched.last = Some(state);
                        return Some((Ok(state), watched));
                    }
                    Err(error) => return Some((Err(error), watched)),
                }
            }
        })
    }

    /// The state before the checkpoint.
    async fn burnt(&self, place: TransactionPlace) -> Result<BurnStatus, ProveError> {
        let at = self.root_chain.head().await?;
        let current = HeaderBlockId::new(self.word(Question::CurrentHeaderBlock, at).await?);
        let newest = current.number().map_or(0, |number| number.get());
        if newest == 0 {
            return Ok(BurnStatus::Burnt { place, checkpointed: None, estimate: None });
        }
        let record = self.record(current, at).await?;
        let apart = LOOK_BACK.min(newest - 1);
        let older = current.get().saturating_sub(U256::from(HeaderBlockId::STEP).saturating_mul(U256::from(apart)));
        let older = self.record(HeaderBlockId::new(older), at).await?;
        let estimate = Estimate::between(&older, &record, apart, place.block);
        Ok(BurnStatus::Burnt { place, checkpointed: u64::try_from(record.end).ok(), estimate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(end: u64, time: u64) -> HeaderBlock {
        HeaderBlock { end: U256::from(end), created_at: U256::from(time), ..HeaderBlock::default() }
    }

    #[test]
    fn there_is_no_estimate_by_one_checkpoint_or_none_in_between() {
        let newest = record(99, 1_000);
        assert_eq!(Estimate::between(&newest, &newest, 0, 150), None);
        assert_eq!(Estimate::between(&newest, &newest, 1, 150), None);
        assert_eq!(Estimate::between(&record(9, 100), &newest, 1, 99), None, "it is checkpointed");
        assert_eq!(Estimate::between(&record(9, 2_000), &newest, 1, 150), None, "time went back");
        let far = Estimate::between(&record(98, 0), &record(99, u64::MAX), 1, u64::MAX).unwrap();
        assert_eq!((far.due, far.remaining(u64::MAX)), (u64::MAX, 0));
    }
}
