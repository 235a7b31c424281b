//! TRON's address forms, and its transactions.
//!
//! ```text
//! hex    41 ‖ 20-byte body                                  what TRON's interfaces take
//! text   base58( 41 ‖ body ‖ first 4 bytes of SHA-256(SHA-256(41 ‖ body)) )     T…, what people see
//! body   last 20 bytes of Keccak-256 of the public key      what contracts see: the Ethereum form of the same key
//! ```
//!
//! Source: `validation-layer §1.2; delivery:types/address.go:137-145`.
//!
//! ```
//! use bttc_core::tron::TronAddress;
//! use alloy_primitives::address;
//!
//! let root_chain: TronAddress = "TMvs6n9qy1R13CPd1AfxhW41GBG21NSXNj".parse()?;
//! assert_eq!(root_chain.body(), address!("0x8330108cfdd47544b398c15a3c252ad1d5a5566c"));
//! # Ok::<(), bttc_core::tron::TronAddressError>(())
//! ```

mod address;
pub mod transaction;

pub use address::{TronAddress, TronAddressError};
