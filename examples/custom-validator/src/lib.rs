//! A validator of one's own character in a devnet of four: it withholds, lags or lies, and the others walk on.
//!
//! ```text
//! Policy ──root──▶ what it holds for true        honest: what is true
//!        ──attest▶ what it votes                         what follows
//!        ──sends─▶ what it sends                         everything
//! ```

use alloy_primitives::{Address, B256};
use bttc_checkpoint::{header_blocks::HeaderBlock, vote::VoteResult};
use bttc_core::amount::Amount;
use bttc_validator::{
    duties::{Policy, Sending},
    layer::AnyMessage,
};
use devnet::{Account, Cast, Form, Network, Options};
use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// A validator's character.
#[derive(Debug)]
pub enum Character {
    /// Neither votes nor sends.
    Withholds,
    /// Votes in time, and sends what it should only every third time that it could.
    Lags(AtomicU64),
    /// Holds every root to be another.
    Lies,
}

impl Policy for Character {
    fn root(&self, honest: B256) -> B256 {
        if matches!(self, Self::Lies) { !honest } else { honest }
    }

    fn attest(&self, _: &AnyMessage, honest: VoteResult) -> VoteResult {
        if matches!(self, Self::Withholds) { VoteResult::Skip } else { honest }
    }

    fn sends(&self, _: &AnyMessage) -> Sending {
        let is_sent = match self {
            Self::Withholds => false,
            Self::Lags(asked) => asked.fetch_add(1, Ordering::Relaxed) % 3 == 2,
            Self::Lies => true,
        };
        if is_sent { Sending::Yes } else { Sending::No }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Told {
    /// Side-chain blocks.
    pub blocks: u64,
    /// Last block of each of TRON's checkpoints, and the name of who proposed it.
    pub checkpoints: Vec<(u64, String)>,
    /// How many of them have another root than the blocks.
    pub wrong: usize,
    /// What dave earned by signing them.
    pub earned: Amount,
}

/// Lets a devnet of four make so many blocks, one of them, dave, with this character, honest where there is none.
///
/// # Errors
/// Whatever a part of the network refuses; copies that differ are among it.
pub fn run(character: Option<Character>, blocks: u64) -> Result<Told, Box<dyn Error>> {
    let mut cast = Cast::default();
    if let Some(character) = character {
        cast.policies.insert("dave", Arc::new(character));
    }
    let options = Options { fast: true, sprint: 4, span: 16, checkpoint: 8, ..Options::default() };
    let (account, never) = (Account::new(Form::Silent, 0), AtomicBool::new(false));
    let mut network = Network::cast(&options, &cast, &account)?;
    while network.height() < blocks {
        network.step(&account, &never)?;
    }
    let signer = |name| network.signer(name).unwrap_or_default();
    let names: BTreeMap<Address, &str> = ["alice", "bob", "carol", "dave"].map(|name| (signer(name), name)).into();
    let dave = signer("dave");
    let (records, earned) = network.tron().inspect(|contracts| {
        let records: Vec<_> = contracts.header_blocks().records().map(|(_, record)| *record).collect();
        let id = contracts.stake().accounts().find(|(_, of)| of.signer == dave).map(|(id, _)| id);
        (records, id.and_then(|id| contracts.stake().validator_reward(id).ok()).unwrap_or_default())
    });
    let named = |signer| names.get(&signer).copied().unwrap_or("nobody").to_owned();
    let checkpoints = records.iter().map(|record| Ok((record.end.try_into()?, named(record.proposer))));
    let checkpoints = checkpoints.collect::<Result<_, Box<dyn Error>>>()?;
    let true_root = |record: &HeaderBlock| record.range().and_then(|range| network.reference().root(range));
    let wrong = records.iter().filter(|record| true_root(record) != Some(record.root)).count();
    Ok(Told { blocks, checkpoints, wrong, earned })
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.checkpoints.last().map_or(0, |(end, _)| *end);
        write!(f, "{} checkpoints up to block {last} of {}, proposed by", self.checkpoints.len(), self.blocks)?;
        for name in ["alice", "bob", "carol", "dave"] {
            write!(f, " {name} {}", self.checkpoints.iter().filter(|(_, proposer)| proposer == name).count())?;
        }
        write!(f, "; dave earned {}", self.earned)
    }
}
