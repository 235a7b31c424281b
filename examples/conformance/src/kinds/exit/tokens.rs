//! The tokens of the bridge's tests: OpenZeppelin 3.1's ERC20, ERC721 and ERC1155, which a predicate may mint, and the
//! contracts that may be told to receive them.

use crate::{failure::Failure, field::Field};
use alloc::collections::BTreeMap;
use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use bttc_checkpoint::exit::contract::{Predicate, RootTokens, TokenCall, TokenRevert};
use bttc_core::hash::keccak256;

/// What an account does when it is given something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manners {
    /// Nobody's code runs.
    Account,
    /// Reverts with "no thanks".
    Rejects,
    /// Answers every call with nothing, and spends more gas than a payment brings.
    Stores,
    /// Takes single tokens.
    TakesTokens,
    /// Takes batches of counted tokens, refuses single ones.
    TakesBatches,
    /// Has no function that would be called.
    Deaf,
}

impl Manners {
    fn of(label: &str) -> Self {
        match label {
            "rejecting-contract" => Self::Rejects,
            "storing-contract" => Self::Stores,
            "predicate:ERC721" | "predicate:MintableERC721" => Self::TakesTokens,
            "predicate:ERC1155" | "predicate:MintableERC1155" | "predicate:ChainExitERC1155" => Self::TakesBatches,
            _ => Self::Deaf,
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Erc20 {
    supply: U256,
    balances: BTreeMap<Address, U256>,
}

type Owners = BTreeMap<U256, Address>;
type Counts = BTreeMap<(U256, Address), U256>;

/// All tokens, and the coin.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    predicates: BTreeMap<Predicate, Address>,
    manners: BTreeMap<Address, Manners>,
    coins: BTreeMap<Address, U256>,
    erc20: BTreeMap<Address, Erc20>,
    erc721: BTreeMap<Address, Owners>,
    erc1155: BTreeMap<Address, Counts>,
}

/// The token that mints gives this many units to its deployer when it is made.
const DEPLOYERS: u128 = 10_u128.pow(28);

/// Most tokens of their own that a predicate holds in a case.
const MAX_HELD: u64 = 10_000;

fn revert(reason: &str) -> TokenRevert {
    TokenRevert { reason: reason.to_owned() }
}

type Done = Result<Vec<Log>, TokenRevert>;

impl Tokens {
    pub(super) fn new(world: &Field<'_>, labels: &BTreeMap<Address, String>) -> Result<Self, Failure> {
        let contracts: BTreeMap<&str, Address> =
            labels.iter().map(|(address, label)| (label.as_str(), *address)).collect();
        let known = Predicate::ALL.into_iter().filter_map(|predicate| {
            let label = format!("predicate:{}", predicate.token_type_name());
            Some((predicate, *contracts.get(label.as_str())?))
        });
        let mut tokens = Self {
            predicates: known.collect(),
            manners: labels.iter().map(|(address, label)| (*address, Manners::of(label))).collect(),
            coins: BTreeMap::new(),
            erc20: BTreeMap::new(),
            erc721: BTreeMap::new(),
            erc1155: BTreeMap::new(),
        };
        for (label, address) in &contracts {
            match label.strip_prefix("token:") {
                Some(token) if token.contains("ERC1155") => drop(tokens.erc1155.insert(*address, Counts::new())),
                Some(token) if token.contains("ERC721") => drop(tokens.erc721.insert(*address, Owners::new())),
                Some(token) if token.contains("ERC20") => drop(tokens.erc20.insert(*address, Erc20::default())),
                _ => {}
            }
        }
        for (name, held) in world.field("holdings")?.entries()? {
            let unknown = || held.refused("what a predicate holds of a token that is known");
            let predicate = Predicate::ALL.into_iter().find(|known| known.token_type_name() == name);
            let predicate = predicate.ok_or_else(unknown)?;
            let at = tokens.stands_at(predicate).ok_or_else(unknown)?;
            if predicate == Predicate::Ether {
                tokens.coins.insert(at, held.u256()?);
                continue;
            }
            let token = contracts.get(format!("token:{name}").as_str()).ok_or_else(unknown)?;
            tokens.hold(*token, at, &held)?;
        }
        Ok(tokens)
    }

    fn hold(&mut self, token: Address, at: Address, held: &Field<'_>) -> Result<(), Failure> {
        if let Some(token) = self.erc20.get_mut(&token) {
            let amount = held.u256()?;
            token.supply = U256::from(DEPLOYERS);
            token.balances.insert(at, amount);
        } else if let Some(owners) = self.erc721.get_mut(&token) {
            let range = held.field("predicate")?;
            let bounds = range.list(|id| id.u64())?;
            let [first, last] = bounds[..] else { return Err(range.refused("the first and the last id")) };
            if last.saturating_sub(first) >= MAX_HELD {
                return Err(range.refused(format_args!("at most {MAX_HELD} ids")));
            }
            owners.extend((first..=last).map(|id| (U256::from(id), at)));
            for (id, owner) in held.field("other")?.entries()? {
                let id = U256::from_str_radix(id, 10).map_err(|error| owner.failed(error))?;
                owners.insert(id, owner.address()?);
            }
        } else if let Some(counts) = self.erc1155.get_mut(&token) {
            for (id, amount) in held.entries()? {
                let id = U256::from_str_radix(id, 10).map_err(|error| amount.failed(error))?;
                counts.insert((id, at), amount.u256()?);
            }
        }
        Ok(())
    }

    /// Where a predicate stands.
    pub(super) fn stands_at(&self, predicate: Predicate) -> Option<Address> {
        self.predicates.get(&predicate).copied()
    }

    fn manners(&self, account: Address) -> Manners {
        self.manners.get(&account).copied().unwrap_or(Manners::Account)
    }

    fn send(&mut self, from: Address, to: Address, amount: U256) -> Done {
        let held = self.coins.entry(from).or_default();
        *held = held.checked_sub(amount).ok_or_else(|| revert(""))?;
        match self.manners(to) {
            Manners::Account => {
                let held = self.coins.entry(to).or_default();
                *held = held.saturating_add(amount);
                Ok(Vec::new())
            }
            Manners::Rejects => Err(revert("no thanks")),
            // The others have no gas for what they do, or nothing that takes coins.
            _ => Err(revert("")),
        }
    }

    fn erc20(&mut self, token: Address) -> Result<&mut Erc20, TokenRevert> {
        self.erc20.get_mut(&token).ok_or_else(|| revert(""))
    }

    fn erc721(&mut self, token: Address) -> Result<&mut Owners, TokenRevert> {
        self.erc721.get_mut(&token).ok_or_else(|| revert(""))
    }

    fn erc1155(&mut self, token: Address) -> Result<&mut Counts, TokenRevert> {
        self.erc1155.get_mut(&token).ok_or_else(|| revert(""))
    }

    fn transfer(&mut self, token: Address, from: Address, to: Address, amount: U256) -> Done {
        let balances = &mut self.erc20(token)?.balances;
        if to.is_zero() {
            return Err(revert("ERC20: transfer to the zero address"));
        }
        let held = balances.entry(from).or_default();
        *held = held.checked_sub(amount).ok_or_else(|| revert("ERC20: transfer amount exceeds balance"))?;
        add(balances.entry(to).or_default(), amount)?;
        Ok(vec![log(token, "Transfer(address,address,uint256)", &[from.into_word(), to.into_word()], &[one(amount)])])
    }

    fn mint(&mut self, token: Address, to: Address, amount: U256) -> Done {
        let contract = self.erc20(token)?;
        add(&mut contract.supply, amount)?;
        add(contract.balances.entry(to).or_default(), amount)?;
        Ok(vec![log(token, "Transfer(address,address,uint256)", &[B256::ZERO, to.into_word()], &[one(amount)])])
    }

    fn transfer_token(&mut self, token: Address, from: Address, to: Address, id: U256) -> Done {
        let owners = self.erc721(token)?;
        let owner = owners.get_mut(&id).ok_or_else(|| revert("ERC721: operator query for nonexistent token"))?;
        if *owner != from {
            return Err(revert("ERC721: transfer caller is not owner nor approved"));
        }
        if to.is_zero() {
            return Err(revert("ERC721: transfer to the zero address"));
        }
        *owner = to;
        match self.manners(to) {
            Manners::Account | Manners::TakesTokens => {}
            Manners::Rejects => return Err(revert("no thanks")),
            Manners::Stores => return Err(revert("")),
            Manners::TakesBatches | Manners::Deaf => {
                return Err(revert("ERC721: transfer to non ERC721Receiver implementer"));
            }
        }
        let id = B256::from(id);
        Ok(vec![
            log(token, "Approval(address,address,uint256)", &[from.into_word(), B256::ZERO, id], &[]),
            log(token, "Transfer(address,address,uint256)", &[from.into_word(), to.into_word(), id], &[]),
        ])
    }

    fn mint_token(&mut self, token: Address, to: Address, id: U256, metadata: Option<&[u8]>) -> Done {
        let owners = self.erc721(token)?;
        if to.is_zero() {
            return Err(revert("ERC721: mint to the zero address"));
        }
        if owners.insert(id, to).is_some() {
            return Err(revert("ERC721: token already minted"));
        }
        metadata.map_or(Ok(()), is_text)?;
        let topics = [B256::ZERO, to.into_word(), B256::from(id)];
        Ok(vec![log(token, "Transfer(address,address,uint256)", &topics, &[])])
    }

    fn set_metadata(&mut self, token: Address, id: U256, metadata: &[u8]) -> Done {
        let owners = self.erc721(token)?;
        is_text(metadata)?;
        if !owners.contains_key(&id) {
            return Err(revert("ERC721Metadata: URI set of nonexistent token"));
        }
        Ok(Vec::new())
    }

    fn transfer_counted(&mut self, token: Address, from: Address, to: Address, id: U256, amount: U256) -> Done {
        let counts = self.erc1155(token)?;
        if to.is_zero() {
            return Err(revert("ERC1155: transfer to the zero address"));
        }
        take(counts, from, id, amount)?;
        add(counts.entry((id, to)).or_default(), amount)?;
        match self.manners(to) {
            Manners::TakesBatches => return Err(revert("ERC1155: ERC1155Receiver rejected tokens")),
            other => other.takes_batch()?,
        }
        let topics = [from, from, to].map(|address| address.into_word());
        let signature = "TransferSingle(address,address,address,uint256,uint256)";
        Ok(vec![log(token, signature, &topics, &[one(id), one(amount)])])
    }

    /// A mint where nobody gives.
    fn batch(&mut self, token: Address, operator: Address, from: Option<Address>, to: Address, of: &Batch<'_>) -> Done {
        let lengths = || match of.ids.len() == of.amounts.len() {
            true => Ok(()),
            false => Err(revert("ERC1155: ids and amounts length mismatch")),
        };
        let receiver = |doing: &str| match to.is_zero() {
            true => Err(revert(&format!("ERC1155: {doing} to the zero address"))),
            false => Ok(()),
        };
        let counts = self.erc1155(token)?;
        if from.is_some() {
            lengths()?;
            receiver("transfer")?;
        } else {
            receiver("mint")?;
            lengths()?;
        }
        for (id, amount) in of.ids.iter().zip(of.amounts) {
            if let Some(from) = from {
                take(counts, from, *id, *amount)?;
            }
            add(counts.entry((*id, to)).or_default(), *amount)?;
        }
        self.manners(to).takes_batch()?;
        let topics = [operator, from.unwrap_or_default(), to].map(|address| address.into_word());
        let signature = "TransferBatch(address,address,address,uint256[],uint256[])";
        Ok(vec![log(token, signature, &topics, &[many(of.ids), many(of.amounts)])])
    }
}

struct Batch<'a> {
    ids: &'a [U256],
    amounts: &'a [U256],
}

impl Manners {
    fn takes_batch(self) -> Result<(), TokenRevert> {
        match self {
            Self::Account | Self::TakesBatches => Ok(()),
            Self::Rejects => Err(revert("no thanks")),
            Self::Stores => Err(revert("")),
            Self::TakesTokens | Self::Deaf => Err(revert("ERC1155: transfer to non ERC1155Receiver implementer")),
        }
    }
}

impl RootTokens for Tokens {
    fn address_of(&self, predicate: Predicate) -> Address {
        self.stands_at(predicate).unwrap_or_default()
    }

    fn balance(&self, token: Address, account: Address) -> U256 {
        let balance = self.erc20.get(&token).and_then(|token| token.balances.get(&account));
        balance.copied().unwrap_or_default()
    }

    fn exists(&self, token: Address, id: U256) -> bool {
        self.erc721.get(&token).is_some_and(|owners| owners.contains_key(&id))
    }

    fn count(&self, token: Address, account: Address, id: U256) -> U256 {
        let count = self.erc1155.get(&token).and_then(|counts| counts.get(&(id, account)));
        count.copied().unwrap_or_default()
    }

    fn call(&mut self, at: Address, token: Address, call: TokenCall) -> Done {
        match call {
            TokenCall::Send { to, amount } => self.send(at, to, amount),
            TokenCall::Transfer { to, amount } => self.transfer(token, at, to, amount),
            TokenCall::Mint { to, amount } => self.mint(token, to, amount),
            TokenCall::TransferToken { to, id } => self.transfer_token(token, at, to, id),
            TokenCall::MintToken { to, id, metadata } => {
                self.mint_token(token, to, id, metadata.as_ref().map(|bytes| bytes.as_ref()))
            }
            TokenCall::SetMetadata { id, metadata } => self.set_metadata(token, id, &metadata),
            TokenCall::TransferCounted { to, id, amount } => self.transfer_counted(token, at, to, id, amount),
            TokenCall::TransferBatch { to, ids, amounts, .. } => {
                self.batch(token, at, Some(at), to, &Batch { ids: &ids, amounts: &amounts })
            }
            TokenCall::MintBatch { to, ids, amounts, .. } => {
                self.batch(token, at, None, to, &Batch { ids: &ids, amounts: &amounts })
            }
        }
    }
}

fn add(sum: &mut U256, amount: U256) -> Result<(), TokenRevert> {
    *sum = sum.checked_add(amount).ok_or_else(|| revert("SafeMath: addition overflow"))?;
    Ok(())
}

fn take(counts: &mut Counts, from: Address, id: U256, amount: U256) -> Result<(), TokenRevert> {
    let held = counts.entry((id, from)).or_default();
    *held = held.checked_sub(amount).ok_or_else(|| revert("ERC1155: insufficient balance for transfer"))?;
    Ok(())
}

/// The tokens read metadata as ABI-encoded text: an offset, a length there, and as many bytes.
fn is_text(metadata: &[u8]) -> Result<(), TokenRevert> {
    let word = |at: usize| {
        let word = metadata.get(at..at.checked_add(32)?)?;
        usize::try_from(U256::from_be_slice(word)).ok()
    };
    let inside = || {
        let start = word(0)?.checked_add(32)?;
        metadata.get(start..start.checked_add(word(word(0)?)?)?)
    };
    inside().map(|_| ()).ok_or_else(|| revert(""))
}

fn one(word: U256) -> DynSolValue {
    DynSolValue::Uint(word, 256)
}

fn many(words: &[U256]) -> DynSolValue {
    DynSolValue::Array(words.iter().copied().map(one).collect())
}

fn log(address: Address, signature: &str, topics: &[B256], data: &[DynSolValue]) -> Log {
    let topics = [keccak256(signature)].iter().chain(topics).copied().collect();
    let data: Bytes = DynSolValue::Tuple(data.to_vec()).abi_encode_params().into();
    Log::new_unchecked(address, topics, data)
}
