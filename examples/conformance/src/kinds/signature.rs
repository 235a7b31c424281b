//! `signature`: recovery by the three readers, key derivation, signing, votes.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};
use alloy_primitives::{B256, U256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::signature::{PublicKey, SecretKey, Signature, SignatureWords};

/// The kind `signature`.
#[derive(Debug)]
pub(crate) struct Signatures;

impl Kind for Signatures {
    fn name(&self) -> &'static str {
        "signature"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut entries = input.entries()?;
        entries.sort_by_key(|(name, _)| *name);
        let names: Vec<_> = entries.iter().map(|(name, _)| *name).collect();
        let fields: Vec<_> = entries.iter().map(|(_, field)| field).collect();
        match (&names[..], &fields[..]) {
            (["hash", "signature"], [hash, signature]) => recover(&hash.b256()?, &signature.bytes()?, &expect),
            (["publicKey"], [key]) => derive(&key.bytes()?, &expect),
            (["hash", "privateKey"], [hash, key]) => sign(&hash.b256()?, key, &expect),
            (["privateKey", "result", "voteData"], [key, result, data]) => {
                let said = match result.u8()? {
                    0 => VoteResult::Skip,
                    1 => VoteResult::Yes,
                    2 => VoteResult::No,
                    _ => return Err(result.refused("0, 1 or 2")),
                };
                let digest = said.digest(&data.bytes()?);
                expect.check("digest", digest)?;
                sign(&digest, key, &expect)
            }
            _ => Err(input.refused("one of the four forms")),
        }
    }
}

fn recover(digest: &B256, bytes: &[u8], expect: &Expect<'_>) -> Result<(), Failure> {
    let signature = Signature::try_from(bytes).ok();
    let key = signature.and_then(|signature| signature.recover(digest).ok());
    expect.check("eth", key.map(|key| key.address()))?;
    match key {
        Some(key) => expect.check("publicKey", key.to_bytes())?,
        None => expect.absent("publicKey", "no key")?,
    }
    let seal = signature.and_then(|signature| signature.recover_seal(digest).ok());
    expect.check("seal", seal.map(|key| key.address()))?;
    let contract = signature.map(|signature| {
        let words = SignatureWords { r: signature.r.into(), s: signature.s.into(), v: U256::from(signature.v) };
        words.recover(digest).map_or_else(|_| Got::from("revert"), Got::from)
    });
    expect.check("contract", contract)
}

fn derive(bytes: &[u8], expect: &Expect<'_>) -> Result<(), Failure> {
    match PublicKey::from_bytes(bytes) {
        Ok(key) => {
            expect.absent("error", key)?;
            expect.check("address", key.address())
        }
        Err(error) => {
            expect.absent("address", error)?;
            expect.check("error", "invalid-public-key")
        }
    }
}

fn sign(digest: &B256, key: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let key = SecretKey::from_bytes(&key.b256()?).map_err(|error| key.failed(error))?;
    expect.check("signature", key.sign(digest).to_bytes())?;
    expect.check("address", key.address())?;
    expect.check("publicKey", key.public_key().to_bytes())
}
