//! The values that a chain begins with where its genesis does not say otherwise.

use super::{
    AVG_CHECKPOINT_LENGTH, CHAIN_PARAMS, CHECKPOINT_BUFFER_TIME, CHILD_BLOCK_INTERVAL, ChainParams, DEPOSIT_PARAMS,
    Decimal, DepositParams, ETHEREUM_CONFIRMATIONS, MAX_CHECKPOINT_LENGTH, MAX_MEMO_CHARACTERS, MAX_TX_GAS,
    PRODUCER_COUNT, SEND_ENABLED, SIDE_CHAIN_CONFIRMATIONS, SIG_VERIFY_COST_ED25519, SIG_VERIFY_COST_SECP256K1,
    SPAN_DURATION, SPRINT_DURATION, STAKING_BUFFER_TIME, SomeCoins, TALLY_PARAMS, TRON_CONFIRMATIONS, TX_FEES,
    TX_SIG_LIMIT, TX_SIZE_COST_PER_BYTE, TallyParams, VOTING_PARAMS, VotingParams, slashing,
};
use crate::{message::Coins, store::Stores};
use alloy_primitives::{Address, address};
use bttc_core::{amino::OmittedZero, amount::Amount};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;

/// The side chain's contract that takes state records.
pub const STATE_RECEIVER: Address = address!("0x0000000000000000000000000000000000001001");
/// The side chain's contract that keeps validators.
pub const VALIDATOR_SET: Address = address!("0x0000000000000000000000000000000000001000");

/// Sets every parameter that is not a map to its default; chain id and contracts of the root chains are empty.
///
/// Source: `validation-layer §9.1; delivery:checkpoint/types/params.go:13-18, bor/types/params.go:11-22,
/// staking/types/params.go:12-16, chainmanager/types/params.go:15-23, auth/types/params.go:13-22, gov/genesis.go:46-66,
/// slashing/types/params.go:15-30`.
pub fn set_defaults(stores: &mut Stores) {
    CHECKPOINT_BUFFER_TIME.set(stores, &(1_000 * SECOND));
    AVG_CHECKPOINT_LENGTH.set(stores, &256);
    MAX_CHECKPOINT_LENGTH.set(stores, &1_024);
    CHILD_BLOCK_INTERVAL.set(stores, &10_000);
    SPRINT_DURATION.set(stores, &64);
    SPAN_DURATION.set(stores, &6_400);
    PRODUCER_COUNT.set(stores, &11);
    STAKING_BUFFER_TIME.set(stores, &(600 * SECOND));
    ETHEREUM_CONFIRMATIONS.set(stores, &6);
    SIDE_CHAIN_CONFIRMATIONS.set(stores, &10);
    TRON_CONFIRMATIONS.set(stores, &18);
    let contracts =
        ChainParams { state_receiver: STATE_RECEIVER, validator_set: VALIDATOR_SET, ..ChainParams::default() };
    CHAIN_PARAMS.set(stores, &contracts);
    SEND_ENABLED.set(stores, &true);
    MAX_MEMO_CHARACTERS.set(stores, &256);
    TX_SIG_LIMIT.set(stores, &7);
    TX_SIZE_COST_PER_BYTE.set(stores, &10);
    SIG_VERIFY_COST_ED25519.set(stores, &590);
    SIG_VERIFY_COST_SECP256K1.set(stores, &1_000);
    MAX_TX_GAS.set(stores, &1_000_000);
    TX_FEES.set(stores, &"1000000000000000".to_owned());
    set_gov_defaults(stores);
    set_slashing_defaults(stores);
}

fn set_gov_defaults(stores: &mut Stores) {
    let min_deposit = SomeCoins(Coins::btt(Amount::from_btt(10).into()));
    DEPOSIT_PARAMS.set(stores, &DepositParams { min_deposit, max_period: OmittedZero(48 * HOUR) });
    VOTING_PARAMS.set(stores, &VotingParams { period: OmittedZero(48 * HOUR) });
    let third = Decimal::permille(334);
    TALLY_PARAMS.set(stores, &TallyParams { quorum: third, threshold: Decimal::permille(500), veto: third });
}

fn set_slashing_defaults(stores: &mut Stores) {
    slashing::SIGNED_BLOCKS_WINDOW.set(stores, &100);
    slashing::MIN_SIGNED_PER_WINDOW.set(stores, &Decimal::permille(500));
    slashing::DOWNTIME_JAIL_DURATION.set(stores, &(600 * SECOND));
    slashing::SLASH_FRACTION_DOUBLE_SIGN.set(stores, &Decimal::permille(50));
    slashing::SLASH_FRACTION_DOWNTIME.set(stores, &Decimal::permille(10));
    slashing::SLASH_FRACTION_LIMIT.set(stores, &Decimal::third());
    slashing::JAIL_FRACTION_LIMIT.set(stores, &Decimal::third());
    slashing::MAX_EVIDENCE_AGE.set(stores, &(120 * SECOND));
    slashing::ENABLE_SLASHING.set(stores, &false);
}
