//! Root events on their way into the layer.

use crate::{
    message::{
        Message, MsgCheckpointAck, MsgEventRecord, MsgNewChain, MsgSignerUpdate, MsgStakeUpdate, MsgTopup,
        MsgValidatorExit, MsgValidatorJoin,
    },
    module::{Refusal, chainmanager, checkpoint, clerk, staking, topup},
    param::{CHAIN_PARAMS, ETHEREUM_CONFIRMATIONS, Rules, TRON_CONFIRMATIONS},
    root_chain::Contracts,
    store::Stores,
};
use alloy_primitives::{Address, B256, Bytes, FixedBytes};
use bttc_core::{
    amino::Text,
    chain::PowerRule,
    id::Nonce,
    root_chain::{RootChainId, RootEvent},
};
use bttc_staking::registry::Sequence;
use serde::{Deserialize, Serialize};

/// Where a root event stands: block, then position among the block's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogPlace {
    /// Height of the root chain's block.
    pub block_number: u64,
    /// Position among the block's logs.
    pub log_index: u64,
    /// Hash of the transaction.
    pub transaction: B256,
}

impl LogPlace {
    /// The number that makes an event of TRON's unique.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }
}

/// The message that brings a root event into a layer with these stores; `None` for one that is none of its business.
///
/// Source: `validation-layer §7.2; delivery:bridge/setu/processor/`.
///
/// ```
/// use alloy_primitives::{Address, B256};
/// use bttc_core::{amount::Amount, root_chain::{RootChainId, RootEvent, TopUpFee}};
/// use bttc_validator::{duties::{LogPlace, relay}, message::Message, store::Stores};
///
/// let place = LogPlace { block_number: 9, log_index: 0, transaction: B256::repeat_byte(1) };
/// let event = RootEvent::TopUpFee(TopUpFee { user: Address::repeat_byte(2), fee: Amount::from_btt(5) });
/// let message = relay(Address::repeat_byte(3), (RootChainId::Tron, place), &event, &Stores::default());
/// assert!(matches!(message, Some(Message::Topup(_))));
/// ```
#[must_use]
pub fn relay(
    from: Address,
    (root_chain, place): (RootChainId, LogPlace),
    event: &RootEvent,
    stores: &Stores,
) -> Option<Message> {
    let LogPlace { block_number, log_index, transaction: tx_hash } = place;
    let name = || Text::from(root_chain.name());
    Some(match event {
        RootEvent::StateSynced(e) => MsgEventRecord {
            from,
            tx_hash,
            log_index,
            block_number,
            contract_address: e.receiver,
            data: e.data.clone(),
            id: e.id,
            bor_chain_id: CHAIN_PARAMS.get(stores).ok()?.chain_id,
            root_chain_type: name(),
        }
        .into(),
        RootEvent::NewHeaderBlock(e) => MsgCheckpointAck {
            from,
            number: e.header_block.number()?,
            proposer: e.proposer,
            start_block: e.start,
            end_block: e.end,
            root_hash: e.root,
            tx_hash,
            log_index,
            root_chain_type: name(),
        }
        .into(),
        RootEvent::Staked(e) => MsgValidatorJoin {
            from,
            id: e.validator,
            activation_epoch: e.activation_epoch,
            amount: e.amount.into(),
            pub_key: whole_key(&e.signer_key)?,
            tx_hash,
            log_index,
            block_number,
            nonce: e.nonce,
        }
        .into(),
        RootEvent::SignerChange(e) => MsgSignerUpdate {
            from,
            id: e.validator,
            pub_key: whole_key(&e.signer_key)?,
            tx_hash,
            log_index,
            block_number,
            nonce: e.nonce,
        }
        .into(),
        RootEvent::UnstakeInit(e) => MsgValidatorExit {
            from,
            id: e.validator,
            deactivation_epoch: e.deactivation_epoch,
            tx_hash,
            log_index,
            block_number,
            nonce: e.nonce,
        }
        .into(),
        // It has no nonce of its own: that of the next event goes with it.
        RootEvent::StakeUpdate(e) => {
            let record = staking::record_of(stores, e.validator).ok()??;
            let (amount, nonce) = (e.new_amount.into(), Nonce::new(record.nonce.get().wrapping_add(1)));
            MsgStakeUpdate { from, id: e.validator, amount, tx_hash, log_index, block_number, nonce }.into()
        }
        RootEvent::TopUpFee(e) => {
            MsgTopup { from_address: from, user: e.user, fee: e.fee.into(), tx_hash, log_index, block_number }.into()
        }
        RootEvent::NewChain(e) => MsgNewChain {
            from,
            root_chain_type: numbered(e.root_chain)?,
            activation_height: e.activation_height,
            tx_confirmations: e.confirmations,
            root_chain_address: e.root_contract,
            state_sender_address: e.state_sender,
            staking_manager_address: e.stake_manager,
            staking_info_address: e.staking_info,
            tx_hash,
            log_index,
            block_number,
        }
        .into(),
        RootEvent::StakeAck(_) | RootEvent::CheckpointSyncAck(_) => return None,
    })
}

/// Whether a layer with these stores has what an event tells.
///
/// Source: `validation-layer §7.2, §7.3`.
#[must_use]
pub fn is_known(stores: &Stores, root_chain: RootChainId, place: LogPlace, event: &RootEvent) -> bool {
    let name = || Text::from(root_chain.name());
    match event {
        RootEvent::StateSynced(e) => clerk::local_id(stores, &name(), e.id).is_ok_and(|id| id.is_some()),
        RootEvent::NewHeaderBlock(e) => e.header_block.number().is_none_or(|number| {
            checkpoint::checkpoint(stores, root_chain.into(), number).is_ok_and(|kept| kept.is_some())
        }),
        RootEvent::Staked(e) => staking::signer_of(stores, e.validator).is_some(),
        RootEvent::TopUpFee(_) => topup::is_seen(stores, place.sequence()),
        RootEvent::NewChain(e) => numbered(e.root_chain)
            .is_none_or(|name| chainmanager::chain_info(stores, &name).is_ok_and(|info| info.is_some())),
        _ => staking::is_settled(stores, place.sequence()),
    }
}

/// The contract that has to have written an event; `None` where the layer does not want to know of it.
///
/// Source: `validation-layer §5.1, §6.1, §7.2`.
#[must_use]
pub(crate) fn emitter(event: &RootEvent, root_chain: RootChainId, rules: Rules, at: &Contracts) -> Option<Address> {
    let on_tron = |contract| (root_chain == RootChainId::Tron).then_some(contract);
    match event {
        RootEvent::StateSynced(_) => Some(at.state_sender),
        RootEvent::NewHeaderBlock(_) => Some(at.root_chain),
        RootEvent::Staked(_) | RootEvent::SignerChange(_) | RootEvent::UnstakeInit(_) | RootEvent::TopUpFee(_) => {
            on_tron(at.staking_info)
        }
        RootEvent::StakeUpdate(_) if rules.power == PowerRule::Stake => on_tron(at.staking_info),
        RootEvent::NewChain(_) => on_tron(at.root_chain),
        _ => None,
    }
}

/// How deep a block of a root chain has to lie before its events are relayed.
///
/// Source: `validation-layer §7.1; delivery:bridge/setu/listener/rootchain.go:124-266, tron.go:124-215`.
///
/// # Errors
/// [`Refusal::INTERNAL`] where the parameter does not read.
pub(crate) fn confirmations(stores: &Stores, root_chain: RootChainId) -> Result<u64, Refusal> {
    match root_chain {
        RootChainId::Tron => TRON_CONFIRMATIONS.get(stores),
        RootChainId::Ethereum => ETHEREUM_CONFIRMATIONS.get(stores),
        RootChainId::Bsc => {
            let info = chainmanager::chain_info(stores, &root_chain.name().into())?;
            Ok(info.map_or(0, |info| info.confirmations))
        }
    }
}

/// The root chain that a contract numbers so.
fn numbered(root_chain: u64) -> Option<Text> {
    let known = RootChainId::ALL.into_iter().find(|known| u64::from(known.number()) == root_chain);
    known.map(|known| known.name().into())
}

/// A key's 65 bytes, of the 64 of its coordinates.
fn whole_key(coordinates: &Bytes) -> Option<FixedBytes<65>> {
    FixedBytes::try_from([&[4], &coordinates[..]].concat().as_slice()).ok()
}

/// Whether two messages bring the same fact, whoever sends them.
#[must_use]
pub(crate) fn is_same_fact(one: &Message, other: &Message) -> bool {
    let event = |message: &Message| {
        Some(match message {
            Message::ValidatorJoin(m) => (m.block_number, m.log_index),
            Message::SignerUpdate(m) => (m.block_number, m.log_index),
            Message::ValidatorExit(m) => (m.block_number, m.log_index),
            Message::StakeUpdate(m) => (m.block_number, m.log_index),
            Message::Topup(m) => (m.block_number, m.log_index),
            Message::NewChain(m) => (m.block_number, m.log_index),
            _ => return None,
        })
    };
    match (one, other) {
        (Message::EventRecord(a), Message::EventRecord(b)) => (&a.root_chain_type, a.id) == (&b.root_chain_type, b.id),
        (Message::ProposeSpan(a), Message::ProposeSpan(b)) => a.span_id == b.span_id,
        (Message::Checkpoint(a), Message::Checkpoint(b)) => {
            let fact = |m: &crate::message::MsgCheckpoint| (m.root_chain_type.clone(), m.start_block, m.end_block);
            fact(a) == fact(b)
        }
        (Message::CheckpointAck(a), Message::CheckpointAck(b)) => {
            (&a.root_chain_type, a.number) == (&b.root_chain_type, b.number)
        }
        (one, other) => event(one).is_some_and(|place| event(other) == Some(place)),
    }
}
