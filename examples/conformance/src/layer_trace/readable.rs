//! What stands in the stores, for people.

use crate::{failure::Failure, got::Got, trace::State};
use alloy_primitives::{Address, U256, hex};
use bttc_core::{amino, root_chain::RootChainId};
use bttc_staking::{
    registry::{SpanRecord, SyncRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use bttc_validator::{
    message::FEE_TOKEN,
    module::bank,
    record::{CheckpointRecord, DividendAccount, EventRecord},
    store::{StoreName, Stores},
};

/// The stores' entries by path.
pub(super) fn state(stores: &Stores) -> Result<State, Failure> {
    let mut state = State::default();
    let renderers: [(StoreName, Renderer); 5] = [
        (StoreName::Checkpoint, checkpoint),
        (StoreName::Staking, staking),
        (StoreName::Bor, bor),
        (StoreName::Clerk, clerk),
        (StoreName::Topup, topup),
    ];
    for (store, render) in renderers {
        for (key, value) in stores.entries(store) {
            let unknown = || Failure::new(store, hex::encode(key), "an entry of validation-layer §1.12");
            render(key, value, &mut state).ok_or_else(unknown)?;
        }
    }
    for account in bank::accounts(stores) {
        let account = account.map_err(|error| Failure::new(StoreName::Acc, error, "an account"))?;
        let balance = account.coins.amount_of(FEE_TOKEN).unwrap_or_default().number();
        if !balance.is_zero() {
            state.keep(format_args!("balance.{:#x}", account.address), balance.to_string());
        }
    }
    Ok(state)
}

/// Adds an entry under its path; `None` for one that nobody knows.
type Renderer = fn(&[u8], &[u8], &mut State) -> Option<()>;

fn checkpoint(key: &[u8], value: &[u8], state: &mut State) -> Option<()> {
    let record = || amino::from_bytes::<CheckpointRecord>(value).ok().map(|record| checkpoint_record(&record));
    match *key {
        [0x02, root] => state.keep(format_args!("sync.{}", name(root)), record()?),
        [0x11, root] => state.keep(format_args!("ackCount.{}", name(root)), number(value)?),
        [0x12, root] => state.keep(format_args!("buffer.{}", name(root)), record()?),
        [0x13, ref suffix @ ..] => state.keep(format_args!("checkpoint.eth.{}", number(suffix)?), record()?),
        [0x21, ref suffix @ ..] => state.keep(format_args!("checkpoint.tron.{}", number(suffix)?), record()?),
        [0x22, ref suffix @ ..] => state.keep(format_args!("checkpoint.bsc.{}", number(suffix)?), record()?),
        [0x14] => state.keep("lastNoAck", number(value)?),
        ref suffix => state.keep(format_args!("checkpoint.#0.{}", number(suffix)?), record()?),
    }
    Some(())
}

fn staking(key: &[u8], value: &[u8], state: &mut State) -> Option<()> {
    match *key {
        [0x21, ref signer @ ..] => {
            let signer = Address::try_from(signer).ok()?;
            let record: ValidatorRecord = amino::from_bytes(value).ok()?;
            state.keep(format_args!("validator.{signer:#x}"), validator(&record));
        }
        [0x22, ref id @ ..] => state.keep(format_args!("signerOf.{}", number(id)?), Address::try_from(value).ok()?),
        [0x23] => {
            let set: ValidatorSet<ValidatorRecord> = amino::from_bytes(value).ok()?;
            state.keep("set", members(&set));
            if let Some(proposer) = set.elected() {
                state.keep("proposer", Got::List(vec![proposer.signer.into(), proposer.priority.into()]));
            }
        }
        [0x24, ref sequence @ ..] => {
            state.keep(format_args!("stakingSequence.{}", text(sequence)?), value == [1]);
        }
        [0x31, root] => {
            let queue: Vec<SyncRecord> = amino::from_bytes(value).ok()?;
            state.keep(format_args!("queue.{}", name(root)), Got::list(queue.iter().map(sync_record)));
        }
        _ => return None,
    }
    Some(())
}

fn bor(key: &[u8], value: &[u8], state: &mut State) -> Option<()> {
    match *key {
        [0x35] => state.keep("lastSpan", text(value)?),
        [0x36, ref id @ ..] => {
            let span: SpanRecord = amino::from_bytes(value).ok()?;
            let producer = |producer: &ValidatorRecord| {
                Got::List(vec![producer.id.get().into(), producer.signer.into(), producer.power.get().into()])
            };
            let fields = [
                ("startBlock", span.start.into()),
                ("endBlock", span.end.into()),
                ("borChainId", span.chain_id.as_str().into()),
                ("producers", Got::list(span.producers.iter().map(producer))),
                ("set", members(&span.set)),
            ];
            state.keep(format_args!("span.{}", number(id)?), Got::object(fields));
        }
        [0x38] => state.keep("seedBlock", U256::try_from_be_slice(value)?),
        _ => return None,
    }
    Some(())
}

fn clerk(key: &[u8], value: &[u8], state: &mut State) -> Option<()> {
    match *key {
        [0x11, ref id @ ..] => {
            let record: EventRecord = amino::from_bytes(value).ok()?;
            state.keep(format_args!("record.{}", number(id)?), event_record(&record));
        }
        [0x12, ref sequence @ ..] => state.keep(format_args!("recordSequence.{}", text(sequence)?), value == [1]),
        _ => state.keep(format_args!("clerk.0x{}", hex::encode(key)), value),
    }
    Some(())
}

fn topup(key: &[u8], value: &[u8], state: &mut State) -> Option<()> {
    match *key {
        [0x81, ref sequence @ ..] => state.keep(format_args!("topupSequence.{}", text(sequence)?), value == [1]),
        [0x82, ref user @ ..] => {
            let user = Address::try_from(user).ok()?;
            let account: DividendAccount = amino::from_bytes(value).ok()?;
            state.keep(format_args!("dividend.{user:#x}"), account.fee);
        }
        _ => return None,
    }
    Some(())
}

fn checkpoint_record(record: &CheckpointRecord) -> Got {
    Got::object([
        ("proposer", record.proposer.into()),
        ("startBlock", record.start.into()),
        ("endBlock", record.end.into()),
        ("rootHash", record.root.into()),
        ("borChainId", record.chain_id.to_string().into()),
        ("timestamp", record.timestamp.into()),
    ])
}

fn validator(record: &ValidatorRecord) -> Got {
    Got::object([
        ("id", record.id.get().into()),
        ("startEpoch", record.start_epoch.get().into()),
        ("endEpoch", record.end_epoch.get().into()),
        ("nonce", record.nonce.get().into()),
        ("power", record.power.get().into()),
        ("pubKey", record.pub_key.into()),
        ("lastUpdated", record.last_updated.as_str().into()),
        ("jailed", record.jailed.into()),
        ("priority", record.priority.into()),
    ])
}

fn members(set: &ValidatorSet<ValidatorRecord>) -> Got {
    Got::list(set.members().iter().map(|member| {
        Got::List(vec![member.signer.into(), member.id.get().into(), member.power.get().into(), member.priority.into()])
    }))
}

fn sync_record(record: &SyncRecord) -> Got {
    Got::List(vec![
        record.function.as_str().into(),
        record.id.get().into(),
        record.nonce.get().into(),
        record.height.into(),
        record.tx_hash.into(),
        record.timestamp.into(),
    ])
}

fn event_record(record: &EventRecord) -> Got {
    Got::object([
        ("id", record.id.get().into()),
        ("contract", record.contract.into()),
        ("data", record.data.clone().into()),
        ("txHash", record.tx_hash.into()),
        ("logIndex", record.log_index.into()),
        ("borChainId", record.chain_id.to_string().into()),
        ("time", record.time.seconds().into()),
        ("nanos", record.time.nanos().into()),
        ("rootChain", record.root_chain.to_string().into()),
    ])
}

/// A root chain by its number; `#0` where that is none of the three's.
fn name(number: u8) -> String {
    let known = RootChainId::ALL.into_iter().find(|root_chain| root_chain.number() == number);
    known.map_or_else(|| format!("#{number}"), |root_chain| root_chain.name().to_owned())
}

fn text(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

fn number(bytes: &[u8]) -> Option<u64> {
    text(bytes)?.parse().ok()
}
