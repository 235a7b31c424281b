//! `state-sender`: traces of the contract that numbers messages for the side chain.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    log::{Declaration, root_event},
};
use alloc::collections::BTreeSet;
use alloy_primitives::{Address, LogData};
use bttc_core::root_chain::{RootEvent, StateSynced};
use bttc_staking::state_sender::{OwnershipTransferred, Registration, StateSender, StateSenderError};

/// The kind `state-sender`.
#[derive(Debug)]
pub(crate) struct StateSenders;

impl Kind for StateSenders {
    fn name(&self) -> &'static str {
        "state-sender"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut contract = StateSender::new(input.field("owner")?.address()?);
        let mut receivers = BTreeSet::new();
        let steps = input.field("steps")?.items()?;
        for (step, expect) in steps.iter().zip(expect.items_of("steps", steps.len())?) {
            if let Some(receiver) = step.field("args")?.optional("receiver")? {
                receivers.insert(receiver.address()?);
            }
            let before = contract.clone();
            match act(&mut contract, step)? {
                Ok(event) => {
                    expect.check("ok", true)?;
                    expect.absent("revert", "no revert")?;
                    expect.check("events", Got::list([event.shown(step)?]))?;
                }
                Err(error) => {
                    expect.check("ok", false)?;
                    expect.check("revert", error.reason())?;
                    expect.check("events", Got::list([Got::Nothing; 0]))?;
                    if contract != before {
                        return Err(step.failed("a revert changed the contract"));
                    }
                }
            }
            state(&contract, &receivers, &expect)?;
        }
        Ok(())
    }
}

fn state(contract: &StateSender, receivers: &BTreeSet<Address>, expect: &Expect<'_>) -> Result<(), Failure> {
    expect.check("counter", contract.counter().get())?;
    expect.check("owner", contract.owner())?;
    let registrations = receivers.iter().map(|receiver| (receiver, contract.registered(*receiver)));
    let registered = registrations.filter(|(_, sender)| !sender.is_zero());
    expect.check(
        "registrations",
        Got::map(registered.map(|(receiver, sender)| (format!("{receiver:#x}"), sender.into()))),
    )
}

/// What the contract writes into its log.
enum Event {
    Registration(Registration),
    Synced(StateSynced),
    Ownership(OwnershipTransferred),
}

fn act(contract: &mut StateSender, step: &Field<'_>) -> Result<Result<Event, StateSenderError>, Failure> {
    let (op, caller, args) = (step.field("op")?, step.field("caller")?.address()?, step.field("args")?);
    let address = |name: &str| args.field(name)?.address();
    Ok(match op.text()? {
        "register" => contract.register(caller, address("sender")?, address("receiver")?).map(Event::Registration),
        "syncState" => {
            let data = args.field("data")?.bytes()?;
            contract.sync_state(caller, address("receiver")?, data).map(Event::Synced)
        }
        "transferOwnership" => contract.transfer_ownership(caller, address("newOwner")?).map(Event::Ownership),
        "renounceOwnership" => contract.renounce_ownership(caller).map(Event::Ownership),
        _ => return Err(op.refused("an operation of the contract")),
    })
}

impl Event {
    fn shown(self, step: &Field<'_>) -> Result<Got, Failure> {
        let (name, args, log) = match self {
            Self::Registration(registration) => {
                let (name, [user, sender, receiver]) = match registration {
                    Registration::New { user, sender, receiver } => ("NewRegistration", [user, sender, receiver]),
                    Registration::Updated { user, sender, receiver } => {
                        ("RegistrationUpdated", [user, sender, receiver])
                    }
                };
                let args = [("user", user.into()), ("sender", sender.into()), ("receiver", receiver.into())];
                let parameters = "address indexed user,address indexed sender,address indexed receiver";
                (name, Got::object(args), log(&format!("{name}({parameters})"), &[user, sender, receiver]))
            }
            Self::Ownership(OwnershipTransferred { previous, new }) => {
                let args = [("previousOwner", previous.into()), ("newOwner", new.into())];
                let declaration = "OwnershipTransferred(address indexed previousOwner,address indexed newOwner)";
                ("OwnershipTransferred", Got::object(args), log(declaration, &[previous, new]))
            }
            Self::Synced(synced) => {
                let event = RootEvent::StateSynced(synced);
                let ((name, args), log) = (root_event(&event), event.to_log_data());
                if RootEvent::decode(&log) != Ok(Some(event)) {
                    return Err(step.failed("the log is read back as something else"));
                }
                (name, args, Some(log))
            }
        };
        let log = log.ok_or_else(|| step.failed("an event that is not declared"))?;
        Ok(Got::object([
            ("at", "stateSender".into()),
            ("event", name.into()),
            ("args", args),
            ("topics", Got::list(log.topics().iter().copied())),
            ("data", log.data.clone().into()),
        ]))
    }
}

fn log(declaration: &str, addresses: &[Address]) -> Option<LogData> {
    let declaration = Declaration::parse(declaration)?;
    Some(declaration.log(addresses.iter().map(|address| (*address).into()).collect()))
}
