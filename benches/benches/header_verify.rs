//! Verification of a sprint of headers, 64 of them, ends of sprints included, producers and backups taking turns.
//!
//! Limit: the recovery of the sealing key alone; the same with the two hashes of a header for what no verifier can leave out.
//! Peers: the recovery of k256 and of alloy, which verify the signature once more.

use alloy_primitives::{Address, B256, Bloom, U256};
use benches::{Comparison, criterion};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::{FixedProducers, ProducerSchedule as _, Timing},
    signature::{SecretKey, Signature},
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    executor::QueryError,
    header::{Header, SealedHeader, record_bytes},
    seal::{BatchContext, Parent, SealContext, SignerCache, verify, verify_batch},
    threads::Threads,
};
use core::num::NonZeroUsize;
use k256::ecdsa::{RecoveryId, VerifyingKey};

const PRODUCERS: u64 = 11;
const HEADERS: u64 = 64;

fn main() {
    let chain = Chain::made();
    let seals = chain.seals();
    let authors = chain.verified();

    let recovered = || each(&seals, |hash, seal| seal.recover_seal(hash).map(|key| key.address()).ok());
    let hashed = || {
        each(&chain.headers, |header, _| {
            let signer = header.signer().ok();
            signer.filter(|_| !header.hash().is_zero())
        })
    };
    assert_eq!(recovered(), authors);
    assert_eq!(hashed(), authors);
    assert_eq!(chain.batch(Threads::ONE), authors);
    assert_eq!(each(&seals, by_k256), authors);
    assert_eq!(each(&seals, by_alloy), authors);

    let mut criterion = criterion();
    Comparison::new(&mut criterion, "seal::verify", format!("headers={HEADERS} producers={PRODUCERS}"), HEADERS)
        .by("limit_recovery", recovered)
        .by("limit", hashed)
        .by("verify", || chain.verified())
        .by("verify_batch", || chain.batch(Threads::ONE))
        .by("verify_batch_on_2_threads", || chain.batch(Threads::new(NonZeroUsize::MIN.saturating_add(1))))
        .by("k256_recovery", || each(&seals, by_k256))
        .by("alloy_recovery", || each(&seals, by_alloy));
    criterion.final_summary();
}

fn each<A, B>(inputs: &[(A, B)], author: impl Fn(&A, &B) -> Option<Address>) -> Vec<Address> {
    inputs.iter().filter_map(|(a, b)| author(a, b)).collect()
}

fn by_k256(hash: &B256, seal: &Signature) -> Option<Address> {
    let signature = k256::ecdsa::Signature::from_scalars(seal.r.0, seal.s.0).ok()?;
    let key = VerifyingKey::recover_from_prehash(hash.as_slice(), &signature, RecoveryId::from_byte(seal.v)?).ok()?;
    Some(Address::from_public_key(&key))
}

fn by_alloy(hash: &B256, seal: &Signature) -> Option<Address> {
    alloy_primitives::Signature::from_scalars_and_parity(seal.r, seal.s, seal.v == 1)
        .recover_address_from_prehash(hash)
        .ok()
}

/// A genesis, the headers that follow, and what they are judged by.
struct Chain {
    timing: Timing,
    genesis: SealedHeader,
    /// Each with the answer of the contract on its parent's state.
    headers: Vec<(Header, Result<Vec<Validator>, QueryError>)>,
    schedule: FixedProducers,
}

impl Chain {
    fn made() -> Self {
        let timing = ChainSpec::mainnet().timing;
        let mut keys: Vec<SecretKey> = (0..PRODUCERS)
            .map(|key| SecretKey::from_bytes(&keccak256(key.to_be_bytes())).expect("a hash is a key, but for 2⁻¹²⁸"))
            .collect();
        keys.sort_by_key(SecretKey::address);
        let producer = |key: &SecretKey| Validator::new(ValidatorId::new(0), key.address(), VotingPower::new(1));
        let schedule = FixedProducers::new(keys.iter().map(producer), keys[0].address(), timing);
        let genesis =
            SealedHeader::genesis(Header { time: 1_700_000_000, extra: vec![0; 97].into(), ..Header::default() });

        let mut headers = Vec::new();
        let mut parent = (genesis.hash(), genesis.time);
        for (number, key) in (1..=HEADERS).zip(keys.iter().cycle()) {
            let turn = schedule.turn(number, key.address()).expect("every key is a producer's");
            let records = if timing.is_sprint_end(number) { record_bytes(&schedule.producers()) } else { Vec::new() };
            let root = keccak256(number.to_be_bytes());
            let mut header = Header {
                parent_hash: parent.0,
                state_root: root,
                transactions_root: keccak256(root),
                receipts_root: keccak256(keccak256(root)),
                logs_bloom: Bloom::repeat_byte(root[0]),
                difficulty: U256::from(turn.difficulty),
                number: U256::from(number),
                gas_limit: 20_000_000,
                gas_used: 7_654_321,
                time: parent.1 + turn.delay,
                extra: [&[0; 32][..], &records, &[0; 65]].concat().into(),
                ..Header::default()
            };
            let seal = key.sign(&header.seal_hash().expect("there is room for a seal"));
            header.extra = [&[0; 32][..], &records, &seal.to_bytes()].concat().into();
            parent = (header.hash(), header.time);
            headers.push((header, Ok(schedule.producers())));
        }
        Self { timing, genesis, headers, schedule }
    }

    /// The seal hashes and the seals.
    fn seals(&self) -> Vec<(B256, Signature)> {
        let seal = |(header, _): &(Header, _)| {
            let seal = header.extra.last_chunk::<65>().map(Signature::from_bytes);
            header.seal_hash().zip(seal)
        };
        self.headers.iter().filter_map(seal).collect()
    }

    /// The authors of the headers, verified as one batch; nobody is remembered from the last time.
    fn batch(&self, threads: Threads) -> Vec<Address> {
        let headers = self.headers.iter().map(|(header, _)| header.clone());
        let headers = SignerCache::default().recover(headers, threads);
        let contract = |_| Some(Ok(self.schedule.producers()));
        let context = BatchContext {
            timing: &self.timing,
            now: u64::MAX,
            parent: Some(Parent::from(&self.genesis)),
            schedule: Some(&self.schedule),
            contract: &contract,
        };
        let verdicts = verify_batch(&headers, &context).into_iter();
        verdicts.map(|verdict| verdict.expect("the header was made by the rules").author()).collect()
    }

    /// The authors of the headers, each verified against the one before.
    fn verified(&self) -> Vec<Address> {
        let mut parent = self.genesis.clone();
        let mut authors = Vec::with_capacity(self.headers.len());
        for (header, contract) in &self.headers {
            let context = SealContext {
                timing: &self.timing,
                now: header.time,
                parent: Some(Parent::from(&parent)),
                schedule: &self.schedule,
                contract: Some(contract),
            };
            parent = verify(header, &context).expect("the header was made by the rules");
            authors.push(parent.author());
        }
        authors
    }
}
