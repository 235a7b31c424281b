//! Withdrawals: from a burn on the side chain to the payout on a root chain.
//!
//! ```text
//! root chain      header record ( root, start, end )
//!                        ▲ siblings                         index = number − start
//! checkpoint      leaf = H( number ‖ time ‖ tx root ‖ receipts root )
//!                                                          ▲ trie nodes      path = nibbles of rlp(tx index)
//! block           receipt = rlp([ status, gas, bloom, logs ])
//!                                                      │ log index
//! burn            log = [ child token, [ WithdrawTo, beneficiary, 0 ], amount ]
//!
//! payload   = rlp([ header id, siblings, number, time, tx root, receipts root, receipt, nodes, mask, log index ])
//! mask      = 00 ‖ rlp(tx index)
//! exit hash = H( number(32) ‖ one byte a nibble ‖ log index(32) )      an exit happens once a root chain
//! ```
//!
//! [`ExitProof`] is the payload taken apart: built from receipts and leaves, decoded strictly, and verified against a
//! checkpoint, which yields the [`Exit`]. [`contract`] says what the bridge contract itself does with any bytes.
//! [`BurnPlan`] asks before a burn whether it can be withdrawn, [`scan_blocks`] afterwards; [`CheckpointLeaves`] and
//! [`BlockReceipts`] share the work of many; a [`Bundle`] keeps proofs in a file.
//!
//! Source: `withdrawal-proofs §3-§5, §7`.
//!
//! ```
//! use bttc_checkpoint::{checkpoint::BlockRange, exit::{receipts_root, BurnBlock, CheckpointRef, ExitProof, LogChoice, Receipt, Status}};
//! use bttc_core::{id::HeaderBlockId, leaf::Leaf};
//! use alloy_primitives::{b256, Address, Bloom, Log, B256, U256};
//!
//! let withdraw_to = b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");
//! let (token, bob) = (Address::repeat_byte(0xc0), Address::repeat_byte(0xb0));
//! let topics = vec![withdraw_to, bob.into_word(), B256::ZERO];
//! let burn = Receipt {
//!     kind: 0, status: Status::Succeeded, cumulative_gas_used: 60_000, bloom: Bloom::ZERO,
//!     logs: vec![Log::new_unchecked(token, topics, U256::from(3).to_be_bytes::<32>().into())],
//! };
//! let leaf = Leaf {
//!     number: 70, time: 7, transactions_root: B256::ZERO, receipts_root: receipts_root(&[burn.to_bytes()]),
//! };
//! let checkpoint = CheckpointRef {
//!     id: HeaderBlockId::new(U256::from(10_000)), range: BlockRange::new(70, 70)?, root: leaf.hash(),
//! };
//!
//! let block = BurnBlock { leaf, receipts: vec![burn] };
//! let proof = ExitProof::build(&checkpoint, vec![leaf.hash()], &block, 0, &LogChoice::At(0))?;
//! let exit = ExitProof::decode(&proof.to_payload())?.verify(&checkpoint)?;
//! assert_eq!((exit.child_token(), exit.beneficiary()), (token, bob));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

pub mod contract;
pub mod topic;

mod bundle;
mod burn;
mod event;
mod payload;
mod receipt;
mod scan;
mod shared;
mod token_map;
mod trie;
mod verify;

pub use token_map::{MappedToken, TokenMap};

pub use burn::{BurnCall, BurnPlan, BurnRefusal, PlannedBurn, Prospect};

pub use receipt::{Receipt, ReceiptError, Status, state_sync_transaction};
pub use trie::{ReceiptBranch, receipt_branch, receipts_root};

pub use event::{ExitEvent, ExitLog, NotExitable, Withdrawal, exitable};
pub use scan::{ExitOn, ExitState, Finding, FoundLog, scan_blocks, scan_receipt};

pub use payload::{BuildError, BurnBlock, CheckpointRef, DecodeError, ExitProof, LogChoice, exit_hash};
pub use shared::{BlockReceipts, CheckpointLeaves};

pub use verify::{Exit, VerifyError};

pub use bundle::{Bundle, BundleError, BundledExit, Provenance};
