//! Laws of the shared words, and bytes thrown at every decoder.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, LogData, U256};
use bttc_core::{
    amino::{self, AnyOf, Base64, Field, Fixed64, Json, JsonForm, Text, Time},
    amino_fields, amino_interface,
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

/// A struct with a field of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
struct Kinds {
    signed: i64,
    pointer: Option<Part>,
    parts: Vec<Part>,
    part: Part,
    fixed: Fixed64,
    any: AnyOf<Any>,
    time: Time,
    key: FixedBytes<65>,
    address: Address,
    base64: Base64,
    text: Text,
}
amino_fields!(Kinds {
    signed: "signed",
    pointer: "pointer",
    parts: "parts",
    part: "part",
    fixed: "fixed",
    any: "any",
    time: "time",
    key: "key",
    address: "address",
    base64: "base64",
    text: "text",
});

#[derive(Clone, Debug, Default, PartialEq)]
struct Part {
    number: u64,
    on: bool,
    small: i32,
    tiny: u8,
    hash: B256,
    name: String,
    data: Bytes,
}
amino_fields!(Part as "test/Part" {
    number: "number",
    on: "on",
    small: "small",
    tiny: "tiny",
    hash: "hash",
    name: "name",
    data: "data"
});

#[derive(Clone, Debug, PartialEq)]
enum Any {
    Part(Part),
}
amino_interface!(Any { Part(Part) });

fn part() -> impl Strategy<Value = Part> {
    let texts = ("\\PC{0,9}", bytes(9));
    (any::<u64>(), any::<bool>(), any::<i32>(), any::<u8>(), word(), texts).prop_map(
        |(number, on, small, tiny, hash, (name, data))| Part { number, on, small, tiny, hash, name, data: data.into() },
    )
}

fn kinds() -> impl Strategy<Value = Kinds> {
    let parts = (prop::option::of(part()), prop::collection::vec(part(), 0..3), part(), prop::option::of(part()));
    let time = (Time::MIN..=Time::MAX, 0_u32..1_000_000_000);
    let raw = (prop::array::uniform32(any::<u8>()), any::<[u8; 20]>(), bytes(9), bytes(9));
    (any::<i64>(), any::<i64>(), parts, time, raw).prop_map(|(signed, fixed, parts, time, raw)| Kinds {
        signed,
        pointer: parts.0,
        parts: parts.1,
        part: parts.2,
        fixed: Fixed64(fixed),
        any: AnyOf(parts.3.map(Any::Part)),
        time: Time::new(time.0, time.1).expect("it is within the range"),
        key: FixedBytes::left_padding_from(&raw.0),
        address: raw.1.into(),
        base64: Base64(raw.2.into()),
        text: raw.3.as_slice().into(),
    })
}

/// What was read is read again from what is written of it.
fn settles<F: Field + PartialEq + core::fmt::Debug>(input: &[u8]) {
    if let Ok(value) = amino::from_bytes::<F>(input) {
        assert_eq!(amino::from_bytes::<F>(&amino::to_bytes(&value)).as_ref(), Ok(&value));
        let _ = amino::to_json(&value, JsonForm::Plain).to_string();
    }
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
    fn an_encoded_value_is_read_back(value in kinds()) {
        prop_assert_eq!(amino::from_bytes(&amino::to_bytes(&value)), Ok(value.clone()));
        prop_assert_eq!(amino::from_prefixed_bytes(&amino::to_prefixed_bytes(&value)), Ok(value.clone()));
        let json = amino::to_json(&value, JsonForm::Amino);
        let read: Json = serde_json::from_str(&json.to_string()).unwrap();
        if value.text.as_str().is_some() {
            prop_assert_eq!(&read, &json);
            prop_assert_eq!(amino::from_json(&json, JsonForm::Amino), Ok(value.clone()));
        }
        let plain = amino::to_json(&value.part, JsonForm::Plain);
        prop_assert_eq!(amino::from_json(&plain, JsonForm::Plain), Ok(value.part));
    }

    #[test]
    fn amino_takes_any_bytes(input in bytes(80), value in kinds(), place: prop::sample::Index, byte: u8, cut: bool) {
        settles::<Kinds>(&input);
        settles::<Part>(&input);
        settles::<AnyOf<Any>>(&input);
        settles::<Time>(&input);
        let _ = amino::from_prefixed_bytes::<Kinds>(&input);
        // Almost right ones reach further.
        let mut almost = amino::to_bytes(&value);
        let place = place.index(almost.len());
        almost[place] = byte;
        if cut {
            almost.truncate(place);
        }
        settles::<Kinds>(&almost);
    }

    #[test]
    fn amino_takes_any_json(text in ".{0,60}", value in kinds(), other in kinds()) {
        let Json::Object(mut fields) = amino::to_json(&value, JsonForm::Amino) else { panic!("a struct is an object") };
        let last = fields.len() - 1;
        fields[last].1 = Json::Text(text.as_str().into());
        fields.swap(0, last);
        fields.push(("pointer".into(), amino::to_json(&other.part, JsonForm::Plain)));
        let _ = amino::from_json::<Kinds>(&Json::Object(fields), JsonForm::Amino);
        let _ = text.parse::<Time>();
        let _ = Base64::from_text(&text);
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
