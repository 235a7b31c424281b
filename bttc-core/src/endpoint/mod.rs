//! A node's HTTP endpoint, asked with patience and believed in nothing.
//!
//! ```text
//! question ──▶ POST ──▶ answer within the timeout, not too long, in the shape that was asked for
//!               ▲  │
//!               │  └─ no connection, timeout, 408, 425, 429, 5xx, a rate limit's error, an answer that is no JSON
//!               │
//!       wait  first · 2ᶠ⁻¹, at most the longest        f failures in a row
//!             or as long as Retry-After says; when that is more than the longest: give up and say so
//! ```
//!
//! [`Endpoint::post`] is one JSON document for another, [`Endpoint::call`] one JSON-RPC request, [`Endpoint::batch`] many
//! in one post. Answers of a batch are matched by their ids, in whatever order they come; what a batch left out is asked
//! again, and only that; a batch that is refused as a whole is halved until it is taken.
//!
//! What an endpoint says is not checked here beyond its shape: whoever asks knows what must hold. [`EndpointError`]
//! names the host, never the path, the query or the headers, for these may hold keys.
//!
//! ```
//! use bttc_core::endpoint::{Endpoint, Patience};
//!
//! let endpoint = Endpoint::new("https://node.example:8545/v2/SECRET", Patience::default())?;
//! assert_eq!(endpoint.name(), "node.example:8545");
//! assert!(!format!("{endpoint:?}").contains("SECRET"));
//! # Ok::<(), bttc_core::endpoint::AddressError>(())
//! ```

mod batch;
mod error;
mod http;
mod patience;

pub use error::{AddressError, EndpointError, Failure, Limited};
pub use http::Endpoint;
pub use patience::Patience;
