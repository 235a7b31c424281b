//! Tables for people: what the stores hold, a line each.
//!
//! ```
//! use bttc_core::{id::CheckpointNumber, root_chain::RootChainId::Tron};
//! use bttc_validator::{module::checkpoint, record::CheckpointRecord, store::Stores, table::Table};
//!
//! let mut stores = Stores::default();
//! for (number, start) in [(1, 0), (2, 256), (10, 4_000)] {
//!     let record = CheckpointRecord { start, end: start + 255, ..Default::default() };
//!     checkpoint::save_checkpoint(&mut stores, Tron.into(), CheckpointNumber::new(number), &record);
//! }
//! let table = Table::checkpoints(&stores, Tron)?.to_string();
//! let lines: Vec<&str> = table.lines().map(|line| &line[..18]).collect();
//! assert_eq!(lines, ["number  start   en", "     1      0   25", "     2    256   51", "    10   4000  425"]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use crate::{
    module::{Refusal, bor, checkpoint, staking, topup},
    store::{CorruptEntry, Stores},
};
use bttc_core::root_chain::RootChainId;
use core::fmt;

/// Lines of a heading each, in columns: its `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    name: &'static str,
    side: Side,
}

/// Where the entries of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

const fn left(name: &'static str) -> Column {
    Column { name, side: Side::Left }
}

const fn right(name: &'static str) -> Column {
    Column { name, side: Side::Right }
}

impl Table {
    /// All validators, by id: of each whether it is in the set, and whose turn it is.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn validators(stores: &Stores) -> Result<Self, CorruptEntry> {
        let set = staking::validator_set(stores)?;
        let mut records = staking::records(stores).collect::<Result<Vec<_>, _>>()?;
        records.sort_by_key(|record| (record.id, record.signer));
        let rows = records.iter().map(|record| {
            let member = set.get(record.signer);
            let role = match member {
                Some(_) if set.elected().is_some_and(|elected| elected.signer == record.signer) => "proposer",
                Some(_) => "member",
                None => "",
            };
            vec![
                record.id.to_string(),
                format!("{:#x}", record.signer),
                record.power.get().to_string(),
                record.start_epoch.to_string(),
                if record.end_epoch.get() == 0 { String::new() } else { record.end_epoch.to_string() },
                record.nonce.to_string(),
                member.map_or_else(String::new, |member| member.priority.to_string()),
                role.to_owned(),
            ]
        });
        let columns = vec![
            right("id"),
            left("signer"),
            right("power"),
            right("from"),
            right("to"),
            right("nonce"),
            right("priority"),
            left("in the set"),
        ];
        Ok(Self { columns, rows: rows.collect() })
    }

    /// A root chain's acknowledged checkpoints, by number.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn checkpoints(stores: &Stores, root_chain: RootChainId) -> Result<Self, CorruptEntry> {
        let mut records = checkpoint::checkpoints(stores, root_chain).collect::<Result<Vec<_>, _>>()?;
        records.sort_by_key(|(number, _)| *number);
        let rows = records.iter().map(|(number, record)| {
            vec![
                number.to_string(),
                record.start.to_string(),
                record.end.to_string(),
                format!("{:#x}", record.root),
                format!("{:#x}", record.proposer),
                record.timestamp.to_string(),
            ]
        });
        let columns =
            vec![right("number"), right("start"), right("end"), left("root"), left("proposer"), right("time")];
        Ok(Self { columns, rows: rows.collect() })
    }

    /// All spans, by id: of each its producers and their slots.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn spans(stores: &Stores) -> Result<Self, CorruptEntry> {
        let mut spans = bor::spans(stores).collect::<Result<Vec<_>, _>>()?;
        spans.sort_by_key(|span| span.id);
        let rows = spans.iter().map(|span| {
            let producers = span.producers.iter().map(|producer| format!("{}×{}", producer.id, producer.power.get()));
            vec![
                span.id.to_string(),
                span.start.to_string(),
                span.end.to_string(),
                span.set.members().len().to_string(),
                producers.collect::<Vec<_>>().join(" "),
            ]
        });
        let columns = vec![right("id"), right("start"), right("end"), right("validators"), left("producers")];
        Ok(Self { columns, rows: rows.collect() })
    }

    /// All fee accounts, by user, in base units.
    ///
    /// # Errors
    /// [`Refusal::INTERNAL`] for an account that does not read.
    pub fn fee_accounts(stores: &Stores) -> Result<Self, Refusal> {
        let accounts = topup::fee_accounts(stores)?;
        let rows = accounts.iter().map(|(user, fee)| vec![format!("{user:#x}"), fee.to_word().to_string()]);
        Ok(Self { columns: vec![left("user"), right("fee")], rows: rows.collect() })
    }

    /// How wide each column is.
    fn widths(&self) -> Vec<usize> {
        let width = |place: usize| {
            let entries = self.rows.iter().filter_map(|row| row.get(place)).map(|entry| entry.chars().count());
            self.columns.get(place).map(|column| column.name.len()).into_iter().chain(entries).max().unwrap_or_default()
        };
        (0..self.columns.len()).map(width).collect()
    }

    fn line<'a>(&self, widths: &[usize], entries: impl Iterator<Item = &'a str>) -> String {
        let cells = self.columns.iter().zip(widths).zip(entries).map(|((column, &width), entry)| match column.side {
            Side::Left => format!("{entry:<width$}"),
            Side::Right => format!("{entry:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}", self.line(&widths, self.columns.iter().map(|column| column.name)))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", self.line(&widths, row.iter().map(String::as_str))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::DividendAccount;
    use alloy_primitives::Address;
    use bttc_core::{
        id::{SpanId, ValidatorId},
        validator::VotingPower,
    };
    use bttc_staking::{
        registry::{SpanRecord, ValidatorRecord},
        validator_set::ValidatorSet,
    };

    fn validator(id: u64, signer: u8, power: i64) -> ValidatorRecord {
        ValidatorRecord {
            id: ValidatorId::new(id),
            power: VotingPower::new(power),
            signer: Address::repeat_byte(signer),
            ..ValidatorRecord::default()
        }
    }

    #[test]
    fn validators_come_by_id_and_tell_whose_turn_it_is() {
        let mut stores = Stores::default();
        let (a, b, c) = (validator(10, 0x11, 1), validator(2, 0x22, 1), validator(3, 0x33, 0));
        for record in [&a, &b, &c] {
            staking::save_record(&mut stores, record);
        }
        staking::save_set(&mut stores, &ValidatorSet::new([a, b]).unwrap());
        // On a tie the lower address is first, and pays the total: validation-layer §2.2.
        let expected = "\
id  signer                                      power  from  to  nonce  priority  in the set
 2  0x2222222222222222222222222222222222222222      1     0          0         1  member
 3  0x3333333333333333333333333333333333333333      0     0          0
10  0x1111111111111111111111111111111111111111      1     0          0        -1  proposer
";
        assert_eq!(Table::validators(&stores).unwrap().to_string(), expected);
    }

    #[test]
    fn spans_come_by_id_with_their_slots() {
        let mut stores = Stores::default();
        for id in [10, 2] {
            let producers = vec![validator(7, 1, 3), validator(8, 2, 1)];
            let span =
                SpanRecord { id: SpanId::new(id), start: id * 100, end: id * 100 + 99, producers, ..<_>::default() };
            bor::save_span(&mut stores, &span);
        }
        let expected = "\
id  start   end  validators  producers
 2    200   299           0  7×3 8×1
10   1000  1099           0  7×3 8×1
";
        assert_eq!(Table::spans(&stores).unwrap().to_string(), expected);
    }

    #[test]
    fn fees_stand_to_the_right() {
        let mut stores = Stores::default();
        for (user, fee) in [(0x22, "7"), (0x11, "1000000000000000000")] {
            let account = DividendAccount { user: Address::repeat_byte(user), fee: fee.to_owned() };
            topup::set_fee_account(&mut stores, &account);
        }
        let expected = "\
user                                                        fee
0x1111111111111111111111111111111111111111  1000000000000000000
0x2222222222222222222222222222222222222222                    7
";
        assert_eq!(Table::fee_accounts(&stores).unwrap().to_string(), expected);
    }
}
