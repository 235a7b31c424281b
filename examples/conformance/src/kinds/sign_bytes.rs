//! `sign-bytes`: what validators sign, and the signatures that contracts are handed.

use super::{
    Kind,
    amino::{read_key, read_message},
};
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};
use alloy_primitives::Bytes;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::{Base64, Fixed64, Time},
    hash::keccak256,
};
use bttc_validator::{
    message::Msg as _,
    vote::{BlockRef, CanonicalVote, CommitVote, PartsRef, SideResult, collect},
};

/// The kind `sign-bytes`.
#[derive(Debug)]
pub(crate) struct SignBytes;

impl Kind for SignBytes {
    fn name(&self) -> &'static str {
        "sign-bytes"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mode = input.field("mode")?;
        match mode.text()? {
            "side" => side(&input, &expect),
            "vote" => vote(&input, &expect),
            "collect" => collected(&input, &expect),
            _ => Err(mode.refused("side, vote or collect")),
        }
    }
}

/// What is recorded only of data that is signed.
const OF_DATA: [&str; 7] =
    ["dataKeccak", "digestYes", "digestSkip", "digestNo", "signatureYes", "signatureNo", "address"];

fn side(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let message = read_message(&input.field("msg")?)?;
    let key = read_key(&input.field("privateKey")?)?;
    expect.check("type", message.kind())?;
    let data = message.side_sign_bytes();
    expect.check("side", data.is_some())?;
    let Some(data) = data else {
        expect.absent("data", "no side transaction")?;
        return nothing_signed(expect);
    };
    expect.check("data", data.clone())?;
    if data.is_empty() {
        return nothing_signed(expect);
    }
    let digest = |result: VoteResult| result.digest(&data);
    expect.check("dataKeccak", keccak256(&data))?;
    expect.check("digestYes", digest(VoteResult::Yes))?;
    expect.check("digestSkip", digest(VoteResult::Skip))?;
    expect.check("digestNo", digest(VoteResult::No))?;
    expect.check("signatureYes", key.sign(&digest(VoteResult::Yes)).to_bytes())?;
    expect.check("signatureNo", key.sign(&digest(VoteResult::No)).to_bytes())?;
    expect.check("address", key.address())
}

fn nothing_signed(expect: &Expect<'_>) -> Result<(), Failure> {
    OF_DATA.iter().try_for_each(|name| expect.absent(name, "no data"))
}

/// Bytes that are left out where there are none.
fn bytes(of: &Field<'_>, name: &str) -> Result<Bytes, Failure> {
    of.or_default(name, Field::bytes)
}

fn side_results(vote: &Field<'_>) -> Result<Vec<SideResult>, Failure> {
    vote.field("sideTxResults")?.list(|result| {
        let number = result.field("result")?;
        Ok(SideResult {
            tx_hash: Base64(bytes(&result, "txHash")?),
            result: i32::try_from(number.i64()?).map_err(|_| number.refused("32 bits"))?,
            signature: Base64(bytes(&result, "sig")?),
        })
    })
}

fn vote(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let (at, key) = (input.field("vote")?, read_key(&input.field("privateKey")?)?);
    let (block, nanos) = (at.field("blockId")?, at.field("timeNanos")?);
    let short = u32::try_from(nanos.u64()?).map_err(|_| nanos.refused("less than a second"))?;
    let vote = CanonicalVote {
        kind: at.field("type")?.u8()?,
        height: Fixed64(at.field("height")?.i64()?),
        round: Fixed64(at.field("round")?.i64()?),
        block: BlockRef {
            hash: bytes(&block, "hash")?,
            parts: PartsRef { hash: bytes(&block, "partsHash")?, total: block.field("partsTotal")?.i64()? },
        },
        time: Time::new(at.field("timeSeconds")?.i64()?, short).map_err(|error| nanos.failed(error))?,
        chain_id: input.field("chainId")?.text()?.into(),
        data: Base64::default(),
        side_results: side_results(&at)?,
    };
    let (digest, signature) = (vote.digest(), key.sign(&vote.digest()));
    expect.check("signBytes", vote.sign_bytes())?;
    expect.check("digest", digest)?;
    expect.check("signature", signature.to_bytes())?;
    expect.check("address", key.address())?;
    expect.check("verified", key.public_key().verify(&digest, &signature))?;
    expect.check("basicValid", vote.is_valid())
}

fn collected(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let votes = input.field("votes")?.list(|vote| {
        if vote.is_null() {
            return Ok(None);
        }
        Ok(Some(CommitVote { validator: vote.field("validator")?.address()?, side_results: side_results(&vote)? }))
    })?;
    let (tx_hash, data) = (input.field("txHash")?.b256()?, bytes(input, "data")?);
    let signatures = collect(&tx_hash, &data, votes.iter().flatten());
    let words = signatures.iter().map(|words| Got::list([words.r, words.s, words.v]));
    expect.check("sigs", Got::list(words))
}
