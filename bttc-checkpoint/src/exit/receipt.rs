//! A receipt, and the bytes that stand under the receipts root.
//!
//! ```text
//! bytes = [type] rlp([ status, cumulative gas, bloom(256), [[ address, [topic…], data ]…] ])
//! status: 01 or empty      type: no byte for 0
//! ```
//!
//! Source: `withdrawal-proofs §3.8; block-layer §5.4`.

use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, logs_bloom};
use alloy_rlp::{Encodable as _, Header};
use bttc_core::{
    hash::Keccak256,
    rlp::{Item, RlpError},
};
use serde::{Deserialize, Serialize};

/// Hash under which the RPC lists a block's state-sync receipt, which is no transaction: it stands under no receipts root,
/// and its logs can never be withdrawn.
///
/// Source: `withdrawal-proofs §3.9; bttc:core/types/bor_receipt.go:18-34`.
#[must_use]
pub fn state_sync_transaction(block: u64, hash: B256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(b"matic-bor-receipt-");
    hasher.update(block.to_be_bytes());
    hasher.update(hash);
    hasher.finalize()
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It reverted; only the fee's log is left.
    Failed,
    /// It took effect.
    Succeeded,
}

/// A receipt in its consensus fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Type of the transaction, 0 for a legacy one.
    pub kind: u8,
    /// How it ended.
    pub status: Status,
    /// Gas of the block up to and with this transaction.
    pub cumulative_gas_used: u64,
    /// Filter of its logs.
    pub bloom: Bloom,
    /// Its logs, the client's own at `0x…1010` included.
    pub logs: Vec<Log>,
}

/// Bytes that are no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not even one canonical RLP item.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// No bytes, or a first byte that is neither a type nor a list.
    #[error("expected a type byte below 0x80 or a list, got {got:02x?}")]
    Kind {
        /// The first byte.
        got: Option<u8>,
    },
    /// A field has another form.
    #[error("{field}: expected {expected}")]
    Field {
        /// Which one.
        field: &'static str,
        /// Its form.
        expected: &'static str,
    },
}

impl Receipt {
    /// The filter of these logs; what [`Receipt::bloom`] should be.
    #[must_use]
    pub fn computed_bloom(&self) -> Bloom {
        logs_bloom(&self.logs)
    }

    /// Its consensus bytes, the type in front unless it is 0.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let status = u8::from(self.status == Status::Succeeded);
        let fields: [&dyn alloy_rlp::Encodable; 4] = [&status, &self.cumulative_gas_used, &self.bloom, &self.logs];
        let payload_length = fields.iter().map(|field| field.length()).sum();
        let mut out = Vec::with_capacity(payload_length + 5);
        if self.kind != 0 {
            out.push(self.kind);
        }
        Header { list: true, payload_length }.encode(&mut out);
        fields.iter().for_each(|field| field.encode(&mut out));
        out.into()
    }

    /// Reads consensus bytes, each in its one canonical form.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let (kind, list) = match bytes.split_first() {
            Some((kind @ 1..0x80, list)) => (*kind, list),
            Some((0xc0.., _)) => (0, bytes),
            other => {
                return Err(ReceiptError::Kind { got: other.map(|(first, _)| *first) });
            }
        };
        let item = Item::decode(list)?;
        let [status, gas, bloom, logs] = fields("receipt", "a list of 4 fields", &item)?;
        let (gas_form, bloom_form) = ("a number of at most 64 bits without leading zeros", "256 bytes");
        let field = |field, expected| ReceiptError::Field { field, expected };
        Ok(Self {
            kind,
            status: match status.as_string() {
                Some([]) => Status::Failed,
                Some([1]) => Status::Succeeded,
                _ => return Err(field("status", "01 or nothing")),
            },
            cumulative_gas_used: number(gas).ok_or(field("cumulative gas", gas_form))?,
            bloom: bloom.as_string().and_then(|bytes| Bloom::try_from(bytes).ok()).ok_or(field("bloom", bloom_form))?,
            logs: logs.as_list().ok_or(field("logs", "a list"))?.iter().map(log).collect::<Result<_, _>>()?,
        })
    }
}

/// The number of a minimal big-endian string of at most 8 bytes.
pub(super) fn number(item: &Item) -> Option<u64> {
    let bytes = item.as_string()?;
    if bytes.len() > 8 || bytes.first() == Some(&0) {
        return None;
    }
    Some(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn fields<'a, const N: usize>(
    field: &'static str,
    expected: &'static str,
    item: &'a Item,
) -> Result<&'a [Item; N], ReceiptError> {
    item.as_list().and_then(|items| items.try_into().ok()).ok_or(ReceiptError::Field { field, expected })
}

fn log(item: &Item) -> Result<Log, ReceiptError> {
    let [address, topics, data] = fields("log", "a list of 3 fields", item)?;
    let field = |field, expected| ReceiptError::Field { field, expected };
    let address = address.as_string().and_then(|bytes| Address::try_from(bytes).ok());
    let topic = |item: &Item| item.as_string().and_then(|bytes| B256::try_from(bytes).ok());
    let topics: Option<Vec<B256>> = topics.as_list().and_then(|items| items.iter().map(topic).collect());
    Log::new(
        address.ok_or(field("log address", "20 bytes"))?,
        topics.ok_or(field("topics", "a list of 32-byte strings"))?,
        Bytes::copy_from_slice(data.as_string().ok_or(field("log data", "bytes"))?),
    )
    .ok_or(field("topics", "at most 4"))
}
