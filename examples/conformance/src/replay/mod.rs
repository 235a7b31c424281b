//! A recorded chain, imported from its genesis block by block: execution is the block layer's, who may sign is staking's.
//!
//! ```text
//! genesis ─▶ open ─▶ append(block + delivery) ─▶ … ─▶ offer(another block), which leaves nothing behind
//! ```
//!
//! Its form is that of the kind `chain-replay`; other kinds ask or continue such a chain.

mod delivery;

pub use delivery::Delivery;

use crate::{failure::Failure, field::Field, file::VectorFile};
use bttc_core::{chain::ChainSpec, snapshot::Producer};
use bttc_evm::{
    block::{Block, ImportError, ImportedBlock},
    chain::Chain,
    genesis::Genesis,
    threads::Threads,
};
use bttc_staking::snapshot::Snapshot;
use std::thread::available_parallelism;

/// What a chain's file records: its one case's input.
///
/// # Errors
/// A [`Failure`] when it has no case.
pub fn recorded(file: &VectorFile) -> Result<Field<'_>, Failure> {
    let case = file.cases().next().ok_or_else(|| Failure::new("input.chain", "no case", "a chain"))?;
    case.input()
}

/// A chain and who may produce its next block.
#[derive(Clone, Debug)]
pub struct Replay {
    chain: Chain,
    snapshot: Snapshot,
}

impl Replay {
    /// The chain of this genesis.
    ///
    /// # Errors
    /// A [`Failure`] when it is none, or its contract names no producers.
    pub fn open(genesis: &Field<'_>) -> Result<Self, Failure> {
        let read = Genesis::from_json(&genesis.value().to_string()).map_err(|error| genesis.failed(error))?;
        let spec = read.chain_spec(&ChainSpec::devnet());
        let threads = available_parallelism().map_or(Threads::ONE, Threads::from);
        let chain = Chain::open(spec, &read).map_err(|error| genesis.failed(error))?.with_threads(threads);
        let producers = chain.producers(1).map_err(|error| genesis.failed(error))?;
        let producers = producers.into_iter().map(|producer| Producer::new(producer.signer, producer.power));
        let snapshot = Snapshot::genesis(chain.head().header().hash(), producers, chain.spec().timing);
        Ok(Self { chain, snapshot: snapshot.map_err(|error| genesis.failed(error))? })
    }

    /// The chain so far.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The producers after its head.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The chain alone.
    pub(crate) fn into_chain(self) -> Chain {
        self.chain
    }

    /// Imports the next recorded block, which must be right in every way: its bytes, the requests it led to, its import.
    ///
    /// # Errors
    /// A [`Failure`], the first thing that is not right.
    pub fn append(&mut self, field: &Field<'_>) -> Result<&ImportedBlock, Failure> {
        let rlp = field.field("rlp")?;
        let bytes = rlp.bytes()?;
        let block = Block::from_rlp(&bytes).map_err(|error| rlp.failed(error))?;
        if block.to_rlp() != bytes {
            return Err(rlp.failed("a block that is written with other bytes"));
        }
        let delivery = Delivery::read(field)?;
        self.asks(&delivery, field)?;
        let imported =
            self.chain.import(block, &delivery.facts(&self.snapshot)).map_err(|error| field.failed(error))?;
        let header = imported.header().to_sprint_header(self.snapshot.timing());
        self.snapshot.apply(&header).map_err(|error| field.failed(error))?;
        Ok(imported)
    }

    /// The next block must lead to these requests.
    pub(crate) fn asks(&self, delivery: &Delivery, field: &Field<'_>) -> Result<(), Failure> {
        let needs = self.chain.needs().map_err(|error| field.failed(error))?;
        let answered = delivery.answers(&needs, self.chain.spec().chain_id);
        answered.map_err(|requests| field.failed(format_args!("a block that leads to the requests {requests:?}")))
    }

    /// Imports a block into a copy of the chain.
    pub(crate) fn offer(&self, block: Block, delivery: &Delivery) -> Result<(), ImportError> {
        let mut copy = self.chain.clone();
        copy.import(block, &delivery.facts(&self.snapshot)).map(|_| ())
    }
}
