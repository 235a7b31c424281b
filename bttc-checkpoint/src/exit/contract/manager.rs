//! The bridge contract.

use super::{
    DepositFee, ExitRevert, Payout, Predicate, StateMessage,
    deposit::RateLimit,
    patricia::{nibbles, verify},
    reader::Item,
};
use crate::{exit::payload::exit_hash_of, header_blocks::HeaderBlock, merkle::check_membership};
use alloc::collections::{BTreeMap, BTreeSet};
use alloy_primitives::{Address, B256, Bytes, U256, address, b256};
use bttc_core::{hash::Keccak256, id::HeaderBlockId, root_chain::RootChainId};
use serde::{Deserialize, Serialize};

/// Key of a type of token: the hash of its name.
///
/// Source: `withdrawal-proofs §4.2`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenType(B256);

impl TokenType {
    /// `ERC20`.
    pub const ERC20: Self = Self(b256!("8ae85d849167ff996c04040c44924fd364217285e4cad818292c7ac37c0a345b"));
    /// `ERC721`.
    pub const ERC721: Self = Self(b256!("73ad2146b3d3a286642c794379d750360a2d53a3459a11b3e5d6cc900f55f44a"));
    /// `ERC1155`.
    pub const ERC1155: Self = Self(b256!("973bb64086f173ec8099b7ed3d43da984f4a332e4417a08bc6a286e6402b0586"));
    /// `MintableERC20`.
    pub const MINTABLE_ERC20: Self = Self(b256!("5ffef61af1560b9aefc0e42aaa0f9464854ab113ab7b8bfab271be94cdb1d053"));
    /// `MintableERC721`.
    pub const MINTABLE_ERC721: Self = Self(b256!("d4392723c111fcb98b073fe55873efb447bcd23cd3e49ec9ea2581930cd01ddc"));
    /// `MintableERC1155`.
    pub const MINTABLE_ERC1155: Self = Self(b256!("b62883a28321b19a93c6657bfb8ea4cec51ed05c3ab26ecec680fa0c7efb31b9"));
    /// `Ether`.
    pub const ETHER: Self = Self(b256!("a234e09165f88967a714e2a476288e4c6d88b4b69fe7c300a03190b858990bfc"));
    /// `ChainExitERC1155`.
    pub const CHAIN_EXIT_ERC1155: Self =
        Self(b256!("316d3b16328ca1dbcc5aeb9caf982584129f3ad000dc7219dd7dd6727f72fe93"));

    /// The type with this key.
    #[must_use]
    pub const fn new(key: B256) -> Self {
        Self(key)
    }

    /// Its key.
    #[must_use]
    pub const fn key(self) -> B256 {
        self.0
    }
}

/// The call that the manager makes of a predicate, once a proof has passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExitCall {
    /// What makes the exit unique here.
    pub exit_hash: B256,
    /// The token that was burned.
    pub child_token: Address,
    /// The token on the root chain.
    pub root_token: Address,
    /// Its type.
    pub token_type: TokenType,
    /// The predicate of that type; `None` when none is registered, and the call reverts.
    pub predicate: Option<Predicate>,
    /// Whether that predicate knows the manager as its manager.
    pub is_permitted: bool,
    /// The log, raw RLP.
    pub log: Bytes,
}

/// Why a token is not mapped. `Display` is the exact text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapRevert {
    /// One of the two is mapped already.
    #[error("RootChainManager: ALREADY_MAPPED")]
    AlreadyMapped,
    /// The type has no predicate.
    #[error("RootChainManager: TOKEN_TYPE_NOT_SUPPORTED")]
    TypeNotSupported,
}

/// `RootChainManager` of one root chain, as a value. Who may map tokens or set fees is the host's to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootChainManager {
    pub(super) root_chain: RootChainId,
    pub(super) child_chain_manager: Address,
    pub(super) root_to_child: BTreeMap<Address, Address>,
    child_to_root: BTreeMap<Address, Address>,
    pub(super) token_types: BTreeMap<Address, TokenType>,
    pub(super) predicates: BTreeMap<TokenType, Predicate>,
    strangers: BTreeSet<Predicate>,
    processed: BTreeSet<B256>,
    pub(super) rate_limit: RateLimit,
    pub(super) fee: Option<DepositFee>,
}

impl RootChainManager {
    /// A manager without tokens, with the predicates that BTTC registers: none for the ERC1155 family. Messages go to
    /// that contract on the side chain.
    ///
    /// Source: `withdrawal-proofs §4.2; pos-portal:migrations/4_initialize_root_chain_contracts.js:83-109`.
    #[must_use]
    pub fn new(root_chain: RootChainId, child_chain_manager: Address) -> Self {
        Self {
            root_chain,
            child_chain_manager,
            root_to_child: BTreeMap::new(),
            child_to_root: BTreeMap::new(),
            token_types: BTreeMap::new(),
            predicates: BTreeMap::from([
                (TokenType::ERC20, Predicate::Erc20),
                (TokenType::MINTABLE_ERC20, Predicate::MintableErc20),
                (TokenType::ERC721, Predicate::Erc721),
                (TokenType::MINTABLE_ERC721, Predicate::MintableErc721),
                (TokenType::ETHER, Predicate::Ether),
            ]),
            strangers: BTreeSet::new(),
            processed: BTreeSet::new(),
            rate_limit: RateLimit::default(),
            fee: None,
        }
    }

    /// The address that stands for the root chain's own coin.
    ///
    /// Source: `withdrawal-proofs §4.1`.
    #[must_use]
    pub const fn ether_address(&self) -> Address {
        match self.root_chain {
            RootChainId::Tron => address!("ff00000000000000000000000000000000000001"),
            RootChainId::Ethereum => address!("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"),
            RootChainId::Bsc => address!("ff00000000000000000000000000000000000002"),
        }
    }

    /// Makes this predicate the one of a type (`registerPredicate`); `None` takes it away.
    pub fn register_predicate(&mut self, token_type: TokenType, predicate: Option<Predicate>) {
        match predicate {
            Some(predicate) => self.predicates.insert(token_type, predicate),
            None => self.predicates.remove(&token_type),
        };
    }

    /// Has a predicate forget that this contract is its manager; it then refuses every exit.
    pub fn revoke_manager(&mut self, predicate: Predicate) {
        self.strangers.insert(predicate);
    }

    /// Maps a token both ways (`mapToken`) and says so to the side chain.
    ///
    /// # Errors
    /// [`MapRevert`].
    pub fn map_token(
        &mut self,
        root_token: Address,
        child_token: Address,
        token_type: TokenType,
    ) -> Result<StateMessage, MapRevert> {
        if mapped(&self.root_to_child, root_token).is_some() || mapped(&self.child_to_root, child_token).is_some() {
            return Err(MapRevert::AlreadyMapped);
        }
        if !self.predicates.contains_key(&token_type) {
            return Err(MapRevert::TypeNotSupported);
        }
        self.root_to_child.insert(root_token, child_token);
        self.child_to_root.insert(child_token, root_token);
        self.token_types.insert(root_token, token_type);
        Ok(StateMessage::MapToken {
            root_token,
            child_token,
            root_chain: u64::from(self.root_chain.number()),
            token_type,
        })
    }

    /// Forgets a mapping (`cleanMapToken`), without a word to the side chain.
    pub fn clean_map_token(&mut self, root_token: Address, child_token: Address) {
        self.root_to_child.remove(&root_token);
        self.child_to_root.remove(&child_token);
        self.token_types.remove(&root_token);
    }

    /// Tokens of the side chain with what stands for them here, by address.
    pub fn mapped_tokens(&self) -> impl Iterator<Item = (Address, Address)> {
        self.child_to_root.iter().map(|(child, root)| (*child, *root)).filter(|(_, root)| !root.is_zero())
    }

    /// The type of a token on this root chain (`tokenToType`).
    #[must_use]
    pub fn token_type(&self, root_token: Address) -> Option<TokenType> {
        self.token_types.get(&root_token).copied()
    }

    /// The predicate that pays for a token on this root chain.
    #[must_use]
    pub fn predicate_of(&self, root_token: Address) -> Option<Predicate> {
        self.predicates.get(&self.token_type(root_token)?).copied()
    }

    /// The token on this root chain that a side-chain token stands for.
    #[must_use]
    pub fn root_token(&self, child_token: Address) -> Option<Address> {
        mapped(&self.child_to_root, child_token)
    }

    /// Whether an exit was made (`processedExits`).
    #[must_use]
    pub fn is_processed(&self, exit_hash: B256) -> bool {
        self.processed.contains(&exit_hash)
    }

    /// Goes through all checks of `exit` up to the predicate, reading headers by this function, zeros for unknown ids.
    ///
    /// Source: `withdrawal-proofs §4.5; pos-portal:contracts/root/RootChainManager/RootChainManager.sol:385-463`.
    ///
    /// # Errors
    /// [`ExitRevert`], the first check that fails.
    // the receipt's status, the header's age and the caller are not looked at; fields behind the tenth are ignored;
    // roots shorter than 32 bytes are padded.
    pub fn check(
        &self,
        payload: &[u8],
        header_block: impl FnOnce(HeaderBlockId) -> HeaderBlock,
    ) -> Result<ExitCall, ExitRevert> {
        let fields = Item::new(payload)?.to_list()?;
        let field = |place: usize| fields.get(place).copied().ok_or(ExitRevert::InvalidOpcode);

        let number = field(2)?.to_uint()?;
        let path = nibbles(field(8)?.to_bytes()?);
        let exit_hash = exit_hash_of(number, &path, field(9)?.to_uint()?);
        if self.is_processed(exit_hash) {
            return Err(ExitRevert::AlreadyProcessed { exit_hash });
        }

        let receipt = Item::new(field(6)?.to_bytes()?)?.to_list()?;
        let logs = receipt.get(3).ok_or(ExitRevert::InvalidOpcode)?.to_list()?;
        let place = usize::try_from(field(9)?.to_uint()?).ok();
        let log = place.and_then(|place| logs.get(place)).ok_or(ExitRevert::InvalidOpcode)?;
        let emitter = log.to_list()?.first().copied();
        let child_token = emitter.ok_or(ExitRevert::InvalidOpcode)?.to_address()?;
        let root_token = self.root_token(child_token).ok_or(ExitRevert::TokenNotMapped { child_token })?;
        let token_type = self.token_types.get(&root_token).copied();
        let token_type = token_type.unwrap_or(TokenType(B256::ZERO));

        let mask = field(8)?.to_uint()?;
        if mask >> 32 != U256::ZERO {
            return Err(ExitRevert::BranchMask { got: mask });
        }
        let (value, nodes) = (field(6)?.to_bytes()?, field(7)?.to_bytes()?);
        let receipts_root = B256::from(field(5)?.to_uint()?);
        if verify(value, &path, &Item::new(nodes)?.to_list()?, receipts_root)?.is_none() {
            return Err(ExitRevert::Proof);
        }

        let mut leaf = Keccak256::new();
        for place in 2..=5 {
            leaf.update(field(place)?.to_uint()?.to_be_bytes::<32>());
        }
        let header = field(0)?.to_uint()?;
        let siblings = field(1)?.to_bytes()?;
        let HeaderBlock { root, start, .. } = header_block(HeaderBlockId::new(header));
        let index = number.checked_sub(start);
        let index = index.ok_or(ExitRevert::BlockBeforeStart { block: number, start })?;
        if !check_membership(&leaf.finalize(), index, &root, siblings)? {
            return Err(ExitRevert::Header { header });
        }
        let predicate = self.predicates.get(&token_type).copied();
        Ok(ExitCall {
            exit_hash,
            child_token,
            root_token,
            token_type,
            predicate,
            is_permitted: predicate.is_none_or(|predicate| !self.strangers.contains(&predicate)),
            log: Bytes::copy_from_slice(log.raw()),
        })
    }

    /// Marks an exit as made. Settling twice changes nothing.
    pub fn settle(&mut self, call: &ExitCall) {
        self.processed.insert(call.exit_hash);
    }

    /// `exit(payload)`: checks, reads the log, marks the exit as made, and says what is to be paid.
    ///
    /// # Errors
    /// [`ExitRevert`]; then nothing changed.
    pub fn exit(
        &mut self,
        payload: &[u8],
        header_block: impl FnOnce(HeaderBlockId) -> HeaderBlock,
    ) -> Result<Payout, ExitRevert> {
        let call = self.check(payload, header_block)?;
        let payout = call.payout()?;
        self.settle(&call);
        Ok(payout)
    }
}

/// Address zero stands for no mapping.
pub(super) fn mapped(map: &BTreeMap<Address, Address>, token: Address) -> Option<Address> {
    map.get(&token).copied().filter(|other| !other.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::hash::keccak256;

    #[test]
    fn the_types_are_the_hashes_of_their_names() {
        for (token_type, name) in [
            (TokenType::ERC20, "ERC20"),
            (TokenType::ERC721, "ERC721"),
            (TokenType::ERC1155, "ERC1155"),
            (TokenType::MINTABLE_ERC20, "MintableERC20"),
            (TokenType::MINTABLE_ERC721, "MintableERC721"),
            (TokenType::MINTABLE_ERC1155, "MintableERC1155"),
            (TokenType::ETHER, "Ether"),
            (TokenType::CHAIN_EXIT_ERC1155, "ChainExitERC1155"),
        ] {
            assert_eq!(token_type.key(), keccak256(name), "{name}");
        }
    }

    #[test]
    fn a_token_is_mapped_once_and_only_with_a_predicate() {
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        let [a, b, c] = [1, 2, 3].map(Address::repeat_byte);
        manager.map_token(a, b, TokenType::ERC20).unwrap();
        assert_eq!(manager.map_token(c, b, TokenType::ERC20), Err(MapRevert::AlreadyMapped));
        assert_eq!(manager.map_token(c, c, TokenType::ERC1155), Err(MapRevert::TypeNotSupported));
        assert_eq!(manager.root_token(b), Some(a));
        manager.clean_map_token(a, b);
        assert_eq!(manager.root_token(b), None);
    }
}
