//! The prover over JSON-RPC, against servers on loopback that misbehave: it succeeds or names who was wrong, and no
//! proof comes back that does not hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a value that cannot be made is a failed test")]

mod chain;
mod honest;
mod liars;
mod maticjs;
mod records;
#[path = "../../../bttc-core/tests/rpc/server.rs"]
mod server;
mod status;
mod trouble;

use bttc_checkpoint::{
    exit::{CheckpointRef, ExitProof},
    prover::{Burn, ProveError, Prover},
    side_chain::{Contradiction, RpcSideChain, SideChainError},
};
use bttc_core::{
    endpoint::{Endpoint, Patience},
    id::{CheckpointNumber, HeaderBlockId},
};
use chain::Chain;
use records::Records;
use serde_json::Value;
use server::{Reply, Server, json_rpc};
use std::{num::NonZeroUsize, sync::Arc, time::Duration};

/// Checkpoints over blocks 0–7 and 8–15.
fn recorded(chain: &Chain) -> Records {
    Records::new(&[(0, 7, chain.root(0, 7)), (8, 15, chain.root(8, 15))])
}

fn checkpoint(chain: &Chain, number: u64) -> CheckpointRef {
    let start = 8 * (usize::try_from(number).unwrap() - 1);
    let range = bttc_checkpoint::checkpoint::BlockRange::new(8 * (number - 1), 8 * number - 1).unwrap();
    CheckpointRef { id: HeaderBlockId::of(CheckpointNumber::new(number)), range, root: chain.root(start, start + 7) }
}

/// A node whose answers are bent before they go out; it is told how many posts came before.
async fn node(
    chain: &Arc<Chain>,
    bend: impl Fn(usize, &str, &Value, Result<Value, Value>) -> Result<Value, Value> + Send + Sync + 'static,
) -> Server {
    let chain = chain.clone();
    Server::start(move |post, _, body| {
        Reply::Json(json_rpc(body, |method, params| bend(post, method, params, chain.answer(method, params))))
    })
    .await
}

async fn honest_node(chain: &Arc<Chain>) -> Server {
    node(chain, |_, _, _, answer| answer).await
}

fn endpoint(server: &Server) -> Endpoint {
    let patience = Patience {
        tries: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(5),
        timeout: Duration::from_millis(150),
        ..Patience::default()
    };
    Endpoint::new(&server.url(), patience).unwrap()
}

/// The side chain behind these servers, three headers a post.
fn side_chain(servers: &[&Server]) -> RpcSideChain {
    let endpoints = servers.iter().map(|server| endpoint(server)).collect();
    RpcSideChain::new(199, endpoints).unwrap().with_batch(NonZeroUsize::new(3).unwrap())
}

/// Proves a burn by these servers.
async fn prove(chain: &Chain, servers: &[&Server], burn: impl Into<Burn>) -> Result<ExitProof, ProveError> {
    let (side_chain, records) = (side_chain(servers), recorded(chain));
    Prover::new(&side_chain, &records).prove(burn).await
}

/// Proves the burn of block 10 and checks the proof.
async fn succeeds(chain: &Chain, servers: &[&Server]) {
    let proof = prove(chain, servers, chain.burn(10, 2)).await.unwrap();
    let exit = proof.verify(&checkpoint(chain, 2)).unwrap();
    assert_eq!((exit.beneficiary(), exit.block()), (chain::BOB, 10));
}

/// Who contradicted itself, by which method, in which field.
fn culprit(error: &ProveError) -> (&str, &str, &str) {
    match error {
        ProveError::SideChain(SideChainError::Contradiction(wrong)) => {
            let Contradiction { endpoint, method, field, .. } = &**wrong;
            (endpoint, method, field)
        }
        other => panic!("expected a contradiction, got {other}"),
    }
}
