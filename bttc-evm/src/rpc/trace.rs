//! `debug_traceTransaction` and `debug_traceBlockByNumber`.
//!
//! A transaction runs again behind those before it in its block, on the state of the block before.
//!
//! Source: `block-layer §7.3.7; bttc:eth/tracers/api.go:440-540,690-780, bttc:internal/ethapi/api.go:1160-1240`.

use super::{
    Node, RpcError, duration, hex,
    params::{self, Unreadable},
    view,
};
use crate::{
    block::ImportedBlock,
    executor::{CallFrame, Executor, NativeLogs, RevmExecutor, StepLog, StepOptions, Trace, TraceKind},
};
use alloy_primitives::{B256, U256};
use serde_json::{Map, Value, json};

/// Blocks that the reference would execute again to reach a state, where a request does not say.
const REEXEC: u64 = 128;

/// How to trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tracing {
    /// What is recorded, or why nothing can be: told only where a transaction would be traced.
    kind: Result<TraceKind, String>,
    reexec: u64,
}

impl Default for Tracing {
    fn default() -> Self {
        Self { kind: Ok(TraceKind::Steps(StepOptions::default())), reexec: REEXEC }
    }
}

/// The parameter that says how to trace.
pub(super) fn tracing(value: &Value) -> Result<Tracing, Unreadable> {
    let mistyped = || params::mistyped(value, "tracers.TraceConfig");
    let part = |name| value.get(name).filter(|part: &&Value| !part.is_null());
    let text = |name| part(name).map(|part| part.as_str().ok_or_else(mistyped)).transpose();
    let options = match value {
        Value::Null => StepOptions::default(),
        _ => serde_json::from_value(value.clone()).map_err(|_| mistyped())?,
    };
    let timeout = text("timeout")?.map_or(Ok(()), duration::check);
    // what is wrong with tracer and timeout is not yet told.
    let kind = match text("tracer")? {
        None => Ok(TraceKind::Steps(options)),
        Some("callTracer") => timeout.map(|()| TraceKind::Calls),
        Some(_) => timeout.and(Err("this node has the call tracer and the struct logger".to_owned())),
    };
    let reexec = part("reexec").map_or(Ok(REEXEC), |blocks| blocks.as_u64().ok_or_else(mistyped))?;
    Ok(Tracing { kind, reexec })
}

/// `debug_traceTransaction`.
pub(super) fn transaction(node: &Node<'_>, hash: B256, tracing: Tracing) -> Result<Value, RpcError> {
    // a transaction that is not there is said to be genesis, and the synthetic one has no steps, whatever the
    // tracer.
    let unknown = || RpcError::failed("genesis is not traceable");
    match node.find(hash)?.ok_or_else(unknown)? {
        (_, None) => Ok(json!({ "gas": 0, "failed": false, "returnValue": "", "structLogs": [] })),
        (block, Some(place)) => {
            let trace = traces(node, &block, place..=place, tracing)?.pop().ok_or_else(unknown)?;
            trace.map_err(RpcError::failed)
        }
    }
}

/// `debug_traceBlockByNumber`.
pub(super) fn block(node: &Node<'_>, block: &ImportedBlock, tracing: Tracing) -> Result<Value, RpcError> {
    if block.header().height() == 0 {
        return Err(RpcError::failed("genesis is not traceable"));
    }
    let traces = traces(node, block, 0..=usize::MAX, tracing)?;
    let shown = |trace| match trace {
        Ok(trace) => json!({ "result": trace }),
        Err(text) => json!({ "error": text }),
    };
    Ok(traces.into_iter().map(shown).collect())
}

/// Traces of these transactions of a block.
fn traces(
    node: &Node<'_>,
    block: &ImportedBlock,
    wanted: core::ops::RangeInclusive<usize>,
    Tracing { kind, reexec }: Tracing,
) -> Result<Vec<Result<Value, String>>, RpcError> {
    let header = block.header();
    let missing = || RpcError::failed(format_args!("required historical state unavailable (reexec={reexec})"));
    let parent = node.named(header.parent_hash)?;
    let state = node.state_after(parent.header())?.ok_or_else(missing)?;
    let hashes = node.hashes_before((header.height(), header.parent_hash))?;
    let mut executor = RevmExecutor::new(&state, &hashes, node.context(header), NativeLogs::Emit);
    let mut found = Vec::new();
    for (place, tx) in block.block().transactions().iter().enumerate() {
        if place > *wanted.end() {
            break;
        }
        let sender = tx.sender(node.chain_id()).map_err(RpcError::failed)?;
        let traced = wanted.contains(&place).then_some(&kind);
        if let Some(Ok(kind)) = traced {
            let trace = executor.trace(tx, sender, header.gas_limit, *kind).map_err(RpcError::failed)?;
            found.push(Ok(shown(trace)));
        } else {
            executor.transact(tx, sender, header.gas_limit).map_err(RpcError::failed)?;
            found.extend(traced.cloned().and_then(Result::err).map(Err));
        }
    }
    Ok(found)
}

fn shown(trace: Trace) -> Value {
    match trace {
        Trace::Calls(frame) => call(*frame),
        Trace::Accesses(list) => view::access_list(&list),
        Trace::Steps { gas_used, failed, output, steps } => json!({
            "gas": gas_used,
            "failed": failed,
            "returnValue": alloy_primitives::hex::encode(output),
            "structLogs": steps.iter().map(step).collect::<Vec<_>>(),
        }),
    }
}

fn call(frame: CallFrame) -> Value {
    let calls = frame.calls.into_iter().map(call);
    let calls = Some(Value::Array(calls.collect())).filter(|calls| calls != &json!([]));
    let fields = [
        ("type", Some(frame.kind.into())),
        ("from", Some(hex::address(frame.from))),
        ("to", frame.to.map(hex::address)),
        ("value", frame.value.map(hex::word)),
        ("gas", frame.gas.map(hex::quantity)),
        ("gasUsed", frame.gas_used.map(hex::quantity)),
        ("input", frame.input.map(|input| hex::bytes(&input))),
        ("output", frame.output.map(|output| hex::bytes(&output))),
        ("error", frame.error.map(Value::from)),
        ("calls", calls),
    ];
    let present = fields.into_iter().filter_map(|(name, value)| value.map(|value| (name.to_owned(), value)));
    Value::Object(present.collect())
}

fn step(step: &StepLog) -> Value {
    let digits = |word: &U256| format!("{word:064x}");
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("pc", step.pc.into());
    put("op", step.name().into());
    put("gas", step.gas.into());
    put("gasCost", step.cost.into());
    put("depth", step.depth.into());
    if let Some(error) = &step.error {
        put("error", error.as_str().into());
    }
    if let Some(stack) = &step.stack {
        put("stack", stack.iter().map(|word| hex::word(*word)).collect());
    }
    if let Some(memory) = &step.memory {
        put("memory", memory.chunks(32).map(alloy_primitives::hex::encode).collect());
    }
    if let Some(storage) = &step.storage {
        put(
            "storage",
            Value::Object(storage.iter().map(|(slot, value)| (digits(slot), digits(value).into())).collect()),
        );
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn words_are_shown_as_short_numbers_on_the_stack_and_in_full_elsewhere() {
        let number = U256::from(0x60);
        let shown = step(&StepLog {
            pc: 2,
            opcode: 0x54,
            gas: 9,
            cost: 3,
            depth: 1,
            error: None,
            stack: Some(vec![U256::ZERO, number]),
            memory: Some(vec![7; 64]),
            storage: Some(BTreeMap::from([(number, U256::MAX)])),
        });
        let (slot, value, word) = (format!("{number:064x}"), "f".repeat(64), "07".repeat(32));
        let expected = json!({
            "pc": 2, "op": "SLOAD", "gas": 9, "gasCost": 3, "depth": 1,
            "stack": ["0x0", "0x60"], "memory": [word, word], "storage": { slot: value },
        });
        assert_eq!(shown, expected);
    }
}
