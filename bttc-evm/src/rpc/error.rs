//! What a refused request is told.

use crate::{pool::PoolError, store::StoreError};
use core::fmt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The error object of an answer. `Display` is its message, the reference's own text.
///
/// Source: `block-layer §7.1.2; bttc:rpc/errors.go:24-103`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct RpcError {
    /// −32600 no request, −32601 no such method, −32602 parameters that cannot be read, −32005 more than is allowed,
    /// 3 a revert, −32000 anything else.
    pub code: i64,
    /// The text.
    pub message: String,
    /// What a contract reverted with, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl RpcError {
    /// A request that failed for what the chain holds.
    pub(super) fn failed(message: impl fmt::Display) -> Self {
        Self { code: -32_000, message: message.to_string(), data: None }
    }

    /// Parameters that cannot be read.
    pub(super) fn params(message: impl fmt::Display) -> Self {
        Self { code: -32_602, message: message.to_string(), data: None }
    }

    /// No such method.
    pub(super) fn method(name: &str) -> Self {
        let message = format!("the method {name} does not exist/is not available");
        Self { code: -32_601, message, data: None }
    }

    /// No such subscription.
    pub(super) fn subscription(name: &str) -> Self {
        Self { code: -32_601, message: format!("no {name:?} subscription in eth namespace"), data: None }
    }

    /// More than this node allows.
    pub(super) fn limit(message: impl fmt::Display) -> Self {
        Self { code: -32_005, message: message.to_string(), data: None }
    }

    /// Not a request at all.
    pub(super) fn request() -> Self {
        Self { code: -32_600, message: "invalid request".to_owned(), data: None }
    }

    /// A contract reverted with this data.
    pub(super) fn reverted(message: String, data: &[u8]) -> Self {
        Self { code: 3, message, data: Some(super::hex::bytes(data)) }
    }
}

/// A transaction that the pool does not take.
impl From<PoolError> for RpcError {
    fn from(error: PoolError) -> Self {
        Self::failed(error)
    }
}

/// What is kept cannot be read.
impl From<StoreError> for RpcError {
    fn from(error: StoreError) -> Self {
        Self::failed(error)
    }
}
