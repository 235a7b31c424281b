//! The golden traces of `StateSender`.

use crate::vectors::{address, bytes, cases};
use bttc_staking::state_sender::{OwnershipTransferred, Registration, StateSender, StateSenderError};
use serde_json::{Value, json};

/// What a step logs, by name and arguments.
fn act(contract: &mut StateSender, step: &Value) -> Result<Value, StateSenderError> {
    let (caller, args) = (address(&step["caller"]), &step["args"]);
    let ownership = |change: OwnershipTransferred| {
        let args = json!({ "previousOwner": change.previous, "newOwner": change.new });
        json!({ "event": "OwnershipTransferred", "args": args })
    };
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
            let data = bytes(&args["data"]);
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
    for case in cases("state-sender") {
        let name = &case.name;
        let mut contract = StateSender::new(address(&case.input["owner"]));
        let steps = case.input["steps"].as_array().unwrap();
        for (step, expect) in steps.iter().zip(case.expect["steps"].as_array().unwrap()) {
            let before = contract.clone();
            match act(&mut contract, step) {
                Ok(log) => {
                    assert_eq!(expect["ok"], json!(true), "{name}");
                    let [event] = &expect["events"].as_array().unwrap()[..] else { panic!("{name}: one log") };
                    assert_eq!((&log["event"], &log["args"]), (&event["event"], &event["args"]), "{name}");
                }
                Err(error) => {
                    assert_eq!((&expect["ok"], &expect["revert"]), (&json!(false), &json!(error.reason())), "{name}");
                    assert_eq!(contract, before, "{name}");
                }
            }
            assert_eq!(expect["counter"], json!(contract.counter()), "{name}");
            assert_eq!(expect["owner"], json!(contract.owner()), "{name}");
            for (receiver, sender) in expect["registrations"].as_object().unwrap() {
                assert_eq!(*sender, json!(contract.registered(receiver.parse().unwrap())), "{name}");
            }
        }
    }
}
