//! The golden vectors of the reference, and what public chains did.

mod registry;
mod selection;
mod snapshot;
mod stake;
mod validator_set;
mod vectors;
