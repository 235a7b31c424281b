//! A signed transaction, and who sent it.
//!
//! ```text
//! legacy       rlp([ nonce price gas to value data v r s ])                             v = 27 + y, or 35 + 2·chain + y
//! access list  01 ‖ rlp([ chain nonce price gas to value data access-list y r s ])
//! dynamic fee  02 ‖ …                                        decodes, has no sender, makes a block invalid
//! ```
//!
//! Source: `block-layer §5.1.4; bttc:core/types/transaction_signing.go:40-55`.
//!
//! ```
//! use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
//! use alloy_primitives::{Address, TxKind, U256};
//! use bttc_core::{hash::keccak256, signature::SecretKey};
//! use bttc_evm::transaction::Transaction;
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let unsigned = TxLegacy { chain_id: Some(199), gas_limit: 21_000, to: TxKind::Call(Address::ZERO), ..Default::default() };
//! let s = key.sign(&unsigned.signature_hash());
//! let signature = alloy_primitives::Signature::new(s.r.into(), s.s.into(), s.v == 1);
//! let envelope = TxEnvelope::from(unsigned.into_signed(signature));
//!
//! let transaction = Transaction::try_from(&envelope)?;
//! assert_eq!(transaction.hash(), *envelope.tx_hash());
//! assert_eq!(transaction.sender(199)?, key.address());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use crate::header::list;
use alloy_eips::{eip2718::Encodable2718, eip2930::AccessList};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, U512, uint};
use alloy_rlp::{Decodable, EMPTY_LIST_CODE, Encodable};
use bttc_core::{hash::keccak256, signature::Signature};
use serde::{Deserialize, Serialize};

/// Largest s of a transaction's signature: half the order of the group.
const HALF_ORDER: U256 = uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

/// The forms a transaction can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TransactionType {
    /// The first form, with or without a chain id.
    Legacy,
    /// EIP-2930.
    AccessList,
    /// EIP-1559; no block can hold it.
    DynamicFee,
}

impl TransactionType {
    /// The byte in front of its encoding; `None` for the first form.
    #[must_use]
    pub const fn to_byte(self) -> Option<u8> {
        match self {
            Self::Legacy => None,
            Self::AccessList => Some(1),
            Self::DynamicFee => Some(2),
        }
    }
}

/// A transaction, its encoding and its hash. Its serde form is the encoding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct Transaction {
    form: TransactionType,
    chain_id: U256,
    nonce: u64,
    gas_price: U256,
    gas_limit: u64,
    to: TxKind,
    value: U256,
    input: Bytes,
    access_list: AccessList,
    v: U256,
    r: U256,
    s: U256,
    bytes: Bytes,
    hash: B256,
}

/// Bytes that are no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionDecodeError {
    /// Not the RLP of a transaction.
    #[error("not the RLP of a transaction: {0}")]
    Rlp(#[from] alloy_rlp::Error),
    /// A type that this chain does not know.
    #[error("transaction type not supported")]
    Type {
        /// The byte in front.
        got: u8,
    },
}

/// Why a transaction cannot stand where it stands. `Display` is the text of the reference.
///
/// Source: `block-layer §2.8.5, §5.1.5; bttc:core/state_transition.go:192-310`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// The signature is no signature, or has a high s.
    #[error("invalid transaction v, r, s values")]
    Signature,
    /// No key made this signature.
    #[error("recovery failed")]
    Recovery,
    /// Signed for another chain.
    #[error("invalid chain id for signer")]
    ChainId {
        /// Chain it was signed for, low 64 bits.
        got: u64,
        /// This chain.
        expected: u64,
    },
    /// A type that no block can hold.
    #[error("transaction type not supported")]
    Type {
        /// Its type.
        got: TransactionType,
    },
    /// An earlier transaction of the sender is missing.
    #[error("nonce too high: address {sender}, tx: {got} state: {expected}")]
    NonceTooHigh {
        /// Who sent it.
        sender: Address,
        /// Its nonce.
        got: u64,
        /// The account's.
        expected: u64,
    },
    /// The nonce was used.
    #[error("nonce too low: address {sender}, tx: {got} state: {expected}")]
    NonceTooLow {
        /// Who sent it.
        sender: Address,
        /// Its nonce.
        got: u64,
        /// The account's.
        expected: u64,
    },
    /// The sender is a contract.
    #[error("sender not an eoa: address {sender}, codehash: {code_hash}")]
    SenderHasCode {
        /// Who sent it.
        sender: Address,
        /// Hash of its code.
        code_hash: B256,
    },
    /// The sender cannot pay gas and value.
    #[error("insufficient funds for gas * price + value: address {sender} have {got} want {expected}")]
    InsufficientFunds {
        /// Who sent it.
        sender: Address,
        /// Its balance.
        got: U256,
        /// What it needs.
        expected: U512,
    },
    /// More gas than the block has left.
    #[error("gas limit reached")]
    BlockGas {
        /// Gas the transaction may use.
        got: u64,
        /// Gas left in the block.
        left: u64,
    },
    /// Not enough gas to begin with.
    #[error("intrinsic gas too low: have {got}, want {expected}")]
    IntrinsicGas {
        /// Gas the transaction may use.
        got: u64,
        /// Gas it needs before its first step.
        expected: u64,
    },
    /// A price that only a balance beyond any supply could pay; the execution counts prices in 128 bits.
    #[error("gas price {got} is beyond 128 bits")]
    GasPrice {
        /// The price.
        got: U256,
    },
}

impl Transaction {
    /// Reads exactly one transaction as `eth_sendRawTransaction` takes it: a list, or a type byte and a list.
    ///
    /// # Errors
    /// [`TransactionDecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TransactionDecodeError> {
        let (form, mut rest) = match bytes.split_first() {
            None => return Err(alloy_rlp::Error::InputTooShort.into()),
            Some((&first, _)) if first >= EMPTY_LIST_CODE => (TransactionType::Legacy, bytes),
            Some((1, rest)) => (TransactionType::AccessList, rest),
            Some((2, rest)) => (TransactionType::DynamicFee, rest),
            Some((&got, _)) => return Err(TransactionDecodeError::Type { got }),
        };
        let mut payload = alloy_rlp::Header::decode_bytes(&mut rest, true)?;
        if !rest.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength.into());
        }
        let items = &mut payload;
        let typed = form != TransactionType::Legacy;
        let chain_id = if typed { Decodable::decode(items)? } else { U256::ZERO };
        let nonce = Decodable::decode(items)?;
        if form == TransactionType::DynamicFee {
            // The tip; the cap follows in the place of the price.
            U256::decode(items)?;
        }
        let transaction = Self {
            form,
            chain_id,
            nonce,
            gas_price: Decodable::decode(items)?,
            gas_limit: Decodable::decode(items)?,
            to: Decodable::decode(items)?,
            value: Decodable::decode(items)?,
            input: Decodable::decode(items)?,
            access_list: if typed { Decodable::decode(items)? } else { AccessList::default() },
            v: Decodable::decode(items)?,
            r: Decodable::decode(items)?,
            s: Decodable::decode(items)?,
            hash: keccak256(bytes),
            bytes: Bytes::copy_from_slice(bytes),
        };
        if payload.is_empty() { Ok(transaction) } else { Err(alloy_rlp::Error::UnexpectedLength.into()) }
    }

    /// Its form.
    #[must_use]
    pub const fn form(&self) -> TransactionType {
        self.form
    }

    /// Its bytes: a list, or a type byte and a list.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Its hash.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// Count of the sender's transactions before it.
    #[must_use]
    pub const fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Base units a unit of gas costs.
    #[must_use]
    pub const fn gas_price(&self) -> U256 {
        self.gas_price
    }

    /// Gas it may use.
    #[must_use]
    pub const fn gas_limit(&self) -> u64 {
        self.gas_limit
    }

    /// Whom it calls, or that it creates.
    #[must_use]
    pub const fn to(&self) -> TxKind {
        self.to
    }

    /// Base units it moves.
    #[must_use]
    pub const fn value(&self) -> U256 {
        self.value
    }

    /// Call data or creation code.
    #[must_use]
    pub const fn input(&self) -> &Bytes {
        &self.input
    }

    /// Accounts and slots that start warm.
    #[must_use]
    pub const fn access_list(&self) -> &AccessList {
        &self.access_list
    }

    /// The chain in its own list; zero for the first form, whose v may name one.
    #[must_use]
    pub const fn chain_id(&self) -> U256 {
        self.chain_id
    }

    /// v, r and s as they stand in it.
    #[must_use]
    pub const fn signature_words(&self) -> [U256; 3] {
        [self.v, self.r, self.s]
    }

    /// Gas it uses before its first step.
    ///
    /// Source: `block-layer §5.1.6; bttc:core/state_transition.go:118-156`.
    #[must_use]
    pub fn intrinsic_gas(&self) -> u64 {
        intrinsic_gas(self.to, &self.input, &self.access_list)
    }

    /// What its sender must own: all its gas at its price, and its value.
    #[must_use]
    pub fn cost(&self) -> U512 {
        cost(self.gas_price(), self.gas_limit(), self.value())
    }

    /// Who sent it, on the chain with this id.
    ///
    /// # Errors
    /// [`TransactionError`]: type, chain, then signature.
    pub fn sender(&self, chain_id: u64) -> Result<Address, TransactionError> {
        let chain = U256::from(chain_id);
        let (digest, v) = match self.form {
            got @ TransactionType::DynamicFee => return Err(TransactionError::Type { got }),
            TransactionType::AccessList => {
                same_chain(self.chain_id, chain_id)?;
                (self.typed_digest(), self.v.checked_add(U256::from(27)))
            }
            TransactionType::Legacy if self.is_protected() => {
                same_chain(chain_of(self.v), chain_id)?;
                let offset = chain.wrapping_add(chain).wrapping_add(U256::from(8));
                (self.legacy_digest(Some(chain)), self.v.checked_sub(offset))
            }
            TransactionType::Legacy => (self.legacy_digest(None), Some(self.v)),
        };
        let parity = match v.map(u8::try_from) {
            Some(Ok(27)) => 0,
            Some(Ok(28)) => 1,
            _ => return Err(TransactionError::Signature),
        };
        let order = HALF_ORDER.wrapping_add(HALF_ORDER).wrapping_add(U256::from(1));
        if self.r.is_zero() || self.s.is_zero() || self.r >= order || self.s > HALF_ORDER {
            return Err(TransactionError::Signature);
        }
        let signature = Signature { r: self.r.into(), s: self.s.into(), v: parity };
        signature.recover(&digest).map(|key| key.address()).map_err(|_| TransactionError::Recovery)
    }

    /// Whether the signature names a chain: any v but 0, 1, 27 and 28.
    fn is_protected(&self) -> bool {
        !matches!(u8::try_from(self.v), Ok(0 | 1 | 27 | 28))
    }

    fn body(&self, out: &mut Vec<u8>) {
        self.nonce.encode(out);
        self.gas_price.encode(out);
        self.gas_limit.encode(out);
        self.to.encode(out);
        self.value.encode(out);
        self.input.encode(out);
    }

    fn legacy_digest(&self, chain: Option<U256>) -> B256 {
        let mut items = Vec::with_capacity(self.bytes.len());
        self.body(&mut items);
        if let Some(chain) = chain {
            chain.encode(&mut items);
            0_u8.encode(&mut items);
            0_u8.encode(&mut items);
        }
        keccak256(list(&items))
    }

    fn typed_digest(&self) -> B256 {
        let mut items = Vec::with_capacity(self.bytes.len());
        self.chain_id.encode(&mut items);
        self.body(&mut items);
        self.access_list.encode(&mut items);
        let mut bytes = vec![1];
        bytes.extend_from_slice(&list(&items));
        keccak256(bytes)
    }
}

impl TryFrom<Bytes> for Transaction {
    type Error = TransactionDecodeError;

    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        Self::from_bytes(&bytes)
    }
}

impl From<Transaction> for Bytes {
    fn from(transaction: Transaction) -> Self {
        transaction.bytes
    }
}

impl TryFrom<&alloy_consensus::TxEnvelope> for Transaction {
    type Error = TransactionDecodeError;

    fn try_from(envelope: &alloy_consensus::TxEnvelope) -> Result<Self, Self::Error> {
        Self::from_bytes(&envelope.encoded_2718())
    }
}

/// Root of a block's transactions.
#[must_use]
pub fn transactions_root(transactions: &[Transaction]) -> B256 {
    let bytes: Vec<_> = transactions.iter().map(|tx| tx.bytes().to_vec()).collect();
    crate::receipt::ordered_root(&bytes)
}

/// What the sender of a call or creation must own. 2²⁵⁶ · 2⁶⁴ + 2²⁵⁶ fits 512 bits.
pub(crate) fn cost(gas_price: U256, gas_limit: u64, value: U256) -> U512 {
    U512::from(gas_price).wrapping_mul(U512::from(gas_limit)).wrapping_add(U512::from(value))
}

/// Gas that a call or creation uses before its first step.
pub(crate) fn intrinsic_gas(to: TxKind, input: &[u8], access_list: &AccessList) -> u64 {
    let base = if to.is_create() { 53_000 } else { 21_000 };
    let data = input.iter().map(|&byte| if byte == 0 { 4 } else { 16 });
    let list = access_list.iter().map(|item| {
        let keys = u64::try_from(item.storage_keys.len()).unwrap_or(u64::MAX);
        keys.saturating_mul(1_900).saturating_add(2_400)
    });
    data.chain(list).fold(base, |sum: u64, gas| sum.saturating_add(gas))
}

fn same_chain(got: U256, expected: u64) -> Result<(), TransactionError> {
    if got == U256::from(expected) {
        Ok(())
    } else {
        Err(TransactionError::ChainId { got: crate::header::low_word(&got), expected })
    }
}

/// The chain that a protected v names; 64-bit arithmetic wraps where v fits 64 bits.
fn chain_of(v: U256) -> U256 {
    match u64::try_from(v) {
        Ok(v) => U256::from(v.wrapping_sub(35) / 2),
        Err(_) => v.wrapping_sub(U256::from(35)) / U256::from(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{address, hex};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    /// The example of EIP-155.
    #[test]
    fn the_example_of_eip_155_recovers_its_sender() {
        let bytes = hex!(
            "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
        );
        let transaction = Transaction::from_bytes(&bytes).unwrap();
        assert_eq!(transaction.sender(1), Ok(address!("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")));
        assert_eq!(transaction.sender(199), Err(TransactionError::ChainId { got: 1, expected: 199 }));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_keeps_its_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(transaction) = Transaction::from_bytes(&bytes) {
                prop_assert_eq!(&transaction.bytes()[..], &bytes[..]);
            }
        }
    }
}
