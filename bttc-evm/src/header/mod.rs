//! The header of a block: fifteen items, sometimes a sixteenth, and a seal in its extra-data.
//!
//! ```text
//! header    = rlp([ parentHash(32) uncleHash(32) coinbase(20) stateRoot(32) txRoot(32) receiptRoot(32) bloom(256)
//!                   difficulty number gasLimit gasUsed time extra mixDigest(32) nonce(8) [ baseFee ] ])
//! hash      = H( header )
//! seal hash = H( rlp of the first 15 items, extra without its last 65 bytes )
//! seal      = last 65 bytes of extra: r ‖ s ‖ v over the seal hash
//! author    = address recovered from the seal; the coinbase is zero
//! ```
//!
//! Source: `block-layer §2.1–2.3; bttc:core/types/block.go:69-106, bttc:consensus/bor/bor.go:131-184`.
//!
//! ```
//! use bttc_evm::header::Header;
//! use alloy_primitives::{B256, U256, b256};
//!
//! // Every field zero, number 1, 97 zero bytes of extra-data.
//! let header = Header {
//!     number: U256::from(1), extra: vec![0; 97].into(),
//!     uncles_hash: B256::ZERO, transactions_root: B256::ZERO, receipts_root: B256::ZERO, ..Header::default()
//! };
//! let expected = b256!("0x1be13e83939b3c4701ee57a34e10c9290ce07b0e53af0fe90b812c6881826e36");
//! assert_eq!(header.seal_hash(), Some(expected));
//! ```

mod extra;
mod recovered;
mod sealed;

pub use extra::{ExtraData, ExtraError, VANITY_LENGTH, record_bytes};
pub use recovered::RecoveredHeader;
pub use sealed::SealedHeader;

use alloy_primitives::{Address, B64, B256, Bloom, Bytes, U256, b256};
use alloy_rlp::{BufMut, Decodable, Encodable};
use bttc_core::{hash::keccak256, leaf::Leaf, schedule::SignerError, signature::Signature};
use serde::{Deserialize, Serialize};

/// Hash of no uncles: the RLP of the empty list.
pub const EMPTY_UNCLES_HASH: B256 = b256!("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

/// A block's header as it travels; nothing about it is proven.
///
/// Source: `block-layer §2.1.1; bttc:core/types/block.go:69-88`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Hash of the block before.
    pub parent_hash: B256,
    /// Hash of the list of uncles; there are none.
    pub uncles_hash: B256,
    /// Zero from an honest producer; the fees go to the author.
    pub coinbase: Address,
    /// Root of the state after the block.
    pub state_root: B256,
    /// Root of its transactions.
    pub transactions_root: B256,
    /// Root of its receipts, state-sync receipt excluded.
    pub receipts_root: B256,
    /// Filter over the logs of those receipts.
    pub logs_bloom: Bloom,
    /// Producers minus succession of the author.
    pub difficulty: U256,
    /// Height; unbounded in the encoding, read through [`height`](Self::height).
    pub number: U256,
    /// Gas that the transactions may use.
    pub gas_limit: u64,
    /// Gas that they used.
    pub gas_used: u64,
    /// Unix seconds.
    pub time: u64,
    /// Vanity, validators at the end of a sprint, seal.
    pub extra: Bytes,
    /// Zero.
    pub mix_digest: B256,
    /// Zero from an honest producer.
    pub nonce: B64,
    /// The sixteenth item; absent from an honest producer, covered by no seal.
    pub base_fee: Option<U256>,
}

impl Default for Header {
    /// Everything zero or empty, no uncles.
    fn default() -> Self {
        Self {
            parent_hash: B256::ZERO,
            uncles_hash: EMPTY_UNCLES_HASH,
            coinbase: Address::ZERO,
            state_root: B256::ZERO,
            transactions_root: alloy_trie::EMPTY_ROOT_HASH,
            receipts_root: alloy_trie::EMPTY_ROOT_HASH,
            logs_bloom: Bloom::ZERO,
            difficulty: U256::ZERO,
            number: U256::ZERO,
            gas_limit: 0,
            gas_used: 0,
            time: 0,
            extra: Bytes::new(),
            mix_digest: B256::ZERO,
            nonce: B64::ZERO,
            base_fee: None,
        }
    }
}

/// Bytes that are not exactly one header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the RLP of a header: {0}")]
pub struct HeaderDecodeError(#[source] pub alloy_rlp::Error);

impl Header {
    /// Reads exactly one header.
    ///
    /// # Errors
    /// [`HeaderDecodeError`] for anything but 15 or 16 items in their only encoding.
    pub fn from_rlp(mut bytes: &[u8]) -> Result<Self, HeaderDecodeError> {
        let header = Self::decode(&mut bytes).map_err(HeaderDecodeError)?;
        if bytes.is_empty() { Ok(header) } else { Err(HeaderDecodeError(alloy_rlp::Error::UnexpectedLength)) }
    }

    /// Its bytes.
    #[must_use]
    pub fn to_rlp(&self) -> Vec<u8> {
        let mut items = self.items(&self.extra);
        if let Some(fee) = self.base_fee {
            fee.encode(&mut items);
        }
        list(&items)
    }

    /// Hash of the block.
    #[must_use]
    pub fn hash(&self) -> B256 {
        keccak256(self.to_rlp())
    }

    /// The low 64 bits of the number, which is all that the rules look at.
    // Q-70: numbers beyond 64 bits are told apart by their low 64 bits only.
    #[must_use]
    pub fn height(&self) -> u64 {
        low_word(&self.number)
    }

    /// What a producer signs, before it is hashed; `None` when there is no room for a seal.
    ///
    /// Source: `block-layer §2.3.5; bttc:consensus/bor/bor.go:207-211`.
    #[must_use]
    pub fn seal_preimage(&self) -> Option<Vec<u8>> {
        let unsealed = self.extra.len().checked_sub(Signature::LEN)?;
        // Q-71: always 15 items; a base fee that was appended leaves the seal valid.
        self.extra.get(..unsealed).map(|extra| list(&self.items(extra)))
    }

    /// The hash that a producer signs; `None` when there is no room for a seal.
    ///
    /// Source: `block-layer §2.3.1; bttc:consensus/bor/bor.go:156-184`.
    #[must_use]
    pub fn seal_hash(&self) -> Option<B256> {
        self.seal_preimage().map(keccak256)
    }

    /// The address recovered from the seal.
    ///
    /// Source: `block-layer §2.3.2; bttc:consensus/bor/bor.go:131-153`.
    ///
    /// # Errors
    /// [`SignerError`] when there is none.
    pub fn signer(&self) -> Result<Address, SignerError> {
        let hash = self.seal_hash().ok_or(SignerError::MissingSignature)?;
        let seal = self.extra.len().checked_sub(Signature::LEN);
        let seal = seal.and_then(|start| self.extra.get(start..));
        let seal = Signature::try_from(seal.unwrap_or_default()).map_err(|_| SignerError::MissingSignature)?;
        Ok(seal.recover_seal(&hash)?.address())
    }

    /// The four words that enter a checkpoint.
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        Leaf {
            number: self.height(),
            time: self.time,
            transactions_root: self.transactions_root,
            receipts_root: self.receipts_root,
        }
    }

    fn items(&self, extra: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(640);
        self.parent_hash.encode(&mut out);
        self.uncles_hash.encode(&mut out);
        self.coinbase.encode(&mut out);
        self.state_root.encode(&mut out);
        self.transactions_root.encode(&mut out);
        self.receipts_root.encode(&mut out);
        self.logs_bloom.encode(&mut out);
        self.difficulty.encode(&mut out);
        self.number.encode(&mut out);
        self.gas_limit.encode(&mut out);
        self.gas_used.encode(&mut out);
        self.time.encode(&mut out);
        extra.encode(&mut out);
        self.mix_digest.encode(&mut out);
        self.nonce.encode(&mut out);
        out
    }
}

impl Encodable for Header {
    fn encode(&self, out: &mut dyn BufMut) {
        out.put_slice(&self.to_rlp());
    }

    fn length(&self) -> usize {
        self.to_rlp().len()
    }
}

impl Decodable for Header {
    fn decode(buf: &mut &[u8]) -> alloy_rlp::Result<Self> {
        let mut rest = alloy_rlp::Header::decode_bytes(buf, true)?;
        let items = &mut rest;
        let header = Self {
            parent_hash: Decodable::decode(items)?,
            uncles_hash: Decodable::decode(items)?,
            coinbase: Decodable::decode(items)?,
            state_root: Decodable::decode(items)?,
            transactions_root: Decodable::decode(items)?,
            receipts_root: Decodable::decode(items)?,
            logs_bloom: Decodable::decode(items)?,
            difficulty: Decodable::decode(items)?,
            number: Decodable::decode(items)?,
            gas_limit: Decodable::decode(items)?,
            gas_used: Decodable::decode(items)?,
            time: Decodable::decode(items)?,
            extra: Decodable::decode(items)?,
            mix_digest: Decodable::decode(items)?,
            nonce: Decodable::decode(items)?,
            base_fee: if items.is_empty() { None } else { Some(Decodable::decode(items)?) },
        };
        if rest.is_empty() { Ok(header) } else { Err(alloy_rlp::Error::UnexpectedLength) }
    }
}

/// The RLP list with these items.
pub(crate) fn list(items: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len() + 9);
    alloy_rlp::Header { list: true, payload_length: items.len() }.encode(&mut out);
    out.extend_from_slice(items);
    out
}

/// The low 64 bits.
pub(crate) fn low_word(value: &U256) -> u64 {
    let [low, ..] = *value.as_limbs();
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    #[test]
    fn q70_only_the_low_64_bits_of_a_number_count() {
        let header = Header { number: (U256::from(1) << 64) + U256::from(7), ..Header::default() };
        assert_eq!(header.height(), 7);
    }

    #[test]
    fn q71_an_appended_base_fee_changes_the_hash_but_not_the_seal_hash() {
        let plain = Header { extra: vec![0; 97].into(), ..Header::default() };
        let with_fee = Header { base_fee: Some(U256::ZERO), ..plain.clone() };
        assert_eq!(plain.seal_hash(), with_fee.seal_hash());
        assert_ne!(plain.hash(), with_fee.hash());
        assert_eq!(Header::from_rlp(&with_fee.to_rlp()), Ok(with_fee));
    }

    /// Vector D2.
    #[test]
    fn the_first_block_of_the_reference_test_chain_seals_to_its_signer() {
        let seal = hex!(
            "197de14d5a9746289d20d219e44fea3345662cd1cd94e4763cfad4241a1e4b985c13471bb758adb9dc332adb412d1cec851b2d5723014191f8ab8b33f99979b401"
        );
        let header = Header {
            parent_hash: b256!("0x499fb4b4f1bee87fed4ee0f3685aabd1024fa728cfc2d1aa5296e5bc51795157"),
            state_root: b256!("0x7a1fa0ceca35a13aa0463c49678e7912b08f742d6719f79ea0a649827ad6412b"),
            difficulty: U256::from(1),
            number: U256::from(1),
            gas_limit: 0x98_9680,
            time: 0x5ce2_8212,
            extra: [&[0; 32][..], &seal].concat().into(),
            ..Header::default()
        };
        let seal_hash = b256!("0x54a55e5b63148e5137d7f7ea238da7bb15280e4256d6551c67f42e78d8007aec");
        assert_eq!(header.seal_hash(), Some(seal_hash));
        assert_eq!(header.hash(), b256!("0x5ae6d62a97fd68b7b9e2b4bab73f38de34bbc7d1d3e8c1dd905db7dcb5d95172"));
        assert_eq!(header.signer(), Ok(alloy_primitives::address!("0x71562b71999873db5b286df957af199ec94617f7")));
        assert_eq!(Header::from_rlp(&header.to_rlp()), Ok(header));
    }
}
