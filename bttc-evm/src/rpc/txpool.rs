//! The pool as it is asked about, and what is sent to it.
//!
//! Source: `bttc:internal/ethapi/api.go:150-245,1797-1824,1957-1963`.

use super::{
    Node, RpcError, hex,
    params::{self, Params},
    view,
};
use crate::{
    pool::{Pool, Pooled},
    transaction::{Transaction, TransactionType},
};
use alloy_primitives::{Address, U256};
use serde_json::{Map, Value, json};

/// Reads the parameters of `eth_sendRawTransaction`; the pool decides about the transaction, and its hash is the answer.
///
/// ```
/// use bttc_evm::rpc::raw_transaction;
/// let error = raw_transaction(&serde_json::json!(["0x7f"])).unwrap_err();
/// assert_eq!(error.to_string(), "transaction type not supported");
/// ```
///
/// # Errors
/// [`RpcError`] when it is no transaction, or one for any chain.
pub fn raw_transaction(params: &Value) -> Result<Transaction, RpcError> {
    let mut params = Params::new(params);
    let bytes = params.required(params::bytes)?;
    params.end()?;
    let tx = Transaction::from_bytes(&bytes).map_err(RpcError::failed)?;
    let [v, ..] = tx.signature_words();
    if tx.form() == TransactionType::Legacy && v < U256::from(35) {
        return Err(RpcError::failed("only replay-protected (EIP-155) transactions allowed over RPC"));
    }
    Ok(tx)
}

/// `txpool_status`.
pub(super) fn status(pool: &Pool) -> Value {
    let count = |listed: fn(&Pool, Address) -> usize| {
        hex::count(pool.senders().fold(0_usize, |sum, sender| sum.saturating_add(listed(pool, sender))))
    };
    json!({
        "pending": count(|pool, sender| pool.pending(sender).count()),
        "queued": count(|pool, sender| pool.queued(sender).count()),
    })
}

/// Transactions by nonce, as this shows each.
fn by_nonce<'p>(pooled: impl Iterator<Item = &'p Pooled>, show: &dyn Fn(&Transaction) -> Value) -> Map<String, Value> {
    pooled.map(|pooled| (pooled.transaction.nonce().to_string(), show(&pooled.transaction))).collect()
}

fn by_sender(pool: &Pool, show: &dyn Fn(&Transaction) -> Value) -> Value {
    let (mut pending, mut queued) = (Map::new(), Map::new());
    for sender in pool.senders() {
        let put = |listed: &mut Map<String, Value>, own: Map<String, Value>| {
            if !own.is_empty() {
                listed.insert(sender.to_checksum(None), own.into());
            }
        };
        put(&mut pending, by_nonce(pool.pending(sender), show));
        put(&mut queued, by_nonce(pool.queued(sender), show));
    }
    json!({ "pending": pending, "queued": queued })
}

/// `txpool_content`.
pub(super) fn content(node: &Node<'_>) -> Value {
    by_sender(node.pool, &|tx| view::pending_transaction(tx, node.chain_id()))
}

/// `txpool_contentFrom`.
pub(super) fn content_from(node: &Node<'_>, sender: Address) -> Value {
    let show = |tx: &Transaction| view::pending_transaction(tx, node.chain_id());
    json!({
        "pending": by_nonce(node.pool.pending(sender), &show),
        "queued": by_nonce(node.pool.queued(sender), &show),
    })
}

/// `txpool_inspect`.
pub(super) fn inspect(pool: &Pool) -> Value {
    by_sender(pool, &|tx| {
        let to = tx.to().to().map_or("contract creation".to_owned(), |to| to.to_checksum(None));
        format!("{to}: {} wei + {} gas × {} wei", tx.value(), tx.gas_limit(), tx.gas_price()).into()
    })
}
