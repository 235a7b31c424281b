//! What the benches share: how long each runs, and inputs that are the same in every run.
//!
//! One file an operation under `benches/`, ids `module::operation/key=value … by=who`. Beside ours stand the limit, which
//! is the part that nobody can leave out, and the peers, which do the same in another way; each file first asserts that
//! all of them answer alike. What they measure and what came out: `docs/performance.md`.

use alloy_primitives::Address;
use bttc_core::{
    hash::keccak256,
    id::ValidatorId,
    validator::{Validator, VotingPower},
};
use core::{fmt, time::Duration};
use criterion::{Criterion, Throughput};

/// Runs of two seconds, with the arguments of the command line.
#[must_use]
pub fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(30)
        .nresamples(2_000)
        .configure_from_args()
}

/// Validators 1 … `count` in ascending signer order, powers 1 … 100.
#[must_use]
pub fn validators(count: u64) -> Vec<Validator> {
    let mut validators: Vec<_> = (1..=count)
        .map(|id| {
            let word = keccak256(id.to_be_bytes());
            let power = 1 + i64::from(word[0]) % 100;
            Validator::new(ValidatorId::new(id), Address::from_word(word), VotingPower::new(power))
        })
        .collect();
    validators.sort_by_key(|validator| validator.signer);
    validators
}

/// One operation on one input: its limit, ours, its peers.
pub struct Comparison<'c> {
    criterion: &'c mut Criterion,
    operation: &'static str,
    input: String,
    elements: u64,
}

impl<'c> Comparison<'c> {
    /// The comparison with the ids `operation/input by=…`, of an input of so many elements.
    pub fn new(criterion: &'c mut Criterion, operation: &'static str, input: String, elements: u64) -> Self {
        Self { criterion, operation, input, elements }
    }

    /// Measures what somebody does.
    pub fn by<T>(&mut self, who: &str, mut run: impl FnMut() -> T) -> &mut Self {
        let mut group = self.criterion.benchmark_group(self.operation);
        group.throughput(Throughput::Elements(self.elements));
        group.bench_function(format!("{} by={who}", self.input), |bencher| bencher.iter(&mut run));
        group.finish();
        self
    }
}

impl fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.operation, self.input)
    }
}
