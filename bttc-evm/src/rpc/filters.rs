//! Filters: watches that are polled by number.
//!
//! ```text
//! new… ─▶ id ─▶ getFilterChanges: what became new since the last poll     getFilterLogs: all it matches, as eth_getLogs
//!               not polled for so many seconds: gone                      uninstallFilter: gone at once
//! ```
//!
//! A plain value: the time is an argument, and ids follow from a seed, so that nobody guesses another's who does not know it.
//!
//! Source: `bttc:eth/filters/api.go:60-150,225-300,385-490`.

use super::{
    Node, RpcError,
    logs::{self, LogFilter},
    params::{self, Params},
    watch::{Wanted, Watch},
};
use alloy_primitives::{B256, hex};
use bttc_core::hash::keccak256;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many filters there are at once, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterLimits {
    /// Filters at once.
    pub count: usize,
    /// Seconds without a poll after which one is gone.
    pub idle: u64,
}

impl Default for FilterLimits {
    /// 1,024 filters, and five minutes as in the reference.
    fn default() -> Self {
        Self { count: 1_024, idle: 300 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Filter {
    watch: Watch,
    polled: u64,
}

/// Filters by id.
///
/// ```
/// # use bttc_evm::rpc::{FilterLimits, Filters};
/// # use alloy_primitives::B256;
/// let filters = Filters::new(FilterLimits::default(), B256::ZERO);
/// assert!(Filters::answers("eth_newBlockFilter") && !Filters::answers("eth_getLogs"));
/// assert_eq!(filters.len(), 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filters {
    limits: FilterLimits,
    seed: B256,
    made: u64,
    by_id: BTreeMap<String, Filter>,
}

impl Filters {
    /// None yet. The seed should be known to nobody else.
    #[must_use]
    pub const fn new(limits: FilterLimits, seed: B256) -> Self {
        Self { limits, seed, made: 0, by_id: BTreeMap::new() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether a method is about filters.
    #[must_use]
    pub fn answers(method: &str) -> bool {
        matches!(
            method,
            "eth_newFilter"
                | "eth_newBlockFilter"
                | "eth_newPendingTransactionFilter"
                | "eth_getFilterChanges"
                | "eth_getFilterLogs"
                | "eth_uninstallFilter"
        )
    }

    /// Answers a method about filters at this time (Unix seconds).
    ///
    /// # Errors
    /// [`RpcError`] with the reference's code and text.
    pub fn answer(&mut self, node: &Node<'_>, now: u64, method: &str, params: &Value) -> Result<Value, RpcError> {
        let idle = self.limits.idle;
        self.by_id.retain(|_, filter| now.saturating_sub(filter.polled) < idle);
        let mut params = Params::new(params);
        match method {
            "eth_newFilter" => {
                let filter = params.required(logs::filter)?;
                params.end()?;
                self.add(node, now, Wanted::Logs(filter))
            }
            "eth_newBlockFilter" | "eth_newPendingTransactionFilter" => {
                params.end()?;
                let wanted = if method == "eth_newBlockFilter" { Wanted::Blocks } else { Wanted::Transactions };
                self.add(node, now, wanted)
            }
            "eth_getFilterChanges" | "eth_getFilterLogs" | "eth_uninstallFilter" => {
                let id = params.required(params::string)?;
                params.end()?;
                match method {
                    "eth_uninstallFilter" => Ok(self.by_id.remove(id).is_some().into()),
                    "eth_getFilterLogs" => logs::logs(node, self.log_filter(id)?),
                    _ => {
                        let filter = self.by_id.get_mut(id).ok_or_else(not_found)?;
                        filter.polled = now;
                        Ok(filter.watch.news(node)?.into())
                    }
                }
            }
            _ => Err(RpcError::method(method)),
        }
    }

    fn log_filter(&self, id: &str) -> Result<&LogFilter, RpcError> {
        match self.by_id.get(id).map(|filter| &filter.watch.wanted) {
            Some(Wanted::Logs(filter)) => Ok(filter),
            _ => Err(not_found()),
        }
    }

    fn add(&mut self, node: &Node<'_>, now: u64, wanted: Wanted) -> Result<Value, RpcError> {
        let watch = Watch::new(node, wanted)?;
        let limit = self.limits.count;
        if self.len() >= limit {
            return Err(RpcError::limit(format_args!("there are {limit} filters already")));
        }
        let hash = keccak256([self.seed.as_slice(), &self.made.to_be_bytes()].concat());
        self.made = self.made.saturating_add(1);
        let id = hex::encode_prefixed(hash.get(..16).unwrap_or_default());
        self.by_id.insert(id.clone(), Filter { watch, polled: now });
        Ok(id.into())
    }
}

fn not_found() -> RpcError {
    RpcError::failed("filter not found")
}
