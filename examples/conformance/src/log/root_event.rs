//! Logs that the protocol reacts to.

use crate::got::Got;
use bttc_core::root_chain::RootEvent;

/// Name and arguments of a log that the protocol reacts to, named as the contracts name them.
pub(crate) fn root_event(event: &RootEvent) -> (&'static str, Got) {
    match event {
        RootEvent::Staked(e) => {
            let args = [
                ("signer", e.signer.into()),
                ("validatorId", e.validator.get().into()),
                ("nonce", e.nonce.get().into()),
                ("activationEpoch", e.activation_epoch.get().into()),
                ("amount", e.amount.to_word().into()),
                ("total", e.total.to_word().into()),
                ("signerPubkey", e.signer_key.clone().into()),
            ];
            ("Staked", Got::object(args))
        }
        RootEvent::UnstakeInit(e) => {
            let args = [
                ("user", e.owner.into()),
                ("validatorId", e.validator.get().into()),
                ("nonce", e.nonce.get().into()),
                ("deactivationEpoch", e.deactivation_epoch.get().into()),
                ("amount", e.amount.to_word().into()),
            ];
            ("UnstakeInit", Got::object(args))
        }
        RootEvent::SignerChange(e) => {
            let args = [
                ("validatorId", e.validator.get().into()),
                ("nonce", e.nonce.get().into()),
                ("oldSigner", e.old_signer.into()),
                ("newSigner", e.new_signer.into()),
                ("signerPubkey", e.signer_key.clone().into()),
            ];
            ("SignerChange", Got::object(args))
        }
        RootEvent::StakeUpdate(e) => {
            let args = [("validatorId", e.validator.get().into()), ("newAmount", e.new_amount.to_word().into())];
            ("StakeUpdate", Got::object(args))
        }
        RootEvent::StakeAck(e) => {
            ("StakeAck", Got::object([("validatorId", e.validator.get().into()), ("nonce", e.nonce.get().into())]))
        }
        RootEvent::TopUpFee(e) => ("TopUpFee", Got::object([("user", e.user.into()), ("fee", e.fee.to_word().into())])),
        RootEvent::StateSynced(e) => {
            let args =
                [("id", e.id.get().into()), ("contractAddress", e.receiver.into()), ("data", e.data.clone().into())];
            ("StateSynced", Got::object(args))
        }
        RootEvent::NewHeaderBlock(e) => {
            let args = [
                ("proposer", e.proposer.into()),
                ("headerBlockId", e.header_block.get().into()),
                ("reward", e.reward.to_word().into()),
                ("start", e.start.into()),
                ("end", e.end.into()),
                ("root", e.root.into()),
            ];
            ("NewHeaderBlock", Got::object(args))
        }
        RootEvent::CheckpointSyncAck(e) => {
            let args = [
                ("proposer", e.proposer.into()),
                ("chainId", e.root_chain.into()),
                ("checkpointId", e.checkpoint.get().into()),
                ("start", e.start.into()),
                ("end", e.end.into()),
            ];
            ("CheckpointSyncAck", Got::object(args))
        }
        RootEvent::NewChain(e) => {
            let args = [
                ("rootChainId", e.root_chain.into()),
                ("activationHeight", e.activation_height.into()),
                ("txConfirmations", e.confirmations.into()),
                ("rootChainAddress", e.root_contract.into()),
                ("stateSenderAddress", e.state_sender.into()),
                ("stakingManagerAddress", e.stake_manager.into()),
                ("stakingInfoAddress", e.staking_info.into()),
            ];
            ("NewChain", Got::object(args))
        }
    }
}
