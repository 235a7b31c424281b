//! `next-span`: who produces the next span, given powers and the hash that seeds it.
//!
//! ```text
//! next-span --seed 0x88e9… --slots 11 40 30 20 10 …      powers of validators 1, 2, 3 …
//! ```
//!
//! With no more validators than slots nothing is drawn: all of them produce, each with its power.

use alloy_primitives::{Address, B256, b256};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::BlockSchedule,
    snapshot::Producer,
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    selection::{ProducerSelection, SlotShuffle, WeightedDraw},
    snapshot::Snapshot,
};
use clap::{Parser, ValueEnum};
use std::{collections::BTreeMap, error::Error};

/// Hash of Ethereum's block 1: the seed of BTTC's span 1.
const FIRST_SEED: B256 = b256!("0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6");

/// Draws the producers of a span.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Voting power of validators 1, 2, 3 …; fifteen of power 1 unless told
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    powers: Vec<i64>,
    /// Hash of the Ethereum block that decides
    #[arg(long, default_value_t = FIRST_SEED)]
    seed: B256,
    /// Producer slots of the span
    #[arg(long, default_value_t = 11)]
    slots: u64,
    /// The rule
    #[arg(long, value_enum, default_value_t = Rule::Weighted)]
    rule: Rule,
    /// Draw this many spans, each seeded by the hash of the seed before, and count
    #[arg(long, default_value_t = 1)]
    spans: u64,
}

/// Rules of selection, by the height of the validation layer.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// From 375,300 on: drawn by weight, with replacement.
    Weighted,
    /// Before: slots shuffled, the first ones taken.
    Shuffle,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { powers, mut seed, slots, rule, spans } = Arguments::parse();
    let powers = if powers.is_empty() { vec![1; 15] } else { powers };
    let validators: Vec<Validator> = (1..)
        .zip(&powers)
        .map(|(id, power)| {
            let signer = Address::from_word(keccak256(format!("validator {id}")));
            Validator::new(ValidatorId::new(id), signer, VotingPower::new(*power))
        })
        .collect();
    let selection: &dyn ProducerSelection = match rule {
        Rule::Weighted => &WeightedDraw,
        Rule::Shuffle => &SlotShuffle,
    };

    let mut won: BTreeMap<ValidatorId, u64> = BTreeMap::new();
    for span in 1..=spans {
        let drawn = selection.select(&validators, seed, slots)?;
        if spans <= 5 {
            let ids: Vec<_> = drawn.iter().map(ToString::to_string).collect();
            println!("span {span}   seed {seed}   drawn {}", ids.join(", "));
        }
        for id in drawn {
            *won.entry(id).or_default() += 1;
        }
        seed = keccak256(seed);
    }

    let (all, total) = (won.values().sum::<u64>().max(1), powers.iter().sum::<i64>().max(1));
    println!("\nvalidator      power            slots won");
    for validator in &validators {
        let slots = won.get(&validator.id).copied().unwrap_or_default();
        let power = validator.power.get();
        println!(
            "{:>9} {power:>10}  {:>3} %  {slots:>10}  {:>3} %",
            validator.id,
            power * 100 / total,
            slots * 100 / all
        );
    }

    // Who is drawn produces with the slots won for power; all do, each with its own, if there are slots for all.
    let drawn = validators.iter().filter_map(|validator| Some((validator.signer, *won.get(&validator.id)?)));
    let slots_for_all = u64::try_from(validators.len()).is_ok_and(|count| count <= slots);
    let producers: Vec<Producer> = match slots_for_all {
        true => validators.iter().copied().map(Producer::from).collect(),
        false => drawn.map(|(signer, won)| Producer::new(signer, VotingPower::new(won.cast_signed()))).collect(),
    };
    let first = Snapshot::genesis(B256::ZERO, producers, ChainSpec::mainnet().timing)?;
    println!("\nwho may seal, were it the first span of the main network:");
    println!("{}", BlockSchedule::of(&first, 1)?);
    Ok(())
}
