//! Laws of coins and state records over arbitrary messages.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_primitives::{Address, B256, I256, U256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{amino::Time, id::StateId};
use bttc_validator::{
    message::{Coins, Message, MsgEventRecord, MsgSend, MsgTopup, MsgWithdrawFee, SignedAmount},
    module::{self, Context, bank, clerk, topup},
    param,
    store::Stores,
};
use proptest::{collection::vec, prelude::*};

fn address() -> impl Strategy<Value = Address> {
    (0_u8..4).prop_map(Address::repeat_byte)
}

fn amount() -> impl Strategy<Value = SignedAmount> {
    let unit = 1_000_000_000_000_000_i64;
    let units = prop_oneof![-3_i64..3, (0_i64..9).prop_map(move |n| n * unit), any::<i64>()];
    units.prop_map(|units| SignedAmount::new(I256::try_from(units).unwrap()).unwrap())
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        (address(), address(), amount(), 0_u64..9).prop_map(|(from_address, user, fee, block_number)| {
            MsgTopup { from_address, user, fee, block_number, ..MsgTopup::default() }.into()
        }),
        (address(), amount()).prop_map(|(from_address, amount)| MsgWithdrawFee { from_address, amount }.into()),
        (address(), address(), amount()).prop_map(|(from_address, to_address, amount)| {
            MsgSend { from_address, to_address, amount: Coins::btt(amount) }.into()
        }),
        ("(tron|eth|bsc|no)", 0_u64..9, any::<[u8; 2]>(), 0_u64..9).prop_map(|(root, id, hash, block_number)| {
            MsgEventRecord {
                tx_hash: B256::left_padding_from(&hash),
                id: StateId::new(id),
                root_chain_type: root.as_str().into(),
                block_number,
                ..MsgEventRecord::default()
            }
            .into()
        }),
    ]
}

/// All coins, and all that left them for fee accounts.
fn supply(stores: &Stores) -> U256 {
    let coins = bank::accounts(stores).map(|account| {
        let amount = account.unwrap().coins.amount_of("btt").unwrap_or_default();
        amount.to_amount().unwrap().to_word()
    });
    let fees = topup::fee_accounts(stores).unwrap();
    coins.sum::<U256>() + fees.iter().map(|(_, fee)| fee.to_word()).sum::<U256>()
}

proptest! {
    #[test]
    fn coins_are_conserved_ids_have_no_gaps_and_a_refusal_changes_nothing(
        messages in vec((message(), any::<bool>(), 0_i64..3), 0..60),
    ) {
        let (mut stores, mut minted, mut records) = (Stores::default(), U256::ZERO, 0);
        param::set_defaults(&mut stores);
        for (message, approved, nanos) in messages {
            let time = Time::new(1_640_000_000 + nanos, 0).unwrap();
            let context = Context { height: 3, time, tx: b"tx" };
            let phases = module::phases(&message);
            let before = stores.clone();
            let admitted = module::admit(phases, &mut stores, &context);
            prop_assert!(admitted.is_ok() || stores == before);
            let before = stores.clone();
            let verdict = if approved { VoteResult::Yes } else { VoteResult::Skip };
            match (module::settle(phases, &mut stores, &context, verdict), &message) {
                (Ok(_), Message::Topup(topup)) => minted += topup.fee.to_amount().unwrap().to_word(),
                (Ok(_), _) => records += 1,
                (Err(_), _) => prop_assert!(stores == before),
            }
            prop_assert_eq!(supply(&stores), minted);
            prop_assert_eq!(clerk::latest_id(&stores), Ok(records));
        }
        for id in 1..=records {
            prop_assert!(clerk::record(&stores, StateId::new(id)).unwrap().is_some());
        }
    }
}
