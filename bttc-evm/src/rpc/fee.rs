//! What gas costs: a suggestion, and the past.
//!
//! ```text
//! suggestion: the 60th percentile of the three cheapest prices of each of the last 20 blocks, at most 500 gwei
//! ```
//!
//! Source: `block-layer §7.3.9; bttc:eth/gasprice/gasprice.go:95-270, bttc:eth/gasprice/feehistory.go:70-330`.

use super::{
    Node, RpcError,
    hex::{self, HexError},
    params::{Height, Unreadable, mistyped},
};
use crate::block::ImportedBlock;
use alloy_primitives::{Address, U256, uint};
use serde_json::{Value, json};

/// Blocks whose prices are looked at; twice as many where most say little.
const BLOCKS: usize = 20;
/// Prices taken of a block.
const SAMPLES: usize = 3;
/// Part of the prices that the suggestion lies above, in hundredths.
const PERCENTILE: usize = 60;
/// Lower prices do not count.
const IGNORED: U256 = uint!(2_U256);
/// The suggestion is never above this: 500 gwei.
const MOST: U256 = uint!(500_000_000_000_U256);
/// What is suggested where nobody paid anything: 1 gwei.
const DEFAULT: U256 = uint!(1_000_000_000_U256);
/// Blocks that a history covers at most.
const HISTORY: u64 = 1_024;

/// The cheapest prices of a block that count, without those its coinbase paid itself.
fn samples(block: &ImportedBlock, chain_id: u64) -> Vec<U256> {
    let coinbase = block.header().coinbase;
    let mut transactions: Vec<_> = block.block().transactions().iter().collect();
    transactions.sort_by_key(|tx| tx.gas_price());
    let counting = transactions.into_iter().filter(|tx| tx.gas_price() >= IGNORED);
    let foreign = counting.filter(|tx| tx.sender(chain_id).is_ok_and(|sender: Address| sender != coinbase));
    foreign.map(|tx| tx.gas_price()).take(SAMPLES).collect()
}

/// `eth_gasPrice` and `eth_maxPriorityFeePerGas`.
pub(super) fn suggestion(node: &Node<'_>) -> Result<U256, RpcError> {
    let mut prices = Vec::new();
    let mut number = node.head();
    let mut asked = BLOCKS;
    while asked > 0 && number > 0 {
        let found = node.at(number)?.map(|block| samples(&block, node.chain_id()));
        let mut found = found.unwrap_or_default();
        number = number.saturating_sub(1);
        asked = asked.saturating_sub(1);
        if found.is_empty() {
            found.push(DEFAULT);
        }
        let known = prices.len().saturating_add(1).saturating_add(asked);
        if found.len() == 1 && known < BLOCKS.saturating_mul(2) {
            asked = asked.saturating_add(1);
        }
        prices.append(&mut found);
    }
    prices.sort_unstable();
    let place = prices.len().saturating_sub(1).saturating_mul(PERCENTILE) / 100;
    Ok(prices.get(place).copied().unwrap_or(DEFAULT).min(MOST))
}

/// A number of blocks: a JSON number, or text in decimal or hex.
pub(super) fn block_count(value: &Value) -> Result<u64, Unreadable> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.parse() {
        Ok(number) if !text.starts_with('+') => Ok(number),
        _ => hex::read_u64(&text).map_err(|error: HexError| Unreadable(error.to_string())),
    }
}

/// A percentile as it was asked for.
pub(super) fn percentile(value: &Value) -> Result<f64, Unreadable> {
    match value {
        Value::Null => Ok(0.0),
        value => value.as_f64().ok_or_else(|| mistyped(value, "float64")),
    }
}

/// As JSON's own numbers have it; exact below 2⁵³.
fn float(number: u64) -> f64 {
    let halves = [number >> 32, number & u64::from(u32::MAX)].map(|half| f64::from(u32::try_from(half).unwrap_or(0)));
    let [high, low] = halves;
    high.mul_add(4_294_967_296.0, low)
}

#[expect(clippy::float_arithmetic, reason = "the answer is a JSON number with a fraction")]
fn ratio(block: &ImportedBlock) -> Value {
    let header = block.header();
    match (header.gas_used, header.gas_limit) {
        (0, _) => 0.into(),
        (used, limit) if used == limit => 1.into(),
        (used, limit) => (float(used) / float(limit)).into(),
    }
}

/// What the transactions at these percentiles of the block's gas paid, by price.
#[expect(clippy::float_arithmetic, reason = "percentiles are asked for as JSON numbers with a fraction")]
fn rewards(block: &ImportedBlock, percentiles: &[f64]) -> Vec<Value> {
    let pairs = block.block().transactions().iter().zip(block.receipts());
    let mut paid: Vec<_> = pairs.map(|(tx, receipt)| (tx.gas_price(), receipt.gas_used)).collect();
    paid.sort_by_key(|(price, _)| *price);
    let mut rest = paid.into_iter().peekable();
    let Some((mut price, mut sum)) = rest.next() else {
        return percentiles.iter().map(|_| hex::quantity(0)).collect();
    };
    let used = float(block.header().gas_used);
    let rewards = percentiles.iter().map(|percentile| {
        let threshold = (used * percentile / 100.0).floor();
        while float(sum) < threshold
            && let Some((next, gas)) = rest.next()
        {
            price = next;
            sum = sum.saturating_add(gas);
        }
        hex::word(price)
    });
    rewards.collect()
}

/// `eth_feeHistory`.
// Q-263: without a base fee the history lists zeros, one more than blocks; no blocks have neither list nor first block.
pub(super) fn history(node: &Node<'_>, count: u64, last: Height, percentiles: &[f64]) -> Result<Value, RpcError> {
    // The reference holds the count in a signed number.
    if count == 0 || i64::try_from(count).is_err() {
        return Ok(json!({ "oldestBlock": "0x0", "gasUsedRatio": null }));
    }
    let mut before = None;
    for (place, percentile) in percentiles.iter().enumerate() {
        if !(0.0..=100.0).contains(percentile) {
            return Err(RpcError::failed(format_args!("invalid reward percentile: {percentile:.6}")));
        }
        if let Some((earlier, lower)) = before
            && *percentile < lower
        {
            let text = format!("invalid reward percentile: #{earlier}:{lower:.6} > #{place}:{percentile:.6}");
            return Err(RpcError::failed(text));
        }
        before = Some((place, *percentile));
    }
    let head = node.head();
    // The block that would follow has nothing in it.
    let pending = last == Height::Pending;
    let last = match last {
        Height::Latest => head,
        Height::Pending => head.saturating_add(1),
        Height::At(number) if number > head => {
            let text = format!("request beyond head block: requested {number}, head {head}");
            return Err(RpcError::failed(text));
        }
        Height::At(number) => number,
    };
    let count = count.min(HISTORY).min(last.saturating_add(1));
    let oldest = last.saturating_add(1).saturating_sub(count);
    let blocks = (oldest..=last).filter_map(|number| node.at(number).transpose()).collect::<Result<Vec<_>, _>>()?;
    let base_fees: Vec<_> = (0..=count).map(|_| "0x0").collect();
    let ratios: Vec<_> = blocks.iter().map(|block| ratio(block)).chain(pending.then(|| 0.into())).collect();
    let mut answer =
        json!({ "oldestBlock": hex::quantity(oldest), "baseFeePerGas": base_fees, "gasUsedRatio": ratios });
    if let Value::Object(fields) = &mut answer
        && !percentiles.is_empty()
    {
        let none = || percentiles.iter().map(|_| hex::quantity(0)).collect();
        let rewards = blocks.iter().map(|block| rewards(block, percentiles)).chain(pending.then(none));
        fields.insert("reward".to_owned(), rewards.collect());
    }
    Ok(answer)
}
