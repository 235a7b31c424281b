//! Whose signature it is.

use super::context::{Context, Proposal, Vote};
use super::decision::is_signed_by;
use super::digest::{Chain, Step};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, bytes};
use arc_malachitebft_core_types::{NilOrVal, ValidatorProof, VoteExtensionScope, VoteType};
use arc_malachitebft_signing::{Error, VerificationResult, Verifier};
use async_trait::async_trait;
use bttc_core::signature::Signature;
use std::sync::{Mutex, PoisonError};

/// Digests and checks the core's messages.
///
/// Whether a signature over a digest is an address's is a fact, so it is found out once and remembered until
/// [`Self::forget`]: the core asks again about every vote of a certificate, and in one process every validator asks.
#[derive(Debug)]
pub(super) struct Checker {
    chain: Chain,
    known: Mutex<BTreeMap<(Address, B256, Signature), Verdict>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Signed,
    Forged,
}

impl Checker {
    pub(super) const fn new(chain_id: u64) -> Self {
        Self { chain: Chain::new(chain_id), known: Mutex::new(BTreeMap::new()) }
    }

    pub(super) fn vote(&self, vote: &Vote) -> B256 {
        let step = match vote.step {
            VoteType::Prevote => Step::Prevote,
            VoteType::Precommit => Step::Precommit,
        };
        let value = match vote.value {
            NilOrVal::Nil => None,
            NilOrVal::Val(id) => Some(id),
        };
        self.chain.vote(step, vote.height.into(), vote.round.as_i64(), value, vote.validator.0)
    }

    pub(super) fn proposal(&self, proposal: &Proposal) -> B256 {
        let Proposal { height, round, value, pol_round, proposer } = *proposal;
        self.chain.proposal(height.into(), round.as_i64(), pol_round.as_i64(), value.0, proposer.0)
    }

    pub(super) fn extension(&self, scope: &VoteExtensionScope<Context>, extension: &[u8]) -> B256 {
        let VoteExtensionScope { height, round, value_id, validator_address } = scope;
        self.chain.extension((*height).into(), round.as_i64(), *value_id, validator_address.0, extension)
    }

    /// Whether this address signed this digest so.
    pub(super) fn is_signed_by(&self, signer: Address, digest: B256, signature: &Signature) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = known.entry((signer, digest, *signature)).or_insert_with(|| {
            if is_signed_by(signer, &digest, signature) { Verdict::Signed } else { Verdict::Forged }
        });
        *verdict == Verdict::Signed
    }

    /// Empties the memory; a height's messages are not seen at another.
    pub(super) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn check(&self, signer: &Address, digest: B256, signature: &Signature) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::from_bool(self.is_signed_by(*signer, digest, signature)))
    }
}

#[async_trait]
impl Verifier<Context> for Checker {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        signer: &Address,
    ) -> Result<VerificationResult, Error> {
        self.check(signer, self.vote(vote), signature)
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        signer: &Address,
    ) -> Result<VerificationResult, Error> {
        self.check(signer, self.proposal(proposal), signature)
    }

    async fn verify_signed_vote_extension(
        &self,
        scope: &VoteExtensionScope<Context>,
        extension: &bytes::Bytes,
        signature: &Signature,
        signer: &Address,
    ) -> Result<VerificationResult, Error> {
        self.check(signer, self.extension(scope, extension), signature)
    }

    async fn verify_validator_proof(&self, proof: &ValidatorProof<Context>) -> Result<VerificationResult, Error> {
        match proof.decoded_public_key() {
            Ok(signer) => self.check(&signer, self.chain.peer(&proof.preimage()), &proof.signature),
            Err(_) => Ok(VerificationResult::Invalid),
        }
    }
}
