//! `header-blocks`: traces of the contract that records checkpoints, alone.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    log::declared,
    trace::{Answer, Arguments, Step, root_view},
};
use alloy_primitives::{Address, LogData, U256};
use bttc_checkpoint::{
    header_blocks::{ChainInfo, HeaderBlock, HeaderBlocks, PendingCheckpoint, Question},
    submission::{Function, Submission},
    vote::DataLayout,
};

/// The kind `header-blocks`.
#[derive(Debug)]
pub(crate) struct HeaderBlockTraces;

/// The validation layer that the recorded contracts were made for.
const LAYER: &str = "delivery-199";

impl Kind for HeaderBlockTraces {
    fn name(&self) -> &'static str {
        "header-blocks"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let (layout, mut contract) = deployed(&input)?;
        let steps = input.field("steps")?.items()?;
        for (field, expect) in steps.iter().zip(expect.items_of("steps", steps.len())?) {
            let before = contract.clone();
            match call(&mut contract, &Step::read(field)?)? {
                Ok(done) => {
                    expect.check("ok", true)?;
                    expect.absent("revert", "no revert")?;
                    expect.check("events", Got::list(done.log.iter().map(shown)))?;
                    match done.returned {
                        Some(word) => expect.check("ret", Got::list([word]))?,
                        None => expect.absent("ret", "nothing")?,
                    }
                    match done.forwarded {
                        Some(pending) => expect.check("forwarded", forwarded(&pending))?,
                        None => expect.absent("forwarded", "nothing")?,
                    }
                }
                Err(reason) => {
                    expect.check("ok", false)?;
                    expect.check("revert", reason)?;
                    expect.check("events", Got::List(Vec::new()))?;
                    ["ret", "forwarded"].into_iter().try_for_each(|name| expect.absent(name, reason))?;
                    if contract != before {
                        return Err(field.failed("a revert changed the state"));
                    }
                }
            }
            if let Some(getters) = expect.field("getters")? {
                compare(&contract, layout, &getters)?;
            }
        }
        Ok(())
    }
}

fn deployed(input: &Field<'_>) -> Result<(DataLayout, HeaderBlocks), Failure> {
    let variant = input.field("variant")?;
    let layout = match variant.text()? {
        "tron" => DataLayout::Tron,
        "mirror" => DataLayout::Mirror,
        _ => return Err(variant.refused("tron or mirror")),
    };
    let (chain_id, owner) = (input.field("chainId")?.u64()?, input.field("owner")?.address()?);
    let manager = input.or_default("depositManager", |manager| manager.address())?;
    Ok((layout, HeaderBlocks::new(layout, chain_id, owner).with_deposit_manager(manager).with_layer(LAYER)))
}

/// What a transaction that went through leaves behind.
#[derive(Default)]
struct Done {
    log: Option<LogData>,
    returned: Option<U256>,
    forwarded: Option<PendingCheckpoint>,
}

fn call(contract: &mut HeaderBlocks, step: &Step<'_>) -> Result<Result<Done, &'static str>, Failure> {
    let log = |log: LogData| Done { log: Some(log), ..Done::default() };
    Ok(match step.op {
        "submitCheckpoint" => {
            let (signatures, reward) = (step.signatures()?, step.amount("reward")?);
            let submission = Submission { function: Function::Checkpoint, data: step.bytes("data")?, signatures };
            // By way of its calldata, as it comes to a contract.
            let called = Submission::decode(&submission.to_calldata()).map_err(|error| step.args.failed(error))?;
            contract.open(&called.data, called.signatures).map_err(|error| error.reason()).and_then(|pending| {
                let forwarded = Some(pending.clone());
                let recorded = contract.accept(pending, reward, step.time).map_err(|error| error.reason())?;
                Ok(Done { forwarded, ..log(recorded.to_log_data()) })
            })
        }
        "setNextHeaderBlock" => {
            let reset = contract.set_next(step.caller, step.word("value")?);
            reset.map(|reset| log(reset.to_log_data())).map_err(|error| error.reason())
        }
        "updateDepositId" => {
            let first = contract.take_deposit_ids(step.caller, step.word("numDeposits")?);
            first.map(|first| Done { returned: Some(first), ..Done::default() }).map_err(|error| error.reason())
        }
        "setChainInfo" => {
            let chain = chain_info(step)?;
            let registered = contract.register_chain(step.caller, chain);
            registered.map(|()| log(chain.to_log_data())).map_err(|error| error.reason())
        }
        "setHeimdallId" => {
            let name = step.arg("name")?.text()?;
            contract.set_layer(step.caller, name).map(|()| Done::default()).map_err(|_| "")
        }
        // The one always reverts, the other has no body.
        "submitHeaderBlock" => Err(""),
        "slash" => Ok(Done::default()),
        _ => return Err(step.unknown()),
    })
}

fn chain_info(step: &Step<'_>) -> Result<ChainInfo, Failure> {
    Ok(ChainInfo {
        root_chain: step.word("rootChainId")?,
        activation_height: step.word("activationHeight")?,
        confirmations: step.word("txConfirmations")?,
        header_blocks: step.address("rootChainAddress")?,
        state_sender: step.address("stateSenderAddress")?,
        stake_manager: step.address("stakingManagerAddress")?,
        staking_info: step.address("stakingInfoAddress")?,
        time: step.word("timeStamp")?,
    })
}

fn shown(log: &LogData) -> Got {
    let address = |address: Address| address.into();
    let (event, args) =
        declared(log, &address).map_or((Got::Nothing, Got::Nothing), |known| (known.event.into(), known.args));
    Got::object([
        ("at", "rootChain".into()),
        ("event", event),
        ("args", args),
        ("topics", Got::list(log.topics().iter().copied())),
        ("data", log.data.clone().into()),
    ])
}

fn forwarded(pending: &PendingCheckpoint) -> Got {
    let calldata = pending.to_calldata();
    let signatures = pending
        .signatures()
        .iter()
        .map(|words| [words.r, words.s, words.v].iter().flat_map(U256::to_be_bytes::<32>).collect::<Vec<u8>>());
    let mut fields = vec![
        ("selector", calldata.get(..4).unwrap_or_default().into()),
        ("blockInterval", pending.block_interval().into()),
        ("voteHash", pending.vote_hash().into()),
        ("stateRoot", pending.account_root().into()),
        ("proposer", pending.proposer().into()),
        ("sigs", Got::list(signatures)),
    ];
    fields.extend(pending.epoch().map(|epoch| ("epoch", epoch.into())));
    Got::object(fields)
}

/// What its views answer.
fn compare(contract: &HeaderBlocks, layout: DataLayout, getters: &Expect<'_>) -> Result<(), Failure> {
    for name in ["_nextHeaderBlock", "currentHeaderBlock", "getLastChildBlock"] {
        if let Some(recorded) = getters.field(name)? {
            let answer = root_view(contract, name, &Arguments::Texts(&[]));
            recorded.is(got(answer.ok_or_else(|| recorded.differs("no such view"))?))?;
        }
    }
    getters.check("heimdallId", contract.layer_id())?;
    let records: Vec<_> = contract.records().filter(|(_, record)| **record != HeaderBlock::default()).collect();
    for (id, record) in &records {
        // The answer as its reader on another chain has it.
        let answer = contract.answer(&Question::HeaderBlock(*id)).ok();
        if answer.and_then(|answer| HeaderBlock::from_answer(&answer)) != Some(**record) {
            return Err(getters.differs(format_args!("another answer about {id}")));
        }
    }
    let shown = records.iter().map(|(id, record)| (id.to_string(), header(record)));
    getters.check("headerBlocks", Got::map(shown))?;
    match layout {
        DataLayout::Mirror => getters.absent("chainMap", "no such view"),
        DataLayout::Tron => {
            let chains = contract.chains().filter(|(_, chain)| **chain != ChainInfo::default());
            getters.check("chainMap", Got::map(chains.map(|(number, info)| (number.to_string(), chain(info)))))
        }
    }
}

fn got(answer: Answer) -> Got {
    match answer {
        Ok(values) => values.into_iter().next().unwrap_or(Got::Nothing),
        Err(reason) => Got::map([("revert".to_owned(), reason.into())]),
    }
}

fn header(record: &HeaderBlock) -> Got {
    Got::object([
        ("root", record.root.into()),
        ("start", record.start.into()),
        ("end", record.end.into()),
        ("createdAt", record.created_at.into()),
        ("proposer", record.proposer.into()),
    ])
}

fn chain(info: &ChainInfo) -> Got {
    Got::object([
        ("rootChainId", info.root_chain.into()),
        ("activationHeight", info.activation_height.into()),
        ("txConfirmations", info.confirmations.into()),
        ("rootChainAddress", info.header_blocks.into()),
        ("stateSenderAddress", info.state_sender.into()),
        ("stakingManagerAddress", info.stake_manager.into()),
        ("stakingInfoAddress", info.staking_info.into()),
        ("timeStamp", info.time.into()),
    ])
}
