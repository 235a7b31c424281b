//! Kind `fee-account`, as far as it is about fee accounts: withdrawals from balances that enter as values. Top-ups move
//! balances alone; they and the stores belong to the assembled layer.

use crate::vectors::{address, cases, hash, list, text, word};
use alloy_primitives::{Address, I256};
use bttc_checkpoint::fees::{FeeAccounts, fee_of};
use bttc_core::amount::Amount;
use serde_json::{Map, Value};

type State = Map<String, Value>;

fn accounts(state: &State) -> FeeAccounts {
    let own = state.iter().filter_map(|(path, fee)| Some((path.strip_prefix("dividend.")?, fee)));
    own.map(|(user, fee)| (user.parse().unwrap(), fee_of(text(fee)).unwrap())).collect()
}

fn balance(state: &State, user: Address) -> Amount {
    state.get(&format!("balance.{user:#x}")).map_or(Amount::ZERO, |balance| Amount::from_word(word(balance)))
}

#[test]
fn withdrawals_fill_the_accounts_as_in_the_validation_layer() {
    let mut run = 0;
    for case in cases("fee-account") {
        let mut state = case.expect["initial"].as_object().unwrap().clone();
        let mut accounts = accounts(&state);
        for (place, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let name = format!("{} step {place}", case.name);
            let message = &step["msg"]["value"];
            // A sender of zero is refused in front of the handler.
            let withdraws = step["msg"]["type"] == "topup/MsgWithdrawFee" && expect["stage"] != "basic";
            let user = if withdraws { address(&message["from_address"]) } else { Address::ZERO };
            let done = withdraws.then(|| {
                run += 1;
                let asked = I256::from_dec_str(text(&message["amount"])).unwrap();
                accounts.withdraw(user, asked, balance(&state, user))
            });
            for (path, value) in expect["changed"].as_object().into_iter().flatten() {
                match value {
                    Value::Null => state.remove(path),
                    value => state.insert(path.clone(), value.clone()),
                };
            }
            match done {
                Some(Ok(done)) => {
                    assert_eq!(expect["code"], 0, "{name}");
                    assert_eq!(done.left, balance(&state, user), "{name}");
                }
                Some(Err(error)) => assert_eq!(expect["code"], error.code(), "{name}: {error}"),
                None => {}
            }
            assert_eq!(accounts, self::accounts(&state), "{name}");
            if let Ok(root) = accounts.root() {
                let claims = accounts.iter().map(|(user, _)| accounts.claim(user).unwrap());
                claims.for_each(|claim| assert_eq!(claim.verify(&root), Ok(()), "{name}"));
            }
        }
    }
    assert!(run > 200, "only {run} withdrawals were run");
}

#[test]
fn the_networks_begin_with_the_roots_of_the_specification() {
    // validation-layer §3.2, §9.3: seven signers with nothing in their accounts
    let mainnet = [
        "0xdcc05b56f58af80dba0f6751c223f231dcab3e1a",
        "0xd782c11d7f8be621bd726f9241acc0278ae2a4a2",
        "0x4c95a52686a9b3ff9cf787b94b8549a988334c57",
        "0xf5094a6c2f33d9b218d3dc386323695c51f0df79",
        "0xfd0a288bad34306fd0295ca48d5f9ccb21da5304",
        "0x201eb831f3ac536a0b4dd7e14c61b14c314bc537",
        "0x6e275592bd4af7192e9016b7c80d0db0a3ba190a",
    ];
    let donau = [
        "0x62c3adbece50a544aa3c45b53f86f672feb44ebc",
        "0x54ffc23455ade612e7d0e068b36d1f80f0885cc0",
        "0x643d412bcc45d910f4514e2f597167d85856e08f",
        "0xe848f81560e480ee381365a3d98d1d4e5f24159a",
        "0xf4c2f1d772488cc6d3ec3c703b9710fa2c0e227e",
        "0xcb670b22515bcaeaa7b3ffb8149d303f00fb026e",
        "0x671e21ec4f4ce86b31bf215978e42aa7f0db8d6b",
    ];
    for (signers, root) in [
        (mainnet, "0x27fd52451d2605605fae2a2501dcc5fe148006a591d37e801e914f286da469b1"),
        (donau, "0x100a0a5f7633ad9f9db49bd5734817958bd3e200f4b7c60d5ff8d9418d74204e"),
    ] {
        let accounts: FeeAccounts = signers.map(|user| (user.parse().unwrap(), Amount::ZERO)).into_iter().collect();
        assert_eq!(accounts.root(), Ok(hash(&root.into())));
    }
}
