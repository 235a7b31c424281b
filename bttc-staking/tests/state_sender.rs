//! The golden traces of `StateSender`.

use alloy_primitives::{Address, Bytes};
use bttc_staking::state_sender::{Registration, StateSender, StateSenderError};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{fs::File, io::Read as _};

fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/../vectors/state-sender/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    if name.ends_with(".gz") {
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        file.read_to_string(&mut text).unwrap();
    }
    let Value::Array(cases) = serde_json::from_str::<Value>(&text).unwrap()["cases"].take() else { unreachable!() };
    cases
}

/// What a step logs, by name and arguments.
fn act(contract: &mut StateSender, step: &Value) -> Result<Value, StateSenderError> {
    let address = |value: &Value| -> Address { value.as_str().unwrap().parse().unwrap() };
    let (caller, args) = (address(&step["caller"]), &step["args"]);
    let ownership = |change: bttc_staking::state_sender::OwnershipTransferred| json!({ "event": "OwnershipTransferred", "args": { "previousOwner": change.previous, "newOwner": change.new } });
    match step["op"].as_str().unwrap() {
        "register" => {
            contract.register(caller, address(&args["sender"]), address(&args["receiver"])).map(|event| match event {
                Registration::New { user, sender, receiver } => json!({
                    "event": "NewRegistration", "args": { "user": user, "sender": sender, "receiver": receiver }
                }),
                Registration::Updated { user, sender, receiver } => json!({
                    "event": "RegistrationUpdated", "args": { "user": user, "sender": sender, "receiver": receiver }
                }),
            })
        }
        "syncState" => {
            let data: Bytes = args["data"].as_str().unwrap().parse().unwrap();
            contract.sync_state(caller, address(&args["receiver"]), data).map(|synced| {
                let args = json!({ "id": synced.id, "contractAddress": synced.receiver, "data": synced.data });
                json!({ "event": "StateSynced", "args": args })
            })
        }
        "transferOwnership" => contract.transfer_ownership(caller, address(&args["newOwner"])).map(ownership),
        "renounceOwnership" => contract.renounce_ownership(caller).map(ownership),
        op => panic!("unknown step {op}"),
    }
}

#[test]
fn every_trace_logs_reverts_and_counts_as_recorded() {
    for file in ["rules.json", "random.json.gz"] {
        for case in cases(file) {
            let name = case["name"].as_str().unwrap();
            let mut contract = StateSender::new(case["input"]["owner"].as_str().unwrap().parse().unwrap());
            let steps = case["input"]["steps"].as_array().unwrap();
            for (step, expect) in steps.iter().zip(case["expect"]["steps"].as_array().unwrap()) {
                let before = contract.clone();
                match act(&mut contract, step) {
                    Ok(log) => {
                        assert_eq!(expect["ok"], json!(true), "{file} {name}");
                        let [event] = &expect["events"].as_array().unwrap()[..] else { panic!("{name}: one log") };
                        assert_eq!((&log["event"], &log["args"]), (&event["event"], &event["args"]), "{file} {name}");
                    }
                    Err(error) => {
                        assert_eq!(
                            (&expect["ok"], &expect["revert"]),
                            (&json!(false), &json!(error.reason())),
                            "{name}"
                        );
                        assert_eq!(contract, before, "{name}");
                    }
                }
                assert_eq!(expect["counter"], json!(contract.counter()), "{file} {name}");
                assert_eq!(expect["owner"], json!(contract.owner()), "{file} {name}");
                for (receiver, sender) in expect["registrations"].as_object().unwrap() {
                    assert_eq!(*sender, json!(contract.registered(receiver.parse().unwrap())), "{file} {name}");
                }
            }
        }
    }
}
