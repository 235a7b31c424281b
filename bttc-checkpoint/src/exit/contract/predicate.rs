//! The contracts that pay: one for each type of token.
//!
//! | predicate | accepts | beneficiary | what | checks |
//! |---|---|---|---|---|
//! | `ERC20`, `MintableERC20`, `Ether` | `WithdrawTo` | topic 1 | amount: data, any string of at most 32 bytes | signature, topic 2 = 0 |
//! | `ERC721`, `MintableERC721` | `WithdrawTo` | topic 1 | id: data likewise | topic 2 = 0 |
//! | | `WithdrawnBatch` | topic 1 | ids | |
//! | | `TransferWithMetadata` | topic 1 | id: topic 3, metadata | topic 2 = 0 |
//! | `ERC1155`, `MintableERC1155` | `TransferSingle`, `TransferBatch` | topic 2 | id and amount, or ids and amounts | topic 3 = 0, signature |
//! | `ChainExitERC1155` | `ChainExit` | topic 1 | ids, amounts, bytes | signature, topic 1 ≠ 0 |
//!
//! Sources: `withdrawal-proofs §5.1; pos-portal:contracts/root/TokenPredicates/ERC20Predicate.sol:70-101` and its
//! neighbours.

use super::{
    ExitCall, ExitRevert, TokenType, coder,
    reader::{Item, low_address},
};
use crate::exit::topic;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_core::hash::keccak256;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A predicate contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Predicate {
    /// Pays out of what it holds.
    Erc20,
    /// Pays out of what it holds and mints what is missing.
    MintableErc20,
    /// Pays the root chain's own coin.
    Ether,
    /// Gives back tokens with an id.
    Erc721,
    /// Gives back tokens with an id and mints those that do not exist.
    MintableErc721,
    /// Gives back amounts of ids.
    Erc1155,
    /// Gives back amounts of ids and mints what is missing.
    MintableErc1155,
    /// Mints what is missing to the beneficiary, and gives away all that it holds of the ids.
    ChainExitErc1155,
}

impl Predicate {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Erc20,
        Self::MintableErc20,
        Self::Ether,
        Self::Erc721,
        Self::MintableErc721,
        Self::Erc1155,
        Self::MintableErc1155,
        Self::ChainExitErc1155,
    ];

    /// Name of the type of token that it is made for.
    #[must_use]
    pub const fn token_type_name(self) -> &'static str {
        match self {
            Self::Erc20 => "ERC20",
            Self::MintableErc20 => "MintableERC20",
            Self::Ether => "Ether",
            Self::Erc721 => "ERC721",
            Self::MintableErc721 => "MintableERC721",
            Self::Erc1155 => "ERC1155",
            Self::MintableErc1155 => "MintableERC1155",
            Self::ChainExitErc1155 => "ChainExitERC1155",
        }
    }

    /// The type of token that it is made for.
    #[must_use]
    pub fn token_type(self) -> TokenType {
        TokenType::new(keccak256(self.token_type_name()))
    }

    /// Whether a log with this first topic can be one that it accepts.
    #[must_use]
    pub fn accepts(self, topic0: B256) -> bool {
        match self {
            Self::Erc20 | Self::MintableErc20 | Self::Ether => topic0 == topic::WITHDRAW_TO,
            Self::Erc721 | Self::MintableErc721 => {
                [topic::WITHDRAW_TO, topic::WITHDRAWN_BATCH, topic::TRANSFER_WITH_METADATA].contains(&topic0)
            }
            Self::Erc1155 | Self::MintableErc1155 => [topic::TRANSFER_SINGLE, topic::TRANSFER_BATCH].contains(&topic0),
            Self::ChainExitErc1155 => topic0 == topic::CHAIN_EXIT,
        }
    }
}

impl fmt::Display for Predicate {
    /// Its name in revert texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Predicate", self.token_type_name())
    }
}

/// What is paid, or locked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Assets {
    /// An amount in the smallest unit.
    Amount(U256),
    /// The token with this id.
    Token(U256),
    /// The token with this id, and what is to be said of it.
    TokenWithMetadata {
        /// The id.
        id: U256,
        /// The metadata; `None` where the log's cannot be read, which shows only when it is asked for.
        metadata: Option<Bytes>,
    },
    /// The tokens with these ids.
    Tokens(Vec<U256>),
    /// An amount of one id.
    Counted {
        /// The id.
        id: U256,
        /// The amount.
        amount: U256,
    },
    /// Amounts of ids, pairwise.
    Batch {
        /// The ids.
        ids: Vec<U256>,
        /// The amounts; another number of them is the token's to refuse.
        amounts: Vec<U256>,
        /// What the receiver is told.
        data: Bytes,
    },
}

/// What a predicate pays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Payout {
    /// The predicate that pays.
    pub predicate: Predicate,
    /// The token on the root chain.
    pub root_token: Address,
    /// The token that was burned.
    pub child_token: Address,
    /// Who is paid.
    pub beneficiary: Address,
    /// What.
    pub assets: Assets,
    /// What makes the exit unique here.
    pub exit_hash: B256,
}

impl ExitCall {
    /// What the predicate makes of the log.
    ///
    /// # Errors
    /// [`ExitRevert`]; [`ExitRevert::Empty`] without a predicate.
    // an abort inside the predicate reaches the caller as a revert without a reason.
    pub fn payout(&self) -> Result<Payout, ExitRevert> {
        let predicate = self.predicate.ok_or(ExitRevert::Empty)?;
        if !self.is_permitted {
            return Err(ExitRevert::Permissions { predicate });
        }
        let (beneficiary, assets) = read(predicate, &self.log).map_err(|revert| match revert {
            ExitRevert::InvalidOpcode => ExitRevert::Empty,
            other => other,
        })?;
        Ok(Payout {
            predicate,
            root_token: self.root_token,
            child_token: self.child_token,
            beneficiary,
            assets,
            exit_hash: self.exit_hash,
        })
    }
}

/// The log's fields as a predicate reads them: one at a time, so that the first that is wrong decides.
struct Log<'a> {
    predicate: Predicate,
    fields: Vec<Item<'a>>,
    topics: Vec<Item<'a>>,
}

impl<'a> Log<'a> {
    fn new(predicate: Predicate, log: &'a [u8]) -> Result<Self, ExitRevert> {
        let fields = Item::new(log)?.to_list()?;
        let topics = at(&fields, 1)?.to_list()?;
        Ok(Self { predicate, fields, topics })
    }

    fn topic(&self, place: usize) -> Result<U256, ExitRevert> {
        Ok(at(&self.topics, place)?.to_uint()?)
    }

    fn signature(&self) -> Result<B256, ExitRevert> {
        self.topic(0).map(B256::from)
    }

    // of a topic that holds an address only the low 20 bytes are looked at, also where it has to be zero.
    fn address(&self, place: usize) -> Result<Address, ExitRevert> {
        self.topic(place).map(low_address)
    }

    fn no_receiver(&self, place: usize) -> Result<(), ExitRevert> {
        let got = self.address(place)?;
        if got.is_zero() { Ok(()) } else { Err(ExitRevert::Receiver { predicate: self.predicate, got }) }
    }

    /// The data as an integer.
    fn value(&self) -> Result<U256, ExitRevert> {
        Ok(at(&self.fields, 2)?.to_uint()?)
    }

    fn data(&self) -> Result<&'a [u8], ExitRevert> {
        Ok(at(&self.fields, 2)?.to_bytes()?)
    }

    /// For what the predicate reads only after the token has been moved.
    fn metadata(&self) -> Option<Bytes> {
        coder::one_bytes(self.data().ok()?).map(Bytes::copy_from_slice)
    }
}

fn at<'a>(items: &[Item<'a>], place: usize) -> Result<Item<'a>, ExitRevert> {
    items.get(place).copied().ok_or(ExitRevert::InvalidOpcode)
}

fn read(predicate: Predicate, log: &[u8]) -> Result<(Address, Assets), ExitRevert> {
    let log = Log::new(predicate, log)?;
    match predicate {
        Predicate::Erc20 | Predicate::MintableErc20 | Predicate::Ether => amount(&log),
        Predicate::Erc721 => {
            // Whose log it is comes before what kind.
            let beneficiary = log.address(1)?;
            Ok((beneficiary, tokens(&log)?))
        }
        Predicate::MintableErc721 => {
            let signature = log.signature()?;
            if !predicate.accepts(signature) {
                return Err(ExitRevert::Signature { predicate, got: signature });
            }
            Ok((log.address(1)?, tokens(&log)?))
        }
        Predicate::Erc1155 | Predicate::MintableErc1155 => counted(&log),
        Predicate::ChainExitErc1155 => chain_exit(&log),
    }
}

fn amount(log: &Log<'_>) -> Result<(Address, Assets), ExitRevert> {
    let (predicate, got) = (log.predicate, log.signature()?);
    if got != topic::WITHDRAW_TO {
        return Err(ExitRevert::Signature { predicate, got });
    }
    let beneficiary = log.address(1)?;
    log.no_receiver(2)?;
    Ok((beneficiary, Assets::Amount(log.value()?)))
}

// a batch has no limit on its ids and no receiver that would have to be zero.
fn tokens(log: &Log<'_>) -> Result<Assets, ExitRevert> {
    match log.signature()? {
        topic::WITHDRAW_TO => {
            log.no_receiver(2)?;
            log.value().map(Assets::Token)
        }
        topic::WITHDRAWN_BATCH => coder::one_list(log.data()?).map(Assets::Tokens).ok_or(ExitRevert::Empty),
        topic::TRANSFER_WITH_METADATA => {
            log.no_receiver(2)?;
            Ok(Assets::TokenWithMetadata { id: log.topic(3)?, metadata: log.metadata() })
        }
        got => Err(ExitRevert::Signature { predicate: log.predicate, got }),
    }
}

fn counted(log: &Log<'_>) -> Result<(Address, Assets), ExitRevert> {
    let (predicate, data) = (log.predicate, log.data()?);
    let beneficiary = log.address(2)?;
    // of an ERC1155 log the receiver is looked at before the signature.
    log.no_receiver(3)?;
    let assets = match log.signature()? {
        topic::TRANSFER_SINGLE => {
            let (id, amount) = coder::pair(data).ok_or(ExitRevert::Empty)?;
            Assets::Counted { id, amount }
        }
        topic::TRANSFER_BATCH => {
            let (ids, amounts) = coder::two_lists(data).ok_or(ExitRevert::Empty)?;
            if predicate == Predicate::MintableErc1155 {
                balances_fit(predicate, &ids, &amounts)?;
            }
            Assets::Batch { ids, amounts, data: Bytes::new() }
        }
        got => return Err(ExitRevert::WithdrawSignature { predicate, got }),
    };
    Ok((beneficiary, assets))
}

fn chain_exit(log: &Log<'_>) -> Result<(Address, Assets), ExitRevert> {
    let (predicate, data) = (log.predicate, log.data()?);
    let got = log.signature()?;
    if got != topic::CHAIN_EXIT {
        return Err(ExitRevert::WithdrawSignature { predicate, got });
    }
    let beneficiary = log.address(1)?;
    if beneficiary.is_zero() {
        return Err(ExitRevert::Receiver { predicate, got: beneficiary });
    }
    let (ids, amounts, data) = coder::two_lists_and_bytes(data).ok_or(ExitRevert::Empty)?;
    balances_fit(predicate, &ids, &amounts)?;
    Ok((beneficiary, Assets::Batch { ids, amounts, data: Bytes::copy_from_slice(data) }))
}

/// A predicate that mints asks for its balance of each id and sets the amounts beside them.
fn balances_fit(predicate: Predicate, ids: &[U256], amounts: &[U256]) -> Result<(), ExitRevert> {
    if ids.is_empty() {
        return Err(ExitRevert::NoIds { predicate });
    }
    if ids.len() != amounts.len() {
        return Err(ExitRevert::Lengths { predicate, ids: ids.len(), amounts: amounts.len() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::rlp;

    fn log(topics: &[B256], data: &[u8]) -> Vec<u8> {
        let topics = rlp::Item::list(topics.iter().map(|topic| rlp::Item::string(topic.as_slice())));
        rlp::Item::list([rlp::Item::string(&[0xc0; 20]), topics, rlp::Item::string(data)]).to_bytes()
    }

    fn call(predicate: Predicate, log: Vec<u8>) -> ExitCall {
        ExitCall {
            exit_hash: B256::ZERO,
            child_token: Address::ZERO,
            root_token: Address::ZERO,
            token_type: super::super::TokenType::ERC20,
            predicate: Some(predicate),
            is_permitted: true,
            log: log.into(),
        }
    }

    #[test]
    fn q61_dirty_address_words_are_masked() {
        let mut dirty = [0xff; 32];
        dirty[12..].fill(0);
        let topics = [topic::WITHDRAW_TO, B256::repeat_byte(0xbe), B256::new(dirty)];
        let payout = call(Predicate::Erc20, log(&topics, &[5])).payout().unwrap();
        assert_eq!(payout.beneficiary, Address::repeat_byte(0xbe));
        assert_eq!(payout.assets, Assets::Amount(U256::from(5)));
    }

    #[test]
    fn q62_a_missing_topic_is_a_revert_without_a_reason() {
        let short = call(Predicate::Erc20, log(&[topic::WITHDRAW_TO, B256::ZERO], &[5]));
        assert_eq!(short.payout(), Err(ExitRevert::Empty));
        let other = call(Predicate::Erc20, log(&[B256::ZERO], &[5])).payout().unwrap_err();
        assert_eq!(other.reason().unwrap(), "ERC20Predicate: INVALID_SIGNATURE");
    }

    #[test]
    fn q181_a_batch_may_be_long_and_name_a_receiver() {
        let ids: Vec<U256> = (0..25).map(U256::from).collect();
        let words = [U256::from(32), U256::from(25)].into_iter().chain(ids.clone());
        let data: Vec<u8> = words.flat_map(|word| word.to_be_bytes::<32>()).collect();
        let log = log(&[topic::WITHDRAWN_BATCH, B256::repeat_byte(1), B256::repeat_byte(2)], &data);
        assert_eq!(call(Predicate::Erc721, log).payout().unwrap().assets, Assets::Tokens(ids));
    }

    #[test]
    fn q182_the_receiver_comes_before_the_signature() {
        let receiver = B256::with_last_byte(1);
        let text = |last| {
            let topics = [B256::ZERO, B256::ZERO, B256::ZERO, last];
            call(Predicate::Erc1155, log(&topics, &[])).payout().unwrap_err().reason().unwrap()
        };
        assert_eq!(text(receiver), "ERC1155Predicate: INVALID_RECEIVER");
        assert_eq!(text(B256::ZERO), "ERC1155Predicate: INVALID_WITHDRAW_SIG");
    }
}
