//! Kind `account-root`.

use crate::vectors::{address, bytes, cases, hash, int, list, text};
use alloy_primitives::hex;
use bttc_checkpoint::fees::{FeeAccounts, account_leaf, fee_of};

#[test]
fn account_roots_and_proofs_are_those_of_the_validation_layer() {
    for case in cases("account-root") {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        let accounts: Result<FeeAccounts, _> = list(&input["accounts"])
            .iter()
            .map(|account| fee_of(text(&account[1])).map(|fee| (address(&account[0]), fee)))
            .collect();
        let accounts = match (accounts, &expect["error"]) {
            (Err(_), error) => {
                assert_eq!(error, "panic", "{name}");
                continue;
            }
            (Ok(accounts), error) if error == "error" => {
                assert!(accounts.root().is_err(), "{name}");
                continue;
            }
            (Ok(accounts), error) => {
                assert!(error.is_null(), "{name}");
                accounts
            }
        };
        let root = accounts.root().unwrap();
        assert_eq!(root, hash(&expect["root"]), "{name}");
        for (user, expected) in list(&input["query"]).iter().zip(list(&expect["proofs"])) {
            let answer = accounts.answer(address(user));
            let (index, siblings) = (answer.index, answer.to_bytes());
            assert_eq!(index, int(&expected["index"]), "{name} {user}");
            assert_eq!(siblings, bytes(&expected["proof"]), "{name} {user}");
            if let Some(proof) = accounts.proof(address(user)) {
                let fee = accounts.fee(address(user)).unwrap();
                assert_eq!(proof.root(&account_leaf(address(user), fee)), root, "{name} {user}");
            }
        }
        for (asked, verified) in input["verify"].as_array().into_iter().flatten().zip(list_or_none(&expect["verified"]))
        {
            let answer = accounts.answer(address(&asked[0])).to_bytes();
            // Text that is not hex stands for no bytes that any proof has.
            let said = hex::decode(text(&asked[1])).unwrap_or_else(|_| vec![0]);
            assert_eq!(Some(said == answer), verified.as_bool(), "{name} {asked}");
        }
    }
}

fn list_or_none(value: &serde_json::Value) -> &[serde_json::Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
