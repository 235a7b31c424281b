//! What an import holds does not grow with the chain.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use bttc_core::{
    chain::ChainSpec,
    schedule::{FixedProducers, ProducerSchedule as _, Timing},
    span::SpanRules,
};
use bttc_evm::{
    block::Block,
    chain::{Behind, Chain, Window},
    store::{Retention, Store, StoreError, StoredChain, Table, Visitor, Write},
    system::Facts,
};
use cap::Cap;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const PAYMENTS: u64 = 8;

/// Until everything that is held so far back is: the window, and the hashes that code can ask for.
const FILL: u64 = 320;

/// A chain that starts no sprint within reach, so that blocks need nothing from outside.
fn chain() -> Chain {
    let devnet = ChainSpec::devnet();
    let timing = Timing { sprint: 4_096, ..devnet.timing };
    let spans = SpanRules { first: 16_384, length: 16_384, ..devnet.spans };
    let window = Window { depth: 8, behind: Behind::Dropped };
    made::chain_of(ChainSpec { timing, spans, ..devnet }).with_window(window)
}

fn schedule(chain: &Chain) -> FixedProducers {
    FixedProducers::new(chain.producers(1).unwrap(), made::key().address(), chain.spec().timing)
}

/// The next block on a chain, which the chain is not given.
fn next(chain: &Chain) -> Block {
    let (schedule, head) = (schedule(chain), chain.head().header());
    let turn = schedule.turn(head.height() + 1, made::key().address()).unwrap();
    let facts = Facts::new(turn.earliest(head.time).unwrap(), &schedule);
    let nonce = chain.state().nonce(made::key().address());
    let payments = (nonce..nonce + PAYMENTS).map(made::payment);
    chain.build(payments, made::key().address(), &facts).unwrap().seal(&made::key()).unwrap().into()
}

/// A disk, as far as memory goes: what is written there is not here.
#[derive(Debug, Default)]
struct Elsewhere {
    bytes: usize,
}

impl Store for Elsewhere {
    fn write(&mut self, changes: &[Write]) -> Result<(), StoreError> {
        self.bytes += changes.iter().map(|write| write.value.as_ref().map_or(0, Vec::len)).sum::<usize>();
        Ok(())
    }

    fn read(&self, _: Table, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    fn scan(&self, _: Table, _: Visitor<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn what_an_import_holds_does_not_grow_with_the_chain() {
    let mut stored = StoredChain::open(chain(), Box::new(Elsewhere::default()), Retention::Window(8)).unwrap();
    let mut held_after = |blocks: u64| {
        for _ in 0..blocks {
            let block = next(stored.chain());
            let schedule = schedule(stored.chain());
            stored.take(block, &Facts::new(u64::MAX / 2, &schedule)).unwrap();
        }
        ALLOCATOR.allocated()
    };
    let filled = held_after(FILL);
    let later = held_after(FILL);
    // A block with its receipts is more than 4 kB; a whole window of them may come and go with how tables grow.
    assert!(later < filled + 16 * 4_096, "{filled} bytes after {FILL} blocks, {later} after as many more");
}
