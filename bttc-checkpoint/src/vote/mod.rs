//! The bytes validators sign.
//!
//! ```text
//! data   = item ‖ item ‖ …        each padded on the left to 32 bytes
//! digest = H( result(1) ‖ data )  result: 0 skip, 1 yes, 2 no; contracts know yes only
//! ```
//!
//! | what is voted on | items | bytes |
//! |---|---|---|
//! | [`Checkpoint`](crate::checkpoint::Checkpoint) | proposer, start, end, root, account root, chain id, epoch | 224 |
//! | [`CheckpointSync`] | proposer, start, end, checkpoint number, root chain | 160 |
//! | [`ValidatorJoin`] | id, nonce, 10¹⁸, activation epoch, 0, signer | 192 |
//! | [`SignerUpdate`] | id, nonce, new signer | 96 |
//! | [`StakeUpdate`] | id, nonce, new amount | 96 |
//! | [`ValidatorExit`] | id, nonce, deactivation epoch | 96 |
//!
//! Source: `validation-layer §1.10; delivery:checkpoint/types/msg.go:95-107, 305-314,
//! delivery:staking/types/msg.go:109-119, 203-210, 301-308, 386-393, peppermint:types/side_tx.go:37-47`.
//!
//! ```
//! use bttc_checkpoint::vote::{CheckpointSync, SignData, VoteResult};
//! use alloy_primitives::{b256, Address};
//! use bttc_core::{id::CheckpointNumber, root_chain::RootChainId};
//!
//! let told = CheckpointSync {
//!     proposer: Address::repeat_byte(1), start: 256, end: 511,
//!     number: CheckpointNumber::new(2), root_chain: RootChainId::Ethereum,
//! };
//! let digest = VoteResult::Yes.digest(&told.sign_data());
//! assert_eq!(digest, b256!("eb3d4ff23ba0a1fccf70d297ef3ab621332d4d89fa3f84c5f343cb039de60118"));
//! ```

mod message;
mod words;

pub use message::{CheckpointSync, SignerUpdate, StakeUpdate, ValidatorExit, ValidatorJoin};
pub use words::{CheckpointWords, DataLayout, ShortData};

use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes};
use bttc_core::hash::Keccak256;
use serde::{Deserialize, Serialize};

/// What a validator says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VoteResult {
    /// It cannot tell.
    Skip = 0,
    /// It is so.
    Yes = 1,
    /// It is not so.
    No = 2,
}

impl VoteResult {
    /// The byte in front of the data.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Skip => 0,
            Self::Yes => 1,
            Self::No => 2,
        }
    }

    /// What is signed: H( result ‖ data ).
    #[must_use]
    pub fn digest(self, data: &[u8]) -> B256 {
        let mut hasher = Keccak256::new();
        hasher.update([self.byte()]);
        hasher.update(data);
        hasher.finalize()
    }
}

/// Something that validators sign for the root chains. [`Signatures`](crate::signatures::Signatures) ask it for its
/// bytes; each message that carries signatures implements it.
pub trait SignData {
    /// The bytes behind the result byte.
    fn sign_data(&self) -> Vec<u8>;
}

impl SignData for Bytes {
    fn sign_data(&self) -> Vec<u8> {
        self.to_vec()
    }
}

/// One item of the data.
// Q-41: an empty item and one longer than 32 bytes both become 32 zero bytes instead of failing.
#[must_use]
pub fn padded(item: &[u8]) -> B256 {
    if item.len() > 32 { B256::ZERO } else { B256::left_padding_from(item) }
}

/// The items of the data one behind the other, each [`padded`].
#[must_use]
pub fn items<const N: usize>(items: [&[u8]; N]) -> Vec<u8> {
    items.into_iter().flat_map(|item| padded(item).0).collect()
}

/// The side-chain id that is signed for this text.
///
/// Source: `validation-layer §1.10; delivery:checkpoint/types/msg.go:95-107`.
// Q-42: text that is no plain decimal number counts as 0, a number beyond 64 bits as 2⁶⁴ − 1.
#[must_use]
pub fn chain_id_of(text: impl AsRef<[u8]>) -> u64 {
    let mut id: u64 = 0;
    for byte in text.as_ref() {
        if !byte.is_ascii_digit() {
            return 0;
        }
        // The first digit too many ends the reading, whatever follows.
        match id.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(*byte - b'0'))) {
            Some(next) => id = next,
            None => return u64::MAX,
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{BlockRange, Checkpoint};
    use alloy_primitives::{Address, U256, b256};
    use bttc_core::{
        hash::keccak256,
        id::{Epoch, Nonce, ValidatorId},
    };

    fn golden() -> Checkpoint {
        Checkpoint {
            proposer: Address::repeat_byte(1),
            range: BlockRange::new(0, 255).unwrap(),
            root: B256::repeat_byte(0xaa),
            account_root: B256::repeat_byte(0xbb),
            chain_id: 199,
            epoch: Epoch::new(1),
        }
    }

    #[test]
    fn the_golden_values_of_the_specification_hold() {
        let data = golden().sign_data();
        assert_eq!(keccak256(&data), b256!("825ee59352ad321f31ea88183f9b2dac2d9f5a2b9123768c02d5dcd2db95f2c1"));
        assert_eq!(
            VoteResult::Yes.digest(&data),
            b256!("57c03cc6a48c49cb3a1f590d3c6fbf61d66a9d03f36b5171f8d3f2fb9f666f23")
        );
        let join = ValidatorJoin {
            validator: ValidatorId::new(8),
            nonce: Nonce::new(1),
            activation_epoch: Epoch::new(5),
            signer: Address::repeat_byte(2),
        };
        assert_eq!(
            VoteResult::Yes.digest(&join.sign_data()),
            b256!("6f6f0d8b475bfc0b3ca585121c7201d12b2289de2fac50e3bf181f050aa4b423")
        );
    }

    #[test]
    fn q41_empty_and_oversized_items_become_a_zero_word() {
        assert_eq!(padded(&[]), B256::ZERO);
        assert_eq!(padded(&[1; 33]), B256::ZERO);
        assert_eq!(padded(&[1]), B256::with_last_byte(1));
    }

    #[test]
    fn q42_a_chain_id_is_read_leniently() {
        let texts = [("199", 199), ("00199", 199), ("", 0), ("+199", 0), ("1e3", 0), (" 199", 0)];
        for (text, id) in texts {
            assert_eq!(chain_id_of(text), id, "{text:?}");
        }
        assert_eq!(chain_id_of("18446744073709551615"), u64::MAX);
        assert_eq!(chain_id_of("18446744073709551616"), u64::MAX);
    }

    #[test]
    fn q43_a_checkpoint_is_signed_without_its_root_chain() {
        // Both contracts read the same signed bytes; only the seventh word makes a difference.
        let data = golden().sign_data();
        let tron = CheckpointWords::decode(&data, DataLayout::Tron).unwrap();
        let mirror = CheckpointWords::decode(&data, DataLayout::Mirror).unwrap();
        assert_eq!(CheckpointWords { epoch: None, ..mirror }, tron);
        assert_eq!(mirror, CheckpointWords::from(&golden()));
    }

    #[test]
    fn q44_dirty_and_trailing_bytes_are_signed_but_not_read() {
        let clean = golden().sign_data();
        let mut dirty = clean.clone();
        dirty[0] = 0xff;
        dirty.push(7);
        let read = |data: &[u8]| CheckpointWords::decode(data, DataLayout::Mirror).unwrap();
        assert_eq!(read(&dirty), read(&clean));
        assert_ne!(VoteResult::Yes.digest(&dirty), VoteResult::Yes.digest(&clean));
        let (got, expected) = (223, 224);
        let short = CheckpointWords::decode(&clean[..got], DataLayout::Mirror);
        assert_eq!(short, Err(ShortData { got, expected }));
    }

    #[test]
    fn q45_a_join_always_carries_one_btt_and_no_delegation() {
        let data = ValidatorJoin {
            validator: ValidatorId::new(1),
            nonce: Nonce::new(1),
            activation_epoch: Epoch::new(2),
            signer: Address::ZERO,
        }
        .sign_data();
        assert_eq!(U256::from_be_slice(&data[64..96]), U256::from(10).pow(U256::from(18)));
        assert_eq!(U256::from_be_slice(&data[128..160]), U256::ZERO);
    }
}
