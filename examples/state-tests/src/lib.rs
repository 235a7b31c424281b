//! Ethereum's general state tests, run on the executor of this chain.
//!
//! ```text
//! folder or archive ─▶ files ─▶ fixtures ─▶ cases ─▶ executor without this chain's logs ─▶ verdicts
//!     source                    fixture                        case                         report
//! ```
//!
//! A fixture names accounts, a block's surroundings and a table of outcomes by fork. Each entry of the table below
//! [`FORK`] is one case: its encoded transaction is executed, then state root and hash of the logs are compared. An entry
//! that names an exception passes when the transaction is refused and the state stayed as it was.
//!
//! ```
//! let report = state_tests::run_file(br#"{ "london only": {
//!     "env": { "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentDifficulty": "0x020000",
//!              "currentGasLimit": "0x0f4240", "currentNumber": "0x01", "currentTimestamp": "0x03e8" },
//!     "pre": {}, "post": { "London": [] }
//! } }"#);
//! assert_eq!((report.passed, report.failures.len(), report.skipped.len()), (0, 0, 1));
//! ```

mod case;
mod fixture;
mod report;
mod source;

pub use case::{FORK, Mismatch};
pub use report::{Failure, Report, Skipped, run_file};
pub use source::{SourceError, visit};
