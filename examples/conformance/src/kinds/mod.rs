//! The kinds that are known, one file each.

use crate::{case::Case, failure::Failure};
use core::fmt;

mod abi;
mod account_root;
mod amino;
mod block_wrong;
mod bor_api;
mod chain_replay;
mod checkpoint_record;
mod checkpoint_root;
mod contract_log;
mod exit;
mod exit_payload;
mod exit_payload_decode;
mod exit_proof;
mod go_rand;
mod header;
mod header_blocks;
mod header_verify;
mod layer_traces;
mod merkle;
mod mirror;
mod native_log;
mod producer_selection;
mod proposer_sequence;
mod receipts_root;
mod rlp;
mod sign_bytes;
mod signature;
mod snapshot;
mod span_commit;
mod stake_manager;
mod state_sender;
mod tron_address;
mod tron_transaction;
mod validator_set;

pub use header::read_header;
pub(crate) use span_commit::span;

/// Knows how cases of one kind are run. The runner asks it; each file here has one.
pub trait Kind: fmt::Debug + Sync {
    /// The kind's name, as in its folder's.
    fn name(&self) -> &'static str;

    /// Runs a case: reads its input, calls the crates, compares every field of `expect` that is recorded. What is left
    /// uncompared fails the case afterwards.
    ///
    /// # Errors
    /// The first [`Failure`].
    fn run(&self, case: &Case<'_>) -> Result<(), Failure>;
}

/// All kinds.
pub static KINDS: &[&dyn Kind] = &[
    &rlp::Rlp,
    &abi::Abi,
    &signature::Signatures,
    &tron_address::TronAddresses,
    &tron_transaction::TronTransactions,
    &stake_manager::StakeManagers,
    &mirror::Mirrors,
    &contract_log::ContractLogs,
    &state_sender::StateSenders,
    &amino::Amino,
    &sign_bytes::SignBytes,
    &validator_set::ValidatorSets,
    &go_rand::GoRandom,
    &producer_selection::Selection,
    &snapshot::Snapshots,
    &proposer_sequence::ProposerSequence,
    &span_commit::SpanCommit,
    &checkpoint_root::CheckpointRoot,
    &checkpoint_record::CheckpointRecords,
    &merkle::Merkle,
    &account_root::AccountRoots,
    &header_blocks::HeaderBlockTraces,
    &header::Headers,
    &header_verify::HeaderVerify,
    &receipts_root::ReceiptsRoot,
    &exit_payload::ExitPayloads,
    &exit_payload_decode::ExitPayloadDecode,
    &exit_proof::ExitProofs,
    &exit::Exits,
    &native_log::NativeLog,
    &chain_replay::ChainReplay,
    &block_wrong::BlockWrong,
    &bor_api::BorApi,
    &layer_traces::LayerTraces("checkpoint-ledger"),
    &layer_traces::LayerTraces("registry"),
    &layer_traces::LayerTraces("span-proposal"),
    &layer_traces::LayerTraces("state-record"),
    &layer_traces::LayerTraces("fee-account"),
];
