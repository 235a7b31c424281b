//! First topics of the events that predicates accept: the hashes of their signatures.
//!
//! Source: `withdrawal-proofs §2.1`.
//!
//! ```
//! use bttc_checkpoint::exit::topic;
//! use bttc_core::hash::keccak256;
//!
//! assert_eq!(topic::WITHDRAW_TO, keccak256("WithdrawTo(address,address,uint256)"));
//! ```

use alloy_primitives::{B256, b256};

/// `WithdrawTo(address,address,uint256)`.
pub const WITHDRAW_TO: B256 = b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");
/// `WithdrawnBatch(address,uint256[])`.
pub const WITHDRAWN_BATCH: B256 = b256!("f871896b17e9cb7a64941c62c188a4f5c621b86800e3d15452ece01ce56073df");
/// `TransferWithMetadata(address,address,uint256,bytes)`.
pub const TRANSFER_WITH_METADATA: B256 = b256!("f94915c6d1fd521cee85359239227480c7e8776d7caf1fc3bacad5c269b66a14");
/// `TransferSingle(address,address,address,uint256,uint256)`.
pub const TRANSFER_SINGLE: B256 = b256!("c3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62");
/// `TransferBatch(address,address,address,uint256[],uint256[])`.
pub const TRANSFER_BATCH: B256 = b256!("4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb");
/// `ChainExit(address,uint256[],uint256[],bytes)`.
pub const CHAIN_EXIT: B256 = b256!("c7b80b68f1c661da97dbd7e6e143a0c7c587dfc522cb2ac508b9084fecc492bc");
/// All of them.
pub const ALL: [B256; 6] =
    [WITHDRAW_TO, WITHDRAWN_BATCH, TRANSFER_WITH_METADATA, TRANSFER_SINGLE, TRANSFER_BATCH, CHAIN_EXIT];

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::hash::keccak256;

    #[test]
    fn topics_are_the_hashes_of_their_signatures() {
        for (topic, signature) in [
            (WITHDRAW_TO, "WithdrawTo(address,address,uint256)"),
            (WITHDRAWN_BATCH, "WithdrawnBatch(address,uint256[])"),
            (TRANSFER_WITH_METADATA, "TransferWithMetadata(address,address,uint256,bytes)"),
            (TRANSFER_SINGLE, "TransferSingle(address,address,address,uint256,uint256)"),
            (TRANSFER_BATCH, "TransferBatch(address,address,address,uint256[],uint256[])"),
            (CHAIN_EXIT, "ChainExit(address,uint256[],uint256[],bytes)"),
        ] {
            assert_eq!(topic, keccak256(signature), "{signature}");
        }
    }
}
