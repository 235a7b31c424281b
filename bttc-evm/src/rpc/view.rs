//! Blocks, transactions, receipts and logs as JSON.
//!
//! Source: `block-layer §7.3, §7.5; bttc:internal/ethapi/api.go:1266-1349,1405-1480,1653-1781`.

use super::hex;
use crate::{
    block::ImportedBlock,
    header::SealedHeader,
    receipt::{Receipt, Status, logs_bloom},
    state_sync::SyntheticReceipt,
    transaction::{Transaction, TransactionType},
};
use alloy_eips::eip2930::AccessListItem;
use alloy_primitives::{Address, B256, Log, TxKind, U256};
use serde_json::{Map, Value, json};

/// How a block lists its transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    Hashes,
    Objects,
}

/// Bytes that a header takes in the reference's memory without its extra-data and numbers.
const HEADER_BYTES: usize = 552;

/// A header alone.
// Q-261: `miner` is the coinbase, which is zero, not who sealed the block; and `size` of a header alone is what it takes
// in the reference's memory.
pub(super) fn header(block: &ImportedBlock) -> Map<String, Value> {
    let header = block.header();
    let bits = header.difficulty.bit_len().saturating_add(header.number.bit_len());
    let size = HEADER_BYTES.saturating_add(header.extra.len()).saturating_add(bits / 8);
    let fields = [
        ("number", hex::word(header.number)),
        ("hash", hex::hash(header.hash())),
        ("parentHash", hex::hash(header.parent_hash)),
        ("nonce", hex::bytes(header.nonce.as_slice())),
        ("mixHash", hex::hash(header.mix_digest)),
        ("sha3Uncles", hex::hash(header.uncles_hash)),
        ("logsBloom", hex::bytes(header.logs_bloom.as_slice())),
        ("stateRoot", hex::hash(header.state_root)),
        ("miner", hex::address(header.coinbase)),
        ("difficulty", hex::word(header.difficulty)),
        ("extraData", hex::bytes(&header.extra)),
        ("size", hex::count(size)),
        ("gasLimit", hex::quantity(header.gas_limit)),
        ("gasUsed", hex::quantity(header.gas_used)),
        ("timestamp", hex::quantity(header.time)),
        ("transactionsRoot", hex::hash(header.transactions_root)),
        ("receiptsRoot", hex::hash(header.receipts_root)),
        ("totalDifficulty", hex::word(block.total_difficulty())),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A block.
// As in the reference: the state-sync transaction is listed behind the others, though no root knows it.
pub(super) fn block(block: &ImportedBlock, listed: Listed, chain_id: u64) -> Value {
    let mut fields = header(block);
    let own = block.block().transactions().iter().enumerate().map(|(place, tx)| match listed {
        Listed::Hashes => hex::hash(tx.hash()),
        Listed::Objects => transaction(block.header(), place, tx, chain_id),
    });
    let synthetic = block.synthetic().map(|synthetic| match listed {
        Listed::Hashes => hex::hash(synthetic.tx_hash),
        Listed::Objects => synthetic_transaction(block, synthetic.tx_hash),
    });
    fields.insert("transactions".to_owned(), own.chain(synthetic).collect());
    fields.insert("uncles".to_owned(), json!([]));
    fields.insert("size".to_owned(), hex::count(block.block().to_rlp().len()));
    Value::Object(fields)
}

fn type_of(form: TransactionType) -> Value {
    hex::quantity(form.to_byte().map_or(0, u64::from))
}

fn recipient(kind: TxKind) -> Value {
    kind.to().map_or(Value::Null, |to| hex::address(*to))
}

/// A transaction in its block.
pub(super) fn transaction(header: &SealedHeader, place: usize, tx: &Transaction, chain_id: u64) -> Value {
    placed_transaction(Some((header, place)), tx, chain_id)
}

/// A transaction that waits for a block.
pub(super) fn pending_transaction(tx: &Transaction, chain_id: u64) -> Value {
    placed_transaction(None, tx, chain_id)
}

fn placed_transaction(place: Option<(&SealedHeader, usize)>, tx: &Transaction, chain_id: u64) -> Value {
    let [v, r, s] = tx.signature_words();
    let mut object = json!({
        "blockHash": place.map(|(header, _)| hex::hash(header.hash())),
        "blockNumber": place.map(|(header, _)| hex::word(header.number)),
        "from": hex::address(tx.sender(chain_id).unwrap_or_default()),
        "gas": hex::quantity(tx.gas_limit()),
        "gasPrice": hex::word(tx.gas_price()),
        "hash": hex::hash(tx.hash()),
        "input": hex::bytes(tx.input()),
        "nonce": hex::quantity(tx.nonce()),
        "to": recipient(tx.to()),
        "transactionIndex": place.map(|(_, place)| hex::count(place)),
        "value": hex::word(tx.value()),
        "type": type_of(tx.form()),
        "v": hex::word(v),
        "r": hex::word(r),
        "s": hex::word(s),
    });
    if let (TransactionType::AccessList, Value::Object(fields)) = (tx.form(), &mut object) {
        fields.insert("accessList".to_owned(), access_list(tx.access_list()));
        fields.insert("chainId".to_owned(), hex::word(tx.chain_id()));
    }
    object
}

/// An access list.
pub(super) fn access_list(list: &[AccessListItem]) -> Value {
    let items = list.iter().map(|item| {
        let keys: Vec<_> = item.storage_keys.iter().map(|key| hex::hash(*key)).collect();
        json!({ "address": hex::address(item.address), "storageKeys": keys })
    });
    items.collect()
}

/// The synthetic transaction of a block, by the hash that it is asked for.
// Q-321: a block that made no synthetic receipt has one as well, for whoever knows a hash that names its height.
pub(super) fn synthetic_transaction(block: &ImportedBlock, hash: B256) -> Value {
    let header = block.header();
    json!({
        "blockHash": hex::hash(header.hash()),
        "blockNumber": hex::word(header.number),
        "from": hex::address(Address::ZERO),
        "gas": "0x0",
        "gasPrice": "0x0",
        "hash": hex::hash(hash),
        "input": "0x",
        "nonce": "0x0",
        "to": hex::address(Address::ZERO),
        "transactionIndex": hex::count(block.block().transactions().len()),
        "value": "0x0",
        "type": "0x0",
        "v": "0x0",
        "r": "0x0",
        "s": "0x0",
    })
}

/// A log and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedLog<'a> {
    pub(super) header: &'a SealedHeader,
    pub(super) tx_hash: B256,
    pub(super) tx_index: u64,
    /// Place among the block's logs.
    pub(super) index: u64,
    pub(super) log: &'a Log,
}

impl PlacedLog<'_> {
    pub(super) fn to_json(self) -> Value {
        let topics: Vec<_> = self.log.topics().iter().map(|topic| hex::hash(*topic)).collect();
        json!({
            "address": hex::address(self.log.address),
            "topics": topics,
            "data": hex::bytes(&self.log.data.data),
            "blockNumber": hex::word(self.header.number),
            "transactionHash": hex::hash(self.tx_hash),
            "transactionIndex": hex::quantity(self.tx_index),
            "blockHash": hex::hash(self.header.hash()),
            "logIndex": hex::quantity(self.index),
            "removed": false,
        })
    }
}

/// A log of a block that left the chain.
pub(super) fn removed(mut log: Value) -> Value {
    if let Some(removed) = log.get_mut("removed") {
        *removed = true.into();
    }
    log
}

/// The logs of a block's transactions, in order.
pub(super) fn logs(block: &ImportedBlock) -> impl Iterator<Item = PlacedLog<'_>> {
    let header = block.header();
    let pairs = block.block().transactions().iter().zip(block.receipts());
    let logs = (0_u64..).zip(pairs).flat_map(move |(tx_index, (tx, receipt))| {
        let tx_hash = tx.hash();
        receipt.logs.iter().map(move |log| (tx_hash, tx_index, log))
    });
    (0_u64..).zip(logs).map(move |(index, (tx_hash, tx_index, log))| PlacedLog {
        header,
        tx_hash,
        tx_index,
        index,
        log,
    })
}

/// The logs of a block's system calls, in order.
pub(super) fn synthetic_logs(block: &ImportedBlock) -> impl Iterator<Item = PlacedLog<'_>> {
    let header = block.header();
    block.synthetic().into_iter().flat_map(move |synthetic| {
        (synthetic.first_log_index..).zip(&synthetic.logs).map(move |(index, log)| PlacedLog {
            header,
            tx_hash: synthetic.tx_hash,
            tx_index: synthetic.transaction_index,
            index,
            log,
        })
    })
}

/// What stands in every receipt's JSON.
struct ReceiptParts<'a> {
    block: &'a ImportedBlock,
    tx_hash: B256,
    tx_index: u64,
    from: Address,
    to: Value,
    contract: Option<Address>,
    gas: [u64; 2],
    status: Status,
    bloom: Value,
    logs: Vec<Value>,
}

impl ReceiptParts<'_> {
    fn into_json(self) -> Map<String, Value> {
        let [used, cumulative] = self.gas;
        let header = self.block.header();
        let fields = [
            ("blockHash", hex::hash(header.hash())),
            ("blockNumber", hex::word(header.number)),
            ("transactionHash", hex::hash(self.tx_hash)),
            ("transactionIndex", hex::quantity(self.tx_index)),
            ("from", hex::address(self.from)),
            ("to", self.to),
            ("gasUsed", hex::quantity(used)),
            ("cumulativeGasUsed", hex::quantity(cumulative)),
            ("contractAddress", self.contract.map_or(Value::Null, hex::address)),
            ("logs", Value::Array(self.logs)),
            ("logsBloom", self.bloom),
            ("status", hex::quantity(self.status.is_success().into())),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn parts<'a>(
    block: &'a ImportedBlock,
    place: usize,
    tx: &Transaction,
    receipt: &Receipt,
    from: Address,
) -> ReceiptParts<'a> {
    let tx_index = u64::try_from(place).unwrap_or(u64::MAX);
    ReceiptParts {
        block,
        tx_hash: tx.hash(),
        tx_index,
        from,
        to: recipient(tx.to()),
        contract: receipt.contract_address,
        gas: [receipt.gas_used, receipt.cumulative_gas_used],
        status: receipt.status,
        bloom: hex::bytes(receipt.bloom.as_slice()),
        logs: logs(block).filter(|log| log.tx_index == tx_index).map(PlacedLog::to_json).collect(),
    }
}

fn synthetic_parts<'a>(block: &'a ImportedBlock, synthetic: &SyntheticReceipt) -> ReceiptParts<'a> {
    ReceiptParts {
        block,
        tx_hash: synthetic.tx_hash,
        tx_index: synthetic.transaction_index,
        from: Address::ZERO,
        to: hex::address(Address::ZERO),
        contract: None,
        gas: [0, 0],
        status: synthetic.status(),
        bloom: hex::bytes(logs_bloom(&synthetic.logs).as_slice()),
        logs: synthetic_logs(block).map(PlacedLog::to_json).collect(),
    }
}

fn with_type(parts: ReceiptParts<'_>, form: TransactionType, gas_price: U256) -> Value {
    let mut fields = parts.into_json();
    fields.insert("type".to_owned(), type_of(form));
    fields.insert("effectiveGasPrice".to_owned(), hex::word(gas_price));
    Value::Object(fields)
}

/// A transaction's receipt.
pub(super) fn receipt(block: &ImportedBlock, place: usize, chain_id: u64) -> Option<Value> {
    let (tx, receipt) = (block.block().transactions().get(place)?, block.receipts().get(place)?);
    let from = tx.sender(chain_id).unwrap_or_default();
    // Q-316: of a price only the lowest 64 bits are told.
    let price = tx.gas_price() & U256::from(u64::MAX);
    Some(with_type(parts(block, place, tx, receipt, from), tx.form(), price))
}

/// The synthetic transaction's receipt, by the hash that it is asked for.
pub(super) fn synthetic_receipt(block: &ImportedBlock, hash: B256) -> Option<Value> {
    let parts = ReceiptParts { tx_hash: hash, ..synthetic_parts(block, block.synthetic()?) };
    Some(with_type(parts, TransactionType::Legacy, U256::ZERO))
}

/// All receipts of a block, the synthetic one last.
// As in the reference: they have no type and no price, and a typed transaction's sender is the zero address.
pub(super) fn receipts(block: &ImportedBlock, chain_id: u64) -> Value {
    let pairs = block.block().transactions().iter().zip(block.receipts()).enumerate();
    let own = pairs.map(|(place, (tx, receipt))| {
        let from = match tx.form() {
            TransactionType::Legacy => tx.sender(chain_id).unwrap_or_default(),
            TransactionType::AccessList | TransactionType::DynamicFee => Address::ZERO,
        };
        Value::Object(parts(block, place, tx, receipt, from).into_json())
    });
    let synthetic = block.synthetic().map(|synthetic| Value::Object(synthetic_parts(block, synthetic).into_json()));
    own.chain(synthetic).collect()
}

/// The synthetic receipt as the database's own structure.
///
/// Source: `block-layer §7.5.4; bttc:core/types/gen_receipt_json.go:17-46`.
pub(super) fn raw_synthetic_receipt(block: &ImportedBlock) -> Option<Value> {
    let synthetic = block.synthetic()?;
    let mut fields = synthetic_parts(block, synthetic).into_json();
    fields.remove("from");
    fields.remove("to");
    fields.insert("root".to_owned(), "0x".into());
    fields.insert("contractAddress".to_owned(), hex::address(Address::ZERO));
    Some(Value::Object(fields))
}
