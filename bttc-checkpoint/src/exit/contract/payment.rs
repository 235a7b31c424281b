//! A predicate at work: what it asks of the token, in which order, and what it says of it.
//!
//! ```text
//! ERC20             transfer, ExitedERC20
//! MintableERC20     [ mint to itself what is missing, ] transfer, ExitedMintableERC20
//! Ether             ExitedEther, send
//! ERC721            transfer each, ExitedERC721[Batch] [, set the metadata ]
//! MintableERC721    transfer or mint each, ExitedMintableERC721[Batch]
//! ERC1155           transfer
//! MintableERC1155   [ mint to itself what is missing, ] transfer; of a batch always both
//! ChainExitERC1155  [ mint to the beneficiary what is missing, ] [ transfer all that is held ]
//! ```
//!
//! The tokens are the host's: [`RootTokens`] answers the predicate's questions and obeys its calls or refuses, in its own
//! words.
//!
//! Source: `withdrawal-proofs §5.1, §5.3`.

use super::{Assets, ExitRevert, Payout, Predicate};
use alloc::{string::String, vec::Vec};
use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::SolEvent;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event ExitedERC20(address indexed withdrawer, address indexed rootToken, uint256 amount);
        event ExitedMintableERC20(address indexed withdrawer, address indexed rootToken, uint256 amount);
        event ExitedEther(address indexed exitor, uint256 amount);
        event ExitedERC721(address indexed withdrawer, address indexed rootToken, uint256 tokenId);
        event ExitedERC721Batch(address indexed withdrawer, address indexed rootToken, uint256[] tokenIds);
        event ExitedMintableERC721(address indexed withdrawer, address indexed rootToken, uint256 tokenId);
        event ExitedMintableERC721Batch(address indexed withdrawer, address indexed rootToken, uint256[] tokenIds);
    }
}

/// A call that a predicate makes; what is given comes from the predicate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TokenCall {
    /// `transfer(to, amount)` of an ERC-20 token.
    Transfer {
        /// Who gets it.
        to: Address,
        /// In the smallest unit.
        amount: U256,
    },
    /// `mint(to, amount)` of an ERC-20 token.
    Mint {
        /// Who gets it.
        to: Address,
        /// In the smallest unit.
        amount: U256,
    },
    /// The root chain's own coin, with 2,300 gas for the receiver.
    Send {
        /// Who gets it.
        to: Address,
        /// In the smallest unit.
        amount: U256,
    },
    /// `safeTransferFrom(predicate, to, id)` of an ERC-721 token.
    TransferToken {
        /// Who gets it.
        to: Address,
        /// The token.
        id: U256,
    },
    /// `mint(to, id)` or `mint(to, id, metadata)` of an ERC-721 token.
    MintToken {
        /// Who gets it.
        to: Address,
        /// The token.
        id: U256,
        /// What is said of it.
        metadata: Option<Bytes>,
    },
    /// `setTokenMetadata(id, metadata)` of an ERC-721 token.
    SetMetadata {
        /// The token.
        id: U256,
        /// What is said of it.
        metadata: Bytes,
    },
    /// `safeTransferFrom(predicate, to, id, amount, "")` of an ERC-1155 token.
    TransferCounted {
        /// Who gets it.
        to: Address,
        /// Of what.
        id: U256,
        /// How many.
        amount: U256,
    },
    /// `safeBatchTransferFrom(predicate, to, ids, amounts, data)` of an ERC-1155 token.
    TransferBatch {
        /// Who gets it.
        to: Address,
        /// Of what.
        ids: Vec<U256>,
        /// How many.
        amounts: Vec<U256>,
        /// What the receiver is told.
        data: Bytes,
    },
    /// `mintBatch(to, ids, amounts, data)` of an ERC-1155 token.
    MintBatch {
        /// Who gets it.
        to: Address,
        /// Of what.
        ids: Vec<U256>,
        /// How many.
        amounts: Vec<U256>,
        /// What the receiver is told.
        data: Bytes,
    },
}

/// A token, or who was to receive it, refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{reason}")]
pub struct TokenRevert {
    /// Its words; none when empty.
    pub reason: String,
}

/// The root chain's tokens and coin, as predicates meet them.
pub trait RootTokens {
    /// Where a predicate stands: what it has to give is held there, and its events come from there.
    fn address_of(&self, predicate: Predicate) -> Address;

    /// How much an account holds of an ERC-20 token.
    fn balance(&self, token: Address, account: Address) -> U256;

    /// Whether an ERC-721 token with this id exists.
    fn exists(&self, token: Address, id: U256) -> bool;

    /// How many of an id an account holds of an ERC-1155 token.
    fn count(&self, token: Address, account: Address, id: U256) -> U256;

    /// Does what a predicate asks, and returns the logs of it. `token` is the marker of the root chain's own coin where
    /// that is sent.
    ///
    /// # Errors
    /// [`TokenRevert`].
    fn call(&mut self, predicate: Address, token: Address, call: TokenCall) -> Result<Vec<Log>, TokenRevert>;
}

impl Payout {
    /// Has the predicate pay, and returns all logs of it in order.
    ///
    /// # Errors
    /// [`ExitRevert`], the first refusal. The whole call reverts then: a host puts its tokens back to where they were.
    pub fn pay<T: RootTokens + ?Sized>(&self, tokens: &mut T) -> Result<Vec<Log>, ExitRevert> {
        let mut teller = Teller { at: tokens.address_of(self.predicate), payout: self, tokens, logs: Vec::new() };
        match &self.assets {
            Assets::Amount(amount) => teller.amount(*amount)?,
            Assets::Token(id) => {
                teller.token(*id, None)?;
                teller.exited_token(*id);
            }
            Assets::TokenWithMetadata { id, metadata } => teller.token_with_metadata(*id, metadata.as_ref())?,
            Assets::Tokens(ids) => {
                ids.iter().try_for_each(|id| teller.token(*id, None))?;
                teller.exited_tokens(ids);
            }
            Assets::Counted { id, amount } => teller.counted(*id, *amount)?,
            Assets::Batch { ids, amounts, data } => teller.batch(ids, amounts, data)?,
        }
        Ok(teller.logs)
    }
}

/// A predicate while it pays.
struct Teller<'a, T: ?Sized> {
    at: Address,
    payout: &'a Payout,
    tokens: &'a mut T,
    logs: Vec<Log>,
}

impl<T: RootTokens + ?Sized> Teller<'_, T> {
    fn call(&mut self, call: TokenCall) -> Result<(), ExitRevert> {
        let logs = self.tokens.call(self.at, self.payout.root_token, call)?;
        self.logs.extend(logs);
        Ok(())
    }

    fn say<E: SolEvent>(&mut self, event: &E) {
        self.logs.push(Log { address: self.at, data: event.encode_log_data() });
    }

    fn amount(&mut self, amount: U256) -> Result<(), ExitRevert> {
        let Payout { predicate, beneficiary: to, root_token, .. } = *self.payout;
        match predicate {
            Predicate::Ether => {
                // Q-183: of a coin it is said that it is paid before it is.
                self.say(&abi::ExitedEther { exitor: to, amount });
                self.call(TokenCall::Send { to, amount })
            }
            Predicate::MintableErc20 => {
                let held = self.tokens.balance(root_token, self.at);
                if let Some(missing) = amount.checked_sub(held).filter(|missing| !missing.is_zero()) {
                    self.call(TokenCall::Mint { to: self.at, amount: missing })?;
                }
                self.call(TokenCall::Transfer { to, amount })?;
                self.say(&abi::ExitedMintableERC20 { withdrawer: to, rootToken: root_token, amount });
                Ok(())
            }
            _ => {
                self.call(TokenCall::Transfer { to, amount })?;
                self.say(&abi::ExitedERC20 { withdrawer: to, rootToken: root_token, amount });
                Ok(())
            }
        }
    }

    fn is_minting(&self) -> bool {
        matches!(self.payout.predicate, Predicate::MintableErc721 | Predicate::MintableErc1155)
    }

    fn is_new(&self, id: U256) -> bool {
        self.is_minting() && !self.tokens.exists(self.payout.root_token, id)
    }

    fn token(&mut self, id: U256, metadata: Option<Bytes>) -> Result<(), ExitRevert> {
        let to = self.payout.beneficiary;
        let call = match self.is_new(id) {
            true => TokenCall::MintToken { to, id, metadata },
            false => TokenCall::TransferToken { to, id },
        };
        self.call(call)
    }

    // Q-184: metadata is read after the token was moved, and by the predicate that mints only when it mints: what is wrong
    // with it undoes everything, or is never seen.
    fn token_with_metadata(&mut self, id: U256, metadata: Option<&Bytes>) -> Result<(), ExitRevert> {
        let read = || metadata.cloned().ok_or(ExitRevert::Empty);
        let minted = if self.is_new(id) { Some(read()?) } else { None };
        self.token(id, minted)?;
        self.exited_token(id);
        if self.is_minting() { Ok(()) } else { self.call(TokenCall::SetMetadata { id, metadata: read()? }) }
    }

    fn exited_token(&mut self, id: U256) {
        let (withdrawer, root_token) = (self.payout.beneficiary, self.payout.root_token);
        match self.is_minting() {
            true => self.say(&abi::ExitedMintableERC721 { withdrawer, rootToken: root_token, tokenId: id }),
            false => self.say(&abi::ExitedERC721 { withdrawer, rootToken: root_token, tokenId: id }),
        }
    }

    fn exited_tokens(&mut self, ids: &[U256]) {
        let (withdrawer, root_token, ids) = (self.payout.beneficiary, self.payout.root_token, ids.to_vec());
        match self.is_minting() {
            true => self.say(&abi::ExitedMintableERC721Batch { withdrawer, rootToken: root_token, tokenIds: ids }),
            false => self.say(&abi::ExitedERC721Batch { withdrawer, rootToken: root_token, tokenIds: ids }),
        }
    }

    fn held(&self, id: U256) -> U256 {
        self.tokens.count(self.payout.root_token, self.at, id)
    }

    fn counted(&mut self, id: U256, amount: U256) -> Result<(), ExitRevert> {
        if self.is_minting() {
            let missing = amount.saturating_sub(self.held(id));
            if !missing.is_zero() {
                let (ids, amounts) = ([id].into(), [missing].into());
                self.call(TokenCall::MintBatch { to: self.at, ids, amounts, data: Bytes::new() })?;
            }
        }
        self.call(TokenCall::TransferCounted { to: self.payout.beneficiary, id, amount })
    }

    fn batch(&mut self, ids: &[U256], amounts: &[U256], data: &Bytes) -> Result<(), ExitRevert> {
        let (to, ids, data) = (self.payout.beneficiary, ids.to_vec(), data.clone());
        let held: Vec<U256> = ids.iter().map(|id| self.held(*id)).collect();
        // Q-185: an id that is named twice is compared with the whole balance twice.
        let missing: Vec<U256> = amounts.iter().zip(&held).map(|(amount, held)| amount.saturating_sub(*held)).collect();
        match self.payout.predicate {
            Predicate::ChainExitErc1155 => {
                if missing.iter().any(|missing| !missing.is_zero()) {
                    let (ids, data) = (ids.clone(), data.clone());
                    self.call(TokenCall::MintBatch { to, ids, amounts: missing, data })?;
                }
                // Q-186: what is held of the ids is given away whole, however little was burned.
                if held.iter().any(|held| !held.is_zero()) {
                    self.call(TokenCall::TransferBatch { to, ids, amounts: held, data })?;
                }
                Ok(())
            }
            predicate => {
                if predicate == Predicate::MintableErc1155 {
                    let (ids, data) = (ids.clone(), data.clone());
                    self.call(TokenCall::MintBatch { to: self.at, ids, amounts: missing, data })?;
                }
                self.call(TokenCall::TransferBatch { to, ids, amounts: amounts.to_vec(), data })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloy_primitives::B256;

    const BOB: Address = Address::repeat_byte(0xb0);
    const AT: Address = Address::repeat_byte(0xa7);

    /// Holds 60 of everything, has the ids below 10, obeys, and remembers.
    #[derive(Default)]
    struct Asked(Vec<TokenCall>);

    impl RootTokens for Asked {
        fn address_of(&self, _: Predicate) -> Address {
            AT
        }

        fn balance(&self, _: Address, _: Address) -> U256 {
            U256::from(60)
        }

        fn exists(&self, _: Address, id: U256) -> bool {
            id < U256::from(10)
        }

        fn count(&self, _: Address, _: Address, _: U256) -> U256 {
            U256::from(60)
        }

        fn call(&mut self, _: Address, _: Address, call: TokenCall) -> Result<Vec<Log>, TokenRevert> {
            self.0.push(call);
            Ok(Vec::new())
        }
    }

    fn paid(predicate: Predicate, assets: Assets) -> (Vec<TokenCall>, Result<Vec<Log>, ExitRevert>) {
        let (root_token, child_token) = (Address::ZERO, Address::ZERO);
        let payout = Payout { predicate, root_token, child_token, beneficiary: BOB, assets, exit_hash: B256::ZERO };
        let mut tokens = Asked::default();
        let logs = payout.pay(&mut tokens);
        (tokens.0, logs)
    }

    #[test]
    fn q183_a_coin_is_announced_before_it_is_sent() {
        let (calls, logs) = paid(Predicate::Ether, Assets::Amount(U256::from(7)));
        assert_eq!(calls, [TokenCall::Send { to: BOB, amount: U256::from(7) }]);
        assert_eq!(logs.unwrap()[0].data.topics()[0], abi::ExitedEther::SIGNATURE_HASH);
    }

    #[test]
    fn q184_bad_metadata_matters_when_it_is_read() {
        let bad = |id| Assets::TokenWithMetadata { id: U256::from(id), metadata: None };
        let (calls, logs) = paid(Predicate::Erc721, bad(3));
        assert_eq!((calls.len(), logs), (1, Err(ExitRevert::Empty)));
        let (calls, logs) = paid(Predicate::MintableErc721, bad(3));
        assert_eq!((calls.len(), logs.map(|logs| logs.len())), (1, Ok(1)));
        let (calls, logs) = paid(Predicate::MintableErc721, bad(30));
        assert_eq!((calls.len(), logs), (0, Err(ExitRevert::Empty)));
    }

    fn batch(amounts: [u64; 2]) -> Assets {
        let ids = vec![U256::from(5); 2];
        Assets::Batch { ids, amounts: amounts.map(U256::from).into(), data: Bytes::new() }
    }

    #[test]
    fn q185_a_repeated_id_is_minted_for_as_if_each_had_all() {
        let (calls, _) = paid(Predicate::MintableErc1155, batch([50, 61]));
        let TokenCall::MintBatch { to, amounts, .. } = &calls[0] else { panic!("{calls:?}") };
        assert_eq!((*to, amounts), (AT, &vec![U256::ZERO, U256::from(1)]));
    }

    #[test]
    fn q186_a_chain_exit_gives_all_that_is_held() {
        let (calls, _) = paid(Predicate::ChainExitErc1155, batch([10, 0]));
        let TokenCall::TransferBatch { to, amounts, .. } = &calls[0] else { panic!("{calls:?}") };
        assert_eq!((calls.len(), *to, amounts), (1, BOB, &vec![U256::from(60); 2]));
    }
}
