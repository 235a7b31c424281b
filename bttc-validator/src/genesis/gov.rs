//! Proposals, deposits, votes.

use super::{
    error::Wrong,
    json::{get, json, list, object, wrong},
};
use crate::message::{FeatureChangeProposal, ParameterChangeProposal};
use crate::{
    message::{Coins, Content},
    module::{Refusal, bank, gov, supply},
    param::{DEPOSIT_PARAMS, Decimal, DepositParams, TALLY_PARAMS, TallyParams, VOTING_PARAMS, VotingParams},
    record::{Account, Proposal, ProposalDeposit, ProposalVote},
    store::Stores,
};
use bttc_core::amino::{Interface as _, Json, JsonForm, from_json, registered_name};

pub(super) struct Gov {
    next_id: u64,
    deposits: Vec<ProposalDeposit>,
    votes: Vec<ProposalVote>,
    proposals: Vec<Proposal>,
}

/// Source: `delivery:gov/genesis.go:81-103`.
pub(super) fn read(state: &Json, stores: &mut Stores) -> Result<Gov, Wrong> {
    let deposit_params: DepositParams = get(state, "deposit_params")?;
    let tally: TallyParams = get(state, "tally_params")?;
    expect_share(tally.threshold, "threshold")?;
    expect_share(tally.veto, "veto threshold")?;
    let coins = &deposit_params.min_deposit.0;
    if coins.are_proper() != Ok(true) {
        return Err(Wrong::text(format!("Governance deposit amount must be a valid sdk.Coins amount, is {coins}")));
    }
    DEPOSIT_PARAMS.set(stores, &deposit_params);
    VOTING_PARAMS.set(stores, &get::<VotingParams>(state, "voting_params")?);
    TALLY_PARAMS.set(stores, &tally);
    Ok(Gov {
        next_id: get(state, "starting_proposal_id")?,
        deposits: get(state, "deposits")?,
        votes: get(state, "votes")?,
        proposals: list(state, "proposals")?.iter().map(read_proposal).collect::<Result<_, _>>()?,
    })
}

fn expect_share(share: Decimal, name: &str) -> Result<(), Wrong> {
    // The reference breaks off where the number is missing.
    share.units().ok_or(Refusal::INTERNAL)?;
    let text = || format!("Governance vote {name} should be positive and less or equal to one, is {share}");
    if share.is_share() { Ok(()) } else { Err(Wrong::Text(text())) }
}

// in genesis a change of features goes by another name than in transactions and in the store.
fn read_proposal(json: &Json) -> Result<Proposal, Wrong> {
    let key = "proposals";
    let Json::Object(entries) = json else { return Err(wrong(key, "an object", json)) };
    let mut entries = entries.clone();
    for (name, value) in &mut entries {
        if name == "content"
            && let Json::Object(content) = value
        {
            for (name, value) in content.iter_mut().filter(|(name, _)| name == "type") {
                let renamed = match value {
                    Json::Text(text) if text.as_str() == Some("heimdall/FeatureChangeProposal") => {
                        registered_name::<FeatureChangeProposal>()
                    }
                    Json::Text(text) if text.as_str() == Some(registered_name::<ParameterChangeProposal>()) => continue,
                    other => return Err(wrong(name, "the name of a kind of proposal", other)),
                };
                *value = Json::Text(renamed.into());
            }
        }
    }
    from_json(&Json::Object(entries), JsonForm::Amino).map_err(|error| Wrong::Value { key: key.into(), error })
}

fn write_proposal(proposal: &Proposal) -> Json {
    let mut json = json(proposal);
    if let (Json::Object(entries), Some(content)) = (&mut json, &proposal.content.0)
        && let Some((_, value)) = entries.iter_mut().find(|(name, _)| name == "content")
    {
        *value = named(content);
    }
    json
}

fn named(content: &Content) -> Json {
    let value = content.to_json(JsonForm::Amino);
    object([("type", Json::Text(content.signed_name().into())), ("value", value)])
}

impl Gov {
    /// Source: `delivery:gov/genesis.go:105-147`.
    pub(super) fn init(self, stores: &mut Stores) -> Result<(), Wrong> {
        gov::set_next_id(stores, self.next_id);
        let account = supply::module_account(stores, supply::GOVERNANCE)?;
        let mut total = Coins::default();
        for deposit in &self.deposits {
            gov::save_deposit(stores, deposit);
            total = bank::added(&total, &deposit.amount)?;
        }
        self.votes.iter().for_each(|vote| gov::save_vote(stores, vote));
        for proposal in &self.proposals {
            gov::insert_into_queue(stores, proposal);
            gov::save_proposal(stores, proposal);
        }
        if account.coins.0.iter().all(|coin| coin.amount.number().is_zero()) {
            bank::set_account(stores, &Account { coins: total, ..account });
        }
        Ok(())
    }
}

/// Source: `delivery:gov/genesis.go:150-183`.
pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let next_id = gov::next_id(stores)?.unwrap_or_default();
    // Only what has a number below the next one is found.
    let all = gov::proposals(stores)?.into_iter().filter(|proposal| proposal.id < next_id).collect::<Vec<_>>();
    let (mut deposits, mut votes) = (Vec::new(), Vec::new());
    for proposal in &all {
        deposits.extend(gov::deposits(stores, proposal.id)?);
        votes.extend(gov::votes(stores, proposal.id)?);
    }
    Ok(object([
        ("starting_proposal_id", json(&next_id)),
        ("deposits", json(&deposits)),
        ("votes", json(&votes)),
        ("proposals", Json::List(all.iter().map(write_proposal).collect())),
        ("deposit_params", json(&DEPOSIT_PARAMS.get(stores)?)),
        ("voting_params", json(&VOTING_PARAMS.get(stores)?)),
        ("tally_params", json(&TALLY_PARAMS.get(stores)?)),
    ]))
}
