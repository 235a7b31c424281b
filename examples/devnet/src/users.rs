//! The people: some who pay each other, one who deposits on TRON and withdraws again.

use alloy::{
    consensus::{SignableTransaction, TxEnvelope, TxLegacy},
    eips::Encodable2718,
    primitives::{Address, B256, Bytes, TxKind, U256, keccak256},
    signers::{SignerSync, local::PrivateKeySigner},
    sol,
    sol_types::{SolCall, SolValue},
};
use bttc_checkpoint::exit::contract::BridgeCall;
use bttc_core::{amount::Amount, chain::SystemContracts, root_chain::RootCall};
use bttc_evm::transaction::Transaction;
use bttc_validator::{
    node::Node,
    root_chain::{Contracts, abi},
};
use std::error::Error;

sol! {
    function withdrawTo(address to, uint256 amount) payable;
}

/// Base units a unit of gas costs: the producers' minimum on the main network.
///
/// Source: `block-layer §5.1.9; bttc:cmd/geth/config.go:355-358`.
const GAS_PRICE: u128 = 300_000_000_000_000;

/// What each user starts with on the side chain, in BTT.
const FUNDS: u64 = 100_000;

/// What is deposited, in BTT.
pub(crate) const DEPOSIT: u64 = 10;

/// What is withdrawn, in BTT.
pub(crate) const BURN: u64 = 3;

/// Users of the side chain.
#[derive(Debug)]
pub(crate) struct Users {
    seed: u64,
    payers: Vec<PrivateKeySigner>,
    /// Deposits and withdraws.
    pub(crate) traveller: PrivateKeySigner,
}

/// A key that follows from the seed and a name.
pub(crate) fn key(seed: u64, name: &str) -> B256 {
    keccak256(format!("bttc devnet {seed} {name}"))
}

impl Users {
    pub(crate) fn new(seed: u64) -> Result<Self, Box<dyn Error>> {
        let signer = |name: &str| PrivateKeySigner::from_bytes(&key(seed, name));
        let payers = ["payer 1", "payer 2", "payer 3"].into_iter().map(signer).collect::<Result<_, _>>()?;
        Ok(Self { seed, payers, traveller: signer("traveller")? })
    }

    /// What they start with on the side chain.
    pub(crate) fn balances(&self) -> impl Iterator<Item = (Address, U256)> + '_ {
        let all = self.payers.iter().chain([&self.traveller]);
        all.map(|user| (user.address(), Amount::from_btt(FUNDS).to_word()))
    }

    /// Payments for a block: up to two, by the seed.
    pub(crate) fn payments(&self, block: u64, node: &Node) -> Result<Vec<Transaction>, Box<dyn Error>> {
        let dice = key(self.seed, &format!("payments of block {block}"));
        let [count, from, to, units, ..] = dice.0.map(usize::from);
        let mut sent = Vec::new();
        for place in 0..count % 3 {
            let place = from + place;
            let payer = &self.payers[place % self.payers.len()];
            if sent.iter().any(|(address, _)| *address == payer.address()) {
                continue;
            }
            let payee = self.payers[(place + 1 + to % 2) % self.payers.len()].address();
            let value = Amount::from_btt(1 + units as u64 % 9).to_word();
            sent.push((payer.address(), transaction(payer, node, payee, value, Bytes::new())?));
        }
        Ok(sent.into_iter().map(|(_, transaction)| transaction).collect())
    }

    /// The calls on TRON that deposit BTT for the traveller.
    pub(crate) fn deposit(&self, at: &Contracts) -> [RootCall; 2] {
        let (user, amount) = (self.traveller.address(), Amount::from_btt(DEPOSIT).to_word());
        let allow = abi::approveCall { spender: at.erc20_predicate, amount };
        let deposit = BridgeCall::DepositFor { user, root_token: at.token, data: amount.abi_encode().into() };
        [RootCall { to: at.token, data: allow.abi_encode().into() }, deposit.to_call(at.root_chain_manager)]
    }

    /// The transaction that burns BTT for the traveller's address on TRON.
    pub(crate) fn burn(&self, node: &Node) -> Result<Transaction, Box<dyn Error>> {
        let amount = Amount::from_btt(BURN).to_word();
        let call = withdrawToCall { to: self.traveller.address(), amount };
        let contract = SystemContracts::STANDARD.native_token;
        transaction(&self.traveller, node, contract, amount, call.abi_encode().into())
    }
}

/// A signed transaction, next in its sender's order.
fn transaction(
    from: &PrivateKeySigner,
    node: &Node,
    to: Address,
    value: U256,
    input: Bytes,
) -> Result<Transaction, Box<dyn Error>> {
    let body = TxLegacy {
        chain_id: Some(node.chain().spec().chain_id),
        nonce: node.chain().state().nonce(from.address()),
        gas_price: GAS_PRICE,
        gas_limit: if input.is_empty() { 21_000 } else { 200_000 },
        to: TxKind::Call(to),
        value,
        input,
    };
    let signature = from.sign_hash_sync(&body.signature_hash())?;
    Ok(Transaction::from_bytes(&TxEnvelope::from(body.into_signed(signature)).encoded_2718())?)
}
