use super::*;
use crate::{amino_fields, amino_interface};
use alloc::{
    string::{String, ToString},
    vec,
};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, hex};

#[derive(Clone, Debug, Default, PartialEq)]
struct Checkpoint {
    proposer: Address,
    start: u64,
    end: u64,
    root: B256,
    chain_id: String,
    timestamp: u64,
}
amino_fields!(Checkpoint {
    proposer: "proposer",
    start: "start_block",
    end: "end_block",
    root: "root_hash",
    chain_id: "bor_chain_id",
    timestamp: "timestamp",
});

#[derive(Clone, Debug, Default, PartialEq)]
struct EventRecord {
    id: u64,
    contract: Address,
    data: Bytes,
    tx_hash: B256,
    log_index: u64,
    chain_id: String,
    time: Time,
    root_chain: String,
}
amino_fields!(EventRecord {
    id: "id",
    contract: "contract",
    data: "data",
    tx_hash: "tx_hash",
    log_index: "log_index",
    chain_id: "bor_chain_id",
    time: "record_time",
    root_chain: "root_chain_type",
});

#[derive(Clone, Debug, Default, PartialEq)]
struct NoAck {
    from: Address,
}
amino_fields!(NoAck as "checkpoint/MsgCheckpointNoACK" { from: "from" });

#[derive(Clone, Debug, Default, PartialEq)]
struct Proposal {
    proposer: Address,
    start: u64,
    end: u64,
    root: B256,
    account_root: B256,
    chain_id: Text,
    epoch: u64,
    root_chain: Text,
}
amino_fields!(Proposal as "checkpoint/MsgCheckpoint" {
    proposer: "proposer",
    start: "start_block",
    end: "end_block",
    root: "root_hash",
    account_root: "account_root_hash",
    chain_id: "bor_chain_id",
    epoch: "epoch",
    root_chain: "root_chain_type",
});

#[derive(Clone, Debug, PartialEq)]
enum Message {
    NoAck(NoAck),
    Proposal(Proposal),
}
amino_interface!(Message { NoAck(NoAck), Proposal(Proposal) });

#[derive(Debug, Default, PartialEq)]
struct Transaction {
    message: AnyOf<Message>,
    signature: Bytes,
    memo: Text,
}
amino_fields!(Transaction as "auth/StdTx" { message: "msg", signature: "signature", memo: "memo" });

#[derive(Clone, Debug, Default, PartialEq)]
struct Nested {
    pointer: Option<Flag>,
    value: Flag,
    list: Vec<Flag>,
    fixed: Fixed64,
    small: i32,
    tiny: u8,
}
amino_fields!(Nested {
    pointer: "pointer",
    value: "value",
    list: "list",
    fixed: "fixed",
    small: "small",
    tiny: "tiny"
});

#[derive(Clone, Debug, Default, PartialEq)]
struct Flag {
    on: bool,
}
amino_fields!(Flag { on: "on" });

const A: Address = Address::repeat_byte(0x11);

fn no_ack() -> Transaction {
    let signature: Vec<u8> = (0..=0x40).collect();
    Transaction {
        message: AnyOf(Some(Message::NoAck(NoAck { from: A }))),
        signature: signature.into(),
        memo: Text::default(),
    }
}

fn round_trip<F: Field + PartialEq + core::fmt::Debug>(value: &F, bytes: &[u8]) {
    assert_eq!(hex::encode(to_bytes(value)), hex::encode(bytes));
    assert_eq!(from_bytes::<F>(bytes).as_ref(), Ok(value));
    assert_eq!(from_json::<F>(&to_json(value, JsonForm::Amino), JsonForm::Amino).as_ref(), Ok(value));
}

// validation-layer §1.8 and §1.9, golden encodings.

#[test]
fn a_checkpoint_is_written_as_in_the_reference() {
    let checkpoint = Checkpoint {
        proposer: A,
        start: 256,
        end: 511,
        root: B256::repeat_byte(0x22),
        chain_id: "199".into(),
        timestamp: 1_640_000_000,
    };
    let text = "0a14 1111111111111111111111111111111111111111 108002 18ff03 2220 \
        2222222222222222222222222222222222222222222222222222222222222222 2a03313939 3080d4818e06";
    round_trip(&checkpoint, &hex::decode(text.replace(' ', "")).unwrap());
}

#[test]
fn a_message_stands_behind_its_prefix() {
    let proposal = Proposal {
        proposer: A,
        start: 256,
        end: 511,
        root: B256::repeat_byte(0x22),
        account_root: B256::repeat_byte(0x44),
        chain_id: "199".into(),
        epoch: 2,
        root_chain: "tron".into(),
    };
    let text = "d7a8a4a9 0a14 1111111111111111111111111111111111111111 108002 18ff03 2220 \
        2222222222222222222222222222222222222222222222222222222222222222 2a20 \
        4444444444444444444444444444444444444444444444444444444444444444 3203313939 3802 420474726f6e";
    let bytes = hex::decode(text.replace(' ', "")).unwrap();
    round_trip(&proposal, &bytes);
    let without = from_bytes::<Proposal>(&bytes[1..]);
    assert_eq!(without, Err(AminoError::Prefix { got: "a8a4a90a".into() }));
}

#[derive(Clone, Debug, Default, PartialEq)]
struct StakingRecord {
    kind: Text,
    id: u64,
    nonce: u64,
    height: i64,
    tx_hash: B256,
    timestamp: u64,
}
amino_fields!(StakingRecord {
    kind: "type",
    id: "id",
    nonce: "nonce",
    height: "height",
    tx_hash: "tx_hash",
    timestamp: "timestamp",
});

#[test]
fn a_list_on_top_level_repeats_field_one() {
    let join = StakingRecord {
        kind: "validatorJoin".into(),
        id: 8,
        nonce: 1,
        height: 1_234,
        tx_hash: B256::repeat_byte(0x55),
        timestamp: 0,
    };
    let text = "0a38 0a0d76616c696461746f724a6f696e 1008 1801 20d209 2a20 \
        5555555555555555555555555555555555555555555555555555555555555555";
    let entry = hex::decode(text.replace(' ', "")).unwrap();
    round_trip(&vec![join.clone()], &entry);
    round_trip(&vec![join.clone(), join], &entry.repeat(2));
    round_trip(&Vec::<StakingRecord>::new(), &[]);
}

#[test]
fn an_event_record_holds_a_time() {
    let record = EventRecord {
        id: 1,
        contract: A,
        data: vec![1, 2].into(),
        tx_hash: B256::repeat_byte(0x22),
        log_index: 0,
        chain_id: "199".into(),
        time: Time::new(1_640_000_000, 123_456_789).unwrap(),
        root_chain: "tron".into(),
    };
    let text = "0801 1214 1111111111111111111111111111111111111111 1a020102 2220 \
        2222222222222222222222222222222222222222222222222222222222222222 3203313939 3a0b0880d4818e0610959aef3a \
        420474726f6e";
    round_trip(&record, &hex::decode(text.replace(' ', "")).unwrap());
    assert_eq!(record.time.to_string(), "2021-12-20T11:33:20.123456789Z");
}

#[test]
fn a_transaction_travels_behind_its_length() {
    let bytes = to_prefixed_bytes(&no_ack());
    assert!(bytes.starts_with(&hex!("63f0625dee0a1a17cac1ff0a14")));
    let hash = "0x8d4a14b33ff82b367956ba1d2b704957f9c78490255cd8bdb2a4bc0263922eae";
    assert_eq!(sha256(&bytes).to_string(), hash);
    assert_eq!(from_prefixed_bytes(&bytes), Ok(no_ack()));
    let json = to_json(&no_ack(), JsonForm::Amino);
    assert!(json.to_string().starts_with(
        r#"{"type":"auth/StdTx","value":{"msg":{"type":"checkpoint/MsgCheckpointNoACK","value":{"from":"0x1111"#
    ));
    assert_eq!(from_json(&json, JsonForm::Amino), Ok(no_ack()));
}

#[test]
fn numbers_stand_alone_on_top_level() {
    round_trip(&300_u64, &[0xac, 0x02]);
    round_trip(&0_u64, &[0]);
    round_trip(&-6_i64, &hex!("faffffffffffffffff01"));
    round_trip(&-6_i32, &hex!("faffffffffffffffff01"));
}

#[test]
fn registered_names_have_the_prefixes_of_the_table() {
    for (name, expected) in [
        ("auth/StdTx", "f0625dee"),
        ("auth/Account", "3c9f2e0e"),
        ("supply/ModuleAccount", "aa65fe52"),
        ("topup/MsgWithdrawFee", "06f19c3f"),
        ("slashing/MsgTick", "1d00c090"),
        ("featuremanager/FeatureChangeProposal", "ffe3ca70"),
        ("tendermint/PubKeySecp256k1", "eb5ae987"),
        ("tendermint/PrivKeySecp256k1", "e1b0f79b"),
    ] {
        assert_eq!(hex::encode(prefix(name)), expected, "{name}");
    }
}

#[test]
fn only_pointers_and_list_entries_are_written_when_empty() {
    round_trip(&Nested::default(), &[]);
    let some = Nested {
        pointer: Some(Flag::default()),
        list: vec![Flag::default(), Flag { on: true }],
        fixed: Fixed64(-2),
        small: -1,
        tiny: 200,
        ..Nested::default()
    };
    round_trip(&some, &hex!("0a00 1a00 1a020801 21feffffffffffffff 28ffffffffffffffffff01 30c801"));
}

#[test]
fn what_is_longer_than_need_be_is_read() {
    let flag = |bytes: &[u8]| from_bytes::<Nested>(bytes).map(|nested| nested.value.on);
    assert_eq!(flag(&hex!("12020801")), Ok(true));
    assert_eq!(flag(&hex!("92000208 01")), Ok(true)); // the key
    assert_eq!(flag(&hex!("1202080129 0000000000000000")), Err(AminoError::Wire { field: 5, got: 1, expected: 0 }));
    assert_eq!(flag(&hex!("1202080138 01 4a01ff 5d00000000")), Ok(true)); // fields 7, 9, 11
    assert_eq!(flag(&hex!("1202080138 01 38 01")), Err(AminoError::Order { got: 7, expected: 8 }));
    assert_eq!(flag(&hex!("1202080112020801")), Err(AminoError::Order { got: 2, expected: 3 }));
    assert_eq!(flag(&hex!("12020802")), Err(AminoError::Bool { got: 2 }));
    assert_eq!(flag(&hex!("3b")), Err(AminoError::UnknownWire { got: 3 }));
    assert_eq!(flag(&hex!("30 8002")), Err(AminoError::Range { got: 256, bits: 8 }));
    assert_eq!(flag(&hex!("28 8080808008")), Err(AminoError::Range { got: 1 << 31, bits: 32 }));
    assert_eq!(from_bytes::<u64>(&hex!("ac8200")), Ok(300));
    assert_eq!(from_bytes::<u64>(&hex!("ffffffffffffffffff02")), Err(AminoError::Overflow));
    assert_eq!(from_bytes::<u64>(&hex!("ac0200")), Err(AminoError::Surplus { got: 1 }));
    assert_eq!(from_bytes::<u64>(&[0x80]), Err(AminoError::End { got: 1, expected: 2 }));
}

#[test]
fn q04_a_hash_of_zeros_is_the_empty_text() {
    assert_eq!(to_json(&B256::ZERO, JsonForm::Plain).to_string(), r#""""#);
    assert_eq!(to_json(&Address::ZERO, JsonForm::Plain).to_string().len(), 44);
}

#[test]
fn q05_hex_is_read_as_far_as_it_goes() {
    let read = |text: &str| from_json::<Address>(&Json::Text(text.into()), JsonForm::Amino).unwrap();
    assert_eq!(read("0x102"), Address::new(hex!("0000000000000000000000000000000000000102")));
    assert_eq!(read("0XfFzz"), Address::with_last_byte(0xff));
    assert_eq!(read("no hex"), Address::ZERO);
    assert_eq!(read(&"12".repeat(30)), Address::repeat_byte(0x12));
    let key = from_json::<FixedBytes<65>>(&Json::Text("0x04ab".into()), JsonForm::Amino).unwrap();
    assert_eq!((key[0], key[1], key[2]), (4, 0xab, 0));
}

#[test]
fn q06_the_end_of_a_value_with_a_long_length_is_read_again() {
    // The length 02 takes two bytes, so the reader stands one byte early, at the value's 01.
    assert_eq!(from_bytes::<Nested>(&hex!("0a8200 0801")), Err(AminoError::Order { got: 0, expected: 2 }));
    // Here that byte is 18, the key of a later field that nobody knows.
    #[derive(Debug, Default, PartialEq)]
    struct Outer {
        inner: Wide,
    }
    amino_fields!(Outer { inner: "inner" });
    #[derive(Debug, Default, PartialEq)]
    struct Wide {
        n: u64,
    }
    amino_fields!(Wide { n: "n" });
    assert_eq!(from_bytes::<Outer>(&hex!("0a8200 0818 05")), Ok(Outer { inner: Wide { n: 0x18 } }));
}

#[test]
fn q07_a_prefix_may_be_preceded_by_what_its_hash_skips() {
    let short = to_bytes(&no_ack().message);
    let (three, four) = disambiguated("checkpoint/MsgCheckpointNoACK");
    let long = [&[0][..], &three, &four, &short[4..]].concat();
    assert_eq!(from_bytes(&long), Ok(no_ack().message));
    let wrong = [&[0][..], &[0xff; 3], &four, &short[4..]].concat();
    assert!(matches!(from_bytes::<AnyOf<Message>>(&wrong), Err(AminoError::Prefix { .. })));
}

#[test]
fn q08_bytes_behind_a_time_are_fields_of_what_holds_it() {
    // record_time holds seconds 1 and then 4201 78, which is root_chain_type "x".
    let record = from_bytes::<EventRecord>(&hex!("3a050801 420178")).unwrap();
    assert_eq!((record.time.seconds(), record.root_chain.as_str()), (1, "x"));
}

#[test]
fn q09_a_text_need_not_be_utf8() {
    let bytes = hex!("1a03 e28241");
    let transaction = from_bytes::<Transaction>(&[&prefix("auth/StdTx")[..], &bytes].concat()).unwrap();
    assert_eq!(transaction.memo.as_str(), None);
    assert_eq!(to_bytes(&transaction)[4..], bytes);
    assert_eq!(to_json(&transaction.memo, JsonForm::Plain).to_string(), r#""\ufffd\ufffdA""#);
    assert_eq!(from_bytes::<String>(&hex!("03e28241")), Err(AminoError::Utf8));
}

#[test]
fn an_explicitly_empty_interface_is_refused() {
    let bytes = [&prefix("auth/StdTx")[..], &[0x0a, 0]].concat();
    assert_eq!(from_bytes::<Transaction>(&bytes), Err(AminoError::End { got: 0, expected: 4 }));
    assert_eq!(from_bytes::<Transaction>(&bytes[..4]), Ok(Transaction::default()));
}

#[test]
fn base64_is_that_of_rfc_4648() {
    for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
        let value = Base64(Bytes::copy_from_slice(bytes.as_bytes()));
        assert_eq!(value.to_text(), text);
        assert_eq!(Base64::from_text(text), Some(value));
    }
    for wrong in ["Z", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9\u{fc}"] {
        assert_eq!(Base64::from_text(wrong), None, "{wrong}");
    }
}

#[test]
fn times_are_those_of_the_calendar() {
    for (seconds, nanos, text) in [
        (0, 0, "1970-01-01T00:00:00Z"),
        (-933, 1, "1969-12-31T23:44:27.000000001Z"),
        (951_782_400, 500_000_000, "2000-02-29T00:00:00.5Z"),
        (Time::MIN, 0, "0001-01-01T00:00:00Z"),
        (Time::MAX, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ] {
        let time = Time::new(seconds, nanos).unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(text.parse(), Ok(time));
    }
    for wrong in ["2021-02-29T00:00:00Z", "2021-01-01T24:00:00Z", "2021-01-01T00:00:00", "+021-01-01T00:00:00Z", "é"] {
        assert_eq!(wrong.parse::<Time>(), Err(TimeError::Format), "{wrong}");
    }
    assert_eq!("0000-12-31T23:59:59Z".parse::<Time>(), Err(TimeError::Seconds { got: Time::MIN - 1 }));
}

#[test]
fn json_tells_the_field_that_is_wrong() {
    let json = serde_json::from_str::<Json>(r#"{"proposer":"0x01","start_block":7}"#).unwrap();
    let error = from_json::<Checkpoint>(&json, JsonForm::Amino).unwrap_err();
    assert_eq!(error.to_string(), "start_block: got 7, expected a decimal text of 64 bits");
    let checkpoint = from_json::<Checkpoint>(&json, JsonForm::Plain).unwrap();
    assert_eq!((checkpoint.start, checkpoint.proposer), (7, Address::with_last_byte(1)));
    let error = from_json::<NoAck>(&to_json(&no_ack(), JsonForm::Amino), JsonForm::Amino).unwrap_err();
    assert_eq!(error, JsonError::Name { got: "auth/StdTx".into() });
}

#[test]
fn a_list_of_texts_is_a_field_for_each() {
    #[derive(Debug, Default, PartialEq)]
    struct Named {
        name: Text,
        permissions: Vec<Text>,
    }
    amino_fields!(Named { name: "name", permissions: "permissions" });

    // go-amino v0.16.0, a struct of a string and a []string.
    let named = Named { name: "gov".into(), permissions: vec!["burner".into(), "".into()] };
    let bytes = to_bytes(&named);
    assert_eq!(alloy_primitives::hex::encode(&bytes), "0a03676f7612066275726e65721200");
    assert_eq!(from_bytes(&bytes), Ok(named));
    let none = to_json(&Named::default(), JsonForm::Amino).to_string();
    assert_eq!(none, r#"{"name":"","permissions":null}"#);
}

#[test]
fn a_time_goes_on_and_back_by_nanoseconds() {
    let time = |text: &str| text.parse::<Time>().unwrap();
    let start = time("2021-12-31T23:59:59.999999999Z");
    assert_eq!(start.plus(1), Ok(time("2022-01-01T00:00:00Z")));
    assert_eq!(start.plus(-1_000_000_000), Ok(time("2021-12-31T23:59:58.999999999Z")));
    assert_eq!(start.plus(i64::MAX).map(|end| end.since(start)), Ok(i64::MAX));
    assert!(Time::UNSET.plus(-1).is_err() && Time::new(Time::MAX, 999_999_999).unwrap().plus(1).is_err());
    assert_eq!(Time::UNSET.to_string(), "0001-01-01T00:00:00Z");
    assert_eq!((start.since(Time::UNSET), Time::UNSET.since(start)), (i64::MAX, i64::MIN));
}

#[test]
fn q231_a_wrappers_keys_are_read_in_any_case() {
    let read = |text: &str| from_json::<NoAck>(&serde_json::from_str(text).unwrap(), JsonForm::Amino);
    let expected = Ok(NoAck::default());
    assert_eq!(read(r#"{"TYPE":"checkpoint/MsgCheckpointNoACK","Value":{}}"#), expected);
    assert_eq!(read(r#"{"type":"checkpoint/MsgCheckpointNoACK","value":null}"#), expected);
    assert!(read(r#"{"kind":"checkpoint/MsgCheckpointNoACK","value":{}}"#).is_err());
    // The keys of what is wrapped are matched exactly.
    let from = r#"{"type":"checkpoint/MsgCheckpointNoACK","value":{"From":"0x01"}}"#;
    assert_eq!(read(from), expected);
}

#[test]
fn q232_what_stands_in_a_numbers_quotes_is_read_as_json() {
    fn read<F: Field>(text: &str) -> Option<F> {
        from_json(&Json::Text(text.into()), JsonForm::Amino).ok()
    }
    for (text, signed, unsigned) in [
        ("7", Some(7), Some(7)),
        (" 7  ", Some(7), Some(7)),
        ("null", Some(0), Some(0)),
        ("-0", Some(0), None),
        ("-7", Some(-7), None),
        ("07", None, None),
        ("+7", None, None),
        ("1e3", None, None),
        ("\u{a0}7", None, None),
        ("", None, None),
    ] {
        assert_eq!((read::<i64>(text), read::<u64>(text)), (signed, unsigned), "{text:?}");
    }
}

#[test]
fn q233_a_time_that_json_does_not_tell_is_in_year_1() {
    #[derive(Debug, Default, PartialEq)]
    struct Record {
        id: u64,
        time: Time,
    }
    amino_fields!(Record { id: "id", time: "record_time" });
    #[derive(Debug, Default, PartialEq)]
    struct Holder {
        record: Record,
    }
    amino_fields!(Holder { record: "record" });

    for text in [r#"{"id":"0"}"#, r#"{"record_time":null}"#, "{}"] {
        let record: Record = from_json(&serde_json::from_str(text).unwrap(), JsonForm::Amino).unwrap();
        assert_eq!(record, Record { id: 0, time: Time::UNSET });
        // −62 135 596 800 as a varint.
        assert_eq!(alloy_primitives::hex::encode(to_bytes(&record)), "120b088092b8c398feffffff01");
    }
    let held: Holder = from_json(&Json::Object(Vec::new()), JsonForm::Amino).unwrap();
    assert_eq!(held.record.time, Time::UNSET);
    assert_eq!(from_bytes(&[]), Ok(Record::default()));
    assert_eq!(Record::default().time.to_string(), "1970-01-01T00:00:00Z");
}

#[test]
fn q234_times_are_read_as_leniently_as_gos() {
    let time = |seconds, nanos| Time::new(seconds, nanos);
    assert_eq!("1970-01-01T5:00:00Z".parse(), time(18_000, 0));
    assert_eq!("1970-01-01T00:00:00,25Z".parse(), time(0, 250_000_000));
    assert_eq!("1970-01-01T00:00:00.1234567899Z".parse(), time(0, 123_456_789));
    for wrong in ["1970-01-01T:00:00Z", "1970-1-01T00:00:00Z", "1970-01-01T00:0:00Z", "1970-01-01T00:00:00.Z"] {
        assert_eq!(wrong.parse::<Time>(), Err(TimeError::Format), "{wrong}");
    }
}
