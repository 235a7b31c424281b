//! What validators lose, if it is on.
//!
//! Source: `validation-layer §5.8, §9.1; delivery:slashing/types/params.go:15-47`.

use super::{Decimal, Param};

/// Blocks that are looked at.
pub const SIGNED_BLOCKS_WINDOW: Param<i64> = Param::at("slashing/SignedBlocksWindow");
/// Share of them that has to be signed.
pub const MIN_SIGNED_PER_WINDOW: Param<Decimal> = Param::at("slashing/MinSignedPerWindow");
/// How long one stays barred, in nanoseconds; nothing asks for it.
pub const DOWNTIME_JAIL_DURATION: Param<i64> = Param::at("slashing/DowntimeJailDuration");
/// Share of the power that signing two blocks of one height costs.
pub const SLASH_FRACTION_DOUBLE_SIGN: Param<Decimal> = Param::at("slashing/SlashFractionDoubleSign");
/// Share of the power that absence costs.
pub const SLASH_FRACTION_DOWNTIME: Param<Decimal> = Param::at("slashing/SlashFractionDowntime");
/// Share of the whole power from which what is slashed is told to the contract.
pub const SLASH_FRACTION_LIMIT: Param<Decimal> = Param::at("slashing/SlashFractionLimit");
/// Share of its own power from which a validator is barred.
pub const JAIL_FRACTION_LIMIT: Param<Decimal> = Param::at("slashing/JailFractionLimit");
/// Age of a proof beyond which it is too old, in nanoseconds.
pub const MAX_EVIDENCE_AGE: Param<i64> = Param::at("slashing/MaxEvidenceAge");
/// Whether any of this is done.
pub const ENABLE_SLASHING: Param<bool> = Param::at("slashing/EnableSlashing");
