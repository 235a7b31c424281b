//! A root chain with checkpoints, and with whims.

use alloy_primitives::{Address, B256, Bytes, U256};
use async_trait::async_trait;
use bttc_checkpoint::header_blocks::{HeaderBlock, Question};
use bttc_core::{
    chain::BridgeContracts,
    id::HeaderBlockId,
    root_chain::{BlockRef, LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootLog, RootReceipt},
};
use std::{collections::BTreeMap, fmt, sync::Mutex};

type Whim = dyn Fn(usize, HeaderBlock) -> HeaderBlock + Send + Sync;

pub(crate) struct Records {
    state: Mutex<State>,
    /// How the n-th read of a record comes out.
    whim: Box<Whim>,
}

struct State {
    records: BTreeMap<u64, HeaderBlock>,
    processed: Vec<B256>,
    head: BlockRef,
    reads: Vec<u64>,
    pins: Vec<u64>,
}

impl Records {
    /// With these checkpoints (first block, last block, root), one an hour.
    pub(crate) fn new(checkpoints: &[(u64, u64, B256)]) -> Self {
        let record = |place: u64, (start, end, root): (u64, u64, B256)| HeaderBlock {
            root,
            start: U256::from(start),
            end: U256::from(end),
            created_at: U256::from(1_700_000_000 + 3_600 * place),
            proposer: Address::repeat_byte(1),
        };
        let records = (1..).zip(checkpoints).map(|(place, checkpoint)| (place, record(place, *checkpoint))).collect();
        let head = BlockRef { number: 1_000, hash: B256::repeat_byte(1), time: 1_700_010_000 };
        let state = State { records, processed: Vec::new(), head, reads: Vec::new(), pins: Vec::new() };
        Self { state: Mutex::new(state), whim: Box::new(|_, record| record) }
    }

    pub(crate) fn with_whim(
        mut self,
        whim: impl Fn(usize, HeaderBlock) -> HeaderBlock + Send + Sync + 'static,
    ) -> Self {
        self.whim = Box::new(whim);
        self
    }

    /// Numbers of the records that were read.
    pub(crate) fn reads(&self) -> Vec<u64> {
        self.state.lock().unwrap().reads.clone()
    }

    /// Blocks that were read at.
    pub(crate) fn pins(&self) -> Vec<u64> {
        self.state.lock().unwrap().pins.clone()
    }

    pub(crate) fn pay(&self, exit: B256) {
        self.state.lock().unwrap().processed.push(exit);
    }

    pub(crate) fn record(&self, number: u64, start: u64, end: u64, root: B256) {
        let time = U256::from(1_700_000_000 + 3_600 * number);
        let (start, end) = (U256::from(start), U256::from(end));
        let record = HeaderBlock { root, start, end, created_at: time, proposer: Address::ZERO };
        self.state.lock().unwrap().records.insert(number, record);
    }
}

#[async_trait]
impl RootChain for Records {
    fn id(&self) -> RootChainId {
        RootChainId::Tron
    }

    async fn head(&self) -> Result<BlockRef, RootChainError> {
        Ok(self.state.lock().unwrap().head)
    }

    async fn block(&self, number: u64) -> Result<Option<BlockRef>, RootChainError> {
        let head = self.state.lock().unwrap().head;
        Ok((number <= head.number).then_some(BlockRef { number, ..head }))
    }

    async fn logs(&self, _: &LogFilter) -> Result<Vec<RootLog>, RootChainError> {
        unreachable!("a prover reads no logs")
    }

    async fn call(&self, call: &RootCall, at: u64) -> Result<Bytes, RootChainError> {
        let mut state = self.state.lock().unwrap();
        let bridge = BridgeContracts::of(199, RootChainId::Tron).unwrap();
        state.pins.push(at);
        let newest = state.records.keys().next_back().copied().unwrap_or(0);
        if call.to == bridge.root_chain_manager {
            let paid = state.processed.iter().any(|exit| call.data[4..] == exit[..]);
            return Ok(B256::with_last_byte(paid.into()).into());
        }
        assert_eq!(call.to, bridge.root_chain);
        let last = state.records.get(&newest).map_or(U256::ZERO, |record| record.end);
        Ok(match Question::decode(&call.data).unwrap() {
            Question::CurrentHeaderBlock => {
                (U256::from(HeaderBlockId::STEP) * U256::from(newest)).to_be_bytes_vec().into()
            }
            Question::LastChildBlock => last.to_be_bytes_vec().into(),
            Question::HeaderBlock(id) => {
                let number = id.number().unwrap().get();
                state.reads.push(number);
                let record = state.records.get(&number).copied().unwrap_or_default();
                (self.whim)(state.reads.len(), record).to_answer()
            }
        })
    }

    async fn submit(&self, _: Address, _: &RootCall) -> Result<B256, RootChainError> {
        unreachable!("a prover sends nothing")
    }

    async fn receipt(&self, _: B256) -> Result<Option<RootReceipt>, RootChainError> {
        unreachable!("a prover reads no receipts of root chains")
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Records")
    }
}
