//! The outside world of a step: its recorded answers.

use crate::{failure::Failure, field::Field};
use alloy_primitives::B256;
use bttc_checkpoint::header_blocks::HeaderBlock;
use bttc_core::{
    amount::Amount,
    id::{Epoch, Nonce, StateId, ValidatorId},
    root_chain::{RootEvent, SignerChange, StakeUpdate, Staked, StateSynced, TopUpFee, UnstakeInit},
};
use bttc_validator::module::{Answer, Question};

/// What is answered to a message of this type; `None` where the call fails.
pub(super) fn answer(question: Question, message: &str, external: &Field<'_>) -> Result<Option<Answer>, Failure> {
    let number = |name| Ok(external.optional(name)?.map(|field| field.u64()).transpose()?.map(Answer::Number));
    Ok(match question {
        Question::Head => return number("evmHead"),
        Question::Synced { .. } => return number("synced"),
        Question::ValidatorNonce { .. } => Some(Answer::Number(external.or_default("validatorNonce", Field::u64)?)),
        Question::RangeRoot { .. } => {
            let root = external.optional("rootHash")?.map(|field| field.bytes()).transpose()?;
            // Anything but 32 bytes is no root.
            root.and_then(|root| B256::try_from(root.as_ref()).ok()).map(Answer::Hash)
        }
        Question::BlockHash { .. } | Question::AccountRoot { .. } => None,
        Question::Header { .. } => external.optional("header")?.map(|field| header(&field)).transpose()?,
        Question::Log { .. } => external.optional("event")?.map(|field| log(message, &field)).transpose()?,
    })
}

fn header(field: &Field<'_>) -> Result<Answer, Failure> {
    Ok(Answer::Header(HeaderBlock {
        root: field.or_default("root", Field::b256)?,
        start: field.or_default("start", Field::u256)?,
        end: field.or_default("end", Field::u256)?,
        created_at: Default::default(),
        proposer: field.or_default("proposer", Field::address)?,
    }))
}

fn log(message: &str, field: &Field<'_>) -> Result<Answer, Failure> {
    let block = field.or_default("block", Field::u64)?;
    let event = if field.or_default("decodable", Field::flag)? { Some(event(message, field)?) } else { None };
    Ok(Answer::Log { block, event })
}

/// The event that a message of this type reports.
fn event(message: &str, field: &Field<'_>) -> Result<RootEvent, Failure> {
    let id = field.or_default("id", Field::u64)?;
    let (validator, nonce) = (ValidatorId::new(id), Nonce::new(field.or_default("nonce", Field::u64)?));
    let epoch = Epoch::new(field.or_default("epoch", Field::u64)?);
    let amount = Amount::from_word(field.or_default("amount", Field::u256)?);
    let signer = field.or_default("signer", Field::address)?;
    let signer_key = field.or_default("pubKey", Field::bytes)?;
    Ok(match message {
        "staking/MsgValidatorJoin" => RootEvent::Staked(Staked {
            signer,
            validator,
            nonce,
            activation_epoch: epoch,
            amount,
            total: amount,
            signer_key,
        }),
        "staking/MsgSignerUpdate" => RootEvent::SignerChange(SignerChange {
            validator,
            nonce,
            old_signer: Default::default(),
            new_signer: signer,
            signer_key,
        }),
        "staking/MsgValidatorExit" => {
            RootEvent::UnstakeInit(UnstakeInit { owner: signer, validator, nonce, deactivation_epoch: epoch, amount })
        }
        "staking/MsgStakeUpdate" => RootEvent::StakeUpdate(StakeUpdate { validator, new_amount: amount }),
        "topup/MsgTopup" => RootEvent::TopUpFee(TopUpFee { user: signer, fee: amount }),
        "cosmos-sdk/MsgEventRecord" => RootEvent::StateSynced(StateSynced {
            id: StateId::new(id),
            receiver: field.or_default("contract", Field::address)?,
            data: field.or_default("data", Field::bytes)?,
        }),
        _ => return Err(field.refused("the event of a message that reports one")),
    })
}
