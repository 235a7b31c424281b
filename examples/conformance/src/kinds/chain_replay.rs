//! `chain-replay`: a whole chain from its genesis, and what each of its blocks left behind.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    got::Got,
    replay::Replay,
};
use alloy_primitives::{B256, Log, hex};
use bttc_evm::{
    block::ImportedBlock,
    receipt::Receipt,
    state::{Account, State},
    state_sync::{Record, SyntheticReceipt},
};

/// The kind `chain-replay`.
#[derive(Debug)]
pub(crate) struct ChainReplay;

impl Kind for ChainReplay {
    fn name(&self) -> &'static str {
        "chain-replay"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut replay = Replay::open(&input.field("genesis")?)?;
        let genesis = replay.chain().head().header();
        expect.check("genesisHash", genesis.hash())?;
        expect.check("genesisStateRoot", genesis.state_root)?;
        let blocks = input.field("blocks")?.items()?;
        for (block, expect) in blocks.iter().zip(expect.items_of("blocks", blocks.len())?) {
            check(replay.append(block)?, &expect)?;
        }
        let accounts = expect.field("final")?.map(|end| end.field("accounts")).transpose()?.flatten();
        for expect in accounts.map_or_else(|| Ok(Vec::new()), |accounts| accounts.items())? {
            account(replay.chain().state(), &expect)?;
        }
        Ok(())
    }
}

fn check(block: &ImportedBlock, expect: &Expect<'_>) -> Result<(), Failure> {
    let header = block.header();
    expect.check("number", header.number)?;
    expect.check("hash", header.hash())?;
    expect.check("author", header.author())?;
    expect.check("totalDifficulty", block.total_difficulty())?;
    expect.check("stateRoot", header.state_root)?;
    expect.check("transactionsRoot", header.transactions_root)?;
    expect.check("receiptsRoot", header.receipts_root)?;
    expect.check("gasUsed", header.gas_used)?;
    if let Some(bloom) = expect.field("logsBloom")? {
        // An empty text stands for a filter of nothing.
        let short = header.logs_bloom.is_zero() && bloom.read().bytes()?.is_empty();
        bloom.is(if short { Got::from(&[][..]) } else { header.logs_bloom.0.into() })?;
    }
    expect.check("transactions", block.block().transactions().len())?;
    if let Some(receipts) = expect.field("receipts")? {
        receipts.is(Got::list(block.receipts().iter().map(receipt)))?;
    }
    let delivered = block.delivered();
    for (record, expect) in delivered.iter().zip(expect.items_of("deposits", delivered.len())?) {
        expect.is(deposit(record))?;
    }
    match (expect.field("stateSync")?, block.synthetic().map(state_sync)) {
        (Some(recorded), got) => recorded.is(got),
        (None, Some(got)) => Err(Failure::new(format_args!("{}.stateSync", expect.location()), got, "nothing")),
        (None, None) => Ok(()),
    }
}

fn receipt(receipt: &Receipt) -> Got {
    let mut fields = vec![
        ("type", receipt.transaction_type.to_byte().unwrap_or(0).into()),
        ("status", u8::from(receipt.status.is_success()).into()),
        ("gasUsed", receipt.gas_used.into()),
        ("cumulativeGasUsed", receipt.cumulative_gas_used.into()),
        ("logs", logs(&receipt.logs)),
    ];
    fields.extend(receipt.contract_address.map(|address| ("contractAddress", address.into())));
    whole(fields)
}

fn state_sync(receipt: &SyntheticReceipt) -> Got {
    whole([
        ("txHash", receipt.tx_hash.into()),
        ("status", u8::from(receipt.status().is_success()).into()),
        ("transactionIndex", receipt.transaction_index.into()),
        ("firstLogIndex", receipt.first_log_index.into()),
        ("logs", logs(&receipt.logs)),
        ("stored", receipt.to_stored_bytes().into()),
    ])
}

fn deposit(record: &Record) -> Got {
    whole([
        ("id", record.id.get().into()),
        ("contract", record.receiver.into()),
        ("data", hex::encode(&record.data).into()),
        ("txHash", record.tx_hash.into()),
    ])
}

fn logs(logs: &[Log]) -> Got {
    Got::list(logs.iter().map(log))
}

/// A log as it is recorded.
pub(super) fn log(log: &Log) -> Got {
    whole([
        ("address", log.address.into()),
        ("topics", Got::list(log.data.topics().iter().copied())),
        ("data", log.data.data.clone().into()),
    ])
}

fn account(state: &State, expect: &Expect<'_>) -> Result<(), Failure> {
    let address = expect.read().field("address")?.address()?;
    let account = state.account(address);
    let mut fields = vec![
        ("address", address.into()),
        ("balance", state.balance(address).into()),
        ("nonce", state.nonce(address).into()),
        ("codeHash", account.map_or(B256::ZERO, Account::code_hash).into()),
    ];
    fields.extend(account.map(|account| ("storageRoot", account.storage_root().into())));
    expect.is(whole(fields))
}

/// An object of which every field is recorded.
fn whole<'n>(fields: impl IntoIterator<Item = (&'n str, Got)>) -> Got {
    Got::map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)))
}
