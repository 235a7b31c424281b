//! The contract that records checkpoints, as far as traces of staking need it. The library's own is bttc-checkpoint's.

use super::{AT, Done, Outcome, Written};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{hash::keccak256, signature::SignatureWords};
use bttc_staking::stake::StakeManager;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const STEP: U256 = U256::from_limbs([10_000, 0, 0, 0]);

pub(super) struct RootChain {
    owner: Address,
    chain_id: U256,
    next: U256,
    blocks: BTreeMap<U256, HeaderBlock>,
}

struct HeaderBlock {
    root: B256,
    start: U256,
    end: U256,
    created_at: U256,
    proposer: Address,
}

fn number(word: U256) -> Value {
    Value::from(word.to_string())
}

impl RootChain {
    pub(super) const fn new(owner: Address, chain_id: U256) -> Self {
        Self { owner, chain_id, next: STEP, blocks: BTreeMap::new() }
    }

    pub(super) fn current(&self) -> Option<U256> {
        self.next.checked_sub(STEP)
    }

    pub(super) fn last_child_block(&self) -> Option<U256> {
        self.current().map(|id| self.end(id))
    }

    fn end(&self, id: U256) -> U256 {
        self.blocks.get(&id).map_or(U256::ZERO, |block| block.end)
    }

    pub(super) fn submit(
        &mut self,
        contract: &mut StakeManager,
        data: &[u8],
        signatures: &[SignatureWords],
        now: U256,
    ) -> Outcome {
        let silent = || String::new();
        let field = |place: usize| data.get(32 * place..32 * place + 32).map(U256::from_be_slice).ok_or_else(silent);
        let words = [field(0)?, field(1)?, field(2)?, field(3)?, field(4)?, field(5)?];
        let [proposer, start, end, root, account_root, chain_id] = words;
        if chain_id != self.chain_id {
            return Err("Invalid bor chain id".into());
        }
        let expected =
            if self.next > STEP { self.end(self.next - STEP).wrapping_add(U256::from(1)) } else { U256::ZERO };
        if start != expected {
            return Err("INCORRECT_HEADER_DATA".into());
        }
        let blocks = end.checked_sub(start).and_then(|more| more.checked_add(U256::from(1))).ok_or_else(silent)?;
        if contract.deployment().root_chain != AT.root_chain {
            return Err(silent());
        }
        let vote_hash = keccak256([&[1], data].concat());
        let proposer = Address::from_word(proposer.into());
        let assessed = contract.assess_checkpoint(blocks, vote_hash, account_root.into(), proposer, signatures);
        let assessed = assessed.map_err(|error| error.reason().to_owned())?;
        let reward = assessed.outcome().reward;
        if reward.is_zero() {
            return Err("Invalid checkpoint".into());
        }
        let next = self.next.checked_add(STEP).ok_or_else(silent)?;
        assessed.commit();
        let root = B256::from(root);
        let args = json!({
            "proposer": proposer,
            "headerBlockId": number(self.next),
            "reward": number(reward.to_word()),
            "start": number(start),
            "end": number(end),
            "root": root,
        });
        self.blocks.insert(self.next, HeaderBlock { root, start, end, created_at: now, proposer });
        self.next = next;
        Ok(Done { returned: Vec::new(), log: vec![Written::elsewhere("rootChain", "NewHeaderBlock", args)] })
    }

    pub(super) fn set_next(&mut self, caller: Address, value: U256) -> Outcome {
        if caller != self.owner {
            return Err(String::new());
        }
        if !(value % STEP).is_zero() {
            return Err("Invalid value".into());
        }
        let pointer = self.next;
        self.blocks.retain(|id, _| *id < value || *id >= pointer);
        self.next = value;
        let args = json!({ "proposer": caller, "headerBlockId": number(value) });
        Ok(Done { returned: Vec::new(), log: vec![Written::elsewhere("rootChain", "ResetHeaderBlock", args)] })
    }

    /// `headerBlocks(id)`.
    pub(super) fn record(&self, id: U256) -> Vec<Value> {
        match self.blocks.get(&id) {
            Some(block) => vec![
                json!(block.root),
                number(block.start),
                number(block.end),
                number(block.created_at),
                json!(block.proposer),
            ],
            None => vec![json!(B256::ZERO), json!(0), json!(0), json!(0), json!(Address::ZERO)],
        }
    }

    pub(super) fn read(&self, put: &mut dyn FnMut(String, String)) {
        put("root._nextHeaderBlock".into(), self.next.to_string());
        for (id, block) in &self.blocks {
            let at = format!("root.headerBlocks.{id}");
            put(format!("{at}.root"), format!("{:#x}", block.root));
            put(format!("{at}.start"), block.start.to_string());
            put(format!("{at}.end"), block.end.to_string());
            put(format!("{at}.createdAt"), block.created_at.to_string());
            put(format!("{at}.proposer"), format!("{:#x}", block.proposer));
        }
    }
}
