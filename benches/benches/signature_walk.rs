//! How the contracts read a checkpoint's signatures: 100 validators, all of whom signed, and a list full of junk.
//!
//! Limit: the recoveries alone. Peer: k256's recovery, which verifies each signature once more.

use alloy_primitives::{Address, B256};
use benches::{Comparison, criterion};
use bttc_checkpoint::signatures::{Outcome, Reader, SignatureWalk};
use bttc_core::{
    hash::keccak256,
    quorum::HeadQuorum,
    signature::{SecretKey, Signature, SignatureWords},
};
use criterion::Criterion;
use k256::ecdsa::{RecoveryId, VerifyingKey};

const VALIDATORS: u64 = 100;

fn main() {
    let mut criterion = criterion();
    let digest = keccak256("a checkpoint");
    let mut keys: Vec<SecretKey> = (1..=VALIDATORS)
        .map(|number| SecretKey::from_bytes(&keccak256(number.to_be_bytes())).expect("a hash is a key"))
        .collect();
    keys.sort_by_key(SecretKey::address);
    let signatures: Vec<Signature> = keys.iter().map(|key| key.sign(&digest)).collect();
    let quorum = HeadQuorum::over(keys.iter().map(SecretKey::address));
    read(&mut criterion, &digest, &signatures, &quorum);
    criterion.final_summary();
}

fn read(criterion: &mut Criterion, digest: &B256, signatures: &[Signature], quorum: &HeadQuorum) {
    let words: Vec<SignatureWords> = signatures.iter().copied().map(Into::into).collect();
    // Half of the list are repetitions: they are recovered like all others.
    let doubled: Vec<SignatureWords> = words.iter().flat_map(|words| [*words; 2]).take(words.len()).collect();
    let walk = |list: &[SignatureWords], reader| SignatureWalk::over(digest, list, quorum, reader).ok();
    let recovered = || words.iter().filter_map(|words| words.recover(digest).ok()).fold(Address::ZERO, Ord::max);
    let by_k256 =
        || signatures.iter().filter_map(|signature| k256_recovers(digest, signature)).fold(Address::ZERO, Ord::max);

    assert_eq!(walk(&words, Reader::Tron).map(|walk| (walk.outcome, walk.unread)), Some((Outcome::Met, 0)));
    assert_eq!(walk(&words, Reader::Message).map(|walk| (walk.outcome, walk.unread)), Some((Outcome::Met, 33)));
    assert_eq!(walk(&doubled, Reader::Tron).map(|walk| walk.signers().count()), Some(50));
    assert_eq!(recovered(), by_k256());

    Comparison::new(criterion, "signatures::walk", format!("signatures={VALIDATORS}"), VALIDATORS)
        .by("limit", recovered)
        .by("SignatureWalk", || walk(&words, Reader::Tron))
        .by("SignatureWalk_repetitions", || walk(&doubled, Reader::Tron))
        .by("SignatureWalk_message", || walk(&words, Reader::Message))
        .by("k256", by_k256);
}

fn k256_recovers(digest: &B256, signature: &Signature) -> Option<Address> {
    let rs = k256::ecdsa::Signature::from_scalars(signature.r.0, signature.s.0).ok()?;
    let key = VerifyingKey::recover_from_prehash(digest.as_slice(), &rs, RecoveryId::from_byte(signature.v)?).ok()?;
    Some(Address::from_public_key(&key))
}
