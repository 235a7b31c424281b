//! A root chain held as contract models in this process.
//!
//! ```text
//!  transaction ──▶ RootContracts ──▶ logs          staking token · StakeManager · RootChain · StateSender ·
//!                    │                             RootChainManager with the ERC-20 predicate
//!                    └──▶ or a revert, in the contract's own words; then nothing changed
//!
//!  ModelRootChain = RootContracts + blocks, behind the seam `RootChain`
//! ```
//!
//! The contracts are those of bttc-staking and bttc-checkpoint; here they are wired to each other by their ABI, as
//! they are on chain: RootChain asks the StakeManager for a checkpoint's signatures, the RootChainManager reads
//! RootChain's headers and speaks through the StateSender.
//!
//! ```
//! use bttc_core::root_chain::{RootCall, RootChain, RootChainId};
//! use bttc_validator::root_chain::{ModelRootChain, RootContracts, abi};
//! use alloy_primitives::{Address, U256};
//! use alloy_sol_types::SolCall;
//!
//! let alice = Address::repeat_byte(0xa1);
//! let contracts = RootContracts::deploy(RootChainId::Tron, 15_001, Default::default(), [(alice, U256::from(100))])?;
//! let tron = ModelRootChain::new(RootChainId::Tron, 7, 1_700_000_000, contracts);
//!
//! let pay = abi::transferCall { to: Address::repeat_byte(0xb0), amount: U256::from(30) };
//! let receipt = tron.transact(alice, &RootCall { to: tron.contracts().token, data: pay.abi_encode().into() });
//! assert_eq!((receipt.revert, receipt.logs.len()), (None, 1));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

pub mod abi;
mod contracts;
mod model;

pub use contracts::{Contracts, DeployError, Reverted, RootContracts};
pub use model::ModelRootChain;
