//! What went wrong with an endpoint.

use alloc::string::String;
use alloy_primitives::Bytes;
use core::time::Duration;

/// Why an endpoint gave no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}, {method}: {failure}")]
pub struct EndpointError {
    /// Its host and port.
    pub endpoint: String,
    /// What was asked: a JSON-RPC method or a path.
    pub method: String,
    /// What came of it, the last time it was tried.
    pub failure: Failure,
}

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection, or one that broke.
    #[error("no connection: {cause}")]
    Unreachable {
        /// What the transport says.
        cause: String,
    },
    /// Nothing, or not all of it, in time.
    #[error("no answer within {after:?}")]
    TimedOut {
        /// The time there was.
        after: Duration,
    },
    /// An HTTP status that is no success.
    #[error("HTTP status {status}{}", .wait.map(|wait| alloc::format!(", asks to wait {wait:?}")).unwrap_or_default())]
    Status {
        /// The status.
        status: u16,
        /// Its `Retry-After`, if that is a number of seconds.
        wait: Option<Duration>,
    },
    /// An answer longer than [`Patience::longest_answer`](super::Patience::longest_answer).
    #[error("answer longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// An answer that is no JSON, like the page of a proxy.
    #[error("the answer is no JSON: {cause}")]
    Garbled {
        /// Where it ceases to be.
        cause: String,
    },
    /// JSON of another shape than what was asked for has.
    #[error("the answer{} has another shape: {cause}", .to.as_deref().map(|to| alloc::format!(" to {to}")).unwrap_or_default())]
    Shape {
        /// The parameters that it answers, when it is one of many.
        to: Option<String>,
        /// Where it differs.
        cause: String,
    },
    /// A JSON-RPC answer without one for this request.
    #[error("nothing under the id of {unanswered} of {asked} requests")]
    Unanswered {
        /// Requests without an answer.
        unanswered: usize,
        /// Requests sent.
        asked: usize,
    },
    /// A JSON-RPC error.
    #[error("error {code}: {message}")]
    Refused {
        /// Its code.
        code: i64,
        /// Its text, cut at 200 characters.
        message: String,
        /// What a reverted call returned, if it is told.
        revert: Option<Bytes>,
        /// Whether the endpoint has enough of us for now.
        limited: Limited,
    },
}

/// Whether a JSON-RPC error is one of the many forms of "not so fast".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// It is: the same question may be answered later.
    Yes,
    /// It is not: the same question gets the same answer.
    No,
}

impl Failure {
    /// Whether asking again may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Garbled { .. } | Self::Unanswered { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::TooLong { .. } | Self::Shape { .. } => false,
            Self::Refused { limited, .. } => matches!(limited, Limited::Yes),
        }
    }

    /// Whether the endpoint does not have the method.
    #[must_use]
    pub fn is_unknown_method(&self) -> bool {
        match self {
            Self::Refused { code: -32601, .. } => true,
            // Texts of nodes and of providers that use other codes.
            Self::Refused { message, .. } => {
                let message = message.to_ascii_lowercase();
                let says = |text| message.contains(text);
                says("method") && (says("not found") || says("does not exist") || says("not available"))
                    || says("unsupported method")
                    || says("method not supported")
                    || says("not whitelisted")
            }
            Self::Status { status, .. } => matches!(status, 404 | 405 | 501),
            _ => false,
        }
    }

    /// Whether the post was too much at once.
    pub(super) const fn is_too_much(&self) -> bool {
        matches!(
            self,
            Self::Status { status: 413, .. } | Self::TooLong { .. } | Self::Refused { limited: Limited::No, .. }
        )
    }

    pub(super) const fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// Why a text is no endpoint's address. It does not repeat the text, which may hold a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL.
    #[error("not a URL: {cause}")]
    Url {
        /// What is wrong.
        cause: String,
    },
    /// Neither http nor https, or no host.
    #[error("expected http:// or https:// and a host, got scheme {scheme:?}")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// A header's name or value has characters that headers cannot have.
    #[error("header {name:?} cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// No connection of this kind can be made on this machine.
    #[error("no HTTP client: {cause}")]
    Client {
        /// Why.
        cause: String,
    },
}
