//! `checkpoint-record`: checkpoints as the validation layer answers them.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use bttc_checkpoint::{checkpoint::BlockRange, vote::chain_id_of};
use bttc_core::id::{CheckpointNumber, HeaderBlockId};

/// The kind `checkpoint-record`.
#[derive(Debug)]
pub(crate) struct CheckpointRecords;

impl Kind for CheckpointRecords {
    fn name(&self) -> &'static str {
        "checkpoint-record"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let records = input.field("records")?.list(|record| Record::read(&record))?;
        let ranges = || records.iter().map(|record| record.range);
        let ends = ranges().map(|range| Got::list([range.start(), range.end()]));
        expect.check("ranges", Got::list(ends))?;
        expect.check("blocks", Got::list(ranges().map(|range| range.blocks())))?;
        expect.check("depths", Got::list(ranges().map(|range| range.depth())))?;
        let ids = records.iter().map(|record| HeaderBlockId::of(record.number).get());
        expect.check("headerIds", Got::list(ids))?;
        let follows = |pair: &[Record]| match pair {
            [before, after] => after.follows(before),
            _ => true,
        };
        expect.check("contiguous", records.windows(2).all(follows))
    }
}

struct Record {
    number: CheckpointNumber,
    range: BlockRange,
}

impl Record {
    /// A record, of which every field has to be readable.
    fn read(field: &Field<'_>) -> Result<Self, Failure> {
        let (start, end) = (field.field("start_block")?.u64()?, field.field("end_block")?.u64()?);
        field.field("proposer")?.address()?;
        field.field("root_hash")?.b256()?;
        field.field("timestamp")?.u64()?;
        let chain_id = field.field("bor_chain_id")?;
        if chain_id_of(chain_id.text()?).to_string() != chain_id.text()? {
            return Err(chain_id.refused("the id of a chain"));
        }
        Ok(Self {
            number: CheckpointNumber::new(field.field("id")?.u64()?),
            range: BlockRange::new(start, end).map_err(|error| field.failed(error))?,
        })
    }

    fn follows(&self, before: &Self) -> bool {
        let next = |number: u64| number.checked_add(1);
        next(before.number.get()) == Some(self.number.get()) && next(before.range.end()) == Some(self.range.start())
    }
}
