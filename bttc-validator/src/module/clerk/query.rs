//! Lists of state records, as the side chain asks for them.
//!
//! ```text
//! by time    from ≤ time < to, in order of the time and the text of the id        once the block's time is behind `to`
//! by id      id, id + 1, … as far as there are such records with time < to
//! by page    in order of the text of the id
//! ```
//!
//! Source: `validation-layer §6.2; delivery:clerk/keeper.go:277-344, delivery:clerk/client/rest/query.go:279-343,
//! delivery:types/iterator.go:34-77`.

use super::{BY_TIME, RECORD, record};
use crate::{
    record::EventRecord,
    store::{CorruptEntry, Page, StoreName, Stores, prefixed, sortable},
};
use bttc_core::{
    amino::{self, Time},
    id::StateId,
};

/// Records that one answer holds at most.
pub const MAX_RECORDS: u64 = 50;

/// Why records are not listed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The layer is not far enough: records before `to` may still come.
    #[error("latest block time is before toTime: got {now}, expected one after {to}")]
    Early {
        /// The latest block's time.
        now: Time,
        /// Up to when records are asked for.
        to: Time,
    },
    /// An entry does not read.
    #[error(transparent)]
    Corrupt(#[from] CorruptEntry),
}

/// Records of this time and later, before `to`, when the latest block is of the time `now`. Page 0 of limit 0 is all of
/// them.
///
/// # Errors
/// [`QueryError`].
pub fn records_between(
    stores: &Stores,
    from: Time,
    to: Time,
    page: Page,
    now: Time,
) -> Result<Vec<EventRecord>, QueryError> {
    late_enough(now, to)?;
    let (from, to) = (prefixed(BY_TIME, sortable(from)), prefixed(BY_TIME, sortable(to)));
    let all = Page { number: 1, limit: u64::MAX };
    let page = if (page.number, page.limit) == (0, 0) { all } else { page.of_at_most(MAX_RECORDS) };
    let mut records = Vec::new();
    for (_, id) in page.of(stores.range(StoreName::Clerk, &from, &to)) {
        // What is no id, or that of no record, is passed over.
        if let Ok(id) = amino::from_bytes(id)
            && let Some(record) = record(stores, StateId::new(id))?
        {
            records.push(record);
        }
    }
    Ok(records)
}

/// Records from this id on, one after the other, before `to`. None if the first one is not there, whatever the time.
///
/// # Errors
/// [`QueryError`].
pub fn records_from(
    stores: &Stores,
    from: StateId,
    to: Time,
    limit: u64,
    now: Time,
) -> Result<Vec<EventRecord>, QueryError> {
    let mut records = Vec::new();
    let mut next = record(stores, from)?;
    if next.is_some() {
        late_enough(now, to)?;
    }
    let limit = usize::try_from(limit.min(MAX_RECORDS)).unwrap_or(usize::MAX);
    while let Some(found) = next.filter(|found| found.time < to && records.len() < limit) {
        let following = found.id.next();
        records.push(found);
        next = following.map_or(Ok(None), |id| record(stores, id))?;
    }
    Ok(records)
}

/// A page of all records.
// Q-448: they come in the order of their ids' texts: 1, 10, 100, 2.
///
/// # Errors
/// [`CorruptEntry`].
pub fn records(stores: &Stores, page: Page) -> Result<Vec<EventRecord>, CorruptEntry> {
    page.of_at_most(MAX_RECORDS).of(stores.load_all(StoreName::Clerk, &[RECORD])).collect()
}

fn late_enough(now: Time, to: Time) -> Result<(), QueryError> {
    if now > to { Ok(()) } else { Err(QueryError::Early { now, to }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::MsgEventRecord,
        module::{Context, settle},
    };
    use bttc_checkpoint::vote::VoteResult;

    fn time(seconds: i64) -> Time {
        Time::new(seconds, 0).unwrap()
    }

    /// Records 1 to 12: two a second from 100 on.
    fn stores() -> Stores {
        let mut stores = Stores::default();
        for id in 1_u64..=12 {
            let message = MsgEventRecord {
                id: StateId::new(100 - id),
                root_chain_type: "tron".into(),
                ..MsgEventRecord::default()
            };
            let time = time(100 + i64::try_from((id - 1) / 2).unwrap());
            let context = Context { height: id, time, tx: b"" };
            settle(&message, &mut stores, &context, VoteResult::Yes).unwrap();
        }
        stores
    }

    fn ids(records: &[EventRecord]) -> Vec<u64> {
        records.iter().map(|record| record.id.get()).collect()
    }

    #[test]
    fn a_range_of_time_ends_before_its_end() {
        let (stores, page, now) = (stores(), Page { number: 1, limit: 3 }, time(200));
        let between = |from, to, page| records_between(&stores, time(from), time(to), page, now).map(|r| ids(&r));
        assert_eq!(between(101, 103, page), Ok(vec![3, 4, 5]));
        assert_eq!(between(101, 103, Page { number: 2, ..page }), Ok(vec![6]));
        assert_eq!(between(104, 103, page), Ok(vec![]));
        let early = records_between(&stores, time(1), time(200), page, now);
        assert_eq!(early, Err(QueryError::Early { now, to: time(200) }));
    }

    #[test]
    fn q447_page_zero_is_empty_unless_its_limit_is_zero_too() {
        let (stores, now) = (stores(), time(200));
        let page = |number, limit| {
            let page = Page { number, limit };
            records_between(&stores, time(100), time(106), page, now).map(|records| records.len())
        };
        assert_eq!((page(0, 5), page(0, 0), page(1, 0), page(1, 99)), (Ok(0), Ok(12), Ok(0), Ok(12)));
    }

    #[test]
    fn q448_pages_are_in_the_order_of_texts() {
        let listed = records(&stores(), Page { number: 1, limit: 5 }).map(|records| ids(&records));
        assert_eq!(listed, Ok(vec![1, 10, 11, 12, 2]));
    }

    #[test]
    fn ids_are_walked_until_one_is_missing_or_too_late() {
        let (stores, now) = (stores(), time(200));
        let from =
            |id, to, limit| records_from(&stores, StateId::new(id), time(to), limit, now).map(|records| ids(&records));
        assert_eq!(from(9, 105, 50), Ok(vec![9, 10]));
        assert_eq!(from(9, 150, 50), Ok(vec![9, 10, 11, 12]));
        assert_eq!(from(9, 150, 2), Ok(vec![9, 10]));
        assert_eq!(from(12, 105, 50), Ok(vec![]));
        // Of one that is not there nobody asks the time.
        assert_eq!(from(13, 300, 50), Ok(vec![]));
        assert_eq!(from(12, 300, 50), Err(QueryError::Early { now, to: time(300) }));
    }
}
