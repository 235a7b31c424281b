//! Before a burn: can it be withdrawn, and on which root chain?
//!
//! ```text
//! withdraw(x)            2e1a7d4d    withdrawTo(to, x)               205c2878    ERC20, ERC721, the native token
//! withdrawBatch(ids)     9c8d4156    withdrawBatchTo(to, ids)        ff9fd262    ERC721
//! withdrawWithMetadata   a5e584dc    withdrawWithMetadataTo(to, id)  8ce7cee4    ERC721
//! withdrawSingle(id, n)  2262f53f    withdrawBatch(ids, ns)          5c5fb521    ERC1155
//! ```
//!
//! Nothing that is burned comes back, so the question is asked first. A burn in a typed transaction, of a token that is
//! mapped nowhere or of another type than the function burns, is accepted by the side chain and paid by nobody.
//!
//! Source: `withdrawal-proofs §2.2, §4.7, §5.1`.
//!
//! ```
//! use bttc_checkpoint::exit::{contract::Predicate, BurnCall, BurnPlan, BurnRefusal, MappedToken, PlannedBurn, TokenMap};
//! use bttc_core::root_chain::RootChainId;
//! use alloy_primitives::{Address, U256};
//!
//! let (token, alice) = (Address::repeat_byte(0xc0), Address::repeat_byte(0xa1));
//! let mut tokens = TokenMap::new();
//! let root_token = Address::repeat_byte(7);
//! tokens.insert(RootChainId::Tron, token, MappedToken { root_token, predicate: Predicate::Erc20, held: None });
//!
//! let burn = PlannedBurn { token, burner: alice, value: U256::ZERO, call: BurnCall::Withdraw { value: U256::from(5) } };
//! let mut plan = BurnPlan { transaction_type: 0, burns: vec![burn] };
//! assert_eq!(plan.check(&tokens)?[0].root_chains, [RootChainId::Tron]);
//! plan.transaction_type = 1;
//! assert_eq!(plan.check(&tokens), Err(BurnRefusal::TypedTransaction { kind: 1 }));
//! # Ok::<(), BurnRefusal>(())
//! ```

use super::{LogChoice, TokenMap, contract::Predicate, topic};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::SolCall as _;
use bttc_core::root_chain::RootChainId;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function withdraw(uint256 value);
        function withdrawTo(address to, uint256 value);
        function withdrawBatch(uint256[] ids);
        function withdrawBatchTo(address to, uint256[] ids);
        function withdrawWithMetadata(uint256 id);
        function withdrawWithMetadataTo(address to, uint256 id);
        function withdrawSingle(uint256 id, uint256 amount);
    }

    /// Of the same name as another.
    pub(super) mod counted {
        alloy_sol_types::sol! {
            function withdrawBatch(uint256[] ids, uint256[] amounts);
        }
    }
}

/// The native token's contract.
const NATIVE: Address = address!("0000000000000000000000000000000000001010");

/// A call that burns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BurnCall {
    /// `withdraw(uint256)`: for the burner.
    Withdraw {
        /// An amount in the smallest unit, or an id.
        value: U256,
    },
    /// `withdrawTo(address,uint256)`.
    WithdrawTo {
        /// Who is paid.
        to: Address,
        /// An amount in the smallest unit, or an id.
        value: U256,
    },
    /// `withdrawBatch(uint256[])`: for the burner.
    WithdrawBatch {
        /// At most 20.
        ids: Vec<U256>,
    },
    /// `withdrawBatchTo(address,uint256[])`.
    WithdrawBatchTo {
        /// Who is paid.
        to: Address,
        /// At most 20.
        ids: Vec<U256>,
    },
    /// `withdrawWithMetadata(uint256)`: for the burner.
    WithdrawWithMetadata {
        /// The id.
        id: U256,
    },
    /// `withdrawWithMetadataTo(address,uint256)`.
    WithdrawWithMetadataTo {
        /// Who is paid.
        to: Address,
        /// The id.
        id: U256,
    },
    /// `withdrawSingle(uint256,uint256)`: for the burner.
    WithdrawSingle {
        /// The id.
        id: U256,
        /// How many.
        amount: U256,
    },
    /// `withdrawBatch(uint256[],uint256[])`: for the burner.
    WithdrawCounted {
        /// The ids.
        ids: Vec<U256>,
        /// How many of each.
        amounts: Vec<U256>,
    },
}

impl BurnCall {
    /// Most ids that a child token burns at once.
    pub const MAX_BATCH: usize = 20;

    /// Selector and arguments.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        match self.clone() {
            Self::Withdraw { value } => abi::withdrawCall { value }.abi_encode(),
            Self::WithdrawTo { to, value } => abi::withdrawToCall { to, value }.abi_encode(),
            Self::WithdrawBatch { ids } => abi::withdrawBatchCall { ids }.abi_encode(),
            Self::WithdrawBatchTo { to, ids } => abi::withdrawBatchToCall { to, ids }.abi_encode(),
            Self::WithdrawWithMetadata { id } => abi::withdrawWithMetadataCall { id }.abi_encode(),
            Self::WithdrawWithMetadataTo { to, id } => abi::withdrawWithMetadataToCall { to, id }.abi_encode(),
            Self::WithdrawSingle { id, amount } => abi::withdrawSingleCall { id, amount }.abi_encode(),
            Self::WithdrawCounted { ids, amounts } => abi::counted::withdrawBatchCall { ids, amounts }.abi_encode(),
        }
        .into()
    }

    /// Reads calldata; `None` for another function or arguments of another shape.
    #[must_use]
    pub fn decode(calldata: &[u8]) -> Option<Self> {
        let (selector, arguments) = calldata.split_first_chunk::<4>()?;
        Some(match *selector {
            abi::withdrawCall::SELECTOR => {
                Self::Withdraw { value: abi::withdrawCall::abi_decode_raw(arguments).ok()?.value }
            }
            abi::withdrawToCall::SELECTOR => {
                let call = abi::withdrawToCall::abi_decode_raw(arguments).ok()?;
                Self::WithdrawTo { to: call.to, value: call.value }
            }
            abi::withdrawBatchCall::SELECTOR => {
                Self::WithdrawBatch { ids: abi::withdrawBatchCall::abi_decode_raw(arguments).ok()?.ids }
            }
            abi::withdrawBatchToCall::SELECTOR => {
                let call = abi::withdrawBatchToCall::abi_decode_raw(arguments).ok()?;
                Self::WithdrawBatchTo { to: call.to, ids: call.ids }
            }
            abi::withdrawWithMetadataCall::SELECTOR => {
                Self::WithdrawWithMetadata { id: abi::withdrawWithMetadataCall::abi_decode_raw(arguments).ok()?.id }
            }
            abi::withdrawWithMetadataToCall::SELECTOR => {
                let call = abi::withdrawWithMetadataToCall::abi_decode_raw(arguments).ok()?;
                Self::WithdrawWithMetadataTo { to: call.to, id: call.id }
            }
            abi::withdrawSingleCall::SELECTOR => {
                let call = abi::withdrawSingleCall::abi_decode_raw(arguments).ok()?;
                Self::WithdrawSingle { id: call.id, amount: call.amount }
            }
            abi::counted::withdrawBatchCall::SELECTOR => {
                let call = abi::counted::withdrawBatchCall::abi_decode_raw(arguments).ok()?;
                Self::WithdrawCounted { ids: call.ids, amounts: call.amounts }
            }
            _ => return None,
        })
    }

    /// First topic of the log that is withdrawn.
    #[must_use]
    pub const fn topic0(&self) -> B256 {
        match self {
            Self::Withdraw { .. } | Self::WithdrawTo { .. } => topic::WITHDRAW_TO,
            Self::WithdrawBatch { .. } | Self::WithdrawBatchTo { .. } => topic::WITHDRAWN_BATCH,
            Self::WithdrawWithMetadata { .. } | Self::WithdrawWithMetadataTo { .. } => topic::TRANSFER_WITH_METADATA,
            Self::WithdrawSingle { .. } => topic::TRANSFER_SINGLE,
            Self::WithdrawCounted { .. } => topic::TRANSFER_BATCH,
        }
    }

    /// Who is paid, when it is not the burner.
    #[must_use]
    pub const fn beneficiary(&self) -> Option<Address> {
        match self {
            Self::WithdrawTo { to, .. }
            | Self::WithdrawBatchTo { to, .. }
            | Self::WithdrawWithMetadataTo { to, .. } => Some(*to),
            _ => None,
        }
    }
}

/// One burn that somebody means to make.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlannedBurn {
    /// The token on the side chain.
    pub token: Address,
    /// Who calls it.
    pub burner: Address,
    /// The coin sent along.
    pub value: U256,
    /// What is called.
    pub call: BurnCall,
}

/// The burns of one transaction. Each is a withdrawal of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BurnPlan {
    /// Type of the transaction, 0 for a legacy one.
    pub transaction_type: u8,
    /// In the order in which they are made.
    pub burns: Vec<PlannedBurn>,
}

/// What becomes of a burn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prospect {
    /// Where it is paid; on each of them, when the token is mapped on several.
    pub root_chains: Vec<RootChainId>,
    /// Who is paid.
    pub beneficiary: Address,
    /// How to find its log among those of the transaction.
    pub log: LogChoice,
}

/// Why burning would lose what is burned, or not happen at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BurnRefusal {
    /// The bridge contract reads a receipt as a list, and that of a typed transaction is none.
    #[error("type-{kind} transaction: expected a legacy one, others cannot be withdrawn")]
    TypedTransaction {
        /// Its type.
        kind: u8,
    },
    /// Nobody pays for the token.
    #[error("burn {burn}: token {token} is mapped on no root chain")]
    Unmapped {
        /// Place of the burn in the plan.
        burn: usize,
        /// The token.
        token: Address,
    },
    /// The log of that function is not what the token's predicate accepts.
    #[error("burn {burn}: {predicate} on {root_chain} does not accept what this function logs")]
    Function {
        /// Place of the burn in the plan.
        burn: usize,
        /// Where the token is mapped.
        root_chain: RootChainId,
        /// Who would pay.
        predicate: Predicate,
    },
    /// It would pay nothing.
    #[error("burn {burn}: nothing is burned")]
    Nothing {
        /// Place of the burn in the plan.
        burn: usize,
    },
    /// More ids than a child token burns at once.
    #[error("burn {burn}: got {got} ids, expected at most {}", BurnCall::MAX_BATCH)]
    Batch {
        /// Place of the burn in the plan.
        burn: usize,
        /// Ids there are.
        got: usize,
    },
    /// Ids and amounts are not pairs.
    #[error("burn {burn}: got {amounts} amounts, expected one for each of {ids} ids")]
    Lengths {
        /// Place of the burn in the plan.
        burn: usize,
        /// Ids there are.
        ids: usize,
        /// Amounts there are.
        amounts: usize,
    },
    /// Only the native token takes coins, and exactly as many as are withdrawn.
    #[error("burn {burn}: got {got} coins sent along, expected {expected}")]
    Value {
        /// Place of the burn in the plan.
        burn: usize,
        /// What is sent.
        got: U256,
        /// What the token wants.
        expected: U256,
    },
    /// Address zero would be paid, which tokens refuse and coins do not survive.
    #[error("burn {burn}: the beneficiary is address zero")]
    Beneficiary {
        /// Place of the burn in the plan.
        burn: usize,
    },
    /// The predicate does not hold as much, and cannot mint it.
    #[error("burn {burn}: {amount} are asked of {predicate} on {root_chain}, which holds {held}")]
    Held {
        /// Place of the burn in the plan.
        burn: usize,
        /// Where the token is mapped.
        root_chain: RootChainId,
        /// Who would pay.
        predicate: Predicate,
        /// What is burned.
        amount: U256,
        /// What is there.
        held: U256,
    },
}

impl BurnPlan {
    /// What becomes of each burn; a plan with one that loses anything is refused as a whole.
    ///
    /// # Errors
    /// [`BurnRefusal`], the first there is.
    pub fn check(&self, tokens: &TokenMap) -> Result<Vec<Prospect>, BurnRefusal> {
        if self.transaction_type != 0 {
            return Err(BurnRefusal::TypedTransaction { kind: self.transaction_type });
        }
        let prospects = self.burns.iter().enumerate().map(|(place, burn)| {
            let root_chains = burn.check(place, tokens)?;
            let topic0 = burn.call.topic0();
            let before = self.burns.iter().take(place);
            let alike = before.filter(|other| (other.token, other.call.topic0()) == (burn.token, topic0));
            let nth = u64::try_from(alike.count()).unwrap_or(u64::MAX);
            let log = LogChoice::Nth { topic0, nth, emitter: Some(burn.token) };
            Ok(Prospect { root_chains, beneficiary: burn.beneficiary(), log })
        });
        prospects.collect()
    }
}

impl PlannedBurn {
    /// Who is paid.
    #[must_use]
    pub fn beneficiary(&self) -> Address {
        self.call.beneficiary().unwrap_or(self.burner)
    }

    fn check(&self, burn: usize, tokens: &TokenMap) -> Result<Vec<RootChainId>, BurnRefusal> {
        let mut root_chains = Vec::new();
        for (root_chain, mapped) in tokens.of(self.token) {
            let predicate = mapped.predicate;
            if !predicate.accepts(self.call.topic0()) {
                return Err(BurnRefusal::Function { burn, root_chain, predicate });
            }
            if let (Predicate::Erc20 | Predicate::Ether, Some(amount), Some(held)) =
                (predicate, self.amount(predicate), mapped.held.as_ref())
                && amount > *held
            {
                return Err(BurnRefusal::Held { burn, root_chain, predicate, amount, held: *held });
            }
            if self.is_nothing(predicate) {
                return Err(BurnRefusal::Nothing { burn });
            }
            root_chains.push(root_chain);
        }
        if root_chains.is_empty() {
            return Err(BurnRefusal::Unmapped { burn, token: self.token });
        }
        self.check_call(burn)?;
        Ok(root_chains)
    }

    /// What the token itself looks at.
    fn check_call(&self, burn: usize) -> Result<(), BurnRefusal> {
        match &self.call {
            BurnCall::WithdrawBatch { ids } | BurnCall::WithdrawBatchTo { ids, .. }
                if ids.len() > BurnCall::MAX_BATCH =>
            {
                return Err(BurnRefusal::Batch { burn, got: ids.len() });
            }
            BurnCall::WithdrawCounted { ids, amounts } if ids.len() != amounts.len() => {
                return Err(BurnRefusal::Lengths { burn, ids: ids.len(), amounts: amounts.len() });
            }
            _ => {}
        }
        let expected = match &self.call {
            BurnCall::Withdraw { value } | BurnCall::WithdrawTo { value, .. } if self.token == NATIVE => *value,
            _ => U256::ZERO,
        };
        if self.value != expected {
            return Err(BurnRefusal::Value { burn, got: self.value, expected });
        }
        if self.beneficiary().is_zero() {
            return Err(BurnRefusal::Beneficiary { burn });
        }
        Ok(())
    }

    /// The amount, where the predicate pays amounts and not ids.
    fn amount(&self, predicate: Predicate) -> Option<U256> {
        let is_amount = matches!(predicate, Predicate::Erc20 | Predicate::MintableErc20 | Predicate::Ether);
        match &self.call {
            BurnCall::Withdraw { value } | BurnCall::WithdrawTo { value, .. } if is_amount => Some(*value),
            BurnCall::WithdrawSingle { amount, .. } => Some(*amount),
            _ => None,
        }
    }

    fn is_nothing(&self, predicate: Predicate) -> bool {
        match &self.call {
            BurnCall::WithdrawBatch { ids } | BurnCall::WithdrawBatchTo { ids, .. } => ids.is_empty(),
            BurnCall::WithdrawCounted { amounts, .. } => amounts.iter().all(U256::is_zero),
            _ => self.amount(predicate).is_some_and(|amount| amount.is_zero()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::MappedToken;
    use alloc::vec;
    use alloy_primitives::hex;

    const TOKEN: Address = Address::repeat_byte(0xc0);

    fn tokens(predicate: Predicate) -> TokenMap {
        let mapped = MappedToken { root_token: TOKEN, predicate, held: Some(U256::from(100)) };
        let mut tokens = TokenMap::new();
        tokens.insert(RootChainId::Bsc, TOKEN, mapped);
        tokens.insert(RootChainId::Tron, NATIVE, mapped);
        tokens
    }

    fn burn(call: BurnCall) -> PlannedBurn {
        PlannedBurn { token: TOKEN, burner: Address::repeat_byte(1), value: U256::ZERO, call }
    }

    fn check(predicate: Predicate, burns: Vec<PlannedBurn>) -> Result<Vec<Prospect>, BurnRefusal> {
        BurnPlan { transaction_type: 0, burns }.check(&tokens(predicate))
    }

    #[test]
    fn calls_have_the_selectors_of_the_specification_and_are_read_back() {
        let (to, value, ids) = (Address::repeat_byte(2), U256::from(3), vec![U256::from(4)]);
        for (call, selector) in [
            (BurnCall::Withdraw { value }, "2e1a7d4d"),
            (BurnCall::WithdrawTo { to, value }, "205c2878"),
            (BurnCall::WithdrawBatch { ids: ids.clone() }, "9c8d4156"),
            (BurnCall::WithdrawBatchTo { to, ids: ids.clone() }, "ff9fd262"),
            (BurnCall::WithdrawWithMetadata { id: value }, "a5e584dc"),
            (BurnCall::WithdrawWithMetadataTo { to, id: value }, "8ce7cee4"),
            (BurnCall::WithdrawSingle { id: value, amount: value }, "2262f53f"),
            (BurnCall::WithdrawCounted { ids: ids.clone(), amounts: ids }, "5c5fb521"),
        ] {
            let calldata = call.to_calldata();
            assert_eq!(hex::encode(&calldata[..4]), selector);
            assert_eq!(BurnCall::decode(&calldata), Some(call));
        }
    }

    #[test]
    fn an_id_of_zero_is_a_token_and_an_amount_of_zero_is_nothing() {
        let zero = || vec![burn(BurnCall::Withdraw { value: U256::ZERO })];
        assert_eq!(check(Predicate::Erc20, zero()), Err(BurnRefusal::Nothing { burn: 0 }));
        assert!(check(Predicate::Erc721, zero()).is_ok());
        let none = vec![burn(BurnCall::WithdrawBatch { ids: vec![] })];
        assert_eq!(check(Predicate::Erc721, none), Err(BurnRefusal::Nothing { burn: 0 }));
    }

    #[test]
    fn several_burns_are_told_apart() {
        let one = || burn(BurnCall::Withdraw { value: U256::from(5) });
        let prospects = check(Predicate::MintableErc20, vec![one(), one()]).unwrap();
        let nth = |nth| LogChoice::Nth { topic0: topic::WITHDRAW_TO, nth, emitter: Some(TOKEN) };
        assert_eq!([&prospects[0].log, &prospects[1].log], [&nth(0), &nth(1)]);
        assert_eq!(prospects[1].root_chains, [RootChainId::Bsc]);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let value = U256::from(101);
        let plan = |call| vec![burn(call)];
        let held = check(Predicate::Erc20, plan(BurnCall::Withdraw { value }));
        assert!(matches!(held, Err(BurnRefusal::Held { .. })), "{held:?}");
        assert!(check(Predicate::MintableErc20, plan(BurnCall::Withdraw { value })).is_ok());
        let single = BurnCall::WithdrawSingle { id: value, amount: value };
        let function = check(Predicate::Erc20, plan(single));
        assert!(matches!(function, Err(BurnRefusal::Function { .. })), "{function:?}");
        let nobody = check(Predicate::Erc20, plan(BurnCall::WithdrawTo { to: Address::ZERO, value: U256::from(1) }));
        assert_eq!(nobody, Err(BurnRefusal::Beneficiary { burn: 0 }));
        let many = check(Predicate::Erc721, plan(BurnCall::WithdrawBatch { ids: vec![value; 21] }));
        assert_eq!(many, Err(BurnRefusal::Batch { burn: 0, got: 21 }));
        let stranger = PlannedBurn { token: Address::ZERO, ..burn(BurnCall::Withdraw { value }) };
        assert_eq!(
            check(Predicate::Erc20, vec![stranger]),
            Err(BurnRefusal::Unmapped { burn: 0, token: Address::ZERO })
        );
    }

    #[test]
    fn the_native_token_wants_its_amount_in_coins() {
        let mut native = PlannedBurn { token: NATIVE, ..burn(BurnCall::Withdraw { value: U256::from(5) }) };
        let (got, expected) = (U256::ZERO, U256::from(5));
        assert_eq!(check(Predicate::Erc20, vec![native.clone()]), Err(BurnRefusal::Value { burn: 0, got, expected }));
        native.value = expected;
        assert_eq!(check(Predicate::Erc20, vec![native]).unwrap()[0].root_chains, [RootChainId::Tron]);
    }
}
