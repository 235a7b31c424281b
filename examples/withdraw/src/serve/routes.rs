//! The routes.

use super::{Answer, Server, validate};
use alloy_primitives::{B256, Bytes};
use axum::extract::{Path, Query, State};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::LogChoice,
    merkle::StoredTree,
    prover::{Burn, ProveError, Prover},
};
use serde::Deserialize;
use serde_json::json;

/// Blocks that a proof among others may span, as many as a node gives a root of.
///
/// Source: `withdrawal-proofs §3.2`.
const MOST_BLOCKS: u64 = 32_768;

/// What `fast-merkle-proof` is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct ProofQuery {
    start: Option<String>,
    end: Option<String>,
    number: Option<String>,
}

/// What payloads are asked for with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PayloadQuery {
    event_signature: Option<String>,
    token_index: Option<String>,
}

type Result = core::result::Result<Answer, Answer>;

pub(super) async fn block_included(State(server): State<Server>, Path((net, block)): Path<(String, String)>) -> Result {
    let number = validate::integer(&block).ok_or_else(|| Answer::bad_request("Invalid block number!"))?;
    let prover = prover(&server, &net)?;
    let found = match prover.checkpoint_of(number).await {
        Ok(found) => found,
        Err(ProveError::NotCheckpointed { .. } | ProveError::NoCheckpoint { .. }) => {
            return Err(Answer::not_found("No block found"));
        }
        Err(error) => return Err(Answer::failed(&error)),
    };
    Ok(Answer::ok(json!({
        "headerBlockNumber": format!("{:#x}", found.checkpoint.id.get()),
        "blockNumber": block,
        "start": found.record.start.to_string(),
        "end": found.record.end.to_string(),
        "proposer": found.record.proposer.to_checksum(None),
        "root": found.record.root,
        "createdAt": found.record.created_at.to_string(),
        "message": "success",
    })))
}

pub(super) async fn fast_merkle_proof(
    State(server): State<Server>,
    Path(net): Path<String>,
    Query(query): Query<ProofQuery>,
) -> Result {
    let (Some(start), Some(end), Some(number)) = (query.start, query.end, query.number) else {
        return Err(Answer::broken("Something went wrong while validating params"));
    };
    let wrong = || Answer::bad_request("Invalid start or end or block numbers!");
    let [start, end, number] = [start, end, number].map(|text| validate::integer(&text));
    let (start, end, number) =
        start.zip(end).zip(number).map(|((start, end), number)| (start, end, number)).ok_or_else(wrong)?;
    if number < start {
        return Err(wrong());
    }
    let range = BlockRange::new(start, end).ok().filter(|range| range.contains(number)).ok_or_else(wrong)?;
    validate::network(&net, &server)?;
    if end - start >= MOST_BLOCKS {
        return Err(Answer::broken("Something went wrong while computing"));
    }
    let leaves = server.source.side_chain().leaves(range).await.map_err(|error| Answer::failed(&error))?;
    let tree = StoredTree::build(leaves.iter().map(|leaf| leaf.hash()).collect());
    let branch = tree.and_then(|tree| tree.branch(number - start));
    let branch = branch.ok_or_else(|| Answer::broken("Invalid merkle proof created"))?;
    Ok(Answer::ok(json!({ "proof": Bytes::from(branch.to_bytes()) })))
}

pub(super) async fn exit_payload(
    State(server): State<Server>,
    Path((net, burn)): Path<(String, String)>,
    Query(query): Query<PayloadQuery>,
) -> Result {
    let (prover, burn, topic0) = asked(&server, &net, &burn, &query)?;
    let nth = query.token_index.as_deref().map_or(Ok(0), |text| text.trim().parse());
    let choice = topic0.zip(nth.ok()).map(|(topic0, nth)| LogChoice::Nth { topic0, nth, emitter: None });
    // The log is the last thing that is looked for, so first come the other two refusals.
    let choice = choice.unwrap_or(LogChoice::At(u64::MAX));
    let proof = prover.prove(Burn::log(burn, choice)).await.map_err(|error| Answer::unproven(&error))?;
    Ok(Answer::ok(json!({ "message": "Payload generation success", "result": proof.to_payload() })))
}

pub(super) async fn all_exit_payloads(
    State(server): State<Server>,
    Path((net, burn)): Path<(String, String)>,
    Query(query): Query<PayloadQuery>,
) -> Result {
    let (prover, burn, topic0) = asked(&server, &net, &burn, &query)?;
    let (_, receipt) = prover.receipt(burn).await.map_err(|error| Answer::unproven(&error))?;
    let logs = (0..).zip(&receipt.logs).filter(|(_, log)| log.data.topics().first().copied() == topic0);
    let burns: Vec<Burn> = logs.map(|(position, _)| Burn::log(burn, LogChoice::At(position))).collect();
    if burns.is_empty() {
        // Whether it is checkpointed comes before what is in it.
        let nothing = prover.prove(Burn::log(burn, LogChoice::At(u64::MAX))).await;
        return Err(nothing.map_or_else(|error| Answer::unproven(&error), |_| Answer::not_found("")));
    }
    let proofs: core::result::Result<Vec<_>, _> = prover.prove_all(burns).await.into_iter().collect();
    let proofs = proofs.map_err(|error| Answer::unproven(&error))?;
    let payloads: Vec<Bytes> = proofs.iter().map(|proof| proof.to_payload()).collect();
    Ok(Answer::ok(json!({ "message": "Payload generation success", "result": payloads })))
}

/// Whom to ask, for which transaction, and the event's signature, looked at in the API's order.
fn asked<'a>(
    server: &'a Server,
    net: &str,
    burn: &str,
    query: &PayloadQuery,
) -> core::result::Result<(Prover<'a>, B256, Option<B256>), Answer> {
    let (burn, topic0) = validate::burn_and_event(burn, query.event_signature.as_deref())?;
    let prover = prover(server, net)?;
    let burn = burn.ok_or_else(|| Answer::not_found("Incorrect burn transaction"))?;
    Ok((prover, burn, topic0))
}

fn prover<'a>(server: &'a Server, net: &str) -> core::result::Result<Prover<'a>, Answer> {
    let root = validate::network(net, server)?;
    server.source.prover(root).map_err(|error| Answer::failed(&error))
}
