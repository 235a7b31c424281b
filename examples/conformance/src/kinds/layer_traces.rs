//! `checkpoint-ledger`, `registry`, `span-proposal`, `state-record`, `fee-account`: traces of the validation layer, one form under several names.

use super::Kind;
use crate::{case::Case, failure::Failure, layer_trace};

/// A kind whose cases are traces of the validation layer.
#[derive(Debug)]
pub(crate) struct LayerTraces(
    /// Its name.
    pub(crate) &'static str,
);

impl Kind for LayerTraces {
    fn name(&self) -> &'static str {
        self.0
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        layer_trace::run(case)
    }
}
