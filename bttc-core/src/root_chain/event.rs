//! Root-chain logs the protocol reacts to, and their one decoder.
//!
//! Source: `validation-layer §7.2, root-contracts §6, §8.2, §10; contracts:staking/StakingInfo.sol`.

use crate::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, HeaderBlockId, Nonce, StateId, ValidatorId},
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use alloy_sol_types::SolEvent;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event Staked(address indexed signer, uint256 indexed validatorId, uint256 nonce, uint256 indexed activationEpoch,
            uint256 amount, uint256 total, bytes signerPubkey);
        event UnstakeInit(address indexed user, uint256 indexed validatorId, uint256 nonce, uint256 deactivationEpoch,
            uint256 indexed amount);
        event SignerChange(uint256 indexed validatorId, uint256 nonce, address indexed oldSigner,
            address indexed newSigner, bytes signerPubkey);
        event StakeUpdate(uint256 indexed validatorId, uint256 indexed newAmount);
        event StakeAck(uint256 indexed validatorId, uint256 indexed nonce);
        event TopUpFee(address indexed user, uint256 indexed fee);
        event StateSynced(uint256 indexed id, address indexed contractAddress, bytes data);
        event NewHeaderBlock(address indexed proposer, uint256 indexed headerBlockId, uint256 indexed reward,
            uint256 start, uint256 end, bytes32 root);
        event CheckpointSyncAck(address indexed proposer, uint256 indexed chainId, uint256 indexed checkpointId,
            uint256 start, uint256 end);
        event NewChain(uint256 indexed rootChainId, uint256 activationHeight, uint256 txConfirmations,
            address rootChainAddress, address stateSenderAddress, address stakingManagerAddress,
            address stakingInfoAddress);
    }
}

/// A validator staked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staked {
    /// Address of its signing key.
    pub signer: Address,
    /// Its id.
    pub validator: ValidatorId,
    /// Its nonce, 1 for a first stake.
    pub nonce: Nonce,
    /// First epoch in which it is current.
    pub activation_epoch: Epoch,
    /// Its stake.
    pub amount: Amount,
    /// All self-stake on the contract.
    pub total: Amount,
    /// 64 bytes x ‖ y of its key.
    pub signer_key: Bytes,
}

/// A validator announced its exit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnstakeInit {
    /// Owner of the staking token.
    pub owner: Address,
    /// The validator.
    pub validator: ValidatorId,
    /// Its nonce.
    pub nonce: Nonce,
    /// First epoch in which it is no longer current.
    pub deactivation_epoch: Epoch,
    /// Its stake.
    pub amount: Amount,
}

/// A validator changed its signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerChange {
    /// The validator.
    pub validator: ValidatorId,
    /// Its nonce.
    pub nonce: Nonce,
    /// Address of the key until now.
    pub old_signer: Address,
    /// Address of the key from now on.
    pub new_signer: Address,
    /// 64 bytes x ‖ y of the new key.
    pub signer_key: Bytes,
}

/// A validator's stake plus delegation changed. On TRON it carries no nonce and the validation layer ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeUpdate {
    /// The validator.
    pub validator: ValidatorId,
    /// Stake plus delegation from now on.
    pub new_amount: Amount,
}

/// A mirror took over a staking message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeAck {
    /// The validator.
    pub validator: ValidatorId,
    /// Nonce of the message.
    pub nonce: Nonce,
}

/// Somebody topped up a fee account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpFee {
    /// Whose account.
    pub user: Address,
    /// By how much.
    pub fee: Amount,
}

/// A message for a contract on the side chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSynced {
    /// Its number on this root chain.
    pub id: StateId,
    /// The side-chain contract that gets it.
    pub receiver: Address,
    /// What it gets.
    pub data: Bytes,
}

/// A checkpoint was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHeaderBlock {
    /// Who proposed it.
    pub proposer: Address,
    /// Its key in the contract.
    pub header_block: HeaderBlockId,
    /// Reward paid for it.
    pub reward: Amount,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Its root.
    pub root: B256,
}

/// TRON learned of a checkpoint that another root chain accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSyncAck {
    /// Who proposed it.
    pub proposer: Address,
    /// Number of the root chain that accepted it.
    pub root_chain: u64,
    /// The checkpoint's number there.
    pub checkpoint: CheckpointNumber,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
}

/// TRON's root contract was told of another root chain.
///
/// Source: `validation-layer §5.11, §7.2; delivery:contracts/rootchain/rootchain.go:510-519`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewChain {
    /// Its number.
    pub root_chain: u64,
    /// Side-chain block at which its first checkpoint starts.
    pub activation_height: u64,
    /// Blocks that a transaction there has to lie deep.
    pub confirmations: u64,
    /// Its root contract.
    pub root_contract: Address,
    /// Its state sender.
    pub state_sender: Address,
    /// Its stake manager.
    pub stake_manager: Address,
    /// Its staking info.
    pub staking_info: Address,
}

/// A root-chain log the protocol reacts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RootEvent {
    /// See [`Staked`].
    Staked(Staked),
    /// See [`UnstakeInit`].
    UnstakeInit(UnstakeInit),
    /// See [`SignerChange`].
    SignerChange(SignerChange),
    /// See [`StakeUpdate`].
    StakeUpdate(StakeUpdate),
    /// See [`StakeAck`].
    StakeAck(StakeAck),
    /// See [`TopUpFee`].
    TopUpFee(TopUpFee),
    /// See [`StateSynced`].
    StateSynced(StateSynced),
    /// See [`NewHeaderBlock`].
    NewHeaderBlock(NewHeaderBlock),
    /// See [`CheckpointSyncAck`].
    CheckpointSyncAck(CheckpointSyncAck),
    /// See [`NewChain`].
    NewChain(NewChain),
}

/// A log that has a known event's first topic but is not that event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Topics or data do not have the event's shape.
    #[error("{event}: got {topics} topics and {data} bytes of data, which do not decode as {signature}")]
    Shape {
        /// Name of the event.
        event: &'static str,
        /// Its signature.
        signature: &'static str,
        /// Topics there are, the first included.
        topics: usize,
        /// Bytes of data there are.
        data: usize,
    },
    /// A number that the protocol keeps in 64 bits is larger.
    #[error("{event}: {field} = {got} is above the expected 64 bits")]
    TooLarge {
        /// Name of the event.
        event: &'static str,
        /// Name of the field.
        field: &'static str,
        /// Its value.
        got: U256,
    },
}

fn read<E: SolEvent>(event: &'static str, topics: &[B256], data: &[u8]) -> Result<E, EventError> {
    let shape = EventError::Shape { event, signature: E::SIGNATURE, topics: topics.len(), data: data.len() };
    E::decode_raw_log(topics.iter().copied(), data).map_err(|_| shape)
}

fn narrow(event: &'static str, field: &'static str, got: U256) -> Result<u64, EventError> {
    u64::try_from(got).map_err(|_| EventError::TooLarge { event, field, got })
}

impl RootEvent {
    /// Decodes a log; `None` for one that the protocol does not react to.
    ///
    /// # Errors
    /// [`EventError`] when the first topic is known but the rest does not fit it.
    pub fn decode(log: &LogData) -> Result<Option<Self>, EventError> {
        let (topics, data) = (log.topics(), log.data.as_ref());
        let Some(&first) = topics.first() else { return Ok(None) };
        let event = match first {
            abi::Staked::SIGNATURE_HASH => {
                let e: abi::Staked = read("Staked", topics, data)?;
                Self::Staked(Staked {
                    signer: e.signer,
                    validator: ValidatorId::new(narrow("Staked", "validatorId", e.validatorId)?),
                    nonce: Nonce::new(narrow("Staked", "nonce", e.nonce)?),
                    activation_epoch: Epoch::new(narrow("Staked", "activationEpoch", e.activationEpoch)?),
                    amount: Amount::from_word(e.amount),
                    total: Amount::from_word(e.total),
                    signer_key: e.signerPubkey,
                })
            }
            abi::UnstakeInit::SIGNATURE_HASH => {
                let e: abi::UnstakeInit = read("UnstakeInit", topics, data)?;
                Self::UnstakeInit(UnstakeInit {
                    owner: e.user,
                    validator: ValidatorId::new(narrow("UnstakeInit", "validatorId", e.validatorId)?),
                    nonce: Nonce::new(narrow("UnstakeInit", "nonce", e.nonce)?),
                    deactivation_epoch: Epoch::new(narrow("UnstakeInit", "deactivationEpoch", e.deactivationEpoch)?),
                    amount: Amount::from_word(e.amount),
                })
            }
            abi::SignerChange::SIGNATURE_HASH => {
                let e: abi::SignerChange = read("SignerChange", topics, data)?;
                Self::SignerChange(SignerChange {
                    validator: ValidatorId::new(narrow("SignerChange", "validatorId", e.validatorId)?),
                    nonce: Nonce::new(narrow("SignerChange", "nonce", e.nonce)?),
                    old_signer: e.oldSigner,
                    new_signer: e.newSigner,
                    signer_key: e.signerPubkey,
                })
            }
            abi::StakeUpdate::SIGNATURE_HASH => {
                let e: abi::StakeUpdate = read("StakeUpdate", topics, data)?;
                Self::StakeUpdate(StakeUpdate {
                    validator: ValidatorId::new(narrow("StakeUpdate", "validatorId", e.validatorId)?),
                    new_amount: Amount::from_word(e.newAmount),
                })
            }
            abi::StakeAck::SIGNATURE_HASH => {
                let e: abi::StakeAck = read("StakeAck", topics, data)?;
                Self::StakeAck(StakeAck {
                    validator: ValidatorId::new(narrow("StakeAck", "validatorId", e.validatorId)?),
                    nonce: Nonce::new(narrow("StakeAck", "nonce", e.nonce)?),
                })
            }
            abi::TopUpFee::SIGNATURE_HASH => {
                let e: abi::TopUpFee = read("TopUpFee", topics, data)?;
                Self::TopUpFee(TopUpFee { user: e.user, fee: Amount::from_word(e.fee) })
            }
            abi::StateSynced::SIGNATURE_HASH => {
                let e: abi::StateSynced = read("StateSynced", topics, data)?;
                let id = StateId::new(narrow("StateSynced", "id", e.id)?);
                Self::StateSynced(StateSynced { id, receiver: e.contractAddress, data: e.data })
            }
            abi::NewHeaderBlock::SIGNATURE_HASH => {
                let e: abi::NewHeaderBlock = read("NewHeaderBlock", topics, data)?;
                Self::NewHeaderBlock(NewHeaderBlock {
                    proposer: e.proposer,
                    header_block: HeaderBlockId::new(e.headerBlockId),
                    reward: Amount::from_word(e.reward),
                    start: narrow("NewHeaderBlock", "start", e.start)?,
                    end: narrow("NewHeaderBlock", "end", e.end)?,
                    root: e.root,
                })
            }
            abi::CheckpointSyncAck::SIGNATURE_HASH => {
                let e: abi::CheckpointSyncAck = read("CheckpointSyncAck", topics, data)?;
                Self::CheckpointSyncAck(CheckpointSyncAck {
                    proposer: e.proposer,
                    root_chain: narrow("CheckpointSyncAck", "chainId", e.chainId)?,
                    checkpoint: CheckpointNumber::new(narrow("CheckpointSyncAck", "checkpointId", e.checkpointId)?),
                    start: narrow("CheckpointSyncAck", "start", e.start)?,
                    end: narrow("CheckpointSyncAck", "end", e.end)?,
                })
            }
            abi::NewChain::SIGNATURE_HASH => {
                let e: abi::NewChain = read("NewChain", topics, data)?;
                Self::NewChain(NewChain {
                    root_chain: narrow("NewChain", "rootChainId", e.rootChainId)?,
                    activation_height: narrow("NewChain", "activationHeight", e.activationHeight)?,
                    confirmations: narrow("NewChain", "txConfirmations", e.txConfirmations)?,
                    root_contract: e.rootChainAddress,
                    state_sender: e.stateSenderAddress,
                    stake_manager: e.stakingManagerAddress,
                    staking_info: e.stakingInfoAddress,
                })
            }
            _ => return Ok(None),
        };
        Ok(Some(event))
    }

    /// The log a contract writes for this event.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        let word = |n: u64| U256::from(n);
        match self {
            Self::Staked(e) => abi::Staked {
                signer: e.signer,
                validatorId: word(e.validator.get()),
                nonce: word(e.nonce.get()),
                activationEpoch: word(e.activation_epoch.get()),
                amount: e.amount.to_word(),
                total: e.total.to_word(),
                signerPubkey: e.signer_key.clone(),
            }
            .encode_log_data(),
            Self::UnstakeInit(e) => abi::UnstakeInit {
                user: e.owner,
                validatorId: word(e.validator.get()),
                nonce: word(e.nonce.get()),
                deactivationEpoch: word(e.deactivation_epoch.get()),
                amount: e.amount.to_word(),
            }
            .encode_log_data(),
            Self::SignerChange(e) => abi::SignerChange {
                validatorId: word(e.validator.get()),
                nonce: word(e.nonce.get()),
                oldSigner: e.old_signer,
                newSigner: e.new_signer,
                signerPubkey: e.signer_key.clone(),
            }
            .encode_log_data(),
            Self::StakeUpdate(e) => {
                abi::StakeUpdate { validatorId: word(e.validator.get()), newAmount: e.new_amount.to_word() }
                    .encode_log_data()
            }
            Self::StakeAck(e) => {
                abi::StakeAck { validatorId: word(e.validator.get()), nonce: word(e.nonce.get()) }.encode_log_data()
            }
            Self::TopUpFee(e) => abi::TopUpFee { user: e.user, fee: e.fee.to_word() }.encode_log_data(),
            Self::StateSynced(e) => {
                abi::StateSynced { id: word(e.id.get()), contractAddress: e.receiver, data: e.data.clone() }
                    .encode_log_data()
            }
            Self::NewHeaderBlock(e) => abi::NewHeaderBlock {
                proposer: e.proposer,
                headerBlockId: e.header_block.get(),
                reward: e.reward.to_word(),
                start: word(e.start),
                end: word(e.end),
                root: e.root,
            }
            .encode_log_data(),
            Self::CheckpointSyncAck(e) => abi::CheckpointSyncAck {
                proposer: e.proposer,
                chainId: word(e.root_chain),
                checkpointId: word(e.checkpoint.get()),
                start: word(e.start),
                end: word(e.end),
            }
            .encode_log_data(),
            Self::NewChain(e) => abi::NewChain {
                rootChainId: word(e.root_chain),
                activationHeight: word(e.activation_height),
                txConfirmations: word(e.confirmations),
                rootChainAddress: e.root_contract,
                stateSenderAddress: e.state_sender,
                stakingManagerAddress: e.stake_manager,
                stakingInfoAddress: e.staking_info,
            }
            .encode_log_data(),
        }
    }

    /// First topics of all events, for a log filter.
    #[must_use]
    pub fn topics() -> Vec<B256> {
        Vec::from([
            abi::Staked::SIGNATURE_HASH,
            abi::UnstakeInit::SIGNATURE_HASH,
            abi::SignerChange::SIGNATURE_HASH,
            abi::StakeUpdate::SIGNATURE_HASH,
            abi::StakeAck::SIGNATURE_HASH,
            abi::TopUpFee::SIGNATURE_HASH,
            abi::StateSynced::SIGNATURE_HASH,
            abi::NewHeaderBlock::SIGNATURE_HASH,
            abi::CheckpointSyncAck::SIGNATURE_HASH,
            abi::NewChain::SIGNATURE_HASH,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn the_first_topics_are_those_of_the_deployed_contracts() {
        // root-contracts §6, §8.2, §10.
        assert_eq!(
            RootEvent::topics(),
            [
                b256!("0x68c13e4125b983d7e2d6114246f443e567ec6c4ee5b4d4a7ef6100b1402bfd84"),
                b256!("0x69b288bb79cd5386c9fe0af060f650e823bcdfa96a44cdc07f862db060f57120"),
                b256!("0x086044c0612a8c965d4cccd907f0d588e40ad68438bd4c1274cac60f4c3a9d1f"),
                b256!("0x8a9fd81e4de0eb5b1f4055c5b30b562c02c95613ea0c5259c23033a90d1de4b4"),
                b256!("0x4643d2836f85923259a5a998fcadf64a50de43237434716feec3b19ff1d1329b"),
                b256!("0x2c3bb5458e3dd671c31974c4ca8e8ebc2cdd892ae8602374d9a6f789b00c6b94"),
                b256!("0x103fed9db65eac19c4d870f49ab7520fe03b99f1838e5996caf47e9e43308392"),
                b256!("0xba5de06d22af2685c6c7765f60067f7d2b08c2d29f53cdf14d67f6d1c9bfb527"),
                b256!("0xdfdf269144f74a4d5a4487dae4ae7d89a0764033568a9003b6746591fdbb696c"),
                b256!("0x46d8e11a9f6eb349dbb840ef59be3b9f104a0ec5ef156698d105d99a2a33c00c"),
            ]
        );
    }

    #[test]
    fn an_event_survives_its_log_and_a_number_above_64_bits_does_not() {
        let event = RootEvent::StateSynced(StateSynced {
            id: StateId::new(7),
            receiver: Address::repeat_byte(1),
            data: Bytes::from_static(b"deposit"),
        });
        let log = event.to_log_data();
        assert_eq!(RootEvent::decode(&log), Ok(Some(event)));
        let mut topics = log.topics().to_vec();
        topics[1] = B256::repeat_byte(0xff);
        let large = RootEvent::decode(&LogData::new_unchecked(topics, log.data.clone()));
        assert_eq!(large, Err(EventError::TooLarge { event: "StateSynced", field: "id", got: U256::MAX }));
        let bare = LogData::new_unchecked(log.topics()[..1].to_vec(), log.data);
        assert!(matches!(RootEvent::decode(&bare), Err(EventError::Shape { event: "StateSynced", topics: 1, .. })));
    }
}
