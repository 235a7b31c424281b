//! The contracts of a root chain as one value: a call goes in, logs come out, or a revert.

use super::abi;
use alloy_primitives::{Address, Bytes, LogData, U256, address};
use alloy_sol_types::{SolCall, SolEvent, SolValue};
use bttc_checkpoint::{
    exit::contract::{
        self, Assets, BridgeCall, Deposit, DepositRevert, MapRevert, Predicate, RootChainManager, TokenType,
    },
    header_blocks::{self, HeaderBlocks},
    submission::{Function, Submission},
    vote::DataLayout,
};
use bttc_core::{
    amount::Amount,
    chain::SystemContracts,
    id::ValidatorId,
    root_chain::{RootCall, RootChainId, RootEvent},
};
use bttc_evm::genesis::child_manager;
use bttc_staking::{
    stake::{StakeEvent, StakeFor, StakeManager, StakeParams},
    state_sender::{StateSender, StateSenderError},
    token::{Token, TokenError, TokenEvent},
};

/// Where the contracts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// Takes checkpoints.
    pub root_chain: Address,
    /// Holds the stake.
    pub stake_manager: Address,
    /// Writes the staking events.
    pub staking_info: Address,
    /// Numbers messages for the side chain.
    pub state_sender: Address,
    /// Takes deposits and exits.
    pub root_chain_manager: Address,
    /// Holds what is deposited.
    pub erc20_predicate: Address,
    /// BTT.
    pub token: Address,
    /// Owns the others.
    pub governance: Address,
    /// Gets deposits on the side chain.
    pub child_chain_manager: Address,
}

impl Contracts {
    /// Where the models stand: where the contracts stand on TRON, and on BTTC the child chain manager.
    ///
    /// Source: `root-contracts §13, withdrawal-proofs §10`.
    pub const MODEL: Self = Self {
        root_chain: address!("0x8330108cfdd47544b398c15a3c252ad1d5a5566c"),
        stake_manager: address!("0x353e4da7c074be2ff9e3e692eaeb1e65f0f32e10"),
        staking_info: address!("0x20078df1672790b2963e8c4e5e527dd1225c3430"),
        state_sender: address!("0x5d8702466692a9174667821741b7e7799a0a0560"),
        root_chain_manager: address!("0x28c8b09c317c2a9e202dc47b1719443097553533"),
        erc20_predicate: address!("0xc5d2e7d264d7722870baf34d5375838473655f71"),
        token: address!("0x032017411f4663b317fe77c257d28d5cd1b26e3d"),
        governance: address!("0x00000000000000000000000000000000000090be"),
        child_chain_manager: child_manager(),
    };
}

/// Why contracts cannot be deployed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// The token refuses a holder.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The state sender refuses the bridge.
    #[error(transparent)]
    StateSender(#[from] StateSenderError),
    /// The bridge refuses the token.
    #[error(transparent)]
    Bridge(#[from] MapRevert),
}

/// The contracts.
#[derive(Clone, Debug)]
pub struct RootContracts {
    addresses: Contracts,
    stake: StakeManager,
    header_blocks: HeaderBlocks,
    state_sender: StateSender,
    bridge: RootChainManager,
}

/// The transaction failed and changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reverted: {reason:?}")]
pub struct Reverted {
    /// The contract's words; empty when it gave none.
    pub reason: String,
}

type Logs = Vec<(Address, LogData)>;

impl Reverted {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// A revert without a reason, which is how a contract answers a call it does not know.
    fn silent<E>(_: E) -> Self {
        Self::new("")
    }
}

impl RootContracts {
    /// Fresh contracts on a root chain, for a side chain with this id: these holders have the staking token, which is
    /// mapped to the side chain's native coin; the bridge may speak to the side chain.
    ///
    /// # Errors
    /// [`DeployError`] when the holders have more than there can be.
    pub fn deploy(
        root_chain: RootChainId,
        chain_id: u64,
        params: StakeParams,
        holders: impl IntoIterator<Item = (Address, U256)>,
    ) -> Result<Self, DeployError> {
        let at = Contracts::MODEL;
        let mut token = Token::default();
        for (holder, amount) in holders {
            token.mint(holder, Amount::from_word(amount))?;
        }
        let mut state_sender = StateSender::new(at.governance);
        state_sender.register(at.governance, at.root_chain_manager, at.child_chain_manager)?;
        let mut bridge = RootChainManager::new(root_chain, at.child_chain_manager);
        // The message that tells the side chain is not sent: its genesis holds the mapping.
        bridge.map_token(at.token, SystemContracts::STANDARD.native_token, TokenType::ERC20)?;
        Ok(Self {
            addresses: at,
            stake: StakeManager::new(at.stake_manager, at.governance, token, params),
            header_blocks: HeaderBlocks::new(DataLayout::of(root_chain), chain_id, at.governance),
            state_sender,
            bridge,
        })
    }

    /// Where they stand.
    #[must_use]
    pub const fn addresses(&self) -> Contracts {
        self.addresses
    }

    /// The stake.
    #[must_use]
    pub const fn stake(&self) -> &StakeManager {
        &self.stake
    }

    /// The checkpoints.
    #[must_use]
    pub const fn header_blocks(&self) -> &HeaderBlocks {
        &self.header_blocks
    }

    /// The bridge.
    #[must_use]
    pub const fn bridge(&self) -> &RootChainManager {
        &self.bridge
    }

    /// Executes a transaction in this block at this time (Unix seconds).
    ///
    /// # Errors
    /// [`Reverted`]; then nothing changed.
    pub fn transact(&mut self, sender: Address, call: &RootCall, block: u64, now: u64) -> Result<Logs, Reverted> {
        // A transaction may touch several contracts, so it runs on a copy that takes their place when all went well.
        let mut next = self.clone();
        let logs = next.execute(sender, call, block, now)?;
        *self = next;
        Ok(logs)
    }

    fn execute(&mut self, sender: Address, call: &RootCall, block: u64, now: u64) -> Result<Logs, Reverted> {
        let at = self.addresses;
        let data = &call.data;
        if call.to == at.token {
            self.token_call(sender, data)
        } else if call.to == at.stake_manager {
            self.stake_call(sender, data)
        } else if call.to == at.root_chain {
            self.submit_checkpoint(data, now)
        } else if call.to == at.root_chain_manager {
            self.bridge_call(sender, data, block)
        } else {
            Err(Reverted::new(""))
        }
    }

    /// What a call returns, changing nothing.
    ///
    /// # Errors
    /// [`Reverted`].
    pub fn call(&self, call: &RootCall) -> Result<Bytes, Reverted> {
        let (at, data) = (self.addresses, call.data.as_ref());
        let answer = if call.to == at.root_chain {
            let question = header_blocks::Question::decode(data).ok_or_else(|| Reverted::new(""))?;
            return self.header_blocks.answer(&question).map_err(|e| Reverted::new(e.reason()));
        } else if call.to == at.token {
            let call = abi::balanceOfCall::abi_decode(data).map_err(Reverted::silent)?;
            self.stake.token().balance(call.holder).to_word().abi_encode()
        } else if call.to == at.root_chain_manager {
            let question = contract::Question::decode(data).ok_or_else(|| Reverted::new(""))?;
            return Ok(self.bridge.answer(&question));
        } else if call.to == at.stake_manager {
            match abi::validatorRewardCall::abi_decode(data) {
                Ok(call) => {
                    let id = u64::try_from(call.validatorId).map_err(Reverted::silent)?;
                    let reward = self.stake.validator_reward(ValidatorId::new(id)).map_err(Reverted::silent)?;
                    reward.to_word().abi_encode()
                }
                Err(_) => {
                    abi::currentEpochCall::abi_decode(data).map_err(Reverted::silent)?;
                    U256::from(self.stake.epoch().get()).abi_encode()
                }
            }
        } else {
            return Err(Reverted::new(""));
        };
        Ok(answer.into())
    }

    fn token_call(&mut self, sender: Address, data: &[u8]) -> Result<Logs, Reverted> {
        let token = self.stake.token_mut();
        let event = match abi::approveCall::abi_decode(data) {
            Ok(call) => token.approve(sender, call.spender, Amount::from_word(call.amount)),
            Err(_) => {
                let call = abi::transferCall::abi_decode(data).map_err(Reverted::silent)?;
                token.transfer(sender, call.to, Amount::from_word(call.amount))
            }
        };
        Ok(self.token_logs([event.map_err(Reverted::silent)?]))
    }

    fn stake_call(&mut self, sender: Address, data: &[u8]) -> Result<Logs, Reverted> {
        let events = match abi::stakeForCall::abi_decode(data) {
            Ok(call) => {
                let stake = StakeFor {
                    user: call.user,
                    amount: Amount::from_word(call.amount),
                    fee: Amount::from_word(call.heimdallFee),
                    signer_key: call.signerPubkey,
                    // The pool stands where the staking contract's next creation goes.
                    share_contract: call
                        .acceptDelegation
                        .then(|| self.addresses.stake_manager.create(self.stake.next_id().get())),
                };
                self.stake.stake_for(sender, &stake).map_err(|e| Reverted::new(e.reason()))?
            }
            Err(_) => {
                let call = abi::withdrawRewardsCall::abi_decode(data).map_err(Reverted::silent)?;
                let id = u64::try_from(call.validatorId).map_err(Reverted::silent)?;
                self.stake.withdraw_rewards(sender, ValidatorId::new(id)).map_err(Reverted::silent)?
            }
        };
        Ok(self.stake_logs(events))
    }

    fn submit_checkpoint(&mut self, data: &[u8], now: u64) -> Result<Logs, Reverted> {
        let submission = Submission::decode(data).map_err(Reverted::silent)?;
        if submission.function != Function::Checkpoint {
            return Err(Reverted::new(""));
        }
        let opened = self.header_blocks.open(&submission.data, submission.signatures);
        let pending = opened.map_err(|e| Reverted::new(e.reason()))?;
        let paid = self.stake.check_signatures(
            pending.block_interval(),
            pending.vote_hash(),
            pending.account_root(),
            pending.proposer(),
            pending.signatures(),
        );
        let paid = paid.map_err(|e| Reverted::new(e.reason()))?;
        let recorded = self.header_blocks.accept(pending, paid.reward, now).map_err(|e| Reverted::new(e.reason()))?;
        Ok(vec![(self.addresses.root_chain, recorded.to_log_data())])
    }

    fn bridge_call(&mut self, sender: Address, data: &[u8], block: u64) -> Result<Logs, Reverted> {
        match BridgeCall::decode(data) {
            Some(BridgeCall::DepositFor { user, root_token, data }) => {
                self.deposit(&Deposit { sender, user, root_token, data }, block)
            }
            Some(BridgeCall::Exit { payload }) => self.exit(&payload),
            // The root chain's own coin is not modelled.
            Some(BridgeCall::DepositEtherFor { .. }) | None => Err(Reverted::new("")),
        }
    }

    fn deposit(&mut self, deposit: &Deposit, block: u64) -> Result<Logs, Reverted> {
        let locked = self.bridge.deposit_for(deposit, block).map_err(|revert| match revert {
            DepositRevert::Empty { .. } => Reverted::new(""),
            spoken => Reverted::new(spoken.to_string()),
        })?;
        let at = self.addresses;
        self.only_staking_token(locked.root_token)?;
        let Assets::Amount(amount) = locked.assets else { return Err(Reverted::new("")) };
        let amount = Amount::from_word(amount);
        let token = self.stake.token_mut();
        let taken = token.transfer_from(at.erc20_predicate, locked.sender, at.erc20_predicate, amount);
        let mut logs = self.token_logs(taken.map_err(Reverted::silent)?);
        let synced = self.state_sender.sync_state(at.root_chain_manager, locked.receiver, locked.message.to_bytes());
        let synced = synced.map_err(|e| Reverted::new(e.reason()))?;
        logs.push((at.state_sender, RootEvent::StateSynced(synced).to_log_data()));
        Ok(logs)
    }

    fn exit(&mut self, payload: &[u8]) -> Result<Logs, Reverted> {
        let header_blocks = &self.header_blocks;
        let payout = self.bridge.exit(payload, |id| header_blocks.record(id));
        let payout = payout.map_err(|revert| Reverted::new(revert.reason().unwrap_or_default()))?;
        self.only_staking_token(payout.root_token)?;
        let (Predicate::Erc20, Assets::Amount(amount)) = (payout.predicate, payout.assets) else {
            return Err(Reverted::new(""));
        };
        let amount = Amount::from_word(amount);
        let paid = self.stake.token_mut().transfer(self.addresses.erc20_predicate, payout.beneficiary, amount);
        Ok(self.token_logs([paid.map_err(Reverted::silent)?]))
    }

    /// The one token that is modelled; a call of any other has no code behind it.
    fn only_staking_token(&self, token: Address) -> Result<(), Reverted> {
        if token == self.addresses.token { Ok(()) } else { Err(Reverted::new("")) }
    }

    fn token_logs(&self, events: impl IntoIterator<Item = TokenEvent>) -> Logs {
        events.into_iter().map(|event| (self.addresses.token, token_log(&event))).collect()
    }

    /// The logs that a model writes of a staking operation: the token's, and those the protocol reacts to.
    fn stake_logs(&self, events: Vec<StakeEvent>) -> Logs {
        let log = |event: StakeEvent| match &event {
            StakeEvent::Token(event) => Some((self.addresses.token, token_log(event))),
            _ => event.to_root_event().map(|event| (self.addresses.staking_info, event.to_log_data())),
        };
        events.into_iter().filter_map(log).collect()
    }
}

fn token_log(event: &TokenEvent) -> LogData {
    match *event {
        TokenEvent::Transfer { from, to, value } => {
            abi::Transfer { from, to, value: value.to_word() }.encode_log_data()
        }
        TokenEvent::Approval { owner, spender, value } => {
            abi::Approval { owner, spender, value: value.to_word() }.encode_log_data()
        }
    }
}
