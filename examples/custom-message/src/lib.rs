//! A message of one's own on the layer: hashes of Ethereum's blocks, noted once more than two thirds have seen them.
//!
//! ```text
//! block H     MsgBeacon(block, hash) ──admit──▶ not noted yet
//!             attest: Question::BlockHash ──▶ the same hash? yes : skip
//! block H+2   settle(yes) ──▶ store `custom`: block ──▶ hash
//! ```

use alloy_primitives::{Address, B256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::{self, Json, JsonForm},
    amino_fields,
    root_chain::RootChainId,
};
use bttc_validator::{
    message::{Fault, Invalid, Msg},
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal},
    store::{StoreName, Stores, numbered},
};

/// A block of Ethereum is said to have this hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MsgBeacon {
    /// Who says so.
    pub from: Address,
    /// The block.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
}

amino_fields!(MsgBeacon as "beacon/MsgBeacon" { from: "from", block: "block", hash: "hash" });

/// The hash is noted already.
pub const NOTED: Refusal = Refusal::common(9_001);
/// Not enough have seen it.
pub const UNSEEN: Refusal = Refusal::common(9_002);

/// The hash that was noted for a block.
#[must_use]
pub fn noted(stores: &Stores, block: u64) -> Option<B256> {
    B256::try_from(stores.get(StoreName::Custom, &numbered(b'b', block))?).ok()
}

impl Msg for MsgBeacon {
    fn route(&self) -> &'static str {
        "beacon"
    }

    fn kind(&self) -> &'static str {
        "beacon"
    }

    fn signer(&self) -> Address {
        self.from
    }

    fn basic(&self) -> Result<(), Invalid> {
        if self.from.is_zero() { Err(Fault::invalid_msg("nobody says so").into()) } else { Ok(()) }
    }

    fn sign_json(&self) -> Json {
        amino::to_json(self, JsonForm::Amino)
    }

    /// It is voted on; no contract wants the votes signed.
    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

impl Phases for MsgBeacon {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if noted(stores, self.block).is_some() {
            return Err(NOTED);
        }
        Ok(vec![Event::admitted("beacon", StoreName::Custom).with("block", self.block)])
    }

    fn attest(&self, _: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let is_so = facts.block_hash(RootChainId::Ethereum, self.block)? == Some(self.hash);
        if is_so { Ok(VoteResult::Yes) } else { Err(UNSEEN.into()) }
    }

    fn settle(&self, stores: &mut Stores, _: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(UNSEEN);
        }
        if noted(stores, self.block).is_some() {
            return Err(NOTED);
        }
        stores.set(StoreName::Custom, numbered(b'b', self.block), self.hash.to_vec());
        Ok(vec![Event::new("beacon").with("block", self.block).with("hash", self.hash)])
    }
}
