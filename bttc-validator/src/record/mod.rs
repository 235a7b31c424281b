//! Records: what stands in the stores, with the reference's fields and bytes.
//!
//! ```text
//! record ──amino──▶ bytes in a store        record ──amino::Json──▶ the reference's two JSON forms
//! ```
//!
//! | record | where |
//! |---|---|
//! | Validator, ValidatorSet | `bttc_staking::registry::ValidatorRecord`, `bttc_staking::validator_set::ValidatorSet` |
//! | Span | `bttc_staking::registry::SpanRecord` |
//! | StakingRecord, the staking queue | `bttc_staking::registry::SyncRecord`, a `Vec` of them |
//! | all others | here |
//!
//! Texts are kept as whatever bytes they came in, and fees of fee accounts as texts: that is how the reference has them.
//!
//! Source: `validation-layer §1.6`.
//!
//! ```
//! use alloy_primitives::{Address, B256};
//! use bttc_core::amino;
//! use bttc_validator::record::CheckpointRecord;
//!
//! let record = CheckpointRecord {
//!     proposer: Address::repeat_byte(0x11),
//!     start: 256,
//!     end: 511,
//!     root: B256::repeat_byte(0x22),
//!     chain_id: "199".into(),
//!     timestamp: 1_640_000_000,
//! };
//! let bytes = amino::to_bytes(&record);
//! assert_eq!(bytes[..2], [0x0a, 0x14]);
//! assert_eq!(amino::from_bytes(&bytes), Ok(record));
//! ```

mod account;
mod chain_info;
mod checkpoint;
mod dividend_account;
mod event_record;
mod proposal;
mod signing_info;

pub use account::{Account, AccountKey, ModuleAccount, ModuleRole, StoredAccount};
pub use chain_info::ChainInfo;
pub use checkpoint::CheckpointRecord;
pub use dividend_account::DividendAccount;
pub use event_record::EventRecord;
pub use proposal::{Proposal, ProposalDeposit, ProposalStatus, ProposalVote, TallyResult};
pub use signing_info::{SigningInfo, SlashingInfo};
