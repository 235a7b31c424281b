//! What the run came to, and what must hold throughout.

use crate::{
    account::{Account, Place},
    report::{self, Names, name, percent},
};
use alloy::primitives::{Address, B256, U256};
use bttc_checkpoint::{merkle::root_of, vote::VoteResult};
use bttc_core::{
    amount::Amount,
    quorum::{PowerQuorum, Weight},
    root_chain::RootChainError,
    validator::Validator,
};
use bttc_validator::{
    layer::Settled,
    message::Message,
    node::{Node, Submitted},
    root_chain::ModelRootChain,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Something that must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Copies differ.
    #[error("{node} has {what} {got}, another has {expected}")]
    Differ {
        /// What differs.
        what: &'static str,
        /// Whose.
        node: Address,
        /// Its value.
        got: B256,
        /// The other's.
        expected: B256,
    },
    /// Money came or went.
    #[error("{what}: got {got}, expected {expected}")]
    Supply {
        /// Which money.
        what: &'static str,
        /// What there is.
        got: Amount,
        /// What there should be.
        expected: Amount,
    },
    /// TRON took a root that is not the blocks'.
    #[error("TRON accepted {got} for blocks {start}–{end}, whose root is {expected:?}")]
    WrongRoot {
        /// First block.
        start: u64,
        /// Last block.
        end: u64,
        /// The root it took.
        got: B256,
        /// The blocks' root.
        expected: Option<B256>,
    },
    /// A checkpoint did not come through although nobody lies.
    #[error("a checkpoint was not accepted: {reason}")]
    NotAccepted {
        /// Why not.
        reason: String,
    },
    /// TRON refused a stake.
    #[error("the stake of {name} was refused: {reason:?}")]
    Stake {
        /// Whose.
        name: &'static str,
        /// TRON's words.
        reason: String,
    },
    /// TRON refused the deposit.
    #[error("the deposit was refused: {reason:?}")]
    Deposit {
        /// TRON's words.
        reason: String,
    },
    /// TRON refused the withdrawal.
    #[error("the withdrawal was refused: {reason:?}")]
    Exit {
        /// TRON's words.
        reason: String,
    },
    /// TRON paid a withdrawal twice.
    #[error("the same burn was paid twice")]
    PaidTwice,
}

/// Counts of the run.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    validators: Vec<Validator>,
    blocks: BTreeMap<Address, u64>,
    checkpoints: BTreeMap<Address, u64>,
    /// Checkpoints the layer refused, and those TRON refused with its last words.
    outvoted: u64,
    refused: u64,
    words: String,
    others: bool,
    coins: U256,
    tokens: Amount,
    reserve: Amount,
    /// On the way to the side chain, and on the way back.
    arriving: Amount,
    leaving: Amount,
}

impl Figures {
    /// At the start.
    pub(crate) fn new(validators: &[Validator], node: &Node, tron: &ModelRootChain) -> Result<Self, Broken> {
        let mut figures = Self {
            validators: validators.to_vec(),
            blocks: BTreeMap::new(),
            checkpoints: BTreeMap::new(),
            outvoted: 0,
            refused: 0,
            words: String::new(),
            others: false,
            coins: U256::ZERO,
            tokens: Amount::ZERO,
            reserve: Amount::ZERO,
            arriving: Amount::ZERO,
            leaving: Amount::ZERO,
        };
        figures.coins = coins(node);
        (figures.tokens, figures.reserve) = tokens(tron);
        Ok(figures)
    }

    /// Who staked, from the start on.
    pub(crate) fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// A block was produced.
    pub(crate) fn count_block(&mut self, producer: Address) {
        *self.blocks.entry(producer).or_default() += 1;
    }

    /// A message was settled.
    pub(crate) fn count_settled(&mut self, settled: &Settled) {
        let is_checkpoint = matches!(settled.transaction.network(), Some(Message::Checkpoint(_)));
        if is_checkpoint && settled.tally.verdict() != VoteResult::Yes {
            self.outvoted += 1;
        }
    }

    /// A checkpoint was handed to TRON.
    pub(crate) fn count_submitted(&mut self, submitted: &Submitted, node: &Node) -> Result<(), Broken> {
        let checkpoint = submitted.signed.message();
        match &submitted.outcome {
            Ok(_) => {
                let range = checkpoint.range;
                let leaves: Option<Vec<B256>> = (range.start()..=range.end())
                    .map(|number| node.chain().header(number).map(|header| header.leaf().hash()))
                    .collect();
                let expected = leaves.and_then(root_of);
                if expected != Some(checkpoint.root) {
                    let (start, end) = (range.start(), range.end());
                    return Err(Broken::WrongRoot { start, end, got: checkpoint.root, expected });
                }
                *self.checkpoints.entry(checkpoint.proposer).or_default() += 1;
            }
            Err(RootChainError::Reverted { reason }) => {
                self.refused += 1;
                reason.clone_into(&mut self.words);
            }
            Err(other) => self.words = other.to_string(),
        }
        Ok(())
    }

    /// Money left TRON.
    pub(crate) fn deposited(&mut self, amount: Amount) {
        self.reserve = self.reserve.wrapping_add(amount);
        self.arriving = self.arriving.wrapping_add(amount);
    }

    /// It arrived on the side chain.
    pub(crate) fn delivered(&mut self, amount: Amount) {
        self.arriving = self.arriving.wrapping_sub(amount);
    }

    /// Money left the side chain.
    pub(crate) fn burned(&mut self, amount: Amount) {
        self.leaving = self.leaving.wrapping_add(amount);
    }

    /// It arrived on TRON.
    pub(crate) fn exited(&mut self, amount: Amount) {
        self.leaving = self.leaving.wrapping_sub(amount);
        self.reserve = self.reserve.wrapping_sub(amount);
    }

    /// Others are let in. They can burn what they own, so that the supply need not come out even.
    pub(crate) fn let_others_in(&mut self) {
        self.others = true;
    }

    /// What must hold after every block: equal copies, and while nobody else is let in no money made or lost.
    pub(crate) fn check(&self, nodes: &BTreeMap<Address, Node>, tron: &ModelRootChain) -> Result<(), Broken> {
        let mut copies = nodes.iter();
        let Some((_, first)) = copies.next() else { return Ok(()) };
        for (node, copy) in copies {
            for (what, view) in [("block", block as fn(&Node) -> B256), ("state", state), ("layer", layer)] {
                let (got, expected) = (view(copy), view(first));
                if got != expected {
                    return Err(Broken::Differ { what, node: *node, got, expected });
                }
            }
        }
        if self.others {
            return Ok(());
        }
        let (tokens, reserve) = tokens(tron);
        let same = |what, got, expected| {
            if got == expected { Ok(()) } else { Err(Broken::Supply { what, got, expected }) }
        };
        same("coins on the side chain", Amount::from_word(coins(first)), Amount::from_word(self.coins))?;
        same("tokens on TRON", tokens, self.tokens)?;
        same("tokens behind the side chain's coins", reserve, self.reserve)
    }

    /// The closing table.
    pub(crate) fn summarize(
        &self,
        names: &Names,
        liars: &[Address],
        node: &Node,
        tron: &ModelRootChain,
        account: &Account,
    ) -> Result<(), Broken> {
        let count = |n: u64| Weight::new(U256::from(n));
        let (all_blocks, all) = (self.blocks.values().sum::<u64>(), self.checkpoints.values().sum::<u64>());
        let total = PowerQuorum::over(&self.validators).total();
        account.plain("");
        account.plain("validator      stake    blocks              checkpoints proposed");
        let mut data = Vec::new();
        let mut sorted = self.validators.clone();
        sorted.sort_by_key(|v| std::cmp::Reverse(v.power));
        for validator in &sorted {
            let of = |counts: &BTreeMap<Address, u64>| counts.get(&validator.signer).copied().unwrap_or_default();
            let (blocks, checkpoints) = (of(&self.blocks), of(&self.checkpoints));
            let stake = percent(PowerQuorum::over([validator]).total(), total);
            let line = format!(
                "{:<12} {:>5} %   {:>5}  {:>5} %     {:>5}  {:>5} %{}",
                name(names, validator.signer),
                stake,
                blocks,
                percent(count(blocks), count(all_blocks)),
                checkpoints,
                percent(count(checkpoints), count(all)),
                if liars.contains(&validator.signer) { "   lies about roots" } else { "" },
            );
            account.plain(&line);
            data.push(json!({
                "signer": validator.signer, "power": validator.power, "blocks": blocks, "checkpoints": checkpoints,
                "lies": liars.contains(&validator.signer),
            }));
        }
        account.plain("");
        let epoch = tron.inspect(|contracts| contracts.stake().epoch());
        let head = node.chain().head().header();
        let plural = if all == 1 { "" } else { "s" };
        let hash = report::root(head.hash());
        let text = format!("{} blocks, {all} checkpoint{plural}, epoch {epoch}, head {hash}", head.height());
        let data = json!({
            "blocks": head.height(), "checkpoints": all, "epoch": epoch, "head": head.hash(), "validators": data,
        });
        let checked = if self.others { "all copies equal" } else { "all copies equal, supply conserved" };
        account.tell(Place::Devnet, "summary", text, checked, data);
        let spec = node.chain().spec();
        // The last one may still be on its way.
        let due = (head.height() / spec.checkpoints.average_length.max(1)).saturating_sub(1);
        if liars.is_empty() && all < due {
            return Err(Broken::NotAccepted { reason: format!("{all} came through, {due} were due") });
        }
        if self.outvoted + self.refused == 0 {
            return Ok(());
        }
        let reason = if self.refused > 0 {
            format!("{} refused by TRON's head count: {:?}", self.refused, self.words)
        } else {
            let plural = if self.outvoted == 1 { "" } else { "s" };
            format!("{} proposal{plural} short of two thirds of the power", self.outvoted)
        };
        if liars.is_empty() {
            return Err(Broken::NotAccepted { reason });
        }
        let outcome = if all == 0 { "checkpoints halted" } else { "checkpoints went on" };
        let who = match liars.len() {
            1 => "one liar".to_owned(),
            many => format!("{many} liars"),
        };
        account.say(Place::Devnet, "quorum", reason, format!("{outcome}, as expected with {who}"));
        Ok(())
    }
}

fn block(node: &Node) -> B256 {
    node.chain().head().header().hash()
}

fn state(node: &Node) -> B256 {
    node.chain().state().root()
}

fn layer(node: &Node) -> B256 {
    node.layer().app_hash()
}

/// All coins of the side chain.
fn coins(node: &Node) -> U256 {
    node.chain().state().accounts().fold(U256::ZERO, |sum, (_, account)| sum.wrapping_add(account.balance()))
}

/// All tokens on TRON, and those that lie behind the side chain's coins.
fn tokens(tron: &ModelRootChain) -> (Amount, Amount) {
    tron.inspect(|contracts| {
        let token = contracts.stake().token();
        let sum = token.holders().fold(Amount::ZERO, |sum, (_, balance)| sum.wrapping_add(balance));
        (sum, token.balance(contracts.addresses().erc20_predicate))
    })
}
