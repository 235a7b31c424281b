//! `stake-manager`: traces of the staking contracts on TRON, the share contracts and the checkpoint contract with them.

mod call;
mod govern;
mod share;
mod state;
mod view;

use super::Kind;
use crate::{
    case::Case,
    failure::Failure,
    field::Field,
    got::Got,
    log::declared,
    trace::{self, Answer, Contracts, Done, Outcome, Roles, State, Step},
};
use alloy_primitives::{Address, LogData};
use bttc_checkpoint::{header_blocks::HeaderBlocks, vote::DataLayout};
use bttc_core::{amount::Amount, id::ValidatorId};
use bttc_staking::{
    stake::{Deployment, StakeEvent, StakeManager, StakeParams},
    token::Token,
};

/// The kind `stake-manager`.
#[derive(Debug)]
pub(crate) struct StakeManagers;

impl Kind for StakeManagers {
    fn name(&self) -> &'static str {
        "stake-manager"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let input = case.input()?;
        let variant = input.field("variant")?;
        if variant.text()? != "tron" {
            return Err(variant.refused("tron"));
        }
        trace::run(case, &mut Tron::deploy(&input)?)
    }
}

/// The contracts of one deployment.
struct Tron {
    roles: Roles,
    actors: Vec<Address>,
    contract: StakeManager,
    root: HeaderBlocks,
    /// Where the checkpoint contract stands.
    root_chain: Address,
}

impl Tron {
    const ROLES: [&str; 8] = ["@manager", "@token", "@nft", "@info", "@hub", "@rootChain", "@factory", "@extension"];

    fn deploy(input: &Field<'_>) -> Result<Self, Failure> {
        let [manager, token, nft, info, hub, root_chain, share_factory, extension] = Self::ROLES.map(Roles::address);
        let governance = input.field("governance")?.address()?;
        let deployment = Deployment {
            manager,
            governance,
            owner: governance,
            token,
            nft,
            info,
            hub,
            root_chain,
            share_factory,
            extension,
            slashing_manager: input.field("slashingManager")?.address()?,
        };
        let mut tokens = Token::default();
        let mut give = |to: Address, field: Option<Field<'_>>| {
            let Some(field) = field else { return Ok(()) };
            let amount = Amount::from_word(field.u256()?);
            if !amount.is_zero() {
                tokens.mint(to, amount).map_err(|error| field.failed(error))?;
            }
            Ok(())
        };
        give(manager, input.optional("managerBalance")?)?;
        let fields = input.field("actors")?.items()?;
        let actors = fields.iter().map(|actor| actor.field("address")?.address()).collect::<Result<Vec<_>, _>>()?;
        for (actor, address) in fields.iter().zip(&actors) {
            give(*address, actor.optional("balance")?)?;
        }
        for (actor, address) in fields.iter().zip(&actors) {
            if let Some(field) = actor.optional("allowance")? {
                let amount = Amount::from_word(field.u256()?);
                tokens.approve(*address, manager, amount).map_err(|error| field.failed(error))?;
            }
        }
        Ok(Self {
            roles: Roles::new(Self::ROLES),
            actors,
            contract: StakeManager::deploy(deployment, tokens, StakeParams::default()),
            root: HeaderBlocks::new(DataLayout::Tron, input.field("chainId")?.u64()?, governance),
            root_chain,
        })
    }

    /// Where the next share contract will stand.
    fn next_share(&self) -> Address {
        Roles::share(self.contract.next_id())
    }

    /// A transaction with these logs, which may name a share contract that it made.
    fn logged(&mut self, events: Vec<StakeEvent>) -> Done {
        let last = self.contract.next_id().get().checked_sub(1).map(ValidatorId::new);
        if let Some(made) = last.filter(|id| self.contract.pool(*id).is_some()) {
            self.roles.add_share(made);
        }
        let deployment = *self.contract.deployment();
        Done::logged(events.iter().map(|event| self.shown(event.emitter(&deployment), &event.to_log_data())))
    }

    /// A log as it is recorded.
    fn shown(&self, emitter: Address, log: &LogData) -> Got {
        let at = self.roles.role(emitter).and_then(|role| role.strip_prefix('@')).map(Got::from);
        let (event, args) = match declared(log, &|address| self.roles.show(address)) {
            Some(known) => (known.event.into(), known.args),
            None => (Got::Nothing, Got::Nothing),
        };
        Got::object([("at", at.into()), ("event", event), ("args", args)])
    }
}

impl Contracts for Tron {
    fn state(&self) -> State {
        self.readable()
    }

    fn call(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        match step.op.split_once('.') {
            Some((contract, function)) => self.call_other(contract, function, step),
            None if step.op == "view" => Ok(self.ask(step)?.map(|ret| Done { events: None, ret })),
            None => self.call_manager(step),
        }
    }

    fn view(&self, name: &str, arguments: &[&str]) -> Option<Answer> {
        self.view_by_path(name, arguments)
    }
}
