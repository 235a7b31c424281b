//! `native-log`: the logs that the client itself makes of a value movement and of a fee.

use super::{Kind, chain_replay};
use crate::{case::Case, failure::Failure};
use bttc_evm::{
    executor::{fee_log, transfer_log},
    receipt::logs_bloom,
};

/// The kind `native-log`.
#[derive(Debug)]
pub(crate) struct NativeLog;

impl Kind for NativeLog {
    fn name(&self) -> &'static str {
        "native-log"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let [from, to] = [input.field("from")?.address()?, input.field("to")?.address()?];
        let amount = input.field("amount")?;
        let before = [input.field("fromBefore")?.u256()?, input.field("toBefore")?.u256()?];
        let kind = input.field("kind")?;
        let log = match kind.text()? {
            "fee" => fee_log(from, to, amount.u256()?, before),
            "transfer" => {
                let amount_moved = amount.u256()?;
                let after = if from == to {
                    Some(before)
                } else {
                    let [sender, recipient] = before;
                    sender.checked_sub(amount_moved).zip(recipient.checked_add(amount_moved)).map(<[_; 2]>::from)
                };
                let after = after.ok_or_else(|| amount.refused("an amount that can move"))?;
                transfer_log(from, to, amount_moved, before, after)
            }
            _ => return Err(kind.refused("transfer or fee")),
        };
        expect.check("log", chain_replay::log(&log))?;
        expect.check("bloom", logs_bloom(&[log]).0)
    }
}
