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
    layer::{Layer, LayerEvent, Settled},
    message::{Message, Msg as _, MsgCheckpoint, root_chain_of},
    module::{Event, bor, checkpoint, clerk},
    node::{Node, Submitted},
    root_chain::ModelRootChain,
    store::CorruptEntry,
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
pub(crate) fn stake(
    names: &Names,
    validators: &[Validator],
    layer: &Layer,
    account: &Account,
) -> Result<(), CorruptEntry> {
    let total = PowerQuorum::over(validators).total();
    let shares = by_power(names, validators, |power| format!("{} %", percent(power, total)));
    let epoch = layer.epoch()?;
    let note = format!("{} validators, epoch {epoch}", validators.len());
    let data = json!({ "epoch": epoch, "validators": validators });
    account.tell(Place::Tron, "stake", shares, note, data);
    Ok(())
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
pub(crate) fn layer_event(
    names: &Names,
    event: &LayerEvent,
    node: &Node,
    account: &Account,
) -> Result<(), CorruptEntry> {
    match event {
        LayerEvent::Settled(settled) => self::settled(names, settled, node, account)?,
        LayerEvent::Admitted(admitted) => {
            if let Some(Message::CheckpointNoAck(_)) = admitted.transaction.network() {
                let note = format!("next proposer {}", next_proposer(names, node)?);
                account.say(Place::Layer, "no-ack", "no checkpoint in time", note);
            }
        }
        LayerEvent::SetStayed => account.say(Place::Layer, "set", "it could not change", "the set stays"),
        LayerEvent::Refused(refused) => {
            let message = refused.transaction.as_ref().and_then(|transaction| transaction.message());
            let kind = message.map_or("transaction", |message| message.kind());
            let sender = message.map_or("somebody", |message| name(names, message.signer()));
            account.say(Place::Layer, kind, refused.rejection.to_string(), sender);
        }
        LayerEvent::SetChanged(_) => {}
    }
    Ok(())
}

fn next_proposer<'n>(names: &'n Names, node: &Node) -> Result<&'n str, CorruptEntry> {
    Ok(node.layer().proposer()?.map_or("nobody", |signer| name(names, signer)))
}

fn settled(names: &Names, settled: &Settled, node: &Node, account: &Account) -> Result<(), CorruptEntry> {
    let Settled { transaction, tally, outcome } = settled;
    let agreed = format!("{} % of the power agreed", percent(tally.yes, tally.total));
    let Some(message) = transaction.network() else {
        own_settled(settled, agreed, account);
        return Ok(());
    };
    let stores = node.layer().stores();
    if let Message::Checkpoint(proposal) = message {
        self::proposal(names, proposal, settled, node, account)?;
        return Ok(());
    }
    if let Err(refusal) = outcome {
        account.say(Place::Layer, message.kind(), refusal.to_string(), agreed);
        return Ok(());
    }
    match message {
        Message::ProposeSpan(m) => {
            let Some(span) = bor::span(stores, m.span_id)?.map(|span| span.to_span()) else { return Ok(()) };
            let total = PowerQuorum::over(&span.producers).total();
            let producers = by_power(names, &span.producers, |power| format!("{} %", percent(power, total)));
            let text = format!("blocks {}–{}   {producers}", span.start, span.end);
            account.tell(Place::Layer, format!("span {}", span.id), text, agreed, json!(span));
        }
        Message::EventRecord(m) => {
            let Some(id) = clerk::local_id(stores, &m.root_chain_type, m.id)? else { return Ok(()) };
            let root_chain = root_chain_of(&m.root_chain_type).map_or("nowhere".to_owned(), |of| of.to_string());
            let text = format!("message {} of {root_chain} becomes record {id}", m.id);
            account.tell(Place::Layer, "record", text, agreed, json!(clerk::record(stores, id)?));
        }
        Message::CheckpointAck(m) => {
            let epoch = node.layer().epoch()?;
            let text = format!("checkpoint {} is on TRON", m.number);
            let note = format!("epoch {epoch}, next proposer {}", next_proposer(names, node)?);
            let kept = checkpoint::checkpoint(stores, checkpoint::destination(&m.root_chain_type), m.number)?;
            account.tell(Place::Layer, "acknowledged", text, note, json!({ "checkpoint": kept, "epoch": epoch }));
        }
        _ => {}
    }
    Ok(())
}

/// A message of the program's own that was voted on.
fn own_settled(settled: &Settled, agreed: String, account: &Account) {
    let Some(message) = settled.transaction.message() else { return };
    let text = match &settled.outcome {
        Ok(events) => events.iter().map(Event::to_string).collect::<Vec<_>>().join("   "),
        Err(refusal) => format!("refused: {refusal}"),
    };
    account.say(Place::Layer, message.kind(), text, agreed);
}

/// A checkpoint that was voted on.
fn proposal(
    names: &Names,
    proposal: &MsgCheckpoint,
    settled: &Settled,
    node: &Node,
    account: &Account,
) -> Result<(), CorruptEntry> {
    let said_yes = percent(settled.tally.yes, settled.tally.total);
    let root = short(proposal.root_hash.as_slice());
    let blocks = format!("blocks {}–{}   root {root}", proposal.start_block, proposal.end_block);
    let proposer = format!("proposer {}", name(names, proposal.proposer));
    if settled.outcome.is_ok() {
        let text = format!("{blocks}   signed by {said_yes} % of the power");
        let note = with_outvoted(names, settled, node, proposer)?;
        account.tell(Place::Layer, "checkpoint", text, note, json!(proposal.to_checkpoint()));
    } else {
        account.say(Place::Layer, "checkpoint", format!("{blocks}   refused: {said_yes} % said yes"), proposer);
    }
    Ok(())
}

/// Adds those who did not say yes to a note.
fn with_outvoted(names: &Names, settled: &Settled, node: &Node, note: String) -> Result<String, CorruptEntry> {
    let yes: Vec<Address> = settled.tally.signatures().map(|(signer, _)| signer).collect();
    let members = node.layer().validators()?;
    let others: Vec<_> = members.iter().filter(|m| !yes.contains(&m.signer)).map(|m| name(names, m.signer)).collect();
    Ok(if others.is_empty() { note } else { format!("{note}, outvoted: {}", others.join(", ")) })
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
pub(crate) fn block(names: &Names, node: &Node, account: &Account) -> Result<(), CorruptEntry> {
    let chain = node.chain();
    let header = chain.head().header();
    let number = header.height();
    let start = checkpoint::next_start(node.layer().stores(), RootChainId::Tron)?;
    account.progress(number.saturating_sub(start).saturating_add(1), number);
    if !chain.spec().timing.is_sprint_start(number) {
        return Ok(());
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
    Ok(())
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
pub(crate) fn burned(node: &Node, btt: u64, block: u64, account: &Account) -> Result<(), CorruptEntry> {
    let start = checkpoint::next_start(node.layer().stores(), RootChainId::Tron)?;
    let length = node.layer().spec().checkpoints.average_length.max(1);
    let behind = block.saturating_sub(start) / length;
    let end = start.saturating_add((behind + 1).saturating_mul(length)).saturating_sub(1);
    let wait = end.saturating_sub(block);
    let seconds = wait.saturating_mul(node.layer().spec().timing.period);
    let note = format!("provable when block {end} is checkpointed (in {wait} blocks, about {seconds} s)");
    account.say(Place::Chain, "burn", format!("{btt} BTT at block {block}"), note);
    Ok(())
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
