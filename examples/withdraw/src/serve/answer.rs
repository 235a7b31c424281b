//! Answers in the API's own words and statuses.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bttc_checkpoint::prover::ProveError;
use serde_json::{Value, json};

/// A status and its body.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Value,
}

impl Answer {
    pub(super) const fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body }
    }

    pub(super) const fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// A parameter is wrong: said under another key than every other error.
    ///
    /// Source: `withdrawal-proofs §8.2`.
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, json!({ "error": true, "msg": text.into() }))
    }

    pub(super) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, json!({ "error": true, "message": message }))
    }

    pub(super) fn broken(message: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": true, "message": message }))
    }

    /// A burn that is not proven. What nobody can help but the operator goes to his screen.
    ///
    /// Source: `withdrawal-proofs §8.3`.
    pub(super) fn unproven(error: &ProveError) -> Self {
        match error {
            ProveError::UnknownTransaction { .. } => Self::not_found("Incorrect burn transaction"),
            ProveError::NotCheckpointed { .. } => Self::not_found("Burn transaction has not been checkpointed yet"),
            ProveError::NotExitable(_) | ProveError::SeveralExits { .. } | ProveError::Build(_) => {
                Self::not_found("Event Signature log not found in tx receipt")
            }
            error => Self::failed(error),
        }
    }

    pub(super) fn failed(error: &dyn std::error::Error) -> Self {
        eprintln!("{error}");
        Self::broken("Something went wrong while computing")
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
