//! A chain goes on where its store ends, also when its process was killed.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::disallowed_methods, reason = "a process is killed at a moment of the clock")]

mod made;

use bttc_core::{
    chain::ChainSpec,
    schedule::{FixedProducers, ProducerSchedule as _, Timing},
    span::SpanRules,
};
use bttc_evm::{
    block::Block,
    chain::{Behind, Chain, Window},
    store::{DiskStore, MemoryStore, Retention, Store, StoreError, StoredChain, Table, Visitor, Write},
    system::Facts,
};
use std::{
    io::{BufRead, BufReader, Read, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};

const WINDOW: Window = Window { depth: 4, behind: Behind::Dropped };

/// Where the killed process has nothing more to do.
const LAST: u64 = 500;

/// A chain that starts no sprint within reach, so that blocks need nothing from outside.
fn chain() -> Chain {
    let devnet = ChainSpec::devnet();
    let timing = Timing { sprint: 2 * LAST, ..devnet.timing };
    let spans = SpanRules { first: 4 * timing.sprint, length: 4 * timing.sprint, ..devnet.spans };
    made::chain_of(ChainSpec { timing, spans, ..devnet }).with_window(WINDOW)
}

fn schedule(chain: &Chain) -> FixedProducers {
    FixedProducers::new(chain.producers(1).unwrap(), made::key().address(), chain.spec().timing)
}

/// The next block, so many seconds later than it could be, with a payment.
fn next(chain: &Chain, later: u64) -> Block {
    let (schedule, head) = (schedule(chain), chain.head().header());
    let turn = schedule.turn(head.height() + 1, made::key().address()).unwrap();
    let facts = Facts::new(turn.earliest(head.time).unwrap() + later, &schedule);
    let payment = made::payment(chain.state().nonce(made::key().address()));
    chain.build([payment], made::key().address(), &facts).unwrap().seal(&made::key()).unwrap().into()
}

fn take(stored: &mut StoredChain, block: Block) {
    let schedule = schedule(stored.chain());
    stored.take(block, &Facts::new(u64::MAX / 2, &schedule)).unwrap();
}

/// A store that is still there when the chain over it is gone.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<MemoryStore>>);

impl Store for Shared {
    fn write(&mut self, changes: &[Write]) -> Result<(), StoreError> {
        self.0.lock().unwrap().write(changes)
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.lock().unwrap().read(table, key)
    }

    fn scan(&self, table: Table, each: Visitor<'_>) -> Result<(), StoreError> {
        // A copy, for what is shown an entry may read on.
        let copy = self.0.lock().unwrap().clone();
        copy.scan(table, each)
    }
}

fn open(store: impl Store + 'static, retention: Retention) -> StoredChain {
    StoredChain::open(chain(), Box::new(store), retention).unwrap()
}

/// Head, state and everything before hang together.
fn check(stored: &StoredChain, states: u64) {
    let head = stored.chain().head().header();
    assert_eq!(stored.chain().state().root(), head.state_root);
    let mut child = None;
    for height in (0..=head.height()).rev() {
        let block = stored.block(height).unwrap().unwrap();
        assert_eq!(block.receipts().len(), block.block().transactions().len());
        assert!(child.is_none_or(|parent| parent == block.header().hash()));
        child = Some(block.header().parent_hash);
        let state = stored.state_after(height).unwrap();
        assert_eq!(state.is_some(), head.height() - height <= states, "state of {height} at {}", head.height());
        assert!(state.is_none_or(|state| state.root() == block.header().state_root));
    }
    assert_eq!(stored.block(head.height() + 1), Ok(None));
}

#[test]
fn a_chain_goes_on_where_its_store_ends() {
    for (retention, states) in [(Retention::Archive, u64::MAX), (Retention::Window(6), 6)] {
        let store = Shared::default();
        let mut stored = open(store.clone(), retention);
        for _ in 0..12 {
            let block = next(stored.chain(), 0);
            take(&mut stored, block);
        }
        check(&stored, states);
        let head = stored.chain().head().header().hash();
        let mut stored = open(store.clone(), retention);
        assert_eq!(stored.chain().head().header().hash(), head);
        check(&stored, states);
        // A branch from three blocks before the head becomes the chain.
        let mut other = open(store.clone(), retention);
        drop(store);
        let mut lower = chain();
        for height in 1..=9 {
            let schedule = schedule(&lower);
            let block = other.block(height).unwrap().unwrap().block().clone();
            lower.import(block, &Facts::new(u64::MAX / 2, &schedule)).unwrap();
        }
        let mut branch = Vec::new();
        for _ in 0..4 {
            let (block, schedule) = (next(&lower, 3), schedule(&lower));
            lower.import(block.clone(), &Facts::new(u64::MAX / 2, &schedule)).unwrap();
            branch.push(block);
        }
        branch.into_iter().for_each(|block| take(&mut stored, block));
        assert_eq!(stored.chain().head().header().hash(), lower.head().header().hash());
        check(&stored, states);
        let block = next(&lower, 0);
        take(&mut stored, block);
        check(&stored, states);
        other = stored;
        assert_eq!(other.chain().head().header().height(), 14);
    }
}

/// A chain in memory with the stored blocks up to a height.
fn up_to(stored: &StoredChain, height: u64) -> Chain {
    let mut lower = chain();
    for height in 1..=height {
        let schedule = schedule(&lower);
        let block = stored.block(height).unwrap().unwrap().block().clone();
        lower.import(block, &Facts::new(u64::MAX / 2, &schedule)).unwrap();
    }
    lower
}

/// Lets a block beside the chain become the chain by what follows it.
fn revive(stored: &mut StoredChain, side: &Block) {
    let height = side.header.height();
    let mut lower = up_to(stored, height - 1);
    let schedule = schedule(&lower);
    lower.import(side.clone(), &Facts::new(u64::MAX / 2, &schedule)).unwrap();
    let head = stored.chain().head().header().height();
    for _ in height..=head {
        let block = next(&lower, 0);
        lower.import(block.clone(), &Facts::new(u64::MAX / 2, &schedule)).unwrap();
        take(stored, block);
    }
    assert_eq!(stored.chain().head().header().hash(), lower.head().header().hash());
}

#[test]
fn blocks_beside_the_chain_outlive_the_process_as_long_as_another_can_follow() {
    let store = Shared::default();
    let mut stored = open(store.clone(), Retention::Archive);
    for _ in 0..5 {
        let block = next(stored.chain(), 0);
        take(&mut stored, block);
    }
    let [own, side] = [next(stored.chain(), 0), next(stored.chain(), 3)];
    take(&mut stored, own.clone());
    take(&mut stored, side.clone());
    assert_eq!(stored.chain().head().header().hash(), own.header.hash());

    // Beside the chain, then of it, and the other one beside it.
    let mut stored = open(store.clone(), Retention::Archive);
    revive(&mut stored, &side);
    check(&stored, u64::MAX);
    let mut stored = open(store.clone(), Retention::Archive);
    revive(&mut stored, &own);
    check(&stored, u64::MAX);

    let sides = || {
        let mut count = 0;
        let each = &mut |_: &[u8], _: &[u8]| {
            count += 1;
            Ok(())
        };
        store.scan(Table::Sides, each).unwrap();
        count
    };
    assert_eq!(sides(), 2, "{:?} and the block behind it", side.header.hash());
    for _ in 0..=WINDOW.depth {
        let block = next(stored.chain(), 0);
        take(&mut stored, block);
    }
    assert_eq!(sides(), 0);
    // The block itself is never forgotten.
    let stored = open(store.clone(), Retention::Archive);
    assert_eq!(stored.block_by_hash(side.header.hash()).unwrap().unwrap().header().header(), &side.header);
}

#[test]
fn a_store_of_another_chain_and_a_damaged_one_are_refused() {
    let store = Shared::default();
    let mut stored = open(store.clone(), Retention::Archive);
    let block = next(stored.chain(), 0);
    take(&mut stored, block);
    let refused = |writes: &[Write]| {
        let mut copy = store.0.lock().unwrap().clone();
        copy.write(writes).unwrap();
        StoredChain::open(chain(), Box::new(copy), Retention::Archive).unwrap_err()
    };
    let other = refused(&[Write::put(Table::Canonical, [0; 8], [7; 32])]);
    assert_eq!(other, StoreError::Damaged("it belongs to another genesis".to_owned()));
    assert!(matches!(refused(&[Write::put(Table::Head, [], [7; 32])]), StoreError::Damaged(_)));
    let mut accounts = Vec::new();
    let each = &mut |key: &[u8], _: &[u8]| {
        accounts.push(key.to_vec());
        Ok(())
    };
    store.scan(Table::Accounts, each).unwrap();
    let lost = refused(&[Write::remove(Table::Accounts, accounts.pop().unwrap())]);
    assert!(lost.to_string().contains("the state has the root"), "{lost}");
}

const CHILD: &str = "BTTC_EVM_STORE_CHILD";

/// Not a test of its own: the process that [`a_killed_process_reopens_at_a_whole_block`] kills.
#[test]
fn child() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let mut stored = open(DiskStore::open(path).unwrap(), Retention::Window(6));
    while stored.chain().head().header().height() < LAST {
        let [own, side] = [next(stored.chain(), 0), next(stored.chain(), 3)];
        take(&mut stored, own);
        take(&mut stored, side);
        println!("block {}.", stored.chain().head().header().height());
        std::io::stdout().flush().unwrap();
    }
    sleep(Duration::from_secs(60));
}

/// Removes the file when the test ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_killed_process_reopens_at_a_whole_block() {
    let name = format!("bttc-evm-store-{}.redb", std::process::id());
    let scratch = Scratch(std::env::temp_dir().join(name));
    let path: &Path = &scratch.0;
    let mut before = 0;
    for delay in [3, 11, 0, 23, 7, 16, 1, 29] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while before < LAST && !said.contains("block ") && lines.read_line(&mut said).unwrap() > 0 {}
        sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        lines.read_to_string(&mut said).unwrap();
        // What it said it took is there; at most one more, which it had no time to say.
        let said = said.lines().filter_map(|line| line.split_once("block ")?.1.strip_suffix('.')?.parse().ok()).max();
        let stored = open(DiskStore::open(path).unwrap(), Retention::Window(6));
        let head = stored.chain().head().header().height();
        let least: u64 = said.unwrap_or(before);
        assert!(head == least || head == least + 1, "{head}, said {least}");
        assert!(head >= before);
        check(&stored, 6);
        before = head;
    }
    assert!(before > 1);
    // The block beside the one before the head was written down before the head was.
    let mut stored = open(DiskStore::open(path).unwrap(), Retention::Window(6));
    let side = stored.chain().side_blocks().find(|side| side.header().height() == before - 1).unwrap();
    let side = side.block().clone().into();
    revive(&mut stored, &side);
    check(&stored, 6);
}
