//! Fee accounts.

use alloy_primitives::Address;
use bttc_core::amino_fields;
use serde::{Deserialize, Serialize};

/// What a user may claim on TRON, in all.
///
/// Source: `validation-layer §1.6; delivery:types/dividend-account.go:14-17`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DividendAccount {
    /// Whose.
    pub user: Address,
    /// Base units withdrawn so far, in decimal.
    #[serde(rename = "feeAmount")]
    pub fee: String,
}

amino_fields!(DividendAccount { user: "user", fee: "feeAmount" });
