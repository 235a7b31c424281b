//! Laws of the shared words, and bytes thrown at every decoder.

use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    quorum::{HeadQuorum, Quorum},
    root_chain::RootEvent,
    signature::{PublicKey, SecretKey, Signature, SignatureWords},
    tron::TronAddress,
};
use proptest::prelude::*;

fn bytes(up_to: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..up_to)
}

fn word() -> impl Strategy<Value = B256> {
    any::<[u8; 32]>().prop_map(B256::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whoever_signed_is_recovered(seed: u64, message in bytes(64)) {
        let key = SecretKey::from_bytes(&keccak256(seed.to_be_bytes())).unwrap();
        let digest = keccak256(message);
        let signature = key.sign(&digest);
        prop_assert_eq!(signature.recover(&digest), Ok(key.public_key()));
        prop_assert_eq!(signature.recover_seal(&digest), Ok(key.public_key()));
        prop_assert_eq!(SignatureWords::from(signature).recover(&digest), Ok(key.address()));
        prop_assert!(key.public_key().verify(&digest, &signature));
        prop_assert_eq!(PublicKey::from_bytes(&key.public_key().to_bytes()), Ok(key.public_key()));
    }

    #[test]
    fn a_recovered_key_verifies_whatever_the_bytes(digest in word(), r in word(), s in word(), v in 0_u8..4) {
        let signature = Signature { r, s, v };
        if let Ok(key) = signature.recover_seal(&digest) {
            prop_assert!(key.verify(&digest, &signature));
        }
    }

    #[test]
    fn signatures_and_keys_take_any_bytes(input in bytes(80), digest in word()) {
        if let Ok(signature) = Signature::try_from(input.as_slice()) {
            prop_assert_eq!(&signature.to_bytes()[..], &input[..]);
            let _ = signature.recover(&digest);
        }
        if let Ok(key) = PublicKey::from_bytes(&input) {
            prop_assert_eq!(&key.to_bytes()[..], &input[..]);
        }
    }

    #[test]
    fn an_address_survives_its_text(body: [u8; 20]) {
        let address = TronAddress::new(Address::from(body));
        prop_assert_eq!(address.to_string().parse(), Ok(address));
        prop_assert!(address.to_string().starts_with('T'));
        prop_assert_eq!(TronAddress::from_bytes(&address.to_bytes()), Ok(address));
    }

    #[test]
    fn one_wrong_character_is_noticed(body: [u8; 20], place in 1_usize..34, other in "[1-9A-HJ-NP-Za-km-z]") {
        let text = TronAddress::new(Address::from(body)).to_string();
        let mut wrong = text.clone();
        wrong.replace_range(place..=place, &other);
        prop_assert_eq!(wrong.parse::<TronAddress>().is_ok(), wrong == text);
    }

    #[test]
    fn addresses_take_any_text_and_bytes(text in ".{0,200}", input in bytes(40)) {
        let _ = text.parse::<TronAddress>();
        let _ = TronAddress::from_bytes(&input);
    }

    #[test]
    fn event_logs_take_any_bytes(known in 0_usize..9, rest in prop::collection::vec(word(), 0..4), data in bytes(300)) {
        let topics = core::iter::once(RootEvent::topics()[known]).chain(rest).collect();
        let log = LogData::new_unchecked(topics, Bytes::from(data));
        if let Ok(Some(event)) = RootEvent::decode(&log) {
            prop_assert_eq!(RootEvent::decode(&event.to_log_data()), Ok(Some(event)));
        }
    }

    #[test]
    fn money_is_exact_or_refused(a: [u64; 4], b: [u64; 4]) {
        let (a, b) = (U256::from_limbs(a), U256::from_limbs(b));
        let (x, y) = (Amount::from_word(a), Amount::from_word(b));
        prop_assert_eq!(x.checked_add(y).ok().map(Amount::to_word), a.checked_add(b));
        prop_assert_eq!(x.checked_sub(y).ok().map(Amount::to_word), a.checked_sub(b));
        prop_assert_eq!(x.checked_mul(y).ok().map(Amount::to_word), a.checked_mul(b));
        prop_assert_eq!(x.wrapping_sub(y).wrapping_add(y), x);
    }

    #[test]
    fn two_disjoint_quorums_never_form(heads in 1_u8..60, taken: u64) {
        let all: Vec<_> = (0..heads).map(|n| Address::repeat_byte(n + 1)).collect();
        let quorum = HeadQuorum::over(all.iter().copied());
        let (one, other): (Vec<_>, Vec<_>) =
            all.iter().copied().enumerate().partition(|(place, _)| taken >> (place % 64) & 1 == 1);
        let met = |side: Vec<(usize, Address)>| quorum.is_met(quorum.tally(side.into_iter().map(|(_, a)| a)));
        prop_assert!(!(met(one) && met(other)));
        prop_assert!(met(all.into_iter().enumerate().collect()));
    }
}
