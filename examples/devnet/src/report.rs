//! What happens, in words.

use crate::{
    account::{Account, Place},
    options::Options,
};
use alloy::primitives::{Address, B256, U256};
use bttc_checkpoint::exit::{Exit, ExitProof};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    id::StateId,
    quorum::{PowerQuorum, Weight},
    root_chain::{RootChainError, RootChainId},
    tron::TronAddress,
    validator::Validator,
};
use bttc_staking::stake::StakeAccount;
use bttc_validator::{
    layer::{Effect, Layer, LayerEvent, Message, ProposeCheckpoint, Settled},
    node::{Node, Submitted},
    root_chain::ModelRootChain,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Names by signing address.
pub(crate) type Names = BTreeMap<Address, String>;

/// The name of a signer.
pub(crate) fn name(names: &Names, signer: Address) -> &str {
    names.get(&signer).map_or("somebody", String::as_str)
}

/// What the options come to.
pub(crate) fn heading(options: &Options, spec: &ChainSpec, account: &Account) {
    let byzantine = match options.byzantine {
        0 => String::new(),
        1 => " · 1 liar".to_owned(),
        liars => format!(" · {liars} liars"),
    };
    account.plain(&format!(
        "BTTC devnet · chain {} · {} validators · block {} s · sprint {} · span {} · checkpoint {} · seed {}{byzantine}",
        spec.chain_id,
        options.validators,
        spec.timing.period,
        spec.timing.sprint,
        spec.spans.length,
        spec.checkpoints.average_length,
        options.seed,
    ));
}

/// Who staked how much.
pub(crate) fn stake(names: &Names, validators: &[Validator], layer: &Layer, account: &Account) {
    let total = PowerQuorum::over(validators).total();
    let shares = by_power(names, validators, |power| format!("{} %", percent(power, total)));
    let note = format!("{} validators, epoch {}", validators.len(), layer.epoch());
    let data = json!({ "epoch": layer.epoch(), "validators": validators });
    account.tell(Place::Tron, "stake", shares, note, data);
}

/// Validators by descending power, each with what is to be said of its power.
pub(crate) fn by_power(names: &Names, validators: &[Validator], say: impl Fn(Weight) -> String) -> String {
    let mut sorted: Vec<_> = validators.iter().collect();
    sorted.sort_by_key(|v| (std::cmp::Reverse(v.power), v.signer));
    let each = sorted.iter().map(|v| format!("{} {}", name(names, v.signer), say(power_of(v))));
    each.collect::<Vec<_>>().join("  ")
}

fn power_of(validator: &Validator) -> Weight {
    PowerQuorum::over([validator]).total()
}

/// A part of a whole in percent with one decimal, which is dropped when it is zero.
pub(crate) fn percent(part: Weight, whole: Weight) -> String {
    let tenths = part.get() * U256::from(1_000) / whole.get().max(U256::from(1));
    let (units, tenth) = tenths.div_rem(U256::from(10));
    if tenth.is_zero() { units.to_string() } else { format!("{units}.{tenth}") }
}

/// The ends of a hash or an address.
fn short(bytes: &[u8]) -> String {
    let hex = alloy::hex::encode(bytes);
    format!("0x{}…{}", &hex[..4], &hex[hex.len() - 4..])
}

/// The ends of an address as TRON writes it.
fn short_tron(body: Address) -> String {
    let text = TronAddress::new(body).to_string();
    format!("{}…{}", &text[..4], &text[text.len() - 2..])
}

/// What happened in the layer, where a person would want to know.
pub(crate) fn layer_event(names: &Names, event: &LayerEvent, node: &Node, account: &Account) {
    match event {
        LayerEvent::Settled(settled) => self::settled(names, settled, node, account),
        LayerEvent::Done(_, Effect::TurnPassed) => {
            let next = node.layer().proposer().map_or("nobody", |signer| name(names, signer));
            account.say(Place::Layer, "no-ack", "no checkpoint in time", format!("next proposer {next}"));
        }
        LayerEvent::SetStayed(error) => account.say(Place::Layer, "set", error.to_string(), "the set stays"),
        LayerEvent::Refused(refused) => {
            let (message, refusal) = refused.as_ref();
            account.say(Place::Layer, message.kind(), refusal.to_string(), name(names, message.sender()));
        }
        LayerEvent::Admitted(_) | LayerEvent::Done(..) | LayerEvent::SetChanged(_) => {}
    }
}

fn settled(names: &Names, settled: &Settled, node: &Node, account: &Account) {
    let Settled { message, tally, outcome } = settled;
    let agreed = format!("{} % of the power agreed", percent(tally.yes, tally.total));
    match (outcome, message) {
        (Ok(Effect::Span(span)), _) => {
            let total = PowerQuorum::over(&span.producers).total();
            let producers = by_power(names, &span.producers, |power| format!("{} %", percent(power, total)));
            let text = format!("blocks {}–{}   {producers}", span.start, span.end);
            account.tell(Place::Layer, format!("span {}", span.id), text, agreed, json!(span));
        }
        (Ok(Effect::Recorded(record)), Message::EventRecord(m)) => {
            let text = format!("message {} of {} becomes record {}", m.id, m.root_chain, record.id);
            account.tell(Place::Layer, "record", text, agreed, json!(record));
        }
        (Ok(Effect::Buffered(checkpoint)), _) => {
            let text = format!(
                "blocks {}–{}   root {}   signed by {} % of the power",
                checkpoint.range.start(),
                checkpoint.range.end(),
                short(checkpoint.root.as_slice()),
                percent(tally.yes, tally.total),
            );
            let proposer = format!("proposer {}", name(names, checkpoint.proposer));
            let note = with_outvoted(names, settled, node, proposer);
            account.tell(Place::Layer, "checkpoint", text, note, json!(checkpoint));
        }
        (Ok(Effect::Acknowledged(acknowledged)), _) => {
            let next = node.layer().proposer().map_or("nobody", |signer| name(names, signer));
            let text = format!("checkpoint {} is on TRON", acknowledged.number);
            let note = format!("epoch {}, next proposer {next}", node.layer().epoch());
            let data = json!({ "checkpoint": acknowledged, "epoch": node.layer().epoch() });
            account.tell(Place::Layer, "acknowledged", text, note, data);
        }
        (Ok(Effect::Staking | Effect::TurnPassed | Effect::Recorded(_)), _) => {}
        (Err(_), Message::Checkpoint(ProposeCheckpoint { checkpoint, .. })) => {
            let text = format!(
                "blocks {}–{}   root {}   refused: {} % said yes",
                checkpoint.range.start(),
                checkpoint.range.end(),
                short(checkpoint.root.as_slice()),
                percent(tally.yes, tally.total),
            );
            let proposer = format!("proposer {}", name(names, checkpoint.proposer));
            account.say(Place::Layer, "checkpoint", text, proposer);
        }
        (Err(refusal), _) => account.say(Place::Layer, message.kind(), refusal.to_string(), agreed),
    }
}

/// Adds those who did not say yes to a note.
fn with_outvoted(names: &Names, settled: &Settled, node: &Node, note: String) -> String {
    let yes: Vec<Address> = settled.tally.signatures().map(|(signer, _)| signer).collect();
    let members = node.layer().registry().set().members().iter();
    let others: Vec<_> = members.filter(|m| !yes.contains(&m.signer)).map(|m| name(names, m.signer)).collect();
    if others.is_empty() { note } else { format!("{note}, outvoted: {}", others.join(", ")) }
}

/// What TRON made of a signed checkpoint.
pub(crate) fn submitted(names: &Names, submitted: &Submitted, tron: &ModelRootChain, account: &Account) {
    let range = submitted.signed.message().range;
    let blocks = format!("blocks {}–{}", range.start(), range.end());
    match &submitted.outcome {
        Ok(transaction) => {
            let mut rewards: Vec<(Address, Amount, Amount)> = tron.inspect(|contracts| {
                let stake = contracts.stake();
                let rewarded =
                    |(id, of): (_, &StakeAccount)| Some((of.signer, of.amount, stake.validator_reward(id).ok()?));
                stake.accounts().filter_map(rewarded).collect()
            });
            rewards.sort_by_key(|(_, stake, _)| std::cmp::Reverse(*stake));
            let each =
                rewards.iter().map(|(signer, _, reward)| format!("{} {}", name(names, *signer), millions(*reward)));
            let text = format!("{blocks}   rewards {} million BTT", each.collect::<Vec<_>>().join("  "));
            let epoch = tron.inspect(|contracts| contracts.stake().epoch());
            let rewards: BTreeMap<_, _> = rewards.into_iter().map(|(signer, _, reward)| (signer, reward)).collect();
            let data = json!({ "transaction": transaction, "epoch": epoch, "rewards": rewards });
            account.tell(Place::Tron, "accepted", text, format!("epoch {epoch}"), data);
        }
        Err(RootChainError::Reverted { reason }) => {
            let heads = submitted.signed.signatures().len();
            account.say(Place::Tron, "refused", format!("{blocks}   {reason:?}"), format!("{heads} heads signed"));
        }
        Err(error) => account.say(Place::Tron, "refused", format!("{blocks}   {error}"), ""),
    }
}

/// An amount in millions of BTT, two decimals.
fn millions(amount: Amount) -> String {
    let hundredths = amount.whole_btt() / U256::from(10_000);
    let (whole, rest) = hundredths.div_rem(U256::from(100));
    format!("{whole}.{rest:0>2}")
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The newest block, where a sprint starts.
pub(crate) fn block(names: &Names, node: &Node, account: &Account) {
    let chain = node.chain();
    let header = chain.head().header();
    let number = header.height();
    let start = node.layer().ledger().next_start(RootChainId::Tron, 0);
    account.progress(number.saturating_sub(start).saturating_add(1), number);
    if !chain.spec().timing.is_sprint_start(number) {
        return;
    }
    let turn = if header.difficulty.to::<u64>() == node.snapshot().set().members().len() as u64 {
        "in turn"
    } else {
        "backup"
    };
    let text = format!(
        "{:<8} {:>2} tx {:>9} gas   state {}",
        name(names, header.author()),
        chain.head().block().transactions().len(),
        grouped(&header.gas_used.to_string()),
        short(header.state_root.as_slice()),
    );
    let note = format!("sprint starts, {turn}");
    let data = json!({
        "number": number, "hash": header.hash(), "author": header.author(), "gasUsed": header.gas_used,
        "stateRoot": header.state_root, "transactions": chain.head().block().transactions().len(),
    });
    account.tell(Place::Chain, format!("block {number}"), text, note, data);
    if let Some((span, status)) = chain.head().committed() {
        let (what, why) =
            if status.is_success() { ("committed", "") } else { ("offered again", "refused, as it is kept already") };
        account.say(Place::Chain, format!("block {number}"), format!("span {span} {what}"), why);
    }
}

/// The traveller's deposit on TRON.
pub(crate) fn deposited(user: Address, btt: u64, account: &Account) {
    let text = format!("{} deposits {btt} BTT", short_tron(user));
    account.say(Place::Tron, "deposit", text, format!("for {} on the side chain", short(user.as_slice())));
}

/// The deposit on the side chain.
pub(crate) fn arrived(node: &Node, record: StateId, btt: u64, user: Address, account: &Account) {
    let number = node.chain().head().header().height();
    let text = format!("state sync: record {record} → {btt} BTT to {}", short(user.as_slice()));
    account.say(Place::Chain, format!("block {number}"), text, "");
}

/// The burn.
pub(crate) fn burned(node: &Node, btt: u64, block: u64, account: &Account) {
    let ledger = node.layer().ledger();
    let start = ledger.next_start(RootChainId::Tron, 0);
    let length = node.layer().spec().checkpoints.average_length.max(1);
    let behind = block.saturating_sub(start) / length;
    let end = start.saturating_add((behind + 1).saturating_mul(length)).saturating_sub(1);
    let wait = end.saturating_sub(block);
    let seconds = wait.saturating_mul(node.layer().spec().timing.period);
    let note = format!("provable when block {end} is checkpointed (in {wait} blocks, about {seconds} s)");
    account.say(Place::Chain, "burn", format!("{btt} BTT at block {block}"), note);
}

/// The withdrawal.
pub(crate) fn exited(proof: &ExitProof, exit: &Exit, btt: u64, checked_in: Option<u128>, account: &Account) {
    let text = format!("{btt} BTT paid to {}   log {}", short_tron(exit.beneficiary()), exit.log_index());
    let size = proof.to_payload().len();
    let time = checked_in.map_or(String::new(), |micros| format!(" in {}.{} ms", micros / 1_000, micros % 1_000 / 100));
    let note = format!("proof {}.{} KB, built and checked offline{time}", size / 1_000, size % 1_000 / 100);
    let data =
        json!({ "exitHash": exit.exit_hash(), "beneficiary": exit.beneficiary(), "payload": proof.to_payload() });
    account.tell(Place::Tron, "exit", text, note, data);
}

/// The second try of the same withdrawal.
pub(crate) fn exit_refused(reason: &str, account: &Account) {
    account.say(Place::Tron, "exit", format!("the same proof again: refused, {reason}"), "");
}

/// A hash in words.
pub(crate) fn root(root: B256) -> String {
    short(root.as_slice())
}
