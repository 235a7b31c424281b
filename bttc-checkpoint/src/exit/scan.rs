//! After a burn: every log of a receipt or of blocks, whether it can be withdrawn, where, or why not.
//!
//! ```text
//! log ─▶ typed transaction? ─▶ a withdrawal's topic? ─▶ emitter mapped? ─▶ the predicate's own words ─▶ made already?
//! ```
//!
//! Each root chain on which the token is mapped is asked on its own, with the very code that reproduces its predicate.
//!
//! Source: `withdrawal-proofs §5.1, §7.4, §7.6`.
//!
//! ```
//! use bttc_checkpoint::exit::{scan_receipt, Receipt, Status, TokenMap, Finding};
//! use bttc_checkpoint::side_chain::TransactionPlace;
//! use alloy_primitives::Bloom;
//!
//! let receipt = Receipt { kind: 0, status: Status::Failed, cumulative_gas_used: 0, bloom: Bloom::ZERO, logs: vec![] };
//! let place = TransactionPlace { block: 70, index: 0 };
//! let found = scan_receipt(place, &receipt, &TokenMap::new(), |_root_chain, _exit_hash| false);
//! assert!(found.is_empty());
//! ```

use super::{
    BurnBlock, Receipt, TokenMap,
    contract::{ExitCall, ExitRevert, Payout},
    exit_hash, topic,
};
use crate::side_chain::TransactionPlace;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Log};
use bttc_core::root_chain::RootChainId;

/// A log, and what can be had for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLog {
    /// Where its transaction stands.
    pub place: TransactionPlace,
    /// Its position in the receipt.
    pub log_index: u64,
    /// Who wrote it.
    pub emitter: Address,
    /// What would make its exit unique on a root chain.
    pub exit_hash: B256,
    /// What can be had for it.
    pub finding: Finding,
}

/// What can be had for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is no withdrawal's: nothing was burned.
    NoWithdrawal {
        /// Its first topic.
        topic0: Option<B256>,
    },
    /// The bridge contract cannot read the receipt of a typed transaction: what was burned is stuck.
    TypedReceipt {
        /// Type of the transaction.
        kind: u8,
    },
    /// Who wrote it is mapped on no root chain.
    Unmapped,
    /// One exit for each root chain on which the token is mapped.
    Exits(Vec<ExitOn>),
}

/// What one root chain makes of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitOn {
    /// The root chain.
    pub root_chain: RootChainId,
    /// How it stands there.
    pub state: ExitState,
}

/// How an exit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitState {
    /// Paid, once a checkpoint covers the block.
    Open(Payout),
    /// Paid already.
    Processed(Payout),
    /// The predicate refuses the log.
    Refused(ExitRevert),
}

impl FoundLog {
    /// What can still be had, and where.
    pub fn open(&self) -> impl Iterator<Item = (RootChainId, &Payout)> {
        let exits = match &self.finding {
            Finding::Exits(exits) => exits.as_slice(),
            _ => &[],
        };
        exits.iter().filter_map(|exit| match &exit.state {
            ExitState::Open(payout) => Some((exit.root_chain, payout)),
            _ => None,
        })
    }
}

/// Every log of a receipt. `is_processed` tells of an exit hash whether that root chain has paid for it.
pub fn scan_receipt(
    place: TransactionPlace,
    receipt: &Receipt,
    tokens: &TokenMap,
    is_processed: impl Fn(RootChainId, B256) -> bool,
) -> Vec<FoundLog> {
    let logs = (0..).zip(&receipt.logs).map(|(log_index, log)| {
        let exit_hash = exit_hash(place.block, place.index, log_index);
        let finding = finding(receipt.kind, log, exit_hash, tokens, &is_processed);
        FoundLog { place, log_index, emitter: log.address, exit_hash, finding }
    });
    logs.collect()
}

/// Every log of these blocks.
pub fn scan_blocks<'a>(
    blocks: impl IntoIterator<Item = &'a BurnBlock>,
    tokens: &TokenMap,
    is_processed: impl Fn(RootChainId, B256) -> bool,
) -> Vec<FoundLog> {
    let mut found = Vec::new();
    for block in blocks {
        for (index, receipt) in (0..).zip(&block.receipts) {
            let place = TransactionPlace { block: block.leaf.number, index };
            found.extend(scan_receipt(place, receipt, tokens, &is_processed));
        }
    }
    found
}

fn finding(
    kind: u8,
    log: &Log,
    exit_hash: B256,
    tokens: &TokenMap,
    is_processed: &impl Fn(RootChainId, B256) -> bool,
) -> Finding {
    let topic0 = log.data.topics().first().copied();
    if !topic0.is_some_and(|topic0| topic::ALL.contains(&topic0)) {
        return Finding::NoWithdrawal { topic0 };
    }
    if kind != 0 {
        return Finding::TypedReceipt { kind };
    }
    let exits = tokens.of(log.address).map(|(root_chain, mapped)| {
        let call = ExitCall {
            exit_hash,
            child_token: log.address,
            root_token: mapped.root_token,
            token_type: mapped.predicate.token_type(),
            predicate: Some(mapped.predicate),
            is_permitted: true,
            log: alloy_rlp::encode(log).into(),
        };
        let state = match call.payout() {
            Ok(payout) if is_processed(root_chain, exit_hash) => ExitState::Processed(payout),
            Ok(payout) => ExitState::Open(payout),
            Err(revert) => ExitState::Refused(revert),
        };
        ExitOn { root_chain, state }
    });
    let exits: Vec<ExitOn> = exits.collect();
    if exits.is_empty() { Finding::Unmapped } else { Finding::Exits(exits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::{MappedToken, Status, contract::Predicate};
    use alloc::vec;
    use alloy_primitives::Bloom;

    const TOKEN: Address = Address::repeat_byte(0xc0);
    const PLACE: TransactionPlace = TransactionPlace { block: 70, index: 3 };

    fn log(emitter: Address, topics: &[B256]) -> Log {
        Log::new_unchecked(emitter, topics.to_vec(), vec![5].into())
    }

    fn receipt(kind: u8) -> Receipt {
        let burn = [topic::WITHDRAW_TO, B256::with_last_byte(0xbe), B256::ZERO];
        let elsewhere = [topic::WITHDRAW_TO, B256::ZERO, B256::with_last_byte(1)];
        let logs = vec![
            log(TOKEN, &[B256::repeat_byte(1)]),
            log(TOKEN, &burn),
            log(Address::ZERO, &burn),
            log(TOKEN, &elsewhere),
            log(TOKEN, &burn),
        ];
        Receipt { kind, status: Status::Succeeded, cumulative_gas_used: 1, bloom: Bloom::ZERO, logs }
    }

    fn tokens(root_chains: &[RootChainId]) -> TokenMap {
        let mut tokens = TokenMap::new();
        for root_chain in root_chains {
            let mapped = MappedToken { root_token: TOKEN, predicate: Predicate::Erc20, held: None };
            tokens.insert(*root_chain, TOKEN, mapped);
        }
        tokens
    }

    #[test]
    fn every_log_has_its_verdict() {
        let done = exit_hash(70, 3, 4);
        let found = scan_receipt(PLACE, &receipt(0), &tokens(&[RootChainId::Tron]), |_, hash| hash == done);
        let states: Vec<_> = found.iter().map(|log| log.finding.clone()).collect();
        assert_eq!(states[0], Finding::NoWithdrawal { topic0: Some(B256::repeat_byte(1)) });
        assert_eq!(states[2], Finding::Unmapped);
        let state = |place: usize| match &states[place] {
            Finding::Exits(exits) => exits[0].state.clone(),
            other => panic!("{other:?}"),
        };
        assert!(matches!(state(1), ExitState::Open(_)));
        assert!(matches!(state(3), ExitState::Refused(ExitRevert::Receiver { .. })));
        assert!(matches!(state(4), ExitState::Processed(_)));
        assert_eq!(found.iter().flat_map(FoundLog::open).count(), 1);
    }

    #[test]
    fn burns_in_a_typed_transaction_are_stuck() {
        let found = scan_receipt(PLACE, &receipt(1), &tokens(&[RootChainId::Tron]), |_, _| false);
        assert_eq!(found[1].finding, Finding::TypedReceipt { kind: 1 });
    }

    #[test]
    fn q187_a_token_mapped_twice_is_paid_for_twice() {
        let twice = tokens(&[RootChainId::Tron, RootChainId::Bsc]);
        let found = scan_receipt(PLACE, &receipt(0), &twice, |root_chain, _| root_chain == RootChainId::Tron);
        let open: Vec<_> = found[1].open().map(|(root_chain, _)| root_chain).collect();
        assert_eq!(open, [RootChainId::Bsc]);
    }
}
