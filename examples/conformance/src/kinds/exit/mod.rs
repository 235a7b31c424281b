//! `exit`: payloads given to the bridge contract, with every predicate and the tokens behind it.
//!
//! Beside the contract's answer stands the strict verifier's: what it accepts the contract accepts, and as the same exit.

mod tokens;

use super::{Kind, exit_payload::built};
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    log::declared,
};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, Log, U256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BlockReceipts, CheckpointRef, Exit, ExitProof, LogChoice, VerifyError, Withdrawal,
        contract::{Assets, ExitCall, ExitRevert, Predicate, RootChainManager},
    },
    header_blocks::HeaderBlock,
};
use bttc_core::{id::HeaderBlockId, root_chain::RootChainId};
use tokens::Tokens;

/// The kind `exit`.
#[derive(Debug)]
pub(crate) struct Exits;

impl Kind for Exits {
    fn name(&self) -> &'static str {
        "exit"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut world = World::new(&input)?;
        let steps = input.field("steps")?.items()?;
        if let Some(build) = input.optional("build")? {
            build_all(&build, &steps)?;
        }
        for (step, expected) in steps.iter().zip(expect.items_of("steps", steps.len())?) {
            world.step(step, &expected)?;
        }
        Ok(())
    }
}

/// Checkpoints by header id.
pub(super) type Headers = BTreeMap<U256, HeaderBlock>;

/// Zeros for unknown ids.
pub(super) fn header(headers: &Headers, id: HeaderBlockId) -> HeaderBlock {
    headers.get(&id.get()).copied().unwrap_or_default()
}

/// The record of one checkpoint.
pub(super) fn record(field: &Field<'_>) -> Result<HeaderBlock, Failure> {
    Ok(HeaderBlock {
        root: field.field("root")?.b256()?,
        start: field.field("start")?.u256()?,
        end: field.field("end")?.u256()?,
        ..HeaderBlock::default()
    })
}

/// What the strict verifier says of a payload; `None` where it refuses.
pub(super) fn strict(payload: &[u8], headers: &Headers) -> Option<Exit> {
    let proof = ExitProof::decode(payload).ok()?;
    proof.verify(&checkpoint_of(&proof, headers)?).ok()
}

/// The checkpoint that a proof names; `None` where its blocks are no range.
fn checkpoint_of(proof: &ExitProof, headers: &Headers) -> Option<CheckpointRef> {
    let HeaderBlock { root, start, end, .. } = header(headers, proof.header);
    let range = BlockRange::new(u64::try_from(start).ok()?, u64::try_from(end).ok()?).ok()?;
    Some(CheckpointRef { id: proof.header, range, root })
}

/// The two readers agree: what the strict one accepts has the same hash and token in the contract, which refuses it only
/// for what it alone knows.
pub(super) fn readers_agree(
    payload: &Field<'_>,
    strict: Option<&Exit>,
    call: &Result<ExitCall, ExitRevert>,
) -> Result<(), Failure> {
    let Some(exit) = strict else { return Ok(()) };
    let agree = match call {
        Ok(call) => (exit.exit_hash(), exit.child_token()) == (call.exit_hash, call.child_token),
        Err(ExitRevert::AlreadyProcessed { exit_hash }) => *exit_hash == exit.exit_hash(),
        Err(ExitRevert::TokenNotMapped { child_token }) => *child_token == exit.child_token(),
        Err(_) => false,
    };
    if agree {
        return Ok(());
    }
    Err(payload.failed(format_args!("accepted by the strict verifier as exit {}", exit.exit_hash())))
}

/// The canonical form of a payload that was paid for is the same exit; the strict verifier refuses it at most for a receipt
/// that no chain makes, never for its place in the checkpoint.
fn canonical(payload: &Field<'_>, bytes: &[u8], headers: &Headers, call: &ExitCall) -> Result<(), Failure> {
    // A position or height that no block has, or a node in a form of its own, cannot be written down as a proof.
    let Ok(proof) = ExitProof::decode_permissive(bytes) else { return Ok(()) };
    if ExitProof::decode(&proof.to_payload()).as_ref() != Ok(&proof) || proof.exit_hash() != call.exit_hash {
        return Err(payload.failed("its canonical form is another exit"));
    }
    match checkpoint_of(&proof, headers).map(|checkpoint| proof.verify(&checkpoint)) {
        Some(Ok(exit)) if exit.child_token() == call.child_token => Ok(()),
        Some(Err(VerifyError::Receipt(_) | VerifyError::ReceiptBranch { .. })) => Ok(()),
        other => Err(payload.failed(format_args!("paid for, and its canonical form gives {other:?}"))),
    }
}

/// A proof builder that is given the blocks makes the payloads of the steps.
fn build_all(build: &Field<'_>, steps: &[Field<'_>]) -> Result<(), Failure> {
    let exits = build.field("exits")?.items()?;
    if exits.len() != steps.len() {
        return Err(build.refused("an exit a step"));
    }
    let (checkpoint, block) = built(build)?;
    let receipts = BlockReceipts::new(&block).map_err(|error| build.failed(error))?;
    for (exit, step) in exits.iter().zip(steps) {
        let choice = LogChoice::At(exit.field("logIndex")?.u64()?);
        let proof = checkpoint.prove(&receipts, exit.field("txIndex")?.u64()?, &choice);
        let payload = proof.map_err(|error| exit.failed(error))?.to_payload();
        let recorded = step.field("payload")?;
        if payload != recorded.bytes()? {
            return Err(recorded.failed(format_args!("what is built is {payload}")));
        }
    }
    Ok(())
}

/// Whether the strict verifier and a predicate make the same of a log.
fn is_same(withdrawal: &Withdrawal, assets: &Assets) -> bool {
    match (withdrawal, assets) {
        (Withdrawal::One(one), Assets::Amount(value) | Assets::Token(value)) => one == value,
        (Withdrawal::Batch(theirs), Assets::Tokens(ids)) => theirs == ids,
        (Withdrawal::WithMetadata { id: one, metadata: told }, Assets::TokenWithMetadata { id, metadata }) => {
            (one, told) == (id, metadata)
        }
        (Withdrawal::Counted { ids, amounts }, Assets::Counted { id, amount }) => {
            (ids.as_slice(), amounts.as_slice()) == (&[*id], &[*amount])
        }
        (Withdrawal::Counted { ids: these, amounts: many }, Assets::Batch { ids, amounts, .. }) => {
            (these, many) == (ids, amounts)
        }
        (Withdrawal::ChainExit { ids: these, amounts: many, data: told }, Assets::Batch { ids, amounts, data }) => {
            (these, many, told) == (ids, amounts, data)
        }
        _ => false,
    }
}

/// The bridge, its tokens, and the names of all addresses.
struct World {
    manager: RootChainManager,
    tokens: Tokens,
    headers: Headers,
    labels: BTreeMap<Address, String>,
}

fn predicate(name: &Field<'_>) -> Result<Predicate, Failure> {
    let text = name.text()?;
    let found = Predicate::ALL.into_iter().find(|predicate| predicate.token_type_name() == text);
    found.ok_or_else(|| name.refused("a type of token"))
}

impl World {
    fn new(input: &Field<'_>) -> Result<Self, Failure> {
        let world = input.field("world")?;
        let mut labels = BTreeMap::new();
        for (label, address) in world.field("contracts")?.entries()? {
            labels.insert(address.address()?, label.to_owned());
        }
        let mut manager = RootChainManager::new(RootChainId::Ethereum, Address::ZERO);
        for predicate in Predicate::ALL {
            manager.register_predicate(predicate.token_type(), Some(predicate));
        }
        for mapping in world.field("mappings")?.items()? {
            let (root, child) = (mapping.field("rootToken")?.address()?, mapping.field("childToken")?.address()?);
            let mapped = manager.map_token(root, child, predicate(&mapping.field("type")?)?.token_type());
            mapped.map_err(|error| mapping.failed(error))?;
        }
        let mut headers = Headers::new();
        for checkpoint in input.field("checkpoints")?.items()? {
            headers.insert(checkpoint.field("id")?.u256()?, record(&checkpoint)?);
        }
        let mut world = Self { manager, tokens: Tokens::new(&world, &labels)?, headers, labels };
        if let Some(governance) = input.optional("governance")? {
            governance.items()?.iter().try_for_each(|change| world.govern(change))?;
        }
        Ok(world)
    }

    fn govern(&mut self, change: &Field<'_>) -> Result<(), Failure> {
        let op = change.field("op")?;
        match op.text()? {
            "registerPredicate" => {
                let field = change.field("predicate")?;
                let at = field.address()?;
                let found = Predicate::ALL.into_iter().find(|known| self.tokens.stands_at(*known) == Some(at));
                if found.is_none() && !at.is_zero() {
                    return Err(field.refused("a predicate, or address zero"));
                }
                self.manager.register_predicate(predicate(&change.field("type")?)?.token_type(), found);
            }
            "cleanMapToken" => {
                let (root, child) = (change.field("rootToken")?.address()?, change.field("childToken")?.address()?);
                self.manager.clean_map_token(root, child);
            }
            "revokeManager" => self.manager.revoke_manager(predicate(&change.field("type")?)?),
            _ => return Err(op.refused("a change that is known")),
        }
        Ok(())
    }

    fn step(&mut self, step: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
        let (payload, sender) = (step.field("payload")?, step.field("caller")?.address()?);
        let bytes = payload.bytes()?;
        let call = self.manager.check(&bytes, |id| header(&self.headers, id));
        let exit = strict(&bytes, &self.headers);
        readers_agree(&payload, exit.as_ref(), &call)?;
        let call = match call {
            Ok(call) => call,
            Err(revert) => {
                expect.absent("predicateCall", &revert)?;
                let text = if revert == ExitRevert::InvalidOpcode { "invalid".to_owned() } else { said(&revert) };
                return refused(expect, &text);
            }
        };
        let named = Predicate::ALL.into_iter().find(|known| known.token_type() == call.token_type);
        let asked = Got::object([
            ("predicate", call.predicate.or(named).map(Predicate::token_type_name).into()),
            ("sender", sender.into()),
            ("rootToken", call.root_token.into()),
            ("log", call.log.clone().into()),
        ]);
        expect.check("predicateCall", asked)?;
        match self.pay(&call, exit.as_ref(), &payload)? {
            Err(revert) => refused(expect, &said(&revert)),
            Ok(logs) => {
                canonical(&payload, &bytes, &self.headers, &call)?;
                self.manager.settle(&call);
                expect.check("ok", true)?;
                expect.absent("revert", "no revert")?;
                expect.check("exitHash", call.exit_hash)?;
                expect.check("events", Got::list(logs.iter().map(|log| self.shown(log))))
            }
        }
    }

    fn pay(
        &mut self,
        call: &ExitCall,
        exit: Option<&Exit>,
        payload: &Field<'_>,
    ) -> Result<Result<Vec<Log>, ExitRevert>, Failure> {
        let payout = match call.payout() {
            Ok(payout) => payout,
            Err(revert) => return Ok(Err(revert)),
        };
        let agree =
            |exit: &Exit| exit.beneficiary() == payout.beneficiary && is_same(exit.withdrawal(), &payout.assets);
        if !exit.is_none_or(agree) {
            return Err(payload.failed("the strict verifier and the predicate read the log differently"));
        }
        let mut tokens = self.tokens.clone();
        let paid = payout.pay(&mut tokens);
        if paid.is_ok() {
            self.tokens = tokens;
        }
        Ok(paid)
    }

    fn shown(&self, log: &Log) -> Got {
        let at = self.labels.get(&log.address).cloned();
        let (event, args) = match declared(&log.data, &Got::from) {
            Some(known) => (known.event.into(), known.args),
            None => (Got::Nothing, Got::Nothing),
        };
        Got::object([("at", at.into()), ("event", event), ("args", args)])
    }
}

fn said(revert: &ExitRevert) -> String {
    revert.reason().unwrap_or_default()
}

fn refused(expect: &Expect<'_>, text: &str) -> Result<(), Failure> {
    expect.check("ok", false)?;
    expect.check("revert", text)?;
    expect.absent("exitHash", text)?;
    expect.absent("events", text)
}
