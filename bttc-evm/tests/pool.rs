//! Laws of the transaction pool.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, TxKind, U256};
use bttc_core::{hash::keccak256, signature::SecretKey};
use bttc_evm::{
    pool::{Pool, PoolError, PoolLimits},
    state::{Account, State},
    transaction::Transaction,
};
use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};

const CHAIN: u64 = 199;
const GAS: u64 = 10_000_000;
const LIMITS: PoolLimits = PoolLimits { price_floor: U256::ONE, price_bump: 10, per_account: 4, total: 8 };

fn key(who: u8) -> SecretKey {
    SecretKey::from_bytes(&keccak256([who])).unwrap()
}

fn transaction(who: u8, nonce: u64, price: u128) -> Transaction {
    let unsigned = TxLegacy {
        chain_id: Some(CHAIN),
        nonce,
        gas_price: price,
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        ..TxLegacy::default()
    };
    let s = key(who).sign(&unsigned.signature_hash());
    let signature = alloy_primitives::Signature::new(s.r.into(), s.s.into(), s.v == 1);
    Transaction::try_from(&TxEnvelope::from(unsigned.into_signed(signature))).unwrap()
}

fn state(nonce: u64) -> State {
    let account = Account::new(nonce, U256::from(1_000_000_000_u64), Vec::new().into(), []);
    State::from_accounts((0..4).map(|who| (key(who).address(), account.clone())))
}

#[test]
fn a_gap_queues_and_is_filled() {
    let (mut pool, state) = (Pool::new(CHAIN, LIMITS), state(0));
    let alice = key(0).address();
    pool.add(transaction(0, 1, 5), &state, GAS).unwrap();
    assert_eq!((pool.pending(alice).count(), pool.queued(alice).count()), (0, 1));
    pool.add(transaction(0, 0, 5), &state, GAS).unwrap();
    assert_eq!((pool.pending(alice).count(), pool.queued(alice).count()), (2, 0));
}

#[test]
fn a_replacement_pays_a_tenth_more() {
    let (mut pool, state) = (Pool::new(CHAIN, LIMITS), state(0));
    pool.add(transaction(0, 0, 100), &state, GAS).unwrap();
    let error = pool.add(transaction(0, 0, 109), &state, GAS).unwrap_err();
    assert_eq!(error.to_string(), "replacement transaction underpriced");
    let gone = pool.add(transaction(0, 0, 110), &state, GAS).unwrap();
    assert_eq!((gone.len(), pool.len()), (1, 1));
    assert_eq!(pool.add(transaction(0, 0, 110), &state, GAS), Err(PoolError::Known));
}

#[test]
fn refusals_are_told_in_the_reference_s_words() {
    let (mut pool, state) = (Pool::new(CHAIN, LIMITS), state(1));
    let mut text = |tx: Transaction, gas| pool.add(tx, &state, gas).unwrap_err().to_string();
    assert_eq!(text(transaction(0, 0, 5), GAS), "nonce too low");
    assert_eq!(text(transaction(0, 1, 0), GAS), "transaction underpriced");
    assert_eq!(text(transaction(0, 1, 5), 20_999), "exceeds block gas limit");
    assert_eq!(text(transaction(9, 0, 5), GAS), "insufficient funds for gas * price + value");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn limits_hold_pending_has_no_gap_and_the_best_price_comes_first(
        steps in prop::collection::vec((0..4_u8, 0..6_u64, 0..40_u128), 0..40),
        head in 0..4_u64,
    ) {
        let (mut pool, before) = (Pool::new(CHAIN, LIMITS), state(0));
        let check = |pool: &Pool, nonce: u64| {
            prop_assert!(pool.len() <= LIMITS.total);
            let mut pending = 0;
            for who in 0..4 {
                let sender = key(who).address();
                let nonces: Vec<_> = pool.pending(sender).map(|pooled| pooled.transaction.nonce()).collect();
                prop_assert!(nonces.iter().copied().eq(nonce..nonce + u64::try_from(nonces.len()).unwrap()));
                prop_assert!(nonces.len() + pool.queued(sender).count() <= LIMITS.per_account);
                pending += nonces.len();
            }
            let best: Vec<_> = pool.best().collect();
            prop_assert_eq!(best.len(), pending);
            for (place, earlier) in best.iter().enumerate() {
                // Whatever was free to come instead of it pays no more.
                let rest = best.get(place + 1..).unwrap_or_default();
                for later in rest.iter().filter(|later| later.sender != earlier.sender) {
                    let ready = !rest.iter().any(|other| {
                        other.sender == later.sender && other.transaction.nonce() < later.transaction.nonce()
                    });
                    prop_assert!(!ready || later.transaction.gas_price() <= earlier.transaction.gas_price());
                }
            }
            Ok(())
        };
        for (who, nonce, price) in steps {
            let (held, tx) = (pool.clone(), transaction(who, nonce, price));
            let hash = tx.hash();
            match pool.add(tx, &before, GAS) {
                Ok(_) => prop_assert!(pool.transaction(hash).is_some()),
                Err(_) => prop_assert_eq!(&pool, &held),
            }
            check(&pool, 0)?;
        }
        pool.follow(&state(head));
        check(&pool, head)?;
    }
}
