//! What is done to the stores within one height.

use super::{
    AnyMessage, LastCommit, OwnKind, Received,
    block::votes_from_bytes,
    event::{Admitted, LayerEvent, Refused, Rejection, Settled, Vote},
    tally::tallies,
};
use crate::{
    message::{Invalid, Msg as _},
    module::{
        self, Context, Event, Outcome, Refusal, auth, gov, sidechannel,
        slashing::{self, BlockVote},
        staking,
    },
    store::Stores,
    tx,
};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    amino::{Text, Time},
    validator::Validator,
};
use std::{collections::BTreeMap, sync::Arc};

/// First height whose messages are voted on.
///
/// Source: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143`.
const FIRST_ATTESTED: u64 = 3;

/// A height under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'l> {
    pub(super) chain_id: &'l str,
    pub(super) kinds: &'l [Arc<dyn OwnKind>],
    pub(super) height: u64,
    pub(super) time: Time,
}

impl Step<'_> {
    const fn context<'t>(&self, tx: &'t [u8]) -> Context<'t> {
        Context { height: self.height, time: self.time, tx }
    }

    /// The begin of the block: who missed the last one is noted, where slashing is on. The engine brings no proofs of
    /// double signatures.
    pub(super) fn begin(&self, stores: &mut Stores, last_commit: Option<&LastCommit>, voters: &[Validator]) {
        let signed =
            |signer| last_commit.is_some_and(|commit| commit.commits.iter().any(|commit| commit.validator == signer));
        let vote = |voter: &Validator| BlockVote { signer: voter.signer, has_signed: signed(voter.signer) };
        let votes: Vec<_> = voters.iter().map(vote).collect();
        // Where the reference's node would stop, nothing is noted.
        let _ = slashing::begin_block(stores, &self.context(&[]), &[], &votes);
    }

    /// Settles the transactions of two heights before, by the votes in the last commit.
    pub(super) fn settle(
        &self,
        stores: &mut Stores,
        last_commit: Option<&LastCommit>,
        voters: &[Validator],
    ) -> Vec<LayerEvent> {
        // where nobody could vote, what is due stays where it is, and is never looked at again.
        if voters.is_empty() {
            return Vec::new();
        }
        let due = self.height.checked_sub(2).map(|height| sidechannel::take(stores, height)).unwrap_or_default();
        let mut due: BTreeMap<B256, Bytes> = due.into_iter().collect();
        let commits = last_commit.iter().flat_map(|commit| &commit.commits);
        let votes: Vec<_> =
            commits.map(|c| (c.validator, votes_from_bytes(&c.extension).unwrap_or_default())).collect();
        let hashes: Vec<B256> = due.keys().copied().collect();
        let mut events = Vec::new();
        for (hash, tally) in tallies(hashes, &votes, voters) {
            // They were read when they were taken.
            let Some(bytes) = due.remove(&hash) else { continue };
            let Ok(transaction) = Received::read(&bytes, self.kinds) else { continue };
            let settle = |message: &AnyMessage| -> Outcome {
                let phases = message.phases().ok_or(Refusal::UNKNOWN_REQUEST)?;
                module::settle(phases, stores, &self.context(&bytes), tally.verdict())
            };
            let outcome = transaction.message().map_or(Err(Refusal::UNKNOWN_REQUEST), settle);
            events.push(LayerEvent::Settled(Box::new(Settled { transaction, tally, outcome })));
        }
        events
    }

    /// Takes a transaction.
    pub(super) fn deliver(&self, stores: &mut Stores, bytes: &[u8]) -> LayerEvent {
        let transaction = match Received::read(bytes, self.kinds) {
            Ok(transaction) => transaction,
            Err(fault) => {
                let (hash, rejection) = (tx::hash(bytes), fault.into());
                return LayerEvent::Refused(Box::new(Refused { hash, transaction: None, rejection }));
            }
        };
        match self.admit(stores, &transaction) {
            Ok((events, vote)) => {
                if vote == Vote::Open {
                    sidechannel::put(stores, self.height, bytes);
                }
                LayerEvent::Admitted(Box::new(Admitted { transaction, events, vote }))
            }
            Err(rejection) => {
                let hash = transaction.hash();
                LayerEvent::Refused(Box::new(Refused { hash, transaction: Some(transaction), rejection }))
            }
        }
    }

    fn admit(&self, stores: &mut Stores, transaction: &Received) -> Result<(Vec<Event>, Vote), Rejection> {
        auth::admit(stores, &transaction.tx, &Text::from(self.chain_id), self.height)?;
        let message = transaction.message().ok_or(Refusal::UNKNOWN_REQUEST)?;
        let phases = message.phases().ok_or(Refusal::UNKNOWN_REQUEST)?;
        let events = module::admit(phases, stores, &self.context(&transaction.bytes))?;
        // what the first two heights admit is never voted on, and so never takes effect.
        let is_voted_on = message.side_sign_bytes().is_some() && self.height >= FIRST_ATTESTED;
        Ok((events, if is_voted_on { Vote::Open } else { Vote::None }))
    }

    /// Whether a message would be admitted now, whoever signs for it; its changes stay.
    pub(super) fn try_message(&self, stores: &mut Stores, message: &AnyMessage) -> Result<(), Rejection> {
        message.basic().map_err(Invalid::into_fault)?;
        let phases = message.phases().ok_or(Refusal::UNKNOWN_REQUEST)?;
        module::admit(phases, stores, &self.context(&[]))?;
        Ok(())
    }

    /// The end of the block: its proposer is paid, the set follows the records, and proposals whose time is over are
    /// decided.
    ///
    /// Source: `validation-layer §2.4, §5.9; delivery:app/app.go:571-632`.
    pub(super) fn end(&self, stores: &mut Stores, proposer: Address) -> Option<LayerEvent> {
        // Fees that do not move stay where they are; the reference stops there.
        let _ = auth::pay_out(stores, proposer);
        let Ok(Some(updates)) = staking::end_block(stores) else {
            // Then the modules' own ends do not come.
            return Some(LayerEvent::SetStayed);
        };
        // Where the reference's node would stop, proposals stay as they are.
        let _ = gov::end_block(stores, &self.context(&[]), &self.chain_id.into());
        (!updates.is_empty()).then_some(LayerEvent::SetChanged(updates))
    }
}
