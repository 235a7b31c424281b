//! How well validators sign.
//!
//! ```text
//! store `slashing`:  01 ‖ id ──▶ SigningInfo        ids in ASCII decimals
//! ```
//!
//! Source: `validation-layer §5.2, §5.8; delivery:slashing/types/keys.go, slashing/keeper.go:54-80`.

use crate::{
    record::SigningInfo,
    store::{CorruptEntry, StoreName, Stores, numbered},
};
use bttc_core::id::ValidatorId;

const SIGNING_INFO: u8 = 0x01;

/// How well a validator signs; `None` for one that never joined.
///
/// # Errors
/// [`CorruptEntry`].
pub fn signing_info(stores: &Stores, id: ValidatorId) -> Result<Option<SigningInfo>, CorruptEntry> {
    stores.load(StoreName::Slashing, &numbered(SIGNING_INFO, id.get()))
}

/// Keeps how well a validator signs.
pub fn save_signing_info(stores: &mut Stores, info: &SigningInfo) {
    stores.save(StoreName::Slashing, numbered(SIGNING_INFO, info.id.get()), info);
}
