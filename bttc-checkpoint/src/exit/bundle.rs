//! Proofs in one file, with all that it takes to check them again without a network.
//!
//! ```text
//! rlp([ "bttc-exit-bundle", 1,
//!       side chain id, root chain number,
//!       [ header id, start, end, root, proposer, created at ],
//!       [[ transaction hash, payload ]…],
//!       [ made by, made at, side chain asked, root chain asked, contract, root block ],
//!       H( rlp of the seven items before ) ])
//! ```
//!
//! One bundle has one form in bytes, every item canonical, and one in JSON, with the payloads in hex and the same digest;
//! a changed bit is noticed in both. What the bundle says of a checkpoint is what the root chain said when it was made:
//! a reader who does not trust its maker asks the root chain for that one record, by contract and header id. The
//! transaction hash and all of [`Provenance`] are said, not proven.
//!
//! ```
//! use bttc_checkpoint::exit::{Bundle, BundleError};
//!
//! assert_eq!(Bundle::decode(b"\xc0"), Err(BundleError::Fields { list: "bundle", expected: 8, got: Some(0) }));
//! ```

use super::{CheckpointRef, DecodeError, Exit, ExitProof, VerifyError, receipt::number};
use crate::checkpoint::{BlockRange, RangeError};
use alloc::{
    borrow::ToOwned,
    collections::BTreeSet,
    string::{String, ToString as _},
    vec::Vec,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rlp::Encodable as _;
use bttc_core::{
    hash::keccak256,
    id::HeaderBlockId,
    rlp::{Item, RlpError},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

const MAGIC: &str = "bttc-exit-bundle";
const VERSION: u64 = 1;

/// Withdrawals out of one checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bundle {
    /// Id of the side chain: 199, 1029.
    pub side_chain: u64,
    /// The root chain on which the checkpoint is recorded, and the withdrawals are to be paid.
    pub root_chain: RootChainId,
    /// The checkpoint.
    pub checkpoint: CheckpointRef,
    /// Who proposed it.
    pub proposer: Address,
    /// When it was recorded, Unix seconds.
    pub created_at: u64,
    /// The withdrawals; at least one.
    pub exits: Vec<BundledExit>,
    /// Where all this comes from.
    pub provenance: Provenance,
}

/// One withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BundledExit {
    /// Hash of the burn's transaction. It is said, not proven.
    pub transaction: B256,
    /// Its proof.
    pub proof: ExitProof,
}

/// Where a bundle comes from. Nothing of it is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provenance {
    /// Program and version that made it.
    pub made_by: String,
    /// When, Unix seconds.
    pub made_at: u64,
    /// The node of the side chain that was asked, without secrets.
    pub side_chain: String,
    /// The node of the root chain that was asked, without secrets.
    pub root_chain: String,
    /// The contract in which the checkpoint is recorded.
    pub contract: Address,
    /// Block of the root chain at which it was read.
    pub root_block: u64,
}

/// Why bytes or text are no bundle, or one that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not one canonical RLP item.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// Not JSON, or not of the bundle's shape.
    #[error("{reason}")]
    Json {
        /// What the reader says.
        reason: String,
    },
    /// A list of another length.
    #[error("{list}: expected a list of {expected}, got {got:?}")]
    Fields {
        /// Which one.
        list: &'static str,
        /// Items it has.
        expected: usize,
        /// Items there are; `None` for a string.
        got: Option<usize>,
    },
    /// A field has another form.
    #[error("{field}: expected {expected}")]
    Field {
        /// Which one.
        field: &'static str,
        /// Its form.
        expected: &'static str,
    },
    /// It is another kind of file, or of another version.
    #[error("got format {got}, expected {MAGIC}/{VERSION}")]
    Format {
        /// The format.
        got: String,
    },
    /// The checkpoint's range is none.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// Something was changed since it was made.
    #[error("computed digest {computed}, expected {expected}")]
    Digest {
        /// Digest of what is there.
        computed: B256,
        /// Digest it came with.
        expected: B256,
    },
    /// It holds no withdrawal.
    #[error("expected at least one exit")]
    NoExits,
    /// A payload is none.
    #[error("exit {exit}: {error}")]
    Payload {
        /// Its place.
        exit: usize,
        /// Why not.
        error: DecodeError,
    },
    /// A proof does not hold.
    #[error("exit {exit}: {error}")]
    Verify {
        /// Its place.
        exit: usize,
        /// Why not.
        error: VerifyError,
    },
    /// Two of them are the same withdrawal.
    #[error("exit {exit} is there twice: {exit_hash}")]
    Repeated {
        /// Place of the second.
        exit: usize,
        /// What they have in common.
        exit_hash: B256,
    },
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    format: String,
    side_chain: u64,
    root_chain: RootChainId,
    checkpoint: WrittenCheckpoint,
    exits: Vec<WrittenExit>,
    provenance: Provenance,
    digest: B256,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenCheckpoint {
    id: HeaderBlockId,
    start: u64,
    end: u64,
    root: B256,
    proposer: Address,
    created_at: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenExit {
    transaction: B256,
    payload: Bytes,
}

fn integer(number: u64) -> Item {
    word(U256::from(number))
}

fn word(word: U256) -> Item {
    Item::from(word.to_be_bytes_trimmed_vec())
}

impl Bundle {
    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let mut items = self.items();
        items.push(Item::string(digest(&items).as_slice()));
        Item::list(items).to_bytes().into()
    }

    /// Everything but the digest.
    fn items(&self) -> Vec<Item> {
        let Self { checkpoint: CheckpointRef { id, range, root }, provenance, .. } = self;
        let exits = self.exits.iter().map(|exit| {
            Item::list([Item::string(exit.transaction.as_slice()), Item::string(&exit.proof.to_payload())])
        });
        Vec::from([
            Item::from(MAGIC),
            integer(VERSION),
            integer(self.side_chain),
            integer(self.root_chain.number().into()),
            Item::list([
                word(id.get()),
                integer(range.start()),
                integer(range.end()),
                Item::string(root.as_slice()),
                Item::string(self.proposer.as_slice()),
                integer(self.created_at),
            ]),
            Item::list(exits),
            Item::list([
                Item::from(provenance.made_by.as_str()),
                integer(provenance.made_at),
                Item::from(provenance.side_chain.as_str()),
                Item::from(provenance.root_chain.as_str()),
                Item::string(provenance.contract.as_slice()),
                integer(provenance.root_block),
            ]),
        ])
    }

    /// Reads its bytes, which have one form only. The proofs are taken apart, not yet checked: [`Bundle::verify`].
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BundleError> {
        let bundle = Item::decode(bytes)?;
        let [magic, version, side_chain, root_chain, checkpoint, exits, provenance, expected] =
            fields("bundle", &bundle)?;
        format_is(&text("format", magic)?, int("version", version)?)?;
        let items = bundle.as_list().and_then(|items| items.split_last()).map_or(&[][..], |(_, before)| before);
        digest_is(digest(items), fixed("digest", expected)?)?;

        let [id, start, end, root, proposer, created_at] = fields("checkpoint", checkpoint)?;
        let exits_form = BundleError::Fields { list: "exits", expected: 1, got: None };
        let exits = exits.as_list().ok_or(exits_form)?.iter().enumerate().map(|(exit, item)| {
            let [transaction, payload] = fields("exit", item)?;
            let payload = payload.as_string().ok_or(BundleError::Field { field: "payload", expected: "bytes" })?;
            BundledExit::read(exit, fixed("transaction", transaction)?, payload)
        });
        let [made_by, made_at, asked_side, asked_root, contract, root_block] = fields("provenance", provenance)?;
        let number = int("root chain", root_chain)?;
        let root_chain = RootChainId::ALL.into_iter().find(|known| u64::from(known.number()) == number);
        Self {
            side_chain: int("side chain", side_chain)?,
            root_chain: root_chain.ok_or(BundleError::Field { field: "root chain", expected: "1, 2 or 3" })?,
            checkpoint: CheckpointRef {
                id: HeaderBlockId::new(header_id(id)?),
                range: BlockRange::new(int("start", start)?, int("end", end)?)?,
                root: fixed("root", root)?,
            },
            proposer: address("proposer", proposer)?,
            created_at: int("created at", created_at)?,
            exits: exits.collect::<Result<_, _>>()?,
            provenance: Provenance {
                made_by: text("made by", made_by)?,
                made_at: int("made at", made_at)?,
                side_chain: text("side chain asked", asked_side)?,
                root_chain: text("root chain asked", asked_root)?,
                contract: address("contract", contract)?,
                root_block: int("root block", root_block)?,
            },
        }
        .with_exits()
    }

    /// Its JSON form, indented.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { checkpoint: CheckpointRef { id, range, root }, .. } = self;
        let exits = self.exits.iter();
        let written = Written {
            format: alloc::format!("{MAGIC}/{VERSION}"),
            side_chain: self.side_chain,
            root_chain: self.root_chain,
            checkpoint: WrittenCheckpoint {
                id: *id,
                start: range.start(),
                end: range.end(),
                root: *root,
                proposer: self.proposer,
                created_at: self.created_at,
            },
            exits: exits
                .map(|exit| WrittenExit { transaction: exit.transaction, payload: exit.proof.to_payload() })
                .collect(),
            provenance: self.provenance.clone(),
            digest: digest(&self.items()),
        };
        // Neither maps with keys that are no text nor types of others are in it.
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// Reads its JSON form; as strict as [`Bundle::decode`], but for white space and the order of fields.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn from_json(text: &str) -> Result<Self, BundleError> {
        let written: Written =
            serde_json::from_str(text).map_err(|error| BundleError::Json { reason: error.to_string() })?;
        if written.format != alloc::format!("{MAGIC}/{VERSION}") {
            return Err(BundleError::Format { got: written.format });
        }
        let WrittenCheckpoint { id, start, end, root, proposer, created_at } = written.checkpoint;
        let exits = written.exits.into_iter().enumerate();
        let bundle = Self {
            side_chain: written.side_chain,
            root_chain: written.root_chain,
            checkpoint: CheckpointRef { id, range: BlockRange::new(start, end)?, root },
            proposer,
            created_at,
            exits: exits
                .map(|(exit, written)| BundledExit::read(exit, written.transaction, &written.payload))
                .collect::<Result<_, _>>()?,
            provenance: written.provenance,
        };
        digest_is(digest(&bundle.items()), written.digest)?;
        bundle.with_exits()
    }

    fn with_exits(self) -> Result<Self, BundleError> {
        if self.exits.is_empty() { Err(BundleError::NoExits) } else { Ok(self) }
    }

    /// Checks every proof against the checkpoint, and that no withdrawal is there twice.
    ///
    /// # Errors
    /// [`BundleError::NoExits`], [`BundleError::Verify`], [`BundleError::Repeated`].
    pub fn verify(&self) -> Result<Vec<Exit>, BundleError> {
        if self.exits.is_empty() {
            return Err(BundleError::NoExits);
        }
        let mut seen = BTreeSet::new();
        let exits = self.exits.iter().enumerate().map(|(place, bundled)| {
            let verified = bundled.proof.verify(&self.checkpoint);
            let exit = verified.map_err(|error| BundleError::Verify { exit: place, error })?;
            let exit_hash = exit.exit_hash();
            if seen.insert(exit_hash) { Ok(exit) } else { Err(BundleError::Repeated { exit: place, exit_hash }) }
        });
        exits.collect()
    }
}

impl BundledExit {
    fn read(exit: usize, transaction: B256, payload: &[u8]) -> Result<Self, BundleError> {
        let proof = ExitProof::decode(payload).map_err(|error| BundleError::Payload { exit, error })?;
        Ok(Self { transaction, proof })
    }
}

/// Hash of the items as a list.
fn digest(items: &[Item]) -> B256 {
    let mut bytes = Vec::new();
    let payload_length = items.iter().map(Item::length).sum();
    alloy_rlp::Header { list: true, payload_length }.encode(&mut bytes);
    items.iter().for_each(|item| item.encode(&mut bytes));
    keccak256(bytes)
}

fn digest_is(computed: B256, expected: B256) -> Result<(), BundleError> {
    if computed == expected { Ok(()) } else { Err(BundleError::Digest { computed, expected }) }
}

fn format_is(magic: &str, version: u64) -> Result<(), BundleError> {
    if (magic, version) == (MAGIC, VERSION) {
        return Ok(());
    }
    Err(BundleError::Format { got: alloc::format!("{magic}/{version}") })
}

fn fields<'a, const N: usize>(list: &'static str, item: &'a Item) -> Result<&'a [Item; N], BundleError> {
    let items = item.as_list();
    let got = items.map(<[Item]>::len);
    items.and_then(|items| items.try_into().ok()).ok_or(BundleError::Fields { list, expected: N, got })
}

fn int(field: &'static str, item: &Item) -> Result<u64, BundleError> {
    number(item).ok_or(BundleError::Field { field, expected: "an integer of at most 64 bits without leading zeros" })
}

fn header_id(item: &Item) -> Result<U256, BundleError> {
    let bytes = item.as_string().filter(|bytes| bytes.first() != Some(&0));
    let expected = "an integer of at most 256 bits without leading zeros";
    bytes.and_then(U256::try_from_be_slice).ok_or(BundleError::Field { field: "header id", expected })
}

fn fixed(field: &'static str, item: &Item) -> Result<B256, BundleError> {
    let bytes = item.as_string().and_then(|bytes| B256::try_from(bytes).ok());
    bytes.ok_or(BundleError::Field { field, expected: "32 bytes" })
}

fn address(field: &'static str, item: &Item) -> Result<Address, BundleError> {
    let bytes = item.as_string().and_then(|bytes| Address::try_from(bytes).ok());
    bytes.ok_or(BundleError::Field { field, expected: "20 bytes" })
}

fn text(field: &'static str, item: &Item) -> Result<String, BundleError> {
    let text = item.as_string().and_then(|bytes| core::str::from_utf8(bytes).ok());
    text.map(ToOwned::to_owned).ok_or(BundleError::Field { field, expected: "UTF-8 text" })
}
