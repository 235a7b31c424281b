//! A small side chain, as its JSON-RPC tells of it. Everything is hashed here anew, by hand.

use super::server::unknown_method;
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U256, keccak256, logs_bloom};
use bttc_checkpoint::{
    exit::{Receipt, Status, receipts_root, topic},
    merkle::root_of,
};
use bttc_core::{leaf::Leaf, rlp::Item};
use serde_json::{Value, json};

/// The token that is burned.
pub(crate) const TOKEN: Address = Address::repeat_byte(0xc0);
/// Who is paid.
pub(crate) const BOB: Address = Address::repeat_byte(0xb0);

/// What a transaction leaves.
#[derive(Clone, Copy)]
pub(crate) enum Leaves {
    /// Nothing to withdraw.
    Nothing,
    /// So many withdrawals.
    Burns(u64),
}

struct Transaction {
    hash: B256,
    json: Value,
    kind: u8,
}

pub(crate) struct Block {
    pub(crate) leaf: Leaf,
    pub(crate) hash: B256,
    header: Value,
    transactions: Vec<Transaction>,
    pub(crate) receipts: Vec<Receipt>,
    /// The state-sync transaction that is listed, if there is one.
    pub(crate) synthetic: Option<B256>,
}

pub(crate) struct Chain {
    pub(crate) blocks: Vec<Block>,
}

fn integer(number: impl Into<U256>) -> Item {
    Item::from(number.into().to_be_bytes_trimmed_vec())
}

fn hex(number: u64) -> Value {
    format!("{number:#x}").into()
}

fn transaction(kind: u8, nonce: u64) -> Transaction {
    let (to, input) = (Item::string(TOKEN.as_slice()), Item::string(&[1, 2, 3]));
    let head = if kind == 0 { vec![] } else { vec![integer(U256::from(199))] };
    let access = if kind == 0 { vec![] } else { vec![Item::list([])] };
    let fields =
        [integer(U256::from(nonce)), integer(U256::from(7)), integer(U256::from(90_000)), to, Item::string(&[]), input];
    let signature = [if kind == 0 { 433 } else { 1 }, 5, 6].map(|number: u64| integer(U256::from(number)));
    let list = Item::list(head.into_iter().chain(fields).chain(access).chain(signature)).to_bytes();
    let bytes = if kind == 0 { list } else { [vec![kind], list].concat() };
    let hash = keccak256(&bytes);
    let mut json = json!({
        "hash": hash, "type": hex(kind.into()), "nonce": hex(nonce), "gasPrice": "0x7", "gas": "0x15f90", "to": TOKEN,
        "value": "0x0", "input": "0x010203", "v": if kind == 0 { "0x1b1" } else { "0x1" }, "r": "0x5", "s": "0x6",
    });
    if kind != 0 {
        json["chainId"] = "0xc7".into();
        json["accessList"] = json!([]);
    }
    Transaction { hash, json, kind }
}

/// The bytes under the transactions root.
fn encoding(transaction: &Transaction) -> Vec<u8> {
    let nonce = u64::from_str_radix(&transaction.json["nonce"].as_str().unwrap()[2..], 16).unwrap();
    let (to, input) = (Item::string(TOKEN.as_slice()), Item::string(&[1, 2, 3]));
    let fields =
        [integer(U256::from(nonce)), integer(U256::from(7)), integer(U256::from(90_000)), to, Item::string(&[]), input];
    match transaction.kind {
        0 => Item::list(fields.into_iter().chain([433_u64, 5, 6].map(|n| integer(U256::from(n))))).to_bytes(),
        kind => {
            let rest = [Item::list([])].into_iter().chain([1_u64, 5, 6].map(|n| integer(U256::from(n))));
            let list = Item::list([integer(U256::from(199))].into_iter().chain(fields).chain(rest)).to_bytes();
            [vec![kind], list].concat()
        }
    }
}

fn receipt(kind: u8, position: u64, leaves: Leaves) -> Receipt {
    let burns = match leaves {
        Leaves::Nothing => 0,
        Leaves::Burns(burns) => burns,
    };
    let withdraw = |amount: u64| {
        let topics = vec![topic::WITHDRAW_TO, BOB.into_word(), B256::ZERO];
        Log::new_unchecked(TOKEN, topics, U256::from(amount).to_be_bytes::<32>().into())
    };
    let fee = Log::new_unchecked(Address::with_last_byte(0x10), vec![B256::repeat_byte(0xfe)], Bytes::new());
    let logs: Vec<Log> = (1..=burns).map(withdraw).chain([fee]).collect();
    let bloom = logs_bloom(&logs);
    Receipt { kind, status: Status::Succeeded, cumulative_gas_used: 60_000 * (position + 1), bloom, logs }
}

impl Block {
    fn new(number: u64, parent: B256, salt: u8, contents: &[(u8, Leaves)], state_sync: bool) -> Self {
        let transactions: Vec<_> =
            (0..).zip(contents).map(|(place, (kind, _))| transaction(*kind, 1_000 * number + place)).collect();
        let receipts: Vec<_> =
            (0..).zip(contents).map(|(place, (kind, leaves))| receipt(*kind, place, *leaves)).collect();
        let encodings: Vec<_> = transactions.iter().map(encoding).collect();
        let bytes: Vec<_> = receipts.iter().map(Receipt::to_bytes).collect();
        let leaf = Leaf {
            number,
            time: 1_700_000_000 + 2 * number,
            transactions_root: receipts_root(&encodings),
            receipts_root: receipts_root(&bytes),
        };
        let mut block = Self { leaf, hash: B256::ZERO, header: Value::Null, transactions, receipts, synthetic: None };
        block.header = json!({
            "number": hex(number), "parentHash": parent, "sha3Uncles": B256::repeat_byte(0x1d), "miner": Address::ZERO,
            "stateRoot": B256::repeat_byte(salt), "transactionsRoot": leaf.transactions_root,
            "receiptsRoot": leaf.receipts_root, "logsBloom": Bloom::ZERO, "difficulty": "0x3", "gasLimit": "0x1312d00",
            "gasUsed": "0x0", "timestamp": hex(leaf.time), "extraData": "0x0102", "mixHash": B256::ZERO,
            "nonce": "0x0000000000000000", "size": "0x100",
        });
        block.hash = hash_of(&block.header);
        block.header["hash"] = json!(block.hash);
        let key = [b"matic-bor-receipt-".as_slice(), &number.to_be_bytes(), block.hash.as_slice()].concat();
        block.synthetic = state_sync.then(|| keccak256(key));
        block
    }

    pub(crate) fn transaction(&self, place: usize) -> B256 {
        self.transactions[place].hash
    }

    /// With hashes of transactions, or with the transactions themselves.
    fn json(&self, full: bool) -> Value {
        let mut json = self.header.clone();
        let synthetic = self.synthetic.map(|hash| match full {
            false => json!(hash),
            true => json!({
                "hash": hash, "type": "0x0", "nonce": "0x0", "gasPrice": "0x0", "gas": "0x0", "to": Address::ZERO,
                "value": "0x0", "input": "0x", "v": "0x0", "r": "0x0", "s": "0x0", "from": Address::ZERO,
            }),
        });
        let real = self.transactions.iter().map(|t| if full { t.json.clone() } else { json!(t.hash) });
        json["transactions"] = real.chain(synthetic).collect();
        json
    }

    fn receipt_json(&self, place: usize) -> Value {
        let mut json = receipt_json(self.transactions[place].hash, self.leaf.number, &self.receipts[place]);
        json["transactionIndex"] = hex(u64::try_from(place).unwrap());
        json
    }

    /// As `eth_getTransactionReceiptsByBlock` does: without types, the state sync last.
    fn receipts_json(&self) -> Value {
        let synthetic =
            self.synthetic.map(|hash| receipt_json(hash, self.leaf.number, &receipt(0, 0, Leaves::Burns(1))));
        (0..self.receipts.len()).map(|place| self.receipt_json(place)).chain(synthetic).collect()
    }
}

fn receipt_json(hash: B256, number: u64, receipt: &Receipt) -> Value {
    let logs = receipt
        .logs
        .iter()
        .map(|log| json!({ "address": log.address, "topics": log.data.topics(), "data": log.data.data }));
    json!({
        "transactionHash": hash, "blockNumber": hex(number), "status": "0x1", "logs": logs.collect::<Vec<_>>(),
        "cumulativeGasUsed": hex(receipt.cumulative_gas_used), "logsBloom": receipt.bloom,
    })
}

/// The hash of a header in JSON.
pub(crate) fn hash_of(header: &Value) -> B256 {
    let bytes = |name: &str| header[name].as_str().unwrap().parse::<Bytes>().unwrap();
    let number = |name: &str| integer(header[name].as_str().unwrap().parse::<U256>().unwrap());
    let string = |name: &str| Item::String(bytes(name));
    let fields = [
        string("parentHash"),
        string("sha3Uncles"),
        string("miner"),
        string("stateRoot"),
        string("transactionsRoot"),
        string("receiptsRoot"),
        string("logsBloom"),
        number("difficulty"),
        number("number"),
        number("gasLimit"),
        number("gasUsed"),
        number("timestamp"),
        string("extraData"),
        string("mixHash"),
        string("nonce"),
    ];
    keccak256(Item::list(fields).to_bytes())
}

impl Chain {
    /// 24 blocks. Burns: block 3 transaction 0; block 10 transaction 2; block 12 transactions 0 and 1; block 13
    /// transaction 0 twice; block 14 in a typed transaction; block 18. Salt makes another chain of the same shape.
    pub(crate) fn new(salt: u8) -> Self {
        let mut blocks: Vec<Block> = Vec::new();
        for number in 0..24_u64 {
            let contents: &[(u8, Leaves)] = match number {
                3 | 18 => &[(0, Leaves::Burns(1))],
                10 => &[(0, Leaves::Nothing), (1, Leaves::Nothing), (0, Leaves::Burns(1))],
                12 => &[(0, Leaves::Burns(1)), (0, Leaves::Burns(1))],
                13 => &[(0, Leaves::Burns(2))],
                14 => &[(1, Leaves::Burns(1))],
                // A chain of another salt differs in what the checkpoint is over.
                5 | 11 if salt != 0 => &[(0, Leaves::Nothing)],
                _ => &[],
            };
            let parent = blocks.last().map_or(B256::ZERO, |block| block.hash);
            blocks.push(Block::new(number, parent, salt, contents, number == 10));
        }
        Self { blocks }
    }

    pub(crate) fn burn(&self, block: usize, place: usize) -> B256 {
        self.blocks[block].transaction(place)
    }

    pub(crate) fn root(&self, start: usize, end: usize) -> B256 {
        root_of(self.blocks[start..=end].iter().map(|block| block.leaf.hash()).collect()).unwrap()
    }

    /// What an honest node of this chain answers.
    pub(crate) fn answer(&self, method: &str, params: &Value) -> Result<Value, Value> {
        let number = |value: &Value| usize::from_str_radix(&value.as_str().unwrap()[2..], 16).unwrap();
        let block = |value: &Value| self.blocks.get(number(value));
        let find = || {
            self.blocks.iter().find_map(|block| {
                let place = block.transactions.iter().position(|t| json!(t.hash) == params[0])?;
                Some((block, place))
            })
        };
        Ok(match method {
            "eth_chainId" => "0xc7".into(),
            "eth_blockNumber" => hex(23),
            "eth_getBlockByNumber" => block(&params[0]).map_or(Value::Null, |block| block.json(params[1] == true)),
            "eth_getTransactionByHash" => {
                let synthetic = self.blocks.iter().find(|block| block.synthetic.is_some_and(|h| json!(h) == params[0]));
                match (find(), synthetic) {
                    (Some((block, place)), _) => {
                        let mut json = block.transactions[place].json.clone();
                        json["blockNumber"] = hex(block.leaf.number);
                        json["transactionIndex"] = hex(place as u64);
                        json
                    }
                    (None, Some(block)) => json!({ "hash": params[0], "blockNumber": hex(block.leaf.number) }),
                    (None, None) => Value::Null,
                }
            }
            "eth_getTransactionReceiptsByBlock" => block(&params[0]).map_or(Value::Null, Block::receipts_json),
            "eth_getTransactionReceipt" => find().map_or(Value::Null, |(block, place)| block.receipt_json(place)),
            "eth_getRootHash" => {
                let bound = |place: usize| usize::try_from(params[place].as_u64().unwrap()).unwrap();
                format!("{:x}", self.root(bound(0), bound(1))).into()
            }
            _ => return Err(unknown_method()),
        })
    }
}
