//! The networks there are.

use super::{
    ChainSpec, CheckpointRules, CodeReplacement, Confirmations, GenesisId, PowerRule, SystemContracts, Timing,
};
use crate::span::SpanRules;
use alloc::{borrow::ToOwned, vec, vec::Vec};
use alloy_primitives::{address, b256};

/// Where the native token's code was replaced, and by what, on both public networks.
///
/// Source: `block-layer §1.4.1; bttc:params/config.go:264,298`.
const fn native_token_replacement(block: u64) -> CodeReplacement {
    CodeReplacement {
        block,
        account: SystemContracts::STANDARD.native_token,
        code_hash: b256!("0x94758f9d469efc5f24735d26e82a85a5c474ba91bd16070e44a4022841b34a3b"),
    }
}

impl SystemContracts {
    /// The addresses of every network there is.
    pub const STANDARD: Self = Self {
        validator_set: address!("0x0000000000000000000000000000000000001000"),
        state_receiver: address!("0x0000000000000000000000000000000000001001"),
        native_token: address!("0x0000000000000000000000000000000000001010"),
    };
}

impl ChainSpec {
    /// BTTC mainnet, 199.
    ///
    /// Source: `block-layer §1.1, validation-layer §9; bttc:params/config.go:34-35, 225-270`.
    #[must_use]
    pub fn mainnet() -> Self {
        Self {
            name: "BTTC mainnet".to_owned(),
            chain_id: 199,
            layer_chain_id: "delivery-199".to_owned(),
            genesis: Some(GenesisId {
                hash: b256!("0x021eb3b7c4161d91f6f92632ebe6e28aa440dd23e3016c086d0fad4b119fcdc1"),
                state_root: b256!("0x49139dd54817991cf3c5230f435920375b8cdf24d4e7a63b11aebab884cfc488"),
            }),
            timing: Timing { period: 2, producer_delay: 6, sprint: 64, backup_multiplier: 2 },
            spans: SpanRules { first: 256, length: 6_400, producers: 11 },
            power: PowerRule::One,
            weighted_draw_from: 375_300,
            checkpoints: CheckpointRules { average_length: 256, max_length: 1_024, buffer_time: 1_000 },
            contracts: SystemContracts::STANDARD,
            code_replacements: vec![native_token_replacement(841_500)],
            state_sync_limits: Default::default(),
            confirmations: Confirmations { tron: 18, ethereum: 6, bsc: 6, side_chain: 10 },
            gas_ceiling: 20_000_000,
        }
    }

    /// Donau, the test network, 1029.
    ///
    /// Source: `block-layer §1.1, §1.3, validation-layer §9; bttc:params/config.go:271-303`.
    #[must_use]
    pub fn donau() -> Self {
        // numbers of another chain's main network, copied into this one's configuration; live rules all the same.
        let limits = [
            (14_949_120, 8),
            (14_949_184, 0),
            (14_953_472, 0),
            (14_953_536, 5),
            (14_953_600, 0),
            (14_953_664, 0),
            (14_953_728, 0),
            (14_953_792, 0),
            (14_953_856, 0),
        ];
        Self {
            name: "BTTC Donau".to_owned(),
            chain_id: 1_029,
            layer_chain_id: "delivery-1029".to_owned(),
            genesis: Some(GenesisId {
                hash: b256!("0x9b0a7d8dcbdef00594103f1addbe206daa55f2e422ace24419b7680b3fb34cf5"),
                state_root: b256!("0x506d725517a0debc06dbbe4ee52d75a4dc35f12044a3ee16faf62f8134dd44b8"),
            }),
            code_replacements: vec![native_token_replacement(1_416_202)],
            state_sync_limits: limits.into(),
            ..Self::mainnet()
        }
    }

    /// A network of one's own, small enough to watch: a block a second, sprints of 16, spans and checkpoints of 64
    /// blocks, power by stake, producers always drawn.
    #[must_use]
    pub fn devnet() -> Self {
        Self {
            name: "BTTC devnet".to_owned(),
            chain_id: 15_001,
            layer_chain_id: "delivery-15001".to_owned(),
            genesis: None,
            timing: Timing { period: 1, producer_delay: 1, sprint: 16, backup_multiplier: 1 },
            spans: SpanRules { first: 64, length: 64, producers: 11 },
            power: PowerRule::Stake,
            weighted_draw_from: 0,
            checkpoints: CheckpointRules { average_length: 64, max_length: 1_024, buffer_time: 128 },
            code_replacements: Vec::new(),
            confirmations: Confirmations { tron: 0, ethereum: 0, bsc: 0, side_chain: 0 },
            ..Self::mainnet()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q01_donau_keeps_the_state_sync_limits_of_another_chain() {
        let limits = ChainSpec::donau().state_sync_limits;
        assert_eq!((limits.len(), limits.get(&14_949_120), limits.get(&14_953_856)), (9, Some(&8), Some(&0)));
        assert!(ChainSpec::mainnet().state_sync_limits.is_empty());
    }
}
