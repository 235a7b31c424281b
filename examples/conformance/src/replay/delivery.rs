//! What a client asks the validation layer while it imports a block, and what it is answered.
//!
//! ```text
//! a span is due             GET /bor/span/{id}
//! a sprint starts           GET /clerk/event-record/list?from-id={from}&to-time={before}&limit=50
//!                           … from-id += 50 while the page is full
//! ```
//!
//! Source: `block-layer §4.1.3–4.1.5, §4.2.4–4.2.5`.

use crate::{failure::Failure, field::Field, kinds::span};
use bttc_core::{amino::Time, id::StateId, span::Span};
use bttc_evm::{
    state_sync::{PAGE, Record, RecordRequest, RecordTime},
    system::{Answer, Facts, Needs},
};
use bttc_staking::snapshot::Snapshot;

/// The answers to one block's requests.
#[derive(Debug)]
pub struct Delivery {
    requests: Vec<String>,
    span: Option<Answer<Span>>,
    records: Answer<Vec<Record>>,
    full_pages: usize,
}

impl Delivery {
    /// The clock of a client that imports a recorded block: the day of recording, 2026-11-25, in Unix seconds. All
    /// block times lie before it.
    const CLOCK: u64 = 1_795_564_800;

    /// Reads the field `delivery` of a block; where there is none, nothing was asked.
    ///
    /// # Errors
    /// A [`Failure`] where a question has not the form of one.
    pub fn read(block: &Field<'_>) -> Result<Self, Failure> {
        let mut delivery = Self { requests: Vec::new(), span: None, records: Answer::Known(Vec::new()), full_pages: 0 };
        for question in block.or_default("delivery", |asked| asked.items())? {
            let request = question.field("request")?.text()?;
            delivery.requests.push(request.to_owned());
            if request.starts_with("/bor/span/") {
                let span = result(&question)?.and_then(|result| span(&result).ok());
                delivery.span = Some(span.map_or(Answer::Unavailable, Answer::Known));
            } else {
                delivery.turn(page(&question)?);
            }
        }
        Ok(delivery)
    }

    /// Adds a page of records.
    fn turn(&mut self, page: Answer<Vec<Record>>) {
        match (&mut self.records, page) {
            (Answer::Known(records), Answer::Known(page)) => {
                self.full_pages += usize::from(page.len() >= PAGE);
                records.extend(page);
            }
            (records, _) => *records = Answer::Unavailable,
        }
    }

    /// Whether these are the answers to the requests that a client on the chain with this id has, and to no others; if
    /// not, those that it has.
    pub(crate) fn answers(&self, needs: &Needs, chain_id: u64) -> Result<(), Vec<String>> {
        let requests = self.follow(needs, chain_id);
        if requests == self.requests { Ok(()) } else { Err(requests) }
    }

    /// The requests that the needs and the answers before lead to.
    fn follow(&self, needs: &Needs, chain_id: u64) -> Vec<String> {
        let mut requests = Vec::new();
        if let Some(id) = needs.span {
            requests.push(format!("/bor/span/{id}"));
            // What it cannot use ends its work on the block.
            if !matches!(&self.span, Some(Answer::Known(span)) if span.chain_id == chain_id) {
                return requests;
            }
        }
        if let Some(RecordRequest { from, before }) = needs.records {
            let first = from.get();
            let pages = (first..=u64::MAX).step_by(PAGE).take(self.full_pages + 1);
            requests
                .extend(pages.map(|id| format!("/clerk/event-record/list?from-id={id}&to-time={before}&limit={PAGE}")));
        }
        requests
    }

    /// The facts that the block is imported with.
    #[must_use]
    pub fn facts<'a>(&'a self, snapshot: &'a Snapshot) -> Facts<'a> {
        Facts {
            span: self.span.as_ref().map(Answer::as_ref),
            records: self.records.as_ref().map(Vec::as_slice),
            ..Facts::new(Self::CLOCK, snapshot)
        }
    }
}

/// What an answer holds, if it is one and holds something.
fn result<'a>(question: &Field<'a>) -> Result<Option<Field<'a>>, Failure> {
    let body = question.optional("body")?;
    let result = body.and_then(|body| body.optional("result").ok().flatten());
    Ok(result.filter(|result| !result.is_null()))
}

/// A page of records: an answer that holds nothing has none, one that does not decode is of no use.
fn page(question: &Field<'_>) -> Result<Answer<Vec<Record>>, Failure> {
    let Some(result) = result(question)? else {
        let object = question.optional("body")?.is_some_and(|body| body.value().is_object());
        let empty = object || question.field("status")?.u64()? == 204;
        return Ok(if empty { Answer::Known(Vec::new()) } else { Answer::Unavailable });
    };
    Ok(result.list(|item| record(&item)).map_or(Answer::Unavailable, Answer::Known))
}

fn record(field: &Field<'_>) -> Result<Record, Failure> {
    Ok(Record {
        id: StateId::new(field.field("id")?.u64()?),
        receiver: field.field("contract")?.address()?,
        data: field.field("data")?.bytes()?,
        tx_hash: field.field("tx_hash")?.b256()?,
        log_index: field.field("log_index")?.u64()?,
        chain_id: field.field("bor_chain_id")?.text()?.to_owned(),
        time: time(&field.field("record_time")?)?,
    })
}

fn time(field: &Field<'_>) -> Result<RecordTime, Failure> {
    let time: Time = field.text()?.parse().map_err(|error| field.failed(error))?;
    let seconds = u64::try_from(time.seconds()).map_err(|error| field.failed(error))?;
    Ok(RecordTime { seconds, nanoseconds: time.nanos() })
}
