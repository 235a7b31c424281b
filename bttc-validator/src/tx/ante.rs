//! What stands between a transaction and its message: the sender, his fee, his signature.

use super::{SignDoc, StdTx, std_tx::unverified};
use crate::{
    message::{Coins, Fault, Invalid, Msg, SignedAmount},
    module::Refusal,
    param,
    record::{Account, AccountKey},
    store::Stores,
};
use alloy_primitives::Address;
use bttc_core::amino::{AnyOf, Text};

/// Parameters that every transaction is held to.
///
/// Source: `validation-layer §9.1; delivery:auth/types/params.go:13-22`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxParams {
    /// Bytes of the longest memo.
    pub max_memo: u64,
    /// What a transaction costs, in base units as a decimal text.
    pub fees: String,
    /// Gas that a transaction is said to want; nothing is charged for it.
    pub max_gas: u64,
}

impl TxParams {
    /// Those that stand in the stores.
    ///
    /// # Errors
    /// [`Refusal::INTERNAL`] where one is missing or does not read.
    pub fn load(stores: &Stores) -> Result<Self, Refusal> {
        Ok(Self {
            max_memo: param::MAX_MEMO_CHARACTERS.get(stores)?,
            fees: param::TX_FEES.get(stores)?,
            max_gas: param::MAX_TX_GAS.get(stores)?,
        })
    }
}

/// Where a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnteContext<'a> {
    /// The layer's chain id.
    pub chain_id: Text,
    /// Height of the block; 0 in genesis.
    pub height: u64,
    /// What transactions are held to.
    pub params: &'a TxParams,
}

/// A transaction whose message may be carried out. Account and fee are what has changed by then, and stay changed should
/// the message fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted<'t, M> {
    /// The message.
    pub message: &'t M,
    /// The sender's account: without the fee, with its key, one transaction on.
    pub account: Account,
    /// What goes to the fee collector.
    pub fee: Coins,
    /// Gas that the transaction is said to want.
    pub gas_wanted: u64,
}

/// Checks a transaction up to its message; `account` finds its sender's.
///
/// In this order: the message by itself, the parameter of fees, that there is a signature, the memo's length, that the
/// sender has an account, that it can pay, that it signed.
///
/// Source: `validation-layer §1.9; delivery:auth/ante.go:66-330, cosmos-sdk fork baseapp/baseapp.go:736-750, 866-965`.
///
/// # Errors
/// [`Fault`], the first there is; then nothing has changed.
pub fn ante<'t, M: Msg>(
    tx: &'t StdTx<M>,
    context: &AnteContext<'_>,
    account: impl FnOnce(Address) -> Option<Account>,
) -> Result<Admitted<'t, M>, Fault> {
    let params = context.params;
    // a transaction without a message decodes; the check of its message breaks off, and the node recovers.
    let message = tx.message.0.as_ref().ok_or_else(|| Invalid::Panic("there is no message".into()).into_fault())?;
    message.basic().map_err(Invalid::into_fault)?;
    let fees = SignedAmount::parse(params.fees.as_bytes()).ok_or_else(|| Fault::sdk(1, "Invalid param tx fees"))?;
    if tx.signature.0.is_empty() {
        return Err(Fault::sdk(17, "No signers"));
    }
    let memo = tx.memo.as_bytes().len();
    if u64::try_from(memo).is_ok_and(|memo| memo > params.max_memo) {
        let most = params.max_memo;
        let text = format!("maximum number of characters is {most} but received {memo} characters");
        return Err(Fault::sdk(13, text));
    }
    let signer = message.signer();
    let mut account = account(signer).ok_or_else(|| Fault::sdk(9, format!("account {signer:#x} does not exist")))?;
    let fee = pay(&mut account, fees)?;

    // in genesis every account has the number 0.
    let account_number = if context.height == 0 { 0 } else { account.number };
    let doc = SignDoc { chain_id: context.chain_id.clone(), account_number, sequence: account.sequence };
    let key = tx.sender(&doc)?;
    if key.address() != account.address {
        return Err(unverified());
    }
    if account.public_key.0.is_none() {
        account.public_key = AnyOf(Some(AccountKey(key.to_bytes().into())));
    }
    account.sequence = account.sequence.wrapping_add(1);
    Ok(Admitted { message, account, fee, gas_wanted: params.max_gas })
}

/// Takes the fee out of an account.
fn pay(account: &mut Account, fees: SignedAmount) -> Result<Coins, Fault> {
    let fee = Coins::btt(fees);
    if fees.number().is_zero() {
        return Ok(Coins::default());
    }
    if fees.number().is_negative() {
        return Err(Fault::sdk(14, format!("invalid fee amount: {fee}")));
    }
    let coins = &mut account.coins.0;
    let place = coins.iter().position(|coin| Some(&coin.denom) == fee.0.first().map(|coin| &coin.denom));
    let left = place.and_then(|place| Some((place, coins.get(place)?.amount.number().checked_sub(fees.number())?)));
    match left {
        Some((place, left)) if left.is_zero() => {
            coins.remove(place);
        }
        Some((place, left)) if left.is_positive() => {
            if let (Some(coin), Some(left)) = (coins.get_mut(place), SignedAmount::new(left)) {
                coin.amount = left;
            }
        }
        _ => {
            let text = format!("insufficient funds to pay for fees; {} < {fee}", account.coins);
            return Err(Fault::sdk(5, text));
        }
    }
    Ok(fee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::{Message, MsgCheckpointNoAck, MsgSend},
        tx::TxSignature,
    };
    use bttc_core::{amount::Amount, hash::keccak256, signature::SecretKey};

    fn key() -> SecretKey {
        SecretKey::from_bytes(&keccak256(b"alice")).unwrap()
    }

    fn params() -> TxParams {
        TxParams { max_memo: 256, fees: Amount::from_btt(1).to_word().to_string(), max_gas: 1_000_000 }
    }

    fn account() -> Account {
        let coins = Coins::btt(Amount::from_btt(10).into());
        Account { address: key().address(), coins, number: 7, sequence: 3, ..Account::default() }
    }

    fn doc() -> SignDoc {
        SignDoc { chain_id: "delivery-199".into(), account_number: 7, sequence: 3 }
    }

    fn tx() -> StdTx {
        StdTx::signed(MsgCheckpointNoAck { from: key().address() }.into(), "".into(), &doc(), &key())
    }

    fn check(tx: &StdTx, params: &TxParams, height: u64, account: Option<Account>) -> Result<(Account, Coins), Fault> {
        let context = AnteContext { chain_id: "delivery-199".into(), height, params };
        ante(tx, &context, |_| account).map(|admitted| (admitted.account, admitted.fee))
    }

    fn code(outcome: Result<(Account, Coins), Fault>) -> u32 {
        outcome.err().map_or(0, |fault| fault.refusal.code)
    }

    #[test]
    fn a_sender_pays_is_known_by_his_key_and_is_one_further() {
        let (after, fee) = check(&tx(), &params(), 5, Some(account())).unwrap();
        assert_eq!(fee, Coins::btt(Amount::from_btt(1).into()));
        assert_eq!(after.coins, Coins::btt(Amount::from_btt(9).into()));
        assert_eq!((after.sequence, after.number), (4, 7));
        assert_eq!(after.public_key.0, Some(AccountKey(key().public_key().to_bytes().into())));
        // The same transaction is good once.
        let again = check(&tx(), &params(), 6, Some(after)).unwrap_err();
        assert_eq!(again.refusal, Refusal::sdk(4));
    }

    #[test]
    fn faults_come_in_the_order_of_the_reference() {
        let (mut tx, mut params) = (tx(), params());
        let (fees, signature) = (params.fees.clone(), tx.signature.clone());
        tx.memo = "m".repeat(257).as_str().into();
        tx.signature = TxSignature::default();
        params.fees = "much".into();
        let mut nobody = tx.clone();
        nobody.message = AnyOf(Some(MsgCheckpointNoAck::default().into()));
        assert_eq!(code(check(&nobody, &params, 5, None)), 1_400);
        assert_eq!(code(check(&tx, &params, 5, None)), 1);
        params.fees = fees;
        assert_eq!(code(check(&tx, &params, 5, None)), 17);
        tx.signature = signature;
        let fault = check(&tx, &params, 5, None).unwrap_err();
        assert_eq!(fault, Fault::sdk(13, "maximum number of characters is 256 but received 257 characters"));
        params.max_memo = 257;
        assert_eq!(code(check(&tx, &params, 5, None)), 9);
        let poor = Account { coins: Coins::btt(Amount::from_units(5).into()), ..account() };
        let fault = check(&tx, &params, 5, Some(poor)).unwrap_err();
        assert_eq!(fault, Fault::sdk(5, "insufficient funds to pay for fees; 5btt < 1000000000000000000btt"));
        // The signature was over another memo.
        assert_eq!(code(check(&tx, &params, 5, Some(account()))), 4);
        tx.memo = Text::default();
        assert_eq!(code(check(&tx, &params, 5, Some(account()))), 0);
    }

    #[test]
    fn the_whole_of_an_account_can_be_spent_and_nothing_can_be_free() {
        let params = |fees: &str| TxParams { fees: fees.into(), ..params() };
        let all = Account { coins: Coins::btt(Amount::from_btt(1).into()), ..account() };
        let (after, _) = check(&tx(), &params("1000000000000000000"), 5, Some(all)).unwrap();
        assert_eq!(after.coins, Coins::default());
        let none = Account { coins: Coins::default(), ..account() };
        let (_, fee) = check(&tx(), &params("0"), 5, Some(none.clone())).unwrap();
        assert_eq!(fee, Coins::default());
        assert_eq!(code(check(&tx(), &params("1"), 5, Some(none))), 5);
        let fault = check(&tx(), &params("-1"), 5, Some(account())).unwrap_err();
        assert_eq!(fault, Fault::sdk(14, "invalid fee amount: -1btt"));
    }

    #[test]
    fn q414_a_transaction_without_message_is_an_internal_fault() {
        let empty = StdTx { message: AnyOf(None), ..tx() };
        assert_eq!(StdTx::from_bytes(&empty.to_bytes()), Ok(empty.clone()));
        assert_eq!(code(check(&empty, &params(), 5, Some(account()))), 1);
    }

    #[test]
    fn q415_in_genesis_every_account_has_the_number_0() {
        assert_eq!(code(check(&tx(), &params(), 0, Some(account()))), 4);
        let doc = SignDoc { account_number: 0, ..doc() };
        let message: Message = MsgSend {
            from_address: key().address(),
            to_address: Address::repeat_byte(1),
            amount: Coins::btt(Amount::from_btt(1).into()),
        }
        .into();
        let tx = StdTx::signed(message, "".into(), &doc, &key());
        assert_eq!(code(check(&tx, &params(), 0, Some(account()))), 0);
    }
}
