//! What traces and tries tell of transactions that fail, and of steps that ask for more than there is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it cannot go on")]

mod made;

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex, uint};
use bttc_core::schedule::FixedProducers;
use bttc_evm::{
    executor::{
        BlockContext, CallFrame, Ending, NativeLogs, RevmExecutor, Simulation, StepLog, StepOptions, Trace, TraceKind,
        returns, simulate,
    },
    pool::{Pool, PoolLimits},
    rpc::{LogLimits, Node, StateSyncLogs, TransactionIndex, answer},
    state::{Account, State},
    system::Facts,
    transaction::Transaction,
};
use proptest::prelude::{any, prop, prop_oneof, proptest};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CONTRACT: Address = Address::repeat_byte(0xc0);
/// An account with the code that a test says.
const OTHER: Address = Address::with_last_byte(0xbb);
const MODULUS: U256 = uint!(21888242871839275222246405745257275088696311157297823662689037894645226208583_U256);

fn context() -> BlockContext {
    BlockContext { chain_id: 1, gas_limit: 10_000_000, ..BlockContext::default() }
}

/// The payer, [`CONTRACT`] with this code, whose slot 1 holds 7, and [`OTHER`] with that code.
fn state(code: &[u8], other: &[u8]) -> State {
    let contract =
        |code: &[u8]| Account::new(1, U256::from(100), Bytes::copy_from_slice(code), [(U256::from(1), U256::from(7))]);
    let payer = Account::with_balance(U256::from(10).pow(U256::from(20)));
    State::from_accounts([(made::key().address(), payer), (CONTRACT, contract(code)), (OTHER, contract(other))])
}

/// A transaction whose first step has this much gas.
fn transaction(to: TxKind, input: &[u8], gas: u64) -> Transaction {
    let data: u64 = input.iter().map(|&byte| if byte == 0 { 4 } else { 16 }).sum();
    let start = if to.is_create() { 53_000 } else { 21_000 };
    let (gas_limit, input) = (start + data + gas, Bytes::copy_from_slice(input));
    let body = TxLegacy { chain_id: Some(1), gas_price: 1, gas_limit, to, input, ..TxLegacy::default() };
    let s = made::key().sign(&body.signature_hash());
    let signature = alloy_primitives::Signature::new(s.r.into(), s.s.into(), s.v == 1);
    Transaction::try_from(&TxEnvelope::from(body.into_signed(signature))).unwrap()
}

fn trace(state: &State, transaction: &Transaction, kind: TraceKind) -> Trace {
    let hashes = BTreeMap::new();
    let mut executor = RevmExecutor::new(state, &hashes, context(), NativeLogs::Emit);
    executor.trace(transaction, made::key().address(), context().gas_limit, kind).unwrap()
}

fn calls(state: &State, to: TxKind, input: &[u8], gas: u64) -> CallFrame {
    match trace(state, &transaction(to, input, gas), TraceKind::Calls) {
        Trace::Calls(frame) => *frame,
        other => panic!("{other:?}"),
    }
}

fn steps_with(state: &State, to: TxKind, input: &[u8], gas: u64, options: StepOptions) -> Vec<StepLog> {
    match trace(state, &transaction(to, input, gas), TraceKind::Steps(options)) {
        Trace::Steps { steps, .. } => steps,
        other => panic!("{other:?}"),
    }
}

/// Steps of a contract with this code.
fn steps(code: &[u8], gas: u64) -> Vec<StepLog> {
    steps_with(&state(code, &[]), CONTRACT.into(), &[], gas, StepOptions::default())
}

/// Name, gas, cost and error of the last step.
fn last(code: &[u8], gas: u64) -> (String, u64, u64, Option<String>) {
    let step = steps(code, gas).pop().unwrap();
    (step.name(), step.gas, step.cost, step.error)
}

fn failing(name: &str, gas: u64, cost: u64, error: &str) -> (String, u64, u64, Option<String>) {
    (name.to_owned(), gas, cost, Some(error.to_owned()))
}

/// How a call or creation fails: as the call tracer and a try tell it.
fn fault(state: &State, to: TxKind, input: &[u8], gas: u64) -> String {
    let frame = calls(state, to, input, gas);
    assert_eq!((frame.output, frame.gas_used), (None, Some(gas)));
    let transaction = transaction(to, input, gas);
    let simulation = Simulation {
        from: made::key().address(),
        to,
        input: transaction.input().clone(),
        gas_limit: transaction.gas_limit(),
        ..Simulation::default()
    };
    let tried = simulate(state, &BTreeMap::new(), &context(), &simulation).unwrap();
    assert_eq!(returns(state, &BTreeMap::new(), &context(), &simulation), Ok(false));
    assert_eq!(tried.ending == Ending::OutOfGas, tried.ending.error() == Some("out of gas"));
    assert_eq!((tried.ending.error(), tried.gas_used), (frame.error.as_deref(), transaction.gas_limit()));
    frame.error.unwrap()
}

fn fault_of_code(code: &[u8]) -> String {
    fault(&state(code, &[]), CONTRACT.into(), &[], 100_000)
}

fn fault_of_precompile(number: u8, input: &[u8], gas: u64) -> String {
    fault(&state(&[], &[]), Address::with_last_byte(number).into(), input, gas)
}

fn words(words: &[U256]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes::<32>()).collect()
}

#[test]
fn a_precompile_that_fails_says_why() {
    let mut blake2 = [0; 213];
    assert_eq!(fault_of_precompile(9, &blake2[1..], 0), "invalid input length");
    blake2[212] = 2;
    assert_eq!(fault_of_precompile(9, &blake2, 0), "invalid final flag");
    blake2[3] = 9;
    assert_eq!(fault_of_precompile(9, &blake2, 8), "out of gas");
    assert_eq!(fault_of_precompile(8, &[0; 191], 45_000), "bad elliptic curve pairing size");
    assert_eq!(fault_of_precompile(8, &[0; 191], 44_999), "out of gas");

    let [zero, one, two, three] = [0, 1, 2, 3].map(U256::from);
    for (number, gas) in [(6, 150), (7, 6_000), (8, 79_000)] {
        let of = |point: &[U256]| {
            let mut input = words(point);
            input.resize(192, 0);
            fault_of_precompile(number, &input, gas)
        };
        assert_eq!(of(&[one, three]), "bn256: malformed point");
        assert_eq!(of(&[MODULUS, U256::MAX]), "bn256: coordinate equals modulus");
        assert_eq!(of(&[one, MODULUS + one]), "bn256: coordinate exceeds modulus");
        assert_eq!(fault_of_precompile(number, &words(&[one; 6]), gas - 1), "out of gas");
    }
    // The first point that is wrong is told: here the second, a shorter input being padded.
    assert_eq!(fault_of_precompile(6, &words(&[one, two, one]), 150), "bn256: malformed point");
    let twisted = |point: [U256; 4]| {
        let pairs = [&[one, two][..], &point, &[MODULUS, zero, zero, zero, zero, zero]].concat();
        fault_of_precompile(8, &words(&pairs), 113_000)
    };
    assert_eq!(twisted([one; 4]), "bn256: malformed point");
    assert_eq!(twisted([one, one, one, U256::MAX]), "bn256: coordinate exceeds modulus");
    assert_eq!(twisted([zero; 4]), "bn256: coordinate equals modulus");
}

#[test]
fn a_creation_says_why_its_code_does_not_stand() {
    let created = |input: &[u8], gas| fault(&state(&[], &[]), TxKind::Create, input, gas);
    // RETURN of 32 bytes of memory takes 9 for the steps; its code 6,400.
    let returns_32 = hex!("60206000f3");
    assert_eq!(created(&returns_32, 9 + 6_399), "contract creation code storage out of gas");
    assert_eq!(created(&returns_32, 8), "out of gas");
    assert_eq!(calls(&state(&[], &[]), TxKind::Create, &returns_32, 9 + 6_400).error, None);
    assert_eq!(created(&hex!("6160016000f3"), 6_000_000), "max code size exceeded");
    assert_eq!(created(&hex!("fe"), 9), "invalid opcode: opcode 0xfe not defined");

    let mut taken = state(&[], &[]);
    taken.insert(made::key().address().create(0), Account::new(1, U256::ZERO, Bytes::new(), []));
    assert_eq!(fault(&taken, TxKind::Create, &[], 9), "contract address collision");

    // Inside, the caller learns no more than that it failed: CREATE with the code above.
    let code = hex!("6460206000f3 600052 6005 601b 6000 f0 5a 00");
    let frame = calls(&state(&code, &[]), CONTRACT.into(), &[], 38_000);
    let inner = &frame.calls[0];
    assert_eq!((frame.error, inner.error.as_deref()), (None, Some("internal failure")));
    assert!(inner.gas.is_some() && inner.to.is_none());
}

#[test]
fn faults_carry_the_numbers_that_the_reference_looks_at() {
    assert_eq!(fault_of_code(&hex!("01")), "stack underflow (0 <=> 2)");
    assert_eq!(fault_of_code(&hex!("5a81")), "stack underflow (1 <=> 2)"); // DUP2
    assert_eq!(fault_of_code(&hex!("5a5a92")), "stack underflow (2 <=> 4)"); // SWAP3
    assert_eq!(fault_of_code(&hex!("5a5a5af1")), "stack underflow (3 <=> 7)"); // CALL
    assert_eq!(fault_of_code(&hex!("5b5a600056")), "stack limit reached 1024 (1023)");
    assert_eq!(fault_of_code(&hex!("600756")), "invalid jump destination");
    assert_eq!(fault_of_code(&hex!("600160006000 3e")), "return data out of bounds");
    // Beyond 64 bits: MSTORE at 2⁶⁴, SHA3 of the byte at 2⁶⁴ − 1, MLOAD of the last words before 2⁶⁴.
    for code in [
        &hex!("5a 68010000000000000000 52")[..],
        &hex!("6001 67ffffffffffffffff 20"),
        &hex!("67ffffffffffffffe0 51"),
        &hex!("67ffffffffffffffdf 51"),
    ] {
        assert_eq!(fault_of_code(code), "gas uint64 overflow");
    }
    assert_eq!(fault_of_code(&hex!("641fffffffe0 51")), "out of gas");
    // RETURN of nothing, from anywhere.
    assert_eq!(calls(&state(&hex!("6000 6000 19 f3"), &[]), CONTRACT.into(), &[], 100).error, None);
}

#[test]
fn q324_some_bytes_have_a_name_and_are_no_operations() {
    let fault = |byte: u8| fault_of_code(&[byte]);
    for (byte, name) in [(0x48, "BASEFEE"), (0xb0, "PUSH"), (0xb1, "DUP"), (0xb2, "SWAP")] {
        assert_eq!(fault(byte), format!("invalid opcode: {name}"));
    }
    for byte in [0x0c, 0x1e, 0x21, 0x49, 0x5c, 0x5e, 0x5f, 0xa5, 0xaf, 0xb3, 0xe6, 0xf6, 0xfe] {
        assert_eq!(fault(byte), format!("invalid opcode: opcode {byte:#x} not defined"));
        assert_eq!(steps(&[byte], 9)[0].name(), format!("opcode {byte:#x} not defined"));
    }
    assert_eq!(steps(&[0x20], 9)[0].name(), "SHA3");
}

#[test]
fn q325_a_step_without_a_price_shows_the_cost_of_the_step_before() {
    assert_eq!(last(&hex!("01"), 50), failing("ADD", 50, 0, "stack underflow (0 <=> 2)"));
    assert_eq!(last(&hex!("5a01"), 50), failing("ADD", 48, 2, "stack underflow (1 <=> 2)"));
    let undefined = "opcode 0x5f not defined";
    assert_eq!(last(&hex!("5a5f"), 50), failing(undefined, 48, 2, &format!("invalid opcode: {undefined}")));
    // Each frame has its own: STATICCALL of an account whose only step fails, and then no operation.
    let caller = hex!("6000 6000 6000 6000 60bb 5a fa 0c");
    let of = |other: &[u8]| steps_with(&state(&caller, other), CONTRACT.into(), &[], 10_000, StepOptions::default());
    let steps = of(&hex!("ff"));
    let [.., call, first, last] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!((first.depth, first.cost, first.error.as_deref()), (2, 0, Some("stack underflow (0 <=> 1)")));
    assert_eq!((last.depth, last.cost, call.cost), (1, call.cost, 2_600 + first.gas));
    let steps = of(&hex!("5a5a55"));
    let write = steps.iter().rfind(|step| step.depth == 2).unwrap();
    assert_eq!((write.cost, write.error.as_deref()), (2, Some("write protection")));
    assert_eq!(write.storage.as_ref().map(BTreeMap::len), Some(1));
}

#[test]
fn a_step_out_of_gas_shows_what_it_asked_for() {
    for (code, name, gas, cost) in [
        (&hex!("6000")[..], "PUSH1", 2, 3),
        (&hex!("6000 6000 52"), "MSTORE", 5, 6),
        (&hex!("6000 640100000000 52"), "MSTORE", 5, 3 + 3 * 0x800_0001 + 0x800_0001 * 0x800_0001 / 512),
        (&hex!("641fffffffe0 51"), "MLOAD", 5, 3), // beyond count
        (&hex!("6001 6001 0a"), "EXP", 59, 60),
        (&hex!("6021 6000 20"), "SHA3", 47, 30 + 6 + 12),
        (&hex!("6000 6000 a0"), "LOG0", 374, 375),
        (&hex!("6000 6001 6000 a1"), "LOG1", 760, 3 + 750 + 8),
        (&hex!("6001 6000 6000 60bb 3c"), "EXTCODECOPY", 2_605, 2_600 + 3 + 3),
        (&hex!("60bb 31"), "BALANCE", 2_599, 2_600),
        (&hex!("6001 6001 55"), "SSTORE", 2_300, 0), // not even looked at
        (&hex!("6001 6001 55"), "SSTORE", 2_301, 2_100 + 2_900),
        (&hex!("60bb ff"), "SELFDESTRUCT", 4_999, 5_000),
        (&hex!("60bb ff"), "SELFDESTRUCT", 5_000, 7_600),
        (&hex!("60dd ff"), "SELFDESTRUCT", 7_600, 32_600),
        (&hex!("6000 6000 6000 f0"), "CREATE", 31_999, 32_000),
        (&hex!("6000 6001 6000 6000 f5"), "CREATE2", 32_008, 32_009),
    ] {
        let before = code.iter().filter(|byte| (0x60..=0x64).contains(*byte)).count();
        let pushes = u64::try_from(before).unwrap() * 3 - if name == "PUSH1" { 3 } else { 0 };
        assert_eq!(last(code, pushes + gas), failing(name, gas, cost, "out of gas"));
    }
}

#[test]
fn q329_gas_that_a_call_hands_on_wraps_where_it_cannot_pay_itself() {
    // 9 gas and a base unit for an account that is there, and for one that is not; then with all of the gas.
    let call = |to: &str, gas: &str| {
        let code = hex::decode(format!("6000600060006000600160{to}{gas}f1")).unwrap();
        last(&code, 18 + 3 + 5_000)
    };
    assert_eq!(call("bb", "6009"), failing("CALL", 5_000, 2_600 + 9_000 + 9, "out of gas"));
    assert_eq!(call("dd", "6009"), failing("CALL", 5_000, 2_600 + 34_000 + 9, "out of gas"));
    let left = 2_400_u64.wrapping_sub(9_000);
    let cost = (2_600 + 9_000_u64).wrapping_add(left - left / 64);
    let all = call("bb", "67ffffffffffffffff");
    assert_eq!(all, failing("CALL", 5_000, cost, "out of gas"));
}

#[test]
fn q326_a_slot_that_a_step_fails_to_use_counts_as_used() {
    let slots = |code: &[u8], gas| steps(code, gas).pop().unwrap().storage;
    let [one, seven] = [1, 7].map(U256::from);
    assert_eq!(slots(&hex!("6001 54"), 3 + 2_099), Some(BTreeMap::from([(one, seven)])));
    assert_eq!(slots(&hex!("6009 6001 55"), 6 + 2_300), Some(BTreeMap::from([(one, U256::from(9))])));
    assert_eq!((slots(&hex!("54"), 9), slots(&hex!("6001 55"), 9)), (None, None));
}

#[test]
fn q327_a_step_that_fails_as_it_runs_has_no_error() {
    let jump = steps(&hex!("6007 56"), 50).pop().unwrap();
    assert_eq!((jump.cost, jump.error), (8, None));
    let copy = steps(&hex!("6001 6000 6000 3e"), 50).pop().unwrap();
    assert_eq!((copy.cost, copy.error, copy.memory), (3 + 3 + 3, None, Some(vec![0; 32])));
    // What it costs is looked at before.
    let copy = last(&hex!("6001 6000 6000 3e"), 9 + 8);
    assert_eq!(copy, failing("RETURNDATACOPY", 8, 9, "out of gas"));
}

#[test]
fn memory_has_grown_when_a_step_is_recorded() {
    let sizes = |code: &[u8], gas: u64| -> Vec<usize> {
        steps(code, gas).into_iter().map(|step| step.memory.unwrap().len()).collect()
    };
    let stored = steps(&hex!("6001 6000 52 00"), 100);
    assert_eq!(stored[2].memory, Some(vec![0; 32]));
    assert_eq!(stored[3].memory.as_deref(), Some(&words(&[U256::from(1)])[..]));
    assert_eq!(sizes(&hex!("6001 6000 52 00"), 10), [0, 0, 0], "it was not paid for");
    // CALL writes its answer to 64 bytes from place 1, and reads from none.
    let code = hex!("6040 6001 6000 6000 6000 60dd 6000 f1 00");
    assert_eq!(sizes(&code, 10_000)[7..], [96, 96]);
}

#[test]
fn where_there_is_no_code_no_step_is_taken() {
    let options = StepOptions::default();
    assert_eq!(steps_with(&state(&[], &[]), TxKind::Create, &[], 100, options), []);
    // CREATE and CREATE2 of nothing; CALL of an account without code.
    for code in [
        &hex!("6000 6000 6000 f0 00")[..],
        &hex!("6000 6000 6000 6000 f5 00"),
        &hex!("6000 6000 6000 6000 6000 60dd 5a f1 00"),
    ] {
        assert!(steps(code, 100_000).iter().all(|step| step.depth == 1));
        let frame = calls(&state(code, &[]), CONTRACT.into(), &[], 100_000);
        assert_eq!((frame.calls.len(), frame.calls[0].gas, &frame.calls[0].error), (1, None, &None));
    }
}

#[test]
fn steps_are_recorded_up_to_the_limit() {
    let count = |limit| {
        let options = StepOptions { limit, ..StepOptions::default() };
        steps_with(&state(&hex!("5a5a5a00"), &[]), CONTRACT.into(), &[], 100, options).len()
    };
    assert_eq!([0, 3, 9, -1].map(count), [4, 3, 4, 0]);
}

proptest! {
    /// What a step is said to cost is what the machine takes, which counts on its own.
    #[test]
    fn a_step_leaves_the_gas_before_it_less_its_cost(
        pushed in prop::collection::vec(0_u8..4, 0..40),
        code in prop::collection::vec(prop_oneof![2 => 0x30_u8..0x80, 1 => 0xf0_u8..0xf6, 1 => any::<u8>()], 0..60),
        gas in 0_u64..100_000,
    ) {
        let pushes = pushed.into_iter().flat_map(|value| [0x60, value * 0x3b]);
        let code: Vec<u8> = pushes.chain(code).collect();
        let steps = steps(&code, gas);
        for (step, next) in steps.iter().zip(steps.iter().skip(1)) {
            if step.depth == next.depth && step.opcode < 0xf0 {
                assert_eq!(next.gas, step.gas - step.cost, "{}", step.name());
            }
        }
        if let Some(last) = steps.last().filter(|last| last.error.is_none()) {
            assert!(last.cost <= last.gas);
        }
    }
}

fn node<T>(run: impl FnOnce(&Node<'_>, B256) -> T) -> T {
    let mut chain = made::chain();
    let (genesis, payment) = (chain.state().clone(), made::payment(0));
    let producers = FixedProducers::new(chain.producers(1).unwrap(), made::key().address(), chain.spec().timing);
    let facts = Facts::new(chain.head().header().time + 1, &producers);
    let block = chain.build([payment.clone()], made::key().address(), &facts).unwrap().seal(&made::key()).unwrap();
    chain.import(block, &facts).unwrap();
    let states = BTreeMap::from([(0, genesis), (1, chain.state().clone())]);
    let mut index = TransactionIndex::default();
    index.extend(&chain);
    let node = Node {
        chain: &chain,
        history: &states,
        index: &index,
        pool: &Pool::new(chain.spec().chain_id, PoolLimits::default()),
        snapshots: &made::Nobody,
        range_root: &made::Nobody,
        state_sync_logs: StateSyncLogs::Include,
        log_limits: LogLimits::default(),
    };
    run(&node, payment.hash())
}

#[test]
fn q328_a_tracer_is_looked_at_where_it_would_trace() {
    let foreign = "this node has the call tracer and the struct logger";
    node(|node, hash| {
        let traced = |hash: B256, tracer: &Value| {
            answer(node, "debug_traceTransaction", &json!([hash, tracer])).map_err(|error| (error.code, error.message))
        };
        for (tracer, text) in [
            (json!({ "tracer": "prestateTracer" }), foreign),
            (json!({ "tracer": "callTracer", "timeout": "5" }), r#"time: missing unit in duration "5""#),
            (json!({ "tracer": "nobody", "timeout": "" }), r#"time: invalid duration """#),
        ] {
            assert_eq!(traced(B256::ZERO, &tracer), Err((-32_000, "genesis is not traceable".to_owned())));
            assert_eq!(traced(hash, &tracer), Err((-32_000, text.to_owned())));
            let block = answer(node, "debug_traceBlockByNumber", &json!(["0x1", tracer]));
            assert_eq!(block, Ok(json!([{ "error": text }])));
        }
        assert!(traced(hash, &json!({ "timeout": "5" })).is_ok(), "the struct logger has no timeout");
        let called = traced(hash, &json!({ "tracer": "callTracer", "timeout": "1m" })).unwrap();
        assert_eq!(called["type"], "CALL");
        let mistyped = traced(hash, &json!({ "tracer": 1 })).unwrap_err();
        assert_eq!(mistyped.0, -32_602);
    });
}
