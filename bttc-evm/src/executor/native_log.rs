//! The logs that the client itself makes, in the name of the native token.
//!
//! ```text
//! address 0x…1010
//! topics  H(event), 0x…1010, sender, recipient
//! data    amount ‖ input1 ‖ input2 ‖ output1 ‖ output2                  five words
//!
//! LogTransfer     inputs and outputs: balances before and after the movement
//! LogFeeTransfer  inputs: balances before gas was bought; outputs: input1 − fee, input2 + fee
//! ```
//!
//! Source: `block-layer §5.2–5.3; bttc:core/bor_fee_log.go:46-116`.

use alloy_primitives::{Address, B256, Log, LogData, U256, b256};
use bttc_core::chain::SystemContracts;
use serde::{Deserialize, Serialize};

/// H("LogTransfer(address,address,address,uint256,uint256,uint256,uint256,uint256)").
const LOG_TRANSFER: B256 = b256!("0xe6497e3ee548a3372136af2fcb0696db31fc6cf20260707645068bd3fe97f3c4");

/// H("LogFeeTransfer(address,address,address,uint256,uint256,uint256,uint256,uint256)").
const LOG_FEE_TRANSFER: B256 = b256!("0x4dfe1bbbcf077ddc3e01291eea2d5c70c2b422b415d95645b9adcfd678cb1d63");

/// Whether value movements and fees are logged. The public networks log them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NativeLogs {
    /// As the public networks do.
    #[default]
    Emit,
    /// A chain of plain Berlin receipts.
    Omit,
}

/// The log of a value movement, with the balances of both sides before and after it.
///
/// ```
/// use bttc_evm::executor::transfer_log;
/// use alloy_primitives::{Address, U256};
///
/// let [amount, before, after] = [3_u64, 10, 7].map(U256::from);
/// let log = transfer_log(Address::ZERO, Address::repeat_byte(1), amount, [before, U256::ZERO], [after, amount]);
/// assert_eq!((log.data.topics().len(), log.data.data.len()), (4, 160));
/// ```
#[must_use]
pub fn transfer_log(from: Address, to: Address, amount: U256, before: [U256; 2], after: [U256; 2]) -> Log {
    log(LOG_TRANSFER, from, to, amount, before, after)
}

/// The log of a fee, with the balances of sender and author before gas was bought.
// Q-77: the outputs are arithmetic on those balances; what the transaction itself moved does not show, nor that sender
// and author may be the same.
#[must_use]
pub fn fee_log(sender: Address, author: Address, fee: U256, before: [U256; 2]) -> Log {
    let [sender_before, author_before] = before;
    let after = [sender_before.wrapping_sub(fee), author_before.wrapping_add(fee)];
    log(LOG_FEE_TRANSFER, sender, author, fee, before, after)
}

fn log(event: B256, from: Address, to: Address, amount: U256, before: [U256; 2], after: [U256; 2]) -> Log {
    let token = SystemContracts::STANDARD.native_token;
    let topics = vec![event, token.into_word(), from.into_word(), to.into_word()];
    let words = [&[amount][..], &before, &after].concat();
    let data: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes::<32>()).collect();
    Log { address: token, data: LogData::new_unchecked(topics, data.into()) }
}
