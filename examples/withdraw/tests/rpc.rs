//! The tool with nodes behind JSON-RPC.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, reason = "made for the prover's own tests")]
#[path = "../../../bttc-checkpoint/tests/rpc/chain.rs"]
mod chain;
#[allow(dead_code, reason = "likewise")]
#[path = "../../../bttc-core/tests/rpc/server.rs"]
mod server;

use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_checkpoint::{
    exit::contract,
    header_blocks::{HeaderBlock, Question},
};
use bttc_core::{chain::BridgeContracts, id::HeaderBlockId, root_chain::RootChainId};
use chain::Chain;
use serde_json::{Value, json};
use server::{Reply, Server, json_rpc, unknown_method};
use std::{path::Path, process::Output, sync::Arc};

const BURN: (usize, usize) = (12, 1);

/// Ethereum, with checkpoints over blocks 0–7 and 8–15, and one root token.
fn ethereum(chain: &Chain, method: &str, params: &Value) -> Result<Value, Value> {
    let head = json!({ "number": "0x3e8", "hash": B256::repeat_byte(1), "timestamp": "0x6553f100" });
    if method == "eth_getBlockByNumber" {
        return Ok(head);
    }
    if method != "eth_call" {
        return Err(unknown_method());
    }
    let contracts = BridgeContracts::of(199, RootChainId::Ethereum).unwrap();
    let to: Address = params[0]["to"].as_str().unwrap().parse().unwrap();
    let field = params[0].get("data").or_else(|| params[0].get("input")).unwrap();
    let data: Bytes = field.as_str().unwrap().parse().unwrap();
    let word = |number: U256| Bytes::from(number.to_be_bytes_vec());
    let answer = if to == contracts.root_chain_manager {
        match contract::Question::decode(&data).unwrap() {
            contract::Question::RootToken { .. } => word(U256::from(0x77)),
            contract::Question::TokenType { .. } => contract::TokenType::ERC20.key().into(),
            contract::Question::IsProcessed { .. } => word(U256::ZERO),
        }
    } else {
        assert_eq!(to, contracts.root_chain);
        match Question::decode(&data).unwrap() {
            Question::CurrentHeaderBlock => word(U256::from(HeaderBlockId::STEP * 2)),
            Question::LastChildBlock => word(U256::from(15)),
            Question::HeaderBlock(id) => {
                let number = id.number().map_or(0, |number| number.get());
                if number == 0 || number > 2 {
                    HeaderBlock::default().to_answer()
                } else {
                    let start = usize::try_from(8 * number - 8).unwrap();
                    HeaderBlock {
                        root: chain.root(start, start + 7),
                        start: U256::from(start),
                        end: U256::from(start + 7),
                        created_at: U256::from(1_700_000_000 + number),
                        proposer: Address::repeat_byte(1),
                    }
                    .to_answer()
                }
            }
        }
    };
    Ok(json!(answer))
}

/// A node of the side chain at the root of the URL, one of Ethereum below it, and the tool asked with these arguments.
async fn withdraw(side: Chain, arguments: Vec<String>) -> Output {
    let (side, honest) = (Arc::new(side), Chain::new(0));
    let server = Server::start(move |_, path, body| {
        Reply::Json(json_rpc(body, |method, params| match path {
            "/ethereum" => ethereum(&honest, method, params),
            _ => side.answer(method, params),
        }))
    })
    .await;
    let url = server.url();
    tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_withdraw"));
        command.args(["--side-rpc", &url, "--root-rpc", &format!("ethereum={url}/ethereum"), "--root", "ethereum"]);
        command.args(arguments).output().unwrap()
    })
    .await
    .unwrap()
}

fn line(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn words(text: &str, burn: B256) -> Vec<String> {
    text.split(' ').map(|word| word.replace("BURN", &burn.to_string())).collect()
}

#[tokio::test]
async fn a_burn_is_proven_bundled_and_its_record_looked_up() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ethereum.json");
    let (chain, burn) = (Chain::new(0), Chain::new(0).burn(BURN.0, BURN.1));
    let proven = line(&withdraw(chain, words(&format!("prove --json BURN --out {}", file.display()), burn)).await);
    assert_eq!((&proven["rootChain"], &proven["headerBlock"]), (&"eth".into(), &"0x4e20".into()));
    assert_eq!((&proven["start"], &proven["end"], &proven["block"]), (&8.into(), &15.into(), &12.into()));

    let verify = words(&format!("verify --json {}", file.display()), burn);
    let verified = line(&withdraw(Chain::new(0), verify).await);
    assert_eq!((&verified["recordLookedUp"], &verified["exit"]["exit_hash"]), (&true.into(), &proven["exitHash"]));

    let status = line(&withdraw(Chain::new(0), words("status --json BURN", burn)).await);
    assert_eq!((&status["state"]["status"], &status["state"]["exitHash"]), (&"provable".into(), &proven["exitHash"]));
    let scan = line(&withdraw(Chain::new(0), words("scan --json BURN", burn)).await);
    assert_eq!((&scan["verdict"], &scan["exitHash"]), (&"open".into(), &proven["exitHash"]));
}

#[tokio::test]
async fn what_is_not_yet_what_cannot_be_and_who_lies_have_codes_of_their_own() {
    let honest = Chain::new(0);
    let later = honest.burn(18, 0); // behind the last checkpoint
    let output = withdraw(Chain::new(0), words("status BURN", later)).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let output = withdraw(Chain::new(0), words("prove BURN", later)).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");

    let output = withdraw(Chain::new(0), words("prove BURN", honest.burn(14, 0))).await;
    assert_eq!(output.status.code(), Some(1), "a typed transaction: {output:?}");
    let output = withdraw(Chain::new(0), words("prove BURN", honest.burn(13, 0))).await;
    assert_eq!(output.status.code(), Some(1), "two withdrawals: {output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("choose one"));

    // Another side chain of the same shape: its headers are whole, and not those that were checkpointed.
    let output = withdraw(Chain::new(1), words("prove BURN", Chain::new(1).burn(12, 0))).await;
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(output.stdout.is_empty());
}
