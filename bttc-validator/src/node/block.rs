//! Blocks of the side chain: what one needs of the layer, how it is built and taken.

use super::{BlockError, Node};
use crate::{
    module::{bor, clerk},
    record::EventRecord,
};
use bttc_core::{amino::Time, id::SpanId, schedule::ApplyError, span::Span};
use bttc_evm::{
    block::{Block, ImportedBlock, SealedBlock},
    executor::QueryError,
    header::RecoveredHeader,
    state_sync::{Record, RecordRequest, RecordTime},
    system::Facts,
    transaction::Transaction,
};
use bttc_staking::snapshot::Snapshot;

impl Node {
    /// What the next block of the side chain needs of the layer.
    fn facts(&self) -> Result<(Option<Span>, Vec<Record>), BlockError> {
        let needs = self.chain.needs()?;
        let span = needs.span.map_or(Ok(None), |id| bor::span(self.layer.stores(), id))?;
        let records = needs.records.map_or(Ok(Vec::new()), |wanted| self.records(wanted))?;
        Ok((span.map(|span| span.to_span()), records))
    }

    /// The records from an id on that are older than a time, one page after the other.
    fn records(&self, wanted: RecordRequest) -> Result<Vec<Record>, clerk::QueryError> {
        let (now, to) = (whole_seconds(self.layer.time()), whole_seconds(wanted.before));
        let mut records = Vec::new();
        let mut from = Some(wanted.from);
        while let Some(id) = from {
            let page = clerk::records_from(self.layer.stores(), id, to, clerk::MAX_RECORDS, now)?;
            from = page.last().and_then(|last| last.id.next());
            records.extend(page.iter().map(side_chain_record));
        }
        Ok(records)
    }

    /// The span that the next block has to bring and that the layer does not have yet: until it does there is no block.
    ///
    /// Source: `block-layer §4.1.3; bttc:consensus/bor/rest.go:98-163`.
    ///
    /// # Errors
    /// [`QueryError`] when the validator-set contract does not answer.
    pub fn awaited_span(&self) -> Result<Option<SpanId>, QueryError> {
        Ok(self.chain.needs()?.span.filter(|id| !bor::has_span(self.layer.stores(), *id)))
    }

    /// Builds and seals the next block at this time (Unix seconds) from these transactions.
    ///
    /// # Errors
    /// [`BlockError`] when it has no turn or does not know enough.
    pub fn build(
        &self,
        transactions: impl IntoIterator<Item = Transaction>,
        now: u64,
    ) -> Result<SealedBlock, BlockError> {
        let (span, records) = self.facts()?;
        let facts = facts(now, &self.snapshot, span.as_ref(), &records);
        Ok(self.chain.build(transactions, self.address(), &facts)?.seal(self.signer.as_ref())?)
    }

    /// Judges a block at this time (Unix seconds) and takes it.
    ///
    /// # Errors
    /// [`BlockError`], the first rule broken; then nothing changed.
    pub fn import(&mut self, block: impl Into<Block>, now: u64) -> Result<&ImportedBlock, BlockError> {
        let block = block.into();
        let (span, records) = self.facts()?;
        let mut snapshot = self.snapshot.clone();
        let header = RecoveredHeader::recover(block.header.clone());
        let fits = snapshot.apply(&header.to_sprint_header(snapshot.timing()));
        // Number and signer are also looked at by the rules of the header, which come first and in their order.
        if let Err(error @ ApplyError::Rotation { .. }) = fits {
            return Err(error.into());
        }
        self.chain.import(block, &facts(now, &self.snapshot, span.as_ref(), &records))?;
        fits?;
        self.snapshots.insert(snapshot.clone());
        self.snapshot = snapshot;
        Ok(self.chain.head())
    }
}

/// A time of whole seconds; beyond the last that there is, the last.
fn whole_seconds(seconds: u64) -> Time {
    let seconds = i64::try_from(seconds).unwrap_or(Time::MAX).min(Time::MAX);
    Time::new(seconds, 0).unwrap_or_default()
}

/// A record as the side chain takes it.
fn side_chain_record(record: &EventRecord) -> Record {
    Record {
        id: record.id,
        receiver: record.contract,
        data: record.data.clone(),
        tx_hash: record.tx_hash,
        log_index: record.log_index,
        chain_id: record.chain_id.to_string(),
        time: RecordTime {
            seconds: u64::try_from(record.time.seconds()).unwrap_or_default(),
            nanoseconds: record.time.nanos(),
        },
    }
}

fn facts<'a>(now: u64, schedule: &'a Snapshot, span: Option<&'a Span>, records: &'a [Record]) -> Facts<'a> {
    let facts = Facts::new(now, schedule).with_records(records);
    match span {
        Some(span) => facts.with_span(span),
        None => facts,
    }
}
