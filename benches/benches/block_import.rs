//! Import of a recorded chain: 300 blocks of transfers, token transfers, creations and contract calls.
//!
//! Limit: the recovery of the senders, which nobody can leave out; then what an import consists of, each part by itself:
//! execution with the senders known, execution with the state's root, the roots of transactions and receipts; what a store adds
//! is an import into a file over one that stays in memory.

use alloy_primitives::{Address, B256};
use benches::{Comparison, criterion};
use bttc_evm::{
    block::Block,
    executor::{BlockContext, Executor as _, NativeLogs, RevmExecutor},
    header::SealedHeader,
    receipt::{Receipt, receipts_root},
    state::State,
    store::{DiskStore, Retention, StoredChain},
    system::Facts,
    threads::Threads,
    transaction::{Transaction, transactions_root},
};
use conformance::{Delivery, Replay, VectorFile, recorded};
use core::num::NonZeroUsize;
use std::{collections::BTreeMap, fs, path::Path};

fn main() {
    let chain = Chain::read();
    assert_eq!(chain.senders(), chain.blocks.iter().map(|block| block.senders.len()).sum::<usize>());
    assert_eq!(chain.executed(Root::Left), chain.gas);
    assert_eq!(chain.executed(Root::Computed), chain.gas);
    chain.roots();
    let count: usize = chain.blocks.iter().map(|block| block.block.transactions.len()).sum();

    let mut criterion = criterion().sample_size(10);
    let input = format!("blocks={} transactions={count}", chain.blocks.len());
    let count = u64::try_from(count).expect("they are in memory");
    Comparison::new(&mut criterion, "chain::import", input, count)
        .by("limit_recovery", || chain.senders())
        .by("execution", || chain.executed(Root::Left))
        .by("execution_and_state_root", || chain.executed(Root::Computed))
        .by("transactions_and_receipts_roots", || chain.roots())
        .by("import", || chain.imported(Threads::ONE))
        .by("import_into_a_file", || chain.stored())
        .by("import_on_2_threads", || chain.imported(Threads::new(NonZeroUsize::MIN.saturating_add(1))));
    criterion.final_summary();
}

/// What is done about the state's root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Left,
    Computed,
}

/// A block, and what its parts start from.
struct Recorded {
    block: Block,
    delivery: Delivery,
    before: State,
    hashes: BTreeMap<u64, B256>,
    context: BlockContext,
    senders: Vec<Address>,
    receipts: Vec<Receipt>,
}

struct Chain {
    genesis: Replay,
    blocks: Vec<Recorded>,
    gas: u64,
}

impl Chain {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/chain-replay/bulk.json.gz");
        let file = VectorFile::read(&path).expect("the file is part of the repository");
        let input = recorded(&file).expect("it has a case");
        let genesis =
            Replay::open(&input.field("genesis").expect("it has a genesis")).expect("a chain can start there");
        let chain_id = genesis.chain().spec().chain_id;
        let (mut replay, mut hashes, mut blocks) = (genesis.clone(), BTreeMap::new(), Vec::new());
        for field in input.field("blocks").and_then(|blocks| blocks.items()).expect("it has blocks") {
            let head = replay.chain().head().header();
            hashes.insert(head.height(), head.hash());
            let before = replay.chain().state().clone();
            let imported = replay.append(&field).expect("it was imported when it was recorded");
            let header = imported.header();
            let transactions = imported.block().transactions().to_vec();
            let context = BlockContext {
                chain_id,
                number: header.number,
                time: header.time,
                difficulty: header.difficulty,
                gas_limit: header.gas_limit,
                author: header.author(),
                coinbase: header.coinbase,
            };
            blocks.push(Recorded {
                senders: senders(&transactions, chain_id).collect(),
                block: Block { header: header.header().clone(), transactions, uncles: Vec::new() },
                delivery: Delivery::read(&field).expect("it was read when it was imported"),
                before,
                hashes: hashes.clone(),
                context,
                receipts: imported.receipts().to_vec(),
            });
        }
        let gas = blocks.iter().map(|block| block.block.header.gas_used).sum();
        Self { genesis, blocks, gas }
    }

    /// Recovers every sender.
    fn senders(&self) -> usize {
        let blocks = self.blocks.iter();
        blocks.map(|block| senders(&block.block.transactions, block.context.chain_id).count()).sum()
    }

    /// Executes every transaction, each block on the state before it; the gas that they use.
    fn executed(&self, root: Root) -> u64 {
        let blocks = self.blocks.iter().map(|recorded| {
            let mut executor =
                RevmExecutor::new(&recorded.before, &recorded.hashes, recorded.context, NativeLogs::Emit);
            let transactions = recorded.block.transactions.iter().zip(&recorded.senders);
            let gas = transactions.map(|(transaction, sender)| {
                let executed = executor.transact(transaction, *sender, u64::MAX);
                executed.expect("it was executed when it was recorded").gas_used
            });
            let gas = gas.sum::<u64>();
            if root == Root::Computed {
                executor.state_root();
            }
            gas
        });
        blocks.sum()
    }

    /// The roots that stand in the headers beside the state's.
    fn roots(&self) {
        for Recorded { block, receipts, .. } in &self.blocks {
            assert_eq!(transactions_root(&block.transactions), block.header.transactions_root);
            assert_eq!(receipts_root(receipts), block.header.receipts_root);
        }
    }

    /// The whole chain, from its genesis.
    fn imported(&self, threads: Threads) -> B256 {
        let mut chain = self.genesis.chain().clone().with_threads(threads);
        self.import(|block, facts| {
            let imported = chain.import(block, facts);
            imported.expect("it was imported when it was recorded").header().clone()
        })
    }

    /// The whole chain, each block on the disk before the next is judged.
    fn stored(&self) -> B256 {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("block_import.redb");
        _ = fs::remove_file(&path);
        let store = DiskStore::open(&path).expect("the folder can be written to");
        let chain = self.genesis.chain().clone().with_threads(Threads::ONE);
        let mut chain = StoredChain::open(chain, Box::new(store), Retention::Archive).expect("it is empty");
        let head = self.import(|block, facts| {
            let change = chain.take(block, facts).expect("it was imported when it was recorded");
            change.block().header().clone()
        });
        drop(chain);
        fs::remove_file(&path).expect("it is there");
        head
    }

    /// Hands over each block with its facts; gives the hash of the last.
    fn import(&self, mut take: impl FnMut(Block, &Facts<'_>) -> SealedHeader) -> B256 {
        let mut snapshot = self.genesis.snapshot().clone();
        let mut head = B256::ZERO;
        for Recorded { block, delivery, .. } in &self.blocks {
            let header = take(block.clone(), &delivery.facts(&snapshot));
            snapshot.apply(&header.to_sprint_header(snapshot.timing())).expect("it follows");
            head = header.hash();
        }
        head
    }
}

fn senders(transactions: &[Transaction], chain_id: u64) -> impl Iterator<Item = Address> {
    transactions.iter().filter_map(move |transaction| transaction.sender(chain_id).ok())
}
