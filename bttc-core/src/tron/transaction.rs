//! TRON transactions, built and signed offline.
//!
//! Protobuf, fields in ascending order, zero and empty ones left out:
//!
//! ```text
//! transaction    1 raw   2 signature, one for each signer: r ‖ s ‖ v
//! raw            1 reference bytes   4 reference hash   8 expiration   10 memo   11 contract   14 timestamp   18 fee limit
//! contract       1 kind (1 transfer, 31 trigger)   2 any{ 1 type.googleapis.com/protocol.…   2 value }   5 permission
//! trigger        1 owner   2 contract   3 call value   4 data   5 token value   6 token id
//! transfer       1 owner   2 to   3 amount
//!
//! id             SHA-256(raw): what is signed, and what the transaction is known by
//! reference      block id = height(8) ‖ rest of the hash(24):  bytes 6 … 7 and bytes 8 … 15 of it
//! ```
//!
//! A transaction counts on the branch of its reference block only, one of the last 65 536, and until its expiration.
//! Amounts are in SUN (10⁻⁶ TRX), times in milliseconds since 1970; all of them are signed 64-bit numbers on the wire, so
//! they are good below 2⁶³.
//!
//! Source: `validation-layer §7.4; delivery:tron/tronclient.go:46-152, helper/tx.go:226-256`.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_core::{hash::keccak256, signature::SecretKey};
//! use bttc_core::tron::{TronAddress, transaction::{Lifetime, RecoveryByte, RefBlock, Transaction}};
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let owner = TronAddress::new(key.address());
//! let root_chain: TronAddress = "TMvs6n9qy1R13CPd1AfxhW41GBG21NSXNj".parse()?;
//!
//! let block = B256::repeat_byte(0x11); // id of a recent block
//! let transaction = Transaction::trigger(owner, root_chain, vec![0xec, 0x7e, 0x40, 0xb1])
//!     .fee_limit(200_000_000)
//!     .build(RefBlock::of(&block), Lifetime { timestamp: 1_647_973_956_982, expiration: 1_647_974_016_982 });
//! let signed = transaction.sign(&key)?;
//! assert_eq!(signed.signers()?, [owner]);
//! assert_eq!(signed.to_bytes(RecoveryByte::Plus27).last().map(|v| v / 27), Some(1));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::TronAddress;
use crate::{
    amino::Writer,
    hash::sha256,
    signature::{RecoverError, SignError, Signature, Signer},
};
use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes, FixedBytes};
use serde::{Deserialize, Serialize};

/// The block whose branch a transaction counts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RefBlock {
    /// The lowest two bytes of its height.
    pub bytes: FixedBytes<2>,
    /// Bytes 8 to 15 of its id.
    pub hash: FixedBytes<8>,
}

impl RefBlock {
    /// The block with this id.
    #[must_use]
    pub fn of(id: &B256) -> Self {
        let [_, _, _, _, _, _, a, b, hash @ ..] = id.0;
        let [c, d, e, f, g, h, i, j, ..] = hash;
        Self { bytes: [a, b].into(), hash: [c, d, e, f, g, h, i, j].into() }
    }
}

/// From when to when a transaction counts, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lifetime {
    /// When it was made.
    pub timestamp: u64,
    /// When it is void; at most a day after the head of the chain.
    pub expiration: u64,
}

/// A call of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TriggerSmartContract {
    /// Who calls, and pays.
    pub owner: TronAddress,
    /// What is called.
    pub contract: TronAddress,
    /// SUN sent along.
    pub call_value: u64,
    /// Selector and arguments.
    pub data: Bytes,
    /// TRC-10 tokens sent along.
    pub call_token_value: u64,
    /// Which tokens; 0 for none.
    pub token_id: u64,
}

/// A payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TransferContract {
    /// Who pays.
    pub owner: TronAddress,
    /// Who is paid.
    pub to: TronAddress,
    /// SUN.
    pub amount: u64,
}

/// What a transaction does. TRON calls each kind a contract.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Contract {
    /// Calls a contract.
    Trigger(TriggerSmartContract),
    /// Pays.
    Transfer(TransferContract),
}

impl Contract {
    /// Whose transaction it is.
    #[must_use]
    pub const fn owner(&self) -> TronAddress {
        match self {
            Self::Trigger(call) => call.owner,
            Self::Transfer(payment) => payment.owner,
        }
    }

    const fn kind(&self) -> u64 {
        match self {
            Self::Transfer(_) => 1,
            Self::Trigger(_) => 31,
        }
    }

    const fn type_url(&self) -> &'static str {
        match self {
            Self::Trigger(_) => "type.googleapis.com/protocol.TriggerSmartContract",
            Self::Transfer(_) => "type.googleapis.com/protocol.TransferContract",
        }
    }

    fn write(&self, to: &mut Writer) {
        match self {
            Self::Trigger(call) => to
                .bytes_field(1, &call.owner.to_bytes())
                .bytes_field(2, &call.contract.to_bytes())
                .uvarint_field(3, call.call_value)
                .bytes_field(4, &call.data)
                .uvarint_field(5, call.call_token_value)
                .uvarint_field(6, call.token_id),
            Self::Transfer(payment) => to
                .bytes_field(1, &payment.owner.to_bytes())
                .bytes_field(2, &payment.to.to_bytes())
                .uvarint_field(3, payment.amount),
        };
    }
}

/// A transaction that nobody has signed yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transaction {
    /// What it does.
    pub contract: Contract,
    /// The block it counts on.
    pub ref_block: RefBlock,
    /// From when to when it counts.
    pub lifetime: Lifetime,
    /// Most SUN that its execution may cost; 0 is not written.
    pub fee_limit: u64,
    /// Bytes for people; none are not written.
    pub memo: Bytes,
    /// Which of the owner's permissions signs; 0, the owner's own, is not written.
    pub permission: u32,
}

impl Transaction {
    /// Begins a call of a contract.
    pub fn trigger(owner: TronAddress, contract: TronAddress, data: impl Into<Bytes>) -> TransactionBuilder {
        TransactionBuilder::new(Contract::Trigger(TriggerSmartContract {
            owner,
            contract,
            call_value: 0,
            data: data.into(),
            call_token_value: 0,
            token_id: 0,
        }))
    }

    /// Begins a payment of so many SUN.
    pub const fn transfer(owner: TronAddress, to: TronAddress, amount: u64) -> TransactionBuilder {
        TransactionBuilder::new(Contract::Transfer(TransferContract { owner, to, amount }))
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn to_raw(&self) -> Vec<u8> {
        let mut raw = Writer::new();
        raw.bytes_field(1, self.ref_block.bytes.as_slice())
            .bytes_field(4, self.ref_block.hash.as_slice())
            .uvarint_field(8, self.lifetime.expiration)
            .bytes_field(10, &self.memo)
            .nested_field(11, |contract| {
                contract
                    .uvarint_field(1, self.contract.kind())
                    .nested_field(2, |any| {
                        any.bytes_field(1, self.contract.type_url().as_bytes())
                            .nested_field(2, |value| self.contract.write(value));
                    })
                    .uvarint_field(5, self.permission.into());
            })
            .uvarint_field(14, self.lifetime.timestamp)
            .uvarint_field(18, self.fee_limit);
        raw.into_bytes()
    }

    /// What it is known by: SHA-256 of the raw bytes.
    #[must_use]
    pub fn id(&self) -> B256 {
        sha256(self.to_raw())
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(self, signer: &dyn Signer) -> Result<SignedTransaction, SignError> {
        SignedTransaction { transaction: self, signatures: Vec::new() }.countersign(signer)
    }
}

/// A transaction that still lacks its reference block and times.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct TransactionBuilder {
    contract: Contract,
    fee_limit: u64,
    memo: Bytes,
    permission: u32,
}

impl TransactionBuilder {
    /// Begins a transaction that does this.
    pub const fn new(contract: Contract) -> Self {
        Self { contract, fee_limit: 0, memo: Bytes::new(), permission: 0 }
    }

    /// Most SUN that its execution may cost.
    pub const fn fee_limit(mut self, sun: u64) -> Self {
        self.fee_limit = sun;
        self
    }

    /// SUN to send along with a call; a payment has an amount of its own and stays as it is.
    pub const fn call_value(mut self, sun: u64) -> Self {
        if let Contract::Trigger(call) = &mut self.contract {
            call.call_value = sun;
        }
        self
    }

    /// TRC-10 tokens to send along with a call; a payment stays as it is.
    pub const fn call_tokens(mut self, token_id: u64, amount: u64) -> Self {
        if let Contract::Trigger(call) = &mut self.contract {
            (call.token_id, call.call_token_value) = (token_id, amount);
        }
        self
    }

    /// Bytes for people.
    pub fn memo(mut self, memo: impl Into<Bytes>) -> Self {
        self.memo = memo.into();
        self
    }

    /// Which of the owner's permissions signs.
    pub const fn permission(mut self, id: u32) -> Self {
        self.permission = id;
        self
    }

    /// The transaction, good on the branch of this block and for this time.
    #[must_use]
    pub fn build(self, ref_block: RefBlock, lifetime: Lifetime) -> Transaction {
        let Self { contract, fee_limit, memo, permission } = self;
        Transaction { contract, ref_block, lifetime, fee_limit, memo, permission }
    }
}

/// How the last byte of a signature is written. Nodes take both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecoveryByte {
    /// 0 or 1, as the validation layer writes it.
    Bare,
    /// 27 or 28, as wallets write it.
    Plus27,
}

/// A transaction with a signature, or several where a permission asks for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTransaction {
    transaction: Transaction,
    signatures: Vec<Signature>,
}

impl SignedTransaction {
    /// What was signed.
    #[must_use]
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The signatures, in the order of signing, each with v 0 or 1.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// What it is known by; the signatures do not enter.
    #[must_use]
    pub fn id(&self) -> B256 {
        self.transaction.id()
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn countersign(mut self, signer: &dyn Signer) -> Result<Self, SignError> {
        self.signatures.push(signer.sign_digest(&self.id())?);
        Ok(self)
    }

    /// Who signed, in the order of signing.
    ///
    /// # Errors
    /// [`RecoverError`] for a signature of nobody.
    pub fn signers(&self) -> Result<Vec<TronAddress>, RecoverError> {
        let id = self.id();
        self.signatures.iter().map(|one| one.recover(&id).map(|key| TronAddress::new(key.address()))).collect()
    }

    /// What is broadcast.
    #[must_use]
    pub fn to_bytes(&self, form: RecoveryByte) -> Vec<u8> {
        let mut bytes = Writer::new();
        bytes.bytes_field(1, &self.transaction.to_raw());
        for signature in &self.signatures {
            let v = match form {
                RecoveryByte::Bare => signature.v,
                RecoveryByte::Plus27 => signature.v.saturating_add(27),
            };
            bytes.bytes_field(2, &Signature { v, ..*signature }.to_bytes());
        }
        bytes.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SecretKey;
    use alloy_primitives::b256;

    #[test]
    fn a_block_is_referred_to_by_its_height_and_the_start_of_its_hash() {
        let id = b256!("0x000000000123456789abcdef01234567fedcba98765432100123456789abcdef");
        let block = RefBlock::of(&id);
        assert_eq!((block.bytes.to_string(), block.hash.to_string()), ("0x4567".into(), "0x89abcdef01234567".into()));
    }

    #[test]
    fn several_may_sign_and_the_id_stays() {
        let keys = [1, 2].map(|byte| SecretKey::from_bytes(&B256::with_last_byte(byte)).unwrap());
        let [owner, other] = [&keys[0], &keys[1]].map(|key| TronAddress::new(key.address()));
        let transaction = Transaction::transfer(owner, other, 1)
            .permission(2)
            .build(RefBlock::default(), Lifetime { timestamp: 1, expiration: 2 });
        let id = transaction.id();
        let signed = transaction.sign(&keys[0]).unwrap().countersign(&keys[1]).unwrap();
        assert_eq!((signed.id(), signed.signers()), (id, Ok(vec![owner, other])));
    }
}
