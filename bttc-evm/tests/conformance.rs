//! The recorded vectors, run through this crate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "vectors/mod.rs"]
mod vectors;

use alloy_primitives::{Address, B256, Bloom, KECCAK256_EMPTY, Log, U256};
use alloy_trie::EMPTY_ROOT_HASH;
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::{FixedProducers, ProducerSchedule, Timing},
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    block::Block,
    chain::Chain,
    executor::{QueryError, fee_log, transfer_log},
    genesis::Genesis,
    header::{ExtraData, ExtraError, Header, SealedHeader, record_bytes},
    receipt::{Receipt, Status, logs_bloom},
    seal::{SealContext, verify},
    state::Account,
    state_sync::{PAGE, Record},
    system::{Answer, Facts, commit_span},
};
use serde_json::Value;
use std::collections::BTreeMap;
use vectors::{address, array, bytes, chain_data, hash, i64, only, record, repository, span, text, u64, u256};

fn header(value: &Value) -> Header {
    only(
        value,
        &[
            "parentHash",
            "sha3Uncles",
            "miner",
            "stateRoot",
            "transactionsRoot",
            "receiptsRoot",
            "logsBloom",
            "difficulty",
            "number",
            "gasLimit",
            "gasUsed",
            "timestamp",
            "extraData",
            "mixHash",
            "nonce",
            "baseFeePerGas",
        ],
    );
    Header {
        parent_hash: hash(&value["parentHash"]),
        uncles_hash: hash(&value["sha3Uncles"]),
        coinbase: address(&value["miner"]),
        state_root: hash(&value["stateRoot"]),
        transactions_root: hash(&value["transactionsRoot"]),
        receipts_root: hash(&value["receiptsRoot"]),
        logs_bloom: Bloom::from_slice(&bytes(&value["logsBloom"])),
        difficulty: u256(&value["difficulty"]),
        number: u256(&value["number"]),
        gas_limit: u64(&value["gasLimit"]),
        gas_used: u64(&value["gasUsed"]),
        time: u64(&value["timestamp"]),
        extra: bytes(&value["extraData"]),
        mix_digest: hash(&value["mixHash"]),
        nonce: text(&value["nonce"]).parse().unwrap(),
        base_fee: value.get("baseFeePerGas").map(u256),
    }
}

fn validators(list: &Value) -> Vec<Validator> {
    let list = array(list).iter();
    list.map(|validator| {
        // Unsigned powers of a contract keep their low 64 bits.
        let power = match &validator["power"] {
            Value::String(text) if !text.starts_with('-') => {
                let [low, ..] = *text.parse::<U256>().unwrap().as_limbs();
                low.cast_signed()
            }
            other => i64(other),
        };
        Validator::new(ValidatorId::new(0), address(&validator["signer"]), VotingPower::new(power))
    })
    .collect()
}

#[test]
fn headers_hash_seal_and_parse_as_recorded() {
    let mut previous: Option<Header> = None;
    let (mut count, mut links) = (0, 0);
    for file in repository("header").into_iter().chain(chain_data("header")) {
        for case in &file.cases {
            let name = format!("{} {}", file.name, text(&case["name"]));
            let (input, expect) = (&case["input"], &case["expect"]);
            only(
                expect,
                &[
                    "blockHash",
                    "sealHash",
                    "signer",
                    "extraCheck",
                    "validators",
                    "succession",
                    "difficulty",
                    "earliestTime",
                ],
            );
            let header = header(&input["header"]);
            assert_eq!(header.hash(), hash(&expect["blockHash"]), "{name}");
            assert_eq!(Header::from_rlp(&header.to_rlp()).as_ref(), Ok(&header), "{name}");
            let seal_hash = expect["sealHash"].as_str().map(|_| hash(&expect["sealHash"]));
            assert_eq!(header.seal_hash(), seal_hash, "{name}");
            let signer = expect["signer"].as_str().map(|_| address(&expect["signer"]));
            assert_eq!(header.signer().ok(), signer, "{name}");

            let context = &input["context"];
            let seconds = |key: &str| context.get(key).map_or(0, u64);
            let timing = Timing {
                period: seconds("period"),
                producer_delay: seconds("producerDelay"),
                sprint: u64(&input["sprint"]),
                backup_multiplier: seconds("backupMultiplier"),
            };
            let extra = ExtraData::read(&header.extra, header.height(), &timing);
            let check = match &extra {
                Ok(_) => "ok",
                Err(ExtraError::MissingVanity) => "missing-vanity",
                Err(ExtraError::MissingSignature) => "missing-signature",
                Err(ExtraError::ExtraValidators) => "extra-validators",
                Err(ExtraError::InvalidSpanValidators) => "invalid-span-validators",
            };
            assert_eq!(check, text(&expect["extraCheck"]), "{name}");
            if let Some(list) = expect.get("validators") {
                assert_eq!(extra.unwrap().validators(), validators(list), "{name}");
            }
            if !context.is_null() {
                let schedule =
                    FixedProducers::new(validators(&context["validators"]), address(&context["proposer"]), timing);
                let turn = signer.and_then(|signer| schedule.turn(header.height(), signer).ok());
                assert_eq!(turn.map(|t| t.succession), expect["succession"].as_u64(), "{name}");
                assert_eq!(turn.map(|t| t.difficulty), expect["difficulty"].as_u64(), "{name}");
                if let Some(time) = expect.get("earliestTime") {
                    let earliest = turn.and_then(|t| t.earliest(u64(&context["parentTime"])));
                    assert_eq!(earliest, Some(u64(time)), "{name}");
                }
            }
            let next = |parent: &Header| parent.height() + 1 == header.height() && name.contains("polygon");
            if let Some(parent) = previous.filter(next) {
                assert_eq!(header.parent_hash, parent.hash(), "{name}");
                links += 1;
            }
            previous = Some(header);
            count += 1;
        }
    }
    println!("header: {count} headers, {links} parent links");
}

/// Batches need the snapshot of a sibling crate; a batch of one is judged here.
#[test]
fn headers_are_judged_in_the_reference_s_order() {
    let (mut count, mut batches) = (0, 0);
    for file in repository("header-verify") {
        for case in &file.cases {
            let name = text(&case["name"]);
            let input = &case["input"];
            let [only_header] = array(&input["headers"]) else {
                batches += 1;
                continue;
            };
            let config = &input["config"];
            let timing = Timing {
                period: u64(&config["period"]),
                producer_delay: u64(&config["producerDelay"]),
                sprint: u64(&config["sprint"]),
                backup_multiplier: u64(&config["backupMultiplier"]),
            };
            let parent =
                input.get("parent").map(|parent| SealedHeader::genesis(Header::from_rlp(&bytes(parent)).unwrap()));
            let contract = contract_answer(&input["contract"]);
            let schedule = match (input.get("snapshot"), &parent) {
                (Some(snapshot), _) => Some((validators(&snapshot["validators"]), address(&snapshot["proposer"]))),
                // A new set: the first proposer has the largest power, on a tie the smaller address.
                (None, Some(parent)) if parent.height() == 0 => contract.as_ref().ok().map(|list| {
                    let first =
                        list.iter().min_by_key(|validator| (core::cmp::Reverse(validator.power), validator.signer));
                    (list.clone(), first.unwrap().signer)
                }),
                _ => None,
            };
            let schedule = schedule.map(|(set, proposer)| FixedProducers::new(set, proposer, timing));
            let header = Header::from_rlp(&bytes(only_header)).unwrap();
            let verified = verify(
                &header,
                &SealContext {
                    timing: &timing,
                    now: u64(&input["now"]),
                    parent: parent.as_ref(),
                    schedule: schedule.as_ref().map(|schedule| schedule as &dyn ProducerSchedule),
                    contract: Some(&contract),
                },
            );
            let expect = &case["expect"]["results"][0];
            only(expect, &["hash", "ok", "error", "sealHash", "signer"]);
            assert_eq!(header.hash(), hash(&expect["hash"]), "{name}");
            assert_eq!(header.seal_hash(), expect["sealHash"].as_str().map(|_| hash(&expect["sealHash"])), "{name}");
            assert_eq!(header.signer().ok(), expect["signer"].as_str().map(|_| address(&expect["signer"])), "{name}");
            match (verified, expect["ok"].as_bool().unwrap()) {
                (Ok(sealed), true) => assert_eq!(sealed.hash(), header.hash(), "{name}"),
                (Err(error), false) => {
                    let (got, expected) = (error.to_string(), text(&expect["error"]));
                    // Two classes that need only be recognised.
                    let same_class = expected.starts_with("abi: ") && got.starts_with("abi: ")
                        || ["invalid signature recovery id", "recovery failed"].contains(&expected)
                            && header.signer().is_err();
                    assert!(got == expected || same_class, "{name}: {got:?}, expected {expected:?}");
                }
                (got, _) => panic!("{name}: {got:?}, expected {expect}"),
            }
            count += 1;
        }
    }
    println!("header-verify: {count} headers, {batches} batches left to the crate with snapshots");
}

fn contract_answer(contract: &Value) -> Result<Vec<Validator>, QueryError> {
    if let Some(answer) = contract.get("return") {
        return commit_span::read_validators(&bytes(answer));
    }
    match contract.get("revert") {
        Some(data) => Err(QueryError::Reverted { data: bytes(data) }),
        None => Ok(validators(&contract["validators"])),
    }
}

/// What the validation layer answered while a block was imported, and the requests it was asked.
struct Delivery {
    span: Option<Answer<bttc_core::span::Span>>,
    records: Answer<Vec<Record>>,
    requests: Vec<String>,
}

impl Delivery {
    fn of(asked: &[Value]) -> Self {
        let mut delivery = Self { span: None, records: Answer::Known(Vec::new()), requests: Vec::new() };
        for question in asked {
            let request = text(&question["request"]);
            delivery.requests.push(request.to_owned());
            let result = &question["body"]["result"];
            if request.starts_with("/bor/span/") {
                delivery.span =
                    Some(if result.is_object() { Answer::Known(span(result)) } else { Answer::Unavailable });
                continue;
            }
            match (&mut delivery.records, result) {
                (Answer::Known(records), Value::Array(page)) => records.extend(page.iter().map(record)),
                (_, Value::Null) if u64(&question["status"]) == 204 || question["body"].is_object() => {}
                (records, _) => *records = Answer::Unavailable,
            }
        }
        delivery
    }

    fn facts<'a>(&'a self, now: u64, schedule: &'a FixedProducers) -> Facts<'a> {
        Facts {
            span: self.span.as_ref().map(Answer::as_ref),
            records: self.records.as_ref().map(Vec::as_slice),
            ..Facts::new(now, schedule)
        }
    }
}

/// A chain and the producers of its blocks: the list of the last sprint's end, the proposer by the difficulty of the
/// recorded block.
struct Replay {
    chain: Chain,
    producers: Vec<Validator>,
}

impl Replay {
    fn open(input: &Value) -> Self {
        let genesis = Genesis::from_json(&input["genesis"].to_string()).unwrap();
        let spec = genesis.chain_spec(&ChainSpec::devnet());
        let chain = Chain::open(spec, &genesis).unwrap();
        let producers = chain.producers(1).unwrap();
        Self { chain, producers }
    }

    fn schedule(&self, block: &Block) -> FixedProducers {
        let mut sorted = self.producers.clone();
        sorted.sort_by_key(|producer| producer.signer);
        let author = block.header.signer().unwrap();
        let count = sorted.len();
        let own = sorted.iter().position(|producer| producer.signer == author).unwrap();
        let difficulty: usize = block.header.difficulty.to();
        let proposer = sorted[(own + difficulty) % count].signer;
        FixedProducers::new(sorted, proposer, self.chain.spec().timing)
    }

    fn import(&mut self, block: Block, delivery: &Delivery) -> &bttc_evm::block::ImportedBlock {
        let schedule = self.schedule(&block);
        let facts = delivery.facts(block.header.time, &schedule);
        let timing = self.chain.spec().timing;
        let header = block.header.clone();
        if timing.is_sprint_end(header.height()) {
            let extra = ExtraData::read(&header.extra, header.height(), &timing).unwrap();
            self.producers = extra.validators();
        }
        let number = header.height();
        self.chain.import(block, &facts).unwrap_or_else(|error| panic!("block {number}: {error}"))
    }

    /// The requests that the chain would make, given the answers.
    fn requests(&self, delivery: &Delivery) -> Vec<String> {
        let needs = self.chain.needs().unwrap();
        let mut requests: Vec<_> = needs.span.iter().map(|id| format!("/bor/span/{id}")).collect();
        if let Some(wanted) = needs.records {
            let Answer::Known(records) = &delivery.records else { panic!("no records") };
            for page in 0..=records.len() / PAGE {
                let from = wanted.from.get() + u64::try_from(page * PAGE).unwrap();
                requests
                    .push(format!("/clerk/event-record/list?from-id={from}&to-time={}&limit={PAGE}", wanted.before));
            }
        }
        requests
    }
}

fn logs(list: &Value) -> Vec<Log> {
    let list = list.as_array().unwrap().iter();
    list.map(|log| {
        only(log, &["address", "topics", "data"]);
        let topics = array(&log["topics"]).iter().map(hash).collect();
        Log::new_unchecked(address(&log["address"]), topics, bytes(&log["data"]))
    })
    .collect()
}

fn check_receipt(receipt: &Receipt, expect: &Value, name: &str) {
    only(expect, &["type", "status", "gasUsed", "cumulativeGasUsed", "contractAddress", "logs"]);
    let form = u64::from(receipt.transaction_type.to_byte().unwrap_or(0));
    assert_eq!(form, self::u64(&expect["type"]), "{name}");
    assert_eq!(receipt.status.is_success(), self::u64(&expect["status"]) == 1, "{name}");
    assert_eq!(receipt.gas_used, self::u64(&expect["gasUsed"]), "{name}");
    assert_eq!(receipt.cumulative_gas_used, self::u64(&expect["cumulativeGasUsed"]), "{name}");
    assert_eq!(receipt.contract_address, expect.get("contractAddress").map(address), "{name}");
    assert_eq!(receipt.logs, logs(&expect["logs"]), "{name}");
}

/// Executes the chain of one file, at most so many blocks.
fn replay(file: &vectors::File, most: usize) {
    let [case] = &file.cases[..] else { panic!("one case a file") };
    let (input, expect) = (&case["input"], &case["expect"]);
    only(expect, &["genesisHash", "genesisStateRoot", "blocks", "final"]);
    let mut replay = Replay::open(input);
    let genesis = replay.chain.header(0).unwrap();
    assert_eq!(genesis.hash(), hash(&expect["genesisHash"]));
    assert_eq!(genesis.state_root, hash(&expect["genesisStateRoot"]));
    let expected = array(&expect["blocks"]);
    for (block, expect) in array(&input["blocks"]).iter().zip(expected).take(most) {
        let name = format!("{} block {}", file.name, expect["number"]);
        let rlp = bytes(&block["rlp"]);
        let delivery = Delivery::of(array(&block["delivery"]));
        let block = Block::from_rlp(&rlp).unwrap();
        assert_eq!(block.to_rlp(), rlp, "{name}");
        assert_eq!(replay.requests(&delivery), delivery.requests, "{name}");
        let count = block.transactions.len();
        let imported = replay.import(block, &delivery);
        check_block(imported, expect, count, &name);
    }
    println!("{}: {} blocks", file.name, replay.chain.head().header().height());
    if most >= expected.len() {
        only(&expect["final"], &["accounts"]);
        for account in array(&expect["final"]["accounts"]) {
            check_account(&replay.chain, account);
        }
    }
}

fn check_block(imported: &bttc_evm::block::ImportedBlock, expect: &Value, count: usize, name: &str) {
    only(
        expect,
        &[
            "number",
            "hash",
            "author",
            "totalDifficulty",
            "stateRoot",
            "transactionsRoot",
            "receiptsRoot",
            "gasUsed",
            "logsBloom",
            "receipts",
            "transactions",
            "deposits",
            "stateSync",
        ],
    );
    let header = imported.header();
    assert_eq!(header.height(), u64(&expect["number"]), "{name}");
    assert_eq!(header.hash(), hash(&expect["hash"]), "{name}");
    assert_eq!(header.author(), address(&expect["author"]), "{name}");
    assert_eq!(imported.total_difficulty(), u256(&expect["totalDifficulty"]), "{name}");
    assert_eq!(header.state_root, hash(&expect["stateRoot"]), "{name}");
    assert_eq!(header.transactions_root, hash(&expect["transactionsRoot"]), "{name}");
    assert_eq!(header.receipts_root, hash(&expect["receiptsRoot"]), "{name}");
    assert_eq!(header.gas_used, u64(&expect["gasUsed"]), "{name}");
    let bloom = bytes(&expect["logsBloom"]);
    let bloom = if bloom.is_empty() { Bloom::ZERO } else { Bloom::from_slice(&bloom) };
    assert_eq!(header.logs_bloom, bloom, "{name}");
    match expect.get("transactions") {
        Some(number) => assert_eq!(count, usize::try_from(u64(number)).unwrap(), "{name}"),
        None => {
            let receipts = array(&expect["receipts"]);
            assert_eq!(imported.receipts().len(), receipts.len(), "{name}");
            for (receipt, expect) in imported.receipts().iter().zip(receipts) {
                check_receipt(receipt, expect, name);
            }
        }
    }
    let deposits = array(&expect["deposits"]);
    assert_eq!(imported.delivered().len(), deposits.len(), "{name}");
    for (record, expect) in imported.delivered().iter().zip(deposits) {
        only(expect, &["id", "contract", "data", "txHash"]);
        assert_eq!(record.id.get(), u64(&expect["id"]), "{name}");
        assert_eq!(record.receiver, address(&expect["contract"]), "{name}");
        assert_eq!(record.data, bytes(&expect["data"]), "{name}");
        assert_eq!(record.tx_hash, hash(&expect["txHash"]), "{name}");
    }
    let synthetic = imported.synthetic();
    assert_eq!(synthetic.is_some(), expect.get("stateSync").is_some(), "{name}");
    if let (Some(receipt), Some(expect)) = (synthetic, expect.get("stateSync")) {
        only(expect, &["txHash", "status", "transactionIndex", "firstLogIndex", "logs", "stored"]);
        assert_eq!(receipt.tx_hash, hash(&expect["txHash"]), "{name}");
        assert_eq!((receipt.status(), u64(&expect["status"])), (Status::Succeeded, 1), "{name}");
        assert_eq!(receipt.transaction_index, u64(&expect["transactionIndex"]), "{name}");
        assert_eq!(receipt.first_log_index, u64(&expect["firstLogIndex"]), "{name}");
        assert_eq!(receipt.logs, logs(&expect["logs"]), "{name}");
        assert_eq!(receipt.to_stored_bytes(), bytes(&expect["stored"]), "{name}");
    }
}

fn check_account(chain: &Chain, expect: &Value) {
    only(expect, &["address", "balance", "nonce", "codeHash", "storageRoot"]);
    let address = address(&expect["address"]);
    let account = chain.state().account(address);
    let code_hash = account.map_or(B256::ZERO, Account::code_hash);
    let storage_root = account.map(Account::storage_root);
    assert_eq!(chain.state().balance(address), u256(&expect["balance"]), "{address}");
    assert_eq!(chain.state().nonce(address), u64(&expect["nonce"]), "{address}");
    assert_eq!(code_hash, hash(&expect["codeHash"]), "{address}");
    assert_eq!(storage_root, expect.get("storageRoot").map(hash), "{address}");
    if code_hash == KECCAK256_EMPTY {
        assert_eq!(storage_root, Some(EMPTY_ROOT_HASH), "{address}");
    }
}

#[test]
fn whole_chains_execute_as_recorded() {
    let files = repository("chain-replay").into_iter().chain(chain_data("chain-replay"));
    for file in files {
        // The large file is an exercise in speed; its first blocks show that it is understood.
        let most = if file.name.starts_with("bulk") { BULK } else { usize::MAX };
        replay(&file, most);
    }
}

const BULK: usize = 300;

/// A block built from the same facts is the block that the reference built, but for the seal.
#[test]
fn blocks_build_as_the_reference_built_them() {
    let files = repository("chain-replay").into_iter();
    for file in files.filter(|file| file.name.starts_with("sprint8")) {
        let mut replay = Replay::open(&file.cases[0]["input"]);
        let mut same = 0;
        for recorded in array(&file.cases[0]["input"]["blocks"]) {
            let delivery = Delivery::of(array(&recorded["delivery"]));
            let block = Block::from_rlp(&bytes(&recorded["rlp"])).unwrap();
            let schedule = replay.schedule(&block);
            let facts = delivery.facts(block.header.time, &schedule);
            let author = block.header.signer().unwrap();
            let vanity = B256::from_slice(&block.header.extra[..32]);
            let builder = replay.chain.clone().with_vanity(vanity);
            let built = builder.build(block.transactions.clone(), author, &facts).unwrap();
            assert_eq!(built.left_out(), []);
            if built.header().gas_limit == block.header.gas_limit {
                let unsealed = block.header.extra.len() - 65;
                let extra = [&block.header.extra[..unsealed], &[0; 65]].concat().into();
                let expected = Header { extra, ..block.header.clone() };
                assert_eq!(*built.header(), expected);
                same += 1;
            } else {
                let known = (block.header.gas_used, block.header.receipts_root);
                assert_eq!((built.header().gas_used, built.header().receipts_root), known);
            }
            replay.import(block, &delivery);
        }
        println!("sprint8: {same} blocks built bit by bit");
    }
}

#[test]
fn wrong_blocks_are_refused_in_the_reference_s_words() {
    let chains: BTreeMap<_, _> =
        repository("chain-replay").into_iter().map(|file| (format!("chain-replay/{}", file.name), file)).collect();
    let mut count = 0;
    for file in repository("block-wrong") {
        let mut cases = file.cases.iter().peekable();
        let Some(first) = cases.peek() else { continue };
        let chain = text(&first["input"]["chain"]).to_owned();
        let input = &chains[&chain].cases[0]["input"];
        let mut replay = Replay::open(input);
        for recorded in array(&input["blocks"]) {
            let block = Block::from_rlp(&bytes(&recorded["rlp"])).unwrap();
            let schedule = replay.schedule(&block);
            while let Some(case) = cases.next_if(|case| u64(&case["input"]["number"]) == block.header.height()) {
                assert_eq!(text(&case["input"]["chain"]), chain);
                only(&case["expect"], &["ok", "error"]);
                let name = text(&case["name"]);
                let delivery = Delivery::of(array(&case["input"]["delivery"]));
                // The recorder's clock stood well behind every block but those of the future.
                let facts = delivery.facts(u64::from(u32::MAX), &schedule);
                let offered = Block::from_rlp(&bytes(&case["input"]["block"]));
                let verdict = match offered {
                    Ok(offered) => replay.chain.clone().import(offered, &facts).map(|_| ()).map_err(|e| e.to_string()),
                    Err(error) => Err(error.to_string()),
                };
                let expect = match case["expect"]["ok"].as_bool().unwrap() {
                    true => Ok(()),
                    false => Err(text(&case["expect"]["error"]).to_owned()),
                };
                assert_eq!(verdict, expect, "{} {name}", file.name);
                count += 1;
            }
            let delivery = Delivery::of(array(&recorded["delivery"]));
            replay.import(block, &delivery);
        }
        assert_eq!(cases.count(), 0);
    }
    println!("block-wrong: {count} blocks");
}

#[test]
fn native_logs_are_written_as_recorded() {
    for file in chain_data("native-log") {
        for case in &file.cases {
            let (input, expect) = (&case["input"], &case["expect"]);
            only(expect, &["log", "bloom"]);
            let (from, to, amount) = (address(&input["from"]), address(&input["to"]), u256(&input["amount"]));
            let before = [u256(&input["fromBefore"]), u256(&input["toBefore"])];
            let log = match text(&input["kind"]) {
                "fee" => fee_log(from, to, amount, before),
                _ if input["self"] == true => transfer_log(from, to, amount, before, before),
                _ => transfer_log(from, to, amount, before, [before[0] - amount, before[1] + amount]),
            };
            let expected = logs(&Value::Array(vec![expect["log"].clone()]));
            assert_eq!(core::slice::from_ref(&log), expected, "{}", case["name"]);
            assert_eq!(logs_bloom(&[log]).as_slice(), &bytes(&expect["bloom"])[..]);
        }
    }
}

#[test]
fn spans_are_handed_to_the_contract_as_recorded() {
    for file in chain_data("span-commit") {
        for case in &file.cases {
            let expect = &case["expect"];
            only(
                expect,
                &[
                    "spanId",
                    "startBlock",
                    "endBlock",
                    "chainId",
                    "validatorBytes",
                    "producerBytes",
                    "calldata",
                    "producers",
                    "headerBytes",
                ],
            );
            let span = span(&case["input"]["span"]);
            let numbers = [span.id.get(), span.start, span.end];
            assert_eq!(numbers, ["spanId", "startBlock", "endBlock"].map(|key| u64(&expect[key])));
            assert_eq!(span.chain_id.to_string(), text(&expect["chainId"]));
            assert_eq!(commit_span::list_bytes(&span.validators), bytes(&expect["validatorBytes"]));
            assert_eq!(commit_span::list_bytes(&span.producers), bytes(&expect["producerBytes"]));
            assert_eq!(commit_span::calldata(&span), bytes(&expect["calldata"]));
            let mut producers = span.producers;
            producers.sort_by_key(|producer| producer.signer);
            let known: Vec<(Address, i64)> = producers.iter().map(|p| (p.signer, p.power.get())).collect();
            let expected = validators(&expect["producers"]);
            let expected: Vec<_> = expected.iter().map(|p| (p.signer, p.power.get())).collect();
            assert_eq!(known, expected);
            assert_eq!(record_bytes(&producers), bytes(&expect["headerBytes"]));
        }
    }
}

/// Vector D13: log words, receipt, bloom and root of a plain transfer.
#[test]
fn a_plain_transfer_leaves_the_derived_receipt() {
    let [sender, recipient, author] = [0x11, 0x22, 0x33].map(Address::repeat_byte);
    let units = |tenths: u64| U256::from(tenths) * U256::from(10).pow(U256::from(17));
    let transfer = transfer_log(sender, recipient, units(10), [units(9_850), units(50)], [units(9_840), units(60)]);
    let fee = fee_log(sender, author, units(63), [units(10_000), units(70)]);
    let form = bttc_evm::transaction::TransactionType::Legacy;
    let receipt = Receipt::new(form, Status::Succeeded, 21_000, 21_000, None, vec![transfer, fee]);
    let encoded = receipt.to_consensus_bytes();
    assert_eq!(encoded.len(), 909);
    let hashes = [keccak256(&encoded), keccak256(receipt.bloom), bttc_evm::receipt::receipts_root(&[receipt])];
    let expected = [
        "0xf25ff0b787e6bad4b0af028e9eebc6f5d5b94674f4655217119cb3d381469632",
        "0x6fa1d5461a412f1bda4b07a80ba1f57246d9891815700fd87fde7027c59dc0c6",
        "0x4542cf9a10136a335f7e3437dfaf52d3cde5730de6245bc5e7054149f7d68520",
    ];
    assert_eq!(hashes, expected.map(|hash| hash.parse::<B256>().unwrap()));
}
