//! The state that a trace begins with.

use crate::{failure::Failure, field::Field};
use bttc_checkpoint::ledger::Destination;
use bttc_core::{
    amino::Text,
    id::{Epoch, Nonce, SpanId, ValidatorId},
    validator::VotingPower,
};
use bttc_staking::{
    registry::{SpanRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use bttc_validator::{
    message::{Coins, SignedAmount},
    module::{bank, chainmanager},
    param::{self, ChainData, ChainParams, Feature, FeatureData, FeatureParams, MultiChainParams},
    record::{ChainInfo, DividendAccount},
    store::{StoreName, Stores, numbered, prefixed},
};

const SECOND: i64 = 1_000_000_000;

/// The stores after genesis. Keys are those of `validation-layer §1.12`.
pub(super) fn stores(genesis: &Field<'_>) -> Result<Stores, Failure> {
    let mut stores = Stores::default();
    params(genesis, &mut stores)?;
    let tron = ack_counts(genesis, &mut stores)?;
    let set = validators(genesis, tron, &mut stores)?;
    span(genesis, set, &mut stores)?;
    for entry in genesis.or_default("dividendAccounts", Field::items)? {
        let [user, fee] = pair(&entry)?;
        let account = DividendAccount { user: user.address()?, fee: fee.text()?.to_owned() };
        stores.save(StoreName::Topup, prefixed(0x82, account.user), &account);
    }
    for entry in genesis.or_default("balances", Field::items)? {
        let [user, balance] = pair(&entry)?;
        let amount = SignedAmount::new(balance.i256()?).ok_or_else(|| balance.refused("255 bits"))?;
        let coins = if amount.number().is_zero() { Coins::default() } else { Coins::btt(amount) };
        bank::set_coins(&mut stores, user.address()?, coins).map_err(|error| balance.failed(error))?;
    }
    Ok(stores)
}

fn params(genesis: &Field<'_>, stores: &mut Stores) -> Result<(), Failure> {
    let seconds = genesis.field("checkpointBufferSeconds")?.i64()?;
    let producers = genesis.optional("producerCount")?.map_or(Ok(11), |count| count.u64())?;
    param::set_defaults(stores);
    param::CHECKPOINT_BUFFER_TIME.set(stores, &seconds.saturating_mul(SECOND));
    param::PRODUCER_COUNT.set(stores, &producers);
    let chain_id = Text::from(genesis.field("borChainId")?.text()?);
    param::CHAIN_PARAMS.set(stores, &ChainParams { chain_id, ..param::CHAIN_PARAMS.get(stores).unwrap_or_default() });
    if genesis.or_default("noAckValidatorCheck", Field::flag)? {
        let open = FeatureData { is_open: Some(true), ..FeatureData::default() };
        let features = [(Feature::NoAckValidatorCheck.name().to_owned(), open)].into();
        param::FEATURES.set(stores, &FeatureParams { features });
    }
    let mut set_by_governance = MultiChainParams::default();
    for chain in genesis.or_default("chains", Field::items)? {
        let name = chain.field("rootChain")?.text()?;
        let activation_height = chain.or_default("activationHeight", Field::u64)?;
        let confirmations = chain.or_default("txConfirmations", Field::u64)?;
        if chain.or_default("multiChainParam", Field::flag)? {
            let data = ChainData {
                confirmations: Some(confirmations),
                activation_height: Some(activation_height),
                ..ChainData::default()
            };
            set_by_governance.chains.insert(name.to_owned(), data);
        } else {
            let info = ChainInfo { root_chain: name.into(), activation_height, confirmations, ..ChainInfo::default() };
            chainmanager::add_chain(stores, &info);
        }
    }
    if !set_by_governance.chains.is_empty() {
        param::MULTI_CHAIN.set(stores, &set_by_governance);
    }
    Ok(())
}

/// Writes the counts of acknowledged checkpoints; answers with TRON's.
fn ack_counts(genesis: &Field<'_>, stores: &mut Stores) -> Result<u64, Failure> {
    let mut tron = 0;
    for name in ["tron", "eth"] {
        stores.set_number(StoreName::Checkpoint, vec![0x11, Destination::named(name).number()], 0);
    }
    if let Some(counts) = genesis.optional("ackCounts")? {
        for (name, count) in counts.entries()? {
            let count = count.u64()?;
            stores.set_number(StoreName::Checkpoint, vec![0x11, Destination::named(name).number()], count);
            if name == "tron" {
                tron = count;
            }
        }
    }
    Ok(tron)
}

/// Writes the validators and the set of those that are current.
fn validators(
    genesis: &Field<'_>,
    ack_count: u64,
    stores: &mut Stores,
) -> Result<ValidatorSet<ValidatorRecord>, Failure> {
    let field = genesis.field("validators")?;
    let records = field.list(|field| validator(&field))?;
    for record in &records {
        stores.save(StoreName::Staking, prefixed(0x21, record.signer), record);
        stores.set(StoreName::Staking, numbered(0x22, record.id.get()), record.signer.to_vec());
    }
    if genesis.or_default("emptySet", Field::flag)? {
        return Ok(ValidatorSet::default());
    }
    let current = records.into_iter().filter(|record| record.is_current(ack_count));
    let set = ValidatorSet::new(current).map_err(|error| field.failed(error))?;
    stores.save(StoreName::Staking, vec![0x23], &set);
    Ok(set)
}

fn validator(field: &Field<'_>) -> Result<ValidatorRecord, Failure> {
    Ok(ValidatorRecord {
        id: ValidatorId::new(field.or_default("id", Field::u64)?),
        start_epoch: Epoch::new(field.or_default("startEpoch", Field::u64)?),
        end_epoch: Epoch::new(field.or_default("endEpoch", Field::u64)?),
        nonce: Nonce::new(field.or_default("nonce", Field::u64)?),
        power: VotingPower::new(field.or_default("power", Field::i64)?),
        pub_key: field.or_default("pubKey", Field::fixed)?,
        signer: field.or_default("signer", Field::address)?,
        last_updated: field.or_default("lastUpdated", Field::text)?.to_owned(),
        jailed: field.or_default("jailed", Field::flag)?,
        priority: 0,
    })
}

/// Writes the last span, without producers.
fn span(genesis: &Field<'_>, set: ValidatorSet<ValidatorRecord>, stores: &mut Stores) -> Result<(), Failure> {
    let Some(field) = genesis.optional("span")? else { return Ok(()) };
    let span = SpanRecord {
        id: SpanId::new(field.or_default("id", Field::u64)?),
        start: field.or_default("startBlock", Field::u64)?,
        end: field.or_default("endBlock", Field::u64)?,
        set,
        producers: Vec::new(),
        chain_id: genesis.field("borChainId")?.text()?.to_owned(),
    };
    stores.save(StoreName::Bor, numbered(0x36, span.id.get()), &span);
    stores.set_number(StoreName::Bor, vec![0x35], span.id.get());
    Ok(())
}

fn pair<'a>(field: &Field<'a>) -> Result<[Field<'a>; 2], Failure> {
    field.items()?.try_into().map_err(|_| field.refused("two values"))
}
