//! The way in: tokens are locked here, the side chain is told.
//!
//! Source: `withdrawal-proofs §4.3, §5.2; pos-portal:contracts/root/RootChainManager/RootChainManager.sol:289-366`.

use super::{Assets, Predicate, RootChainManager, StateMessage, TokenType, coder, manager::mapped};
use alloy_primitives::{Address, Bytes, U256};
use serde::{Deserialize, Serialize};

/// Somebody wants to deposit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deposit {
    /// Who pays.
    pub sender: Address,
    /// Who gets it on the side chain.
    pub user: Address,
    /// The token on the root chain.
    pub root_token: Address,
    /// What, by the predicate's rule.
    pub data: Bytes,
}

/// What a deposit costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DepositFee {
    /// The token it is paid in.
    pub token: Address,
    /// How much, in its smallest unit.
    pub amount: U256,
    /// To whom.
    pub to: Address,
}

/// What a deposit asks the tokens to do, and the side chain to be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Locked {
    /// Taken from the sender first; `None` for no fee.
    pub fee: Option<DepositFee>,
    /// Who locks.
    pub predicate: Predicate,
    /// The token that is locked; the sender's own coin for [`Predicate::Ether`].
    pub root_token: Address,
    /// Who pays.
    pub sender: Address,
    /// What.
    pub assets: Assets,
    /// The contract on the side chain that is told.
    pub receiver: Address,
    /// What it is told.
    pub message: StateMessage,
}

/// Why a deposit reverts. `Display` is the exact text, except of [`DepositRevert::Empty`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepositRevert {
    /// The root chain's own coin has a function of its own.
    #[error("RootChainManager: INVALID_ROOT_TOKEN")]
    RootToken,
    /// Too many deposits in this block.
    #[error("try later")]
    TryLater {
        /// Deposits a block.
        limit: U256,
    },
    /// The token is not mapped.
    #[error("RootChainManager: TOKEN_NOT_MAPPED")]
    TokenNotMapped,
    /// Its type has no predicate.
    #[error("RootChainManager: INVALID_TOKEN_TYPE")]
    TokenType,
    /// Nobody would get it.
    #[error("RootChainManager: INVALID_USER")]
    User,
    /// Too many tokens at once.
    #[error("{predicate}: EXCEEDS_BATCH_LIMIT")]
    BatchLimit {
        /// The predicate.
        predicate: Predicate,
        /// Ids there are; 20 are the most.
        got: usize,
    },
    /// The data is none that the predicate can read. No reason.
    #[error("reverted without a reason: {got} bytes of deposit data are not what the predicate reads")]
    Empty {
        /// Bytes there are.
        got: usize,
    },
}

/// Deposits of a block, over all users and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RateLimit {
    block: U256,
    count: U256,
    limit: U256,
}

impl Default for RateLimit {
    /// As the contract is initialised: ten a block.
    fn default() -> Self {
        Self { block: U256::from(1), count: U256::ZERO, limit: U256::from(10) }
    }
}

impl RateLimit {
    // the limit is one for all, and the first deposit of each block passes even when it is 0.
    fn next(self, block: u64) -> Result<Self, DepositRevert> {
        let block = U256::from(block);
        if self.block < block {
            return Ok(Self { block, count: U256::from(1), ..self });
        }
        if self.count >= self.limit {
            return Err(DepositRevert::TryLater { limit: self.limit });
        }
        Ok(Self { count: self.count.saturating_add(U256::from(1)), ..self })
    }
}

impl RootChainManager {
    /// Sets how many deposits a block takes.
    pub const fn set_deposit_limit(&mut self, limit: U256) {
        self.rate_limit.limit = limit;
    }

    /// Sets what a deposit costs; a fee of token zero or amount zero is none.
    pub fn set_deposit_fee(&mut self, fee: Option<DepositFee>) {
        self.fee = fee.filter(|fee| !fee.token.is_zero() && !fee.amount.is_zero());
    }

    /// `depositFor(user, rootToken, data)` in this block of the root chain.
    ///
    /// # Errors
    /// [`DepositRevert`], the first check that fails; then nothing changed. A host whose token refuses to be locked
    /// keeps the state from before.
    pub fn deposit_for(&mut self, deposit: &Deposit, block: u64) -> Result<Locked, DepositRevert> {
        if deposit.root_token == self.ether_address() {
            return Err(DepositRevert::RootToken);
        }
        self.deposit(deposit, block)
    }

    /// `depositEtherFor(user)` with this value of the root chain's own coin.
    ///
    /// # Errors
    /// [`DepositRevert`].
    pub fn deposit_ether_for(
        &mut self,
        sender: Address,
        user: Address,
        value: U256,
        block: u64,
    ) -> Result<Locked, DepositRevert> {
        let deposit =
            Deposit { sender, user, root_token: self.ether_address(), data: value.to_be_bytes::<32>().into() };
        self.deposit(&deposit, block)
    }

    fn deposit(&mut self, deposit: &Deposit, block: u64) -> Result<Locked, DepositRevert> {
        let rate_limit = self.rate_limit.next(block)?;
        let token_type = self.token_types.get(&deposit.root_token).copied();
        let token_type = token_type
            .filter(|token_type| *token_type != TokenType::new(alloy_primitives::B256::ZERO))
            .filter(|_| mapped(&self.root_to_child, deposit.root_token).is_some())
            .ok_or(DepositRevert::TokenNotMapped)?;
        let predicate = self.predicates.get(&token_type).copied();
        let predicate = predicate.ok_or(DepositRevert::TokenType)?;
        if deposit.user.is_zero() {
            return Err(DepositRevert::User);
        }
        let assets = read(predicate, &deposit.data)?;
        self.rate_limit = rate_limit;
        Ok(Locked {
            fee: self.fee,
            predicate,
            root_token: deposit.root_token,
            sender: deposit.sender,
            assets,
            receiver: self.child_chain_manager,
            message: StateMessage::Deposit {
                user: deposit.user,
                root_token: deposit.root_token,
                root_chain: u64::from(self.root_chain.number()),
                data: deposit.data.clone(),
            },
        })
    }
}

/// What a predicate makes of a deposit's data.
///
/// Source: `withdrawal-proofs §5.2`.
fn read(predicate: Predicate, data: &[u8]) -> Result<Assets, DepositRevert> {
    let empty = DepositRevert::Empty { got: data.len() };
    match predicate {
        Predicate::Erc20 | Predicate::MintableErc20 | Predicate::Ether => {
            // What follows the word is ignored.
            data.first_chunk::<32>().map(|word| Assets::Amount(U256::from_be_bytes(*word))).ok_or(empty)
        }
        Predicate::Erc721 | Predicate::MintableErc721 => match <[u8; 32]>::try_from(data) {
            Ok(word) => Ok(Assets::Token(U256::from_be_bytes(word))),
            Err(_) => {
                let ids = coder::one_list(data).ok_or(empty)?;
                if ids.len() > 20 {
                    return Err(DepositRevert::BatchLimit { predicate, got: ids.len() });
                }
                Ok(Assets::Tokens(ids))
            }
        },
        Predicate::Erc1155 | Predicate::MintableErc1155 | Predicate::ChainExitErc1155 => {
            let (ids, amounts, told) = coder::two_lists_and_bytes(data).ok_or(empty)?;
            Ok(Assets::Batch { ids, amounts, data: Bytes::copy_from_slice(told) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use bttc_core::root_chain::RootChainId;

    const TOKEN: Address = Address::repeat_byte(3);

    fn manager() -> RootChainManager {
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::repeat_byte(9));
        manager.map_token(TOKEN, Address::repeat_byte(4), TokenType::ERC20).unwrap();
        manager
    }

    fn deposit() -> Deposit {
        Deposit {
            sender: Address::repeat_byte(1),
            user: Address::repeat_byte(2),
            root_token: TOKEN,
            data: U256::from(70).to_be_bytes::<32>().into(),
        }
    }

    #[test]
    fn a_deposit_locks_the_amount_and_tells_the_side_chain() {
        let locked = manager().deposit_for(&deposit(), 5).unwrap();
        assert_eq!((locked.assets, locked.receiver), (Assets::Amount(U256::from(70)), Address::repeat_byte(9)));
        assert_eq!(locked.message.to_bytes().len(), 0x120);
    }

    #[test]
    fn tokens_with_an_id_are_locked_alone_or_up_to_twenty_together() {
        let lists = |count: u64| -> Vec<u8> {
            let words = [32, count].into_iter().chain(0..count);
            words.flat_map(|word| U256::from(word).to_be_bytes::<32>()).collect()
        };
        let ids = (0..20).map(U256::from).collect();
        assert_eq!(read(Predicate::Erc721, &[0; 32]), Ok(Assets::Token(U256::ZERO)));
        assert_eq!(read(Predicate::Erc721, &lists(20)), Ok(Assets::Tokens(ids)));
        let refused = read(Predicate::MintableErc721, &lists(21)).unwrap_err();
        assert_eq!(alloc::format!("{refused}"), "MintableERC721Predicate: EXCEEDS_BATCH_LIMIT");
    }

    #[test]
    fn q64_ten_deposits_a_block_for_all_and_one_even_without_a_limit() {
        let mut manager = manager();
        for _ in 0..10 {
            manager.deposit_for(&deposit(), 5).unwrap();
        }
        let refused = manager.deposit_for(&deposit(), 5).unwrap_err();
        assert_eq!(alloc::format!("{refused}"), "try later");
        manager.set_deposit_limit(U256::ZERO);
        assert!(manager.deposit_for(&deposit(), 6).is_ok());
        assert!(manager.deposit_for(&deposit(), 6).is_err());
    }

    #[test]
    fn a_refused_deposit_does_not_count() {
        let mut manager = manager();
        let before = manager.clone();
        let stranger = Deposit { root_token: Address::repeat_byte(8), ..deposit() };
        assert_eq!(manager.deposit_for(&stranger, 5), Err(DepositRevert::TokenNotMapped));
        let coin = Deposit { root_token: manager.ether_address(), ..deposit() };
        assert_eq!(manager.deposit_for(&coin, 5), Err(DepositRevert::RootToken));
        assert_eq!(manager, before);
    }
}
