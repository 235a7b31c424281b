//! Every kind of withdrawal on the devnet's tokens: deposited, burned, proven, paid by the root chain's predicate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy::{
    consensus::{SignableTransaction, TxEnvelope, TxLegacy},
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, Bytes, Signature, TxKind, U256},
    sol_types::SolValue,
};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BurnBlock, BurnCall, CheckpointRef, ExitProof, LogChoice, Receipt,
        contract::{Assets, Predicate, RootChainManager, TokenType},
        exitable,
    },
    header_blocks::HeaderBlock,
    merkle,
};
use bttc_core::{
    chain::{ChainSpec, SystemContracts},
    hash::keccak256,
    id::{CheckpointNumber, HeaderBlockId, StateId, ValidatorId},
    root_chain::RootChainId,
    schedule::FixedProducers,
    signature::SecretKey,
    span::Span,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{ChildToken, DevnetAllocation, child_manager, devnet_genesis},
    state_sync::{Record, RecordTime},
    system::Facts,
    transaction::Transaction,
};
use std::collections::BTreeMap;

const START: u64 = 1_700_000_000;
const ROOT_BTT: Address = Address::repeat_byte(0x77);
const OTHER: Address = Address::repeat_byte(0x0e);
const NATIVE: Address = SystemContracts::STANDARD.native_token;

fn n(number: u64) -> U256 {
    U256::from(number)
}

fn ns(numbers: &[u64]) -> Vec<U256> {
    numbers.iter().copied().map(U256::from).collect()
}

fn alice() -> SecretKey {
    SecretKey::from_bytes(&keccak256(b"alice")).unwrap()
}

/// A call of alice's.
fn transaction(chain_id: u64, nonce: u64, to: Address, value: U256, input: Bytes) -> Transaction {
    let body = TxLegacy {
        chain_id: Some(chain_id),
        nonce,
        gas_price: 1,
        gas_limit: 500_000,
        to: TxKind::Call(to),
        value,
        input,
    };
    let seal = alice().sign(&body.signature_hash());
    let signature = Signature::new(seal.r.into(), seal.s.into(), seal.v == 1);
    Transaction::from_bytes(&TxEnvelope::from(body.into_signed(signature)).encoded_2718()).unwrap()
}

/// A deposit as the child manager reads it.
fn deposit(id: u64, token: ChildToken, data: Vec<u8>, chain_id: u64) -> Record {
    let body = (alice().address(), token.address(), 1_u64, data).abi_encode_params();
    Record {
        id: StateId::new(id),
        receiver: child_manager(),
        data: (keccak256("DEPOSIT"), body).abi_encode_params().into(),
        tx_hash: B256::repeat_byte(9),
        log_index: 0,
        chain_id: chain_id.to_string(),
        time: RecordTime { seconds: START - 1, nanoseconds: 0 },
    }
}

/// The devnet at block 16, where alice was given tokens of each kind, and at block 17, where these transactions are.
fn chain(burns: &[(Address, U256, Bytes)]) -> Chain {
    let (spec, key) = (ChainSpec::devnet(), alice());
    let validator = Validator::new(ValidatorId::new(1), key.address(), VotingPower::new(1));
    let genesis = devnet_genesis(
        &spec,
        &DevnetAllocation {
            time: START,
            validators: vec![validator],
            balances: BTreeMap::from([(key.address(), n(1_000_000_000))]),
            root_chain: 1,
            root_token: ROOT_BTT,
        },
    )
    .unwrap();
    let mut chain = Chain::open(spec.clone(), &genesis).unwrap();
    let producers = FixedProducers::new([validator], key.address(), spec.timing);
    let id = spec.chain_id;
    let counted = (ns(&[1, 2]), ns(&[10, 20]), Bytes::new()).abi_encode_params();
    let deposits = [
        deposit(1, ChildToken::Erc20, n(100).abi_encode(), id),
        deposit(2, ChildToken::Erc721, n(7).abi_encode(), id),
        deposit(3, ChildToken::Erc721, ns(&[1, 2, 3, 4, 5, 6, 8, 9]).abi_encode(), id),
        deposit(4, ChildToken::Erc1155, counted, id),
    ];
    for number in 1..=17 {
        let needs = chain.needs().unwrap();
        let span = needs.span.map(|span| {
            let (start, end) = spec.spans.range(span).unwrap();
            let (validators, producers) = (vec![validator], vec![validator]);
            Span { id: span, start, end, validators, producers, chain_id: spec.chain_id }
        });
        let mut facts = Facts::new(START + number, &producers).with_records(&deposits);
        if let Some(span) = &span {
            facts = facts.with_span(span);
        }
        let offered = burns.iter().zip(0..).filter(|_| number == 17);
        let offered = offered.map(|((to, value, input), nonce)| transaction(id, nonce, *to, *value, input.clone()));
        let block = chain.build(offered.collect::<Vec<_>>(), key.address(), &facts).unwrap();
        assert_eq!(block.left_out(), []);
        chain.import(block.seal(&key).unwrap(), &facts).unwrap();
    }
    chain
}

/// Root of the first checkpoint, and the header block that the contract keeps.
fn checkpoint(chain: &Chain) -> (CheckpointRef, Vec<B256>, HeaderBlock) {
    let leaves: Vec<_> = (0..=17).map(|number| chain.header(number).unwrap().leaf().hash()).collect();
    let root = merkle::root_of(leaves.clone()).unwrap();
    let id = HeaderBlockId::of(CheckpointNumber::new(1));
    let checkpoint = CheckpointRef { id, range: BlockRange::new(0, 17).unwrap(), root };
    let header_block = HeaderBlock { root, start: n(0), end: n(17), created_at: n(START), proposer: alice().address() };
    (checkpoint, leaves, header_block)
}

#[test]
fn every_kind_of_burn_is_proven_and_paid() {
    let [erc20, erc721, erc1155] = ChildToken::ALL.map(ChildToken::address);
    let me = alice().address();
    let empty_uri = Some(Bytes::from(String::new().abi_encode()));
    let metadata = |id| Assets::TokenWithMetadata { id: n(id), metadata: empty_uri.clone() };
    let batch = Assets::Batch { ids: ns(&[1, 2]), amounts: ns(&[6, 7]), data: Bytes::new() };
    // Token, call, what is paid and to whom.
    let burns = [
        (NATIVE, BurnCall::Withdraw { value: n(3) }, Assets::Amount(n(3)), me),
        (NATIVE, BurnCall::WithdrawTo { to: OTHER, value: n(4) }, Assets::Amount(n(4)), OTHER),
        (erc20, BurnCall::Withdraw { value: n(5) }, Assets::Amount(n(5)), me),
        (erc20, BurnCall::WithdrawTo { to: OTHER, value: n(6) }, Assets::Amount(n(6)), OTHER),
        (erc721, BurnCall::Withdraw { value: n(7) }, Assets::Token(n(7)), me),
        (erc721, BurnCall::WithdrawTo { to: OTHER, value: n(1) }, Assets::Token(n(1)), OTHER),
        (erc721, BurnCall::WithdrawBatch { ids: ns(&[2, 3]) }, Assets::Tokens(ns(&[2, 3])), me),
        (erc721, BurnCall::WithdrawBatchTo { to: OTHER, ids: ns(&[4, 5]) }, Assets::Tokens(ns(&[4, 5])), OTHER),
        (erc721, BurnCall::WithdrawWithMetadata { id: n(6) }, metadata(6), me),
        (erc721, BurnCall::WithdrawWithMetadataTo { to: OTHER, id: n(8) }, metadata(8), OTHER),
        (erc1155, BurnCall::WithdrawSingle { id: n(1), amount: n(4) }, Assets::Counted { id: n(1), amount: n(4) }, me),
        (erc1155, BurnCall::WithdrawCounted { ids: ns(&[1, 2]), amounts: ns(&[6, 7]) }, batch, me),
    ];
    let value = |token, call: &BurnCall| match call {
        BurnCall::Withdraw { value } | BurnCall::WithdrawTo { value, .. } if token == NATIVE => *value,
        _ => U256::ZERO,
    };
    let calls: Vec<_> =
        burns.iter().map(|(token, call, ..)| (*token, value(*token, call), call.to_calldata())).collect();
    let chain = chain(&calls);
    let (checkpoint, leaves, header_block) = checkpoint(&chain);

    let mut bridge = RootChainManager::new(RootChainId::Tron, child_manager());
    bridge.register_predicate(TokenType::ERC1155, Some(Predicate::Erc1155));
    let types = [TokenType::ERC20, TokenType::MINTABLE_ERC721, TokenType::ERC1155];
    for (token, form) in ChildToken::ALL.into_iter().zip(types) {
        bridge.map_token(token.address(), token.address(), form).unwrap();
    }
    bridge.map_token(ROOT_BTT, NATIVE, TokenType::ERC20).unwrap();

    let receipts = chain.receipts(17).unwrap().iter().map(|receipt| Receipt::decode(&receipt.to_consensus_bytes()));
    let block =
        BurnBlock { leaf: chain.header(17).unwrap().leaf(), receipts: receipts.collect::<Result<_, _>>().unwrap() };
    assert_eq!(block.receipts.len(), burns.len());
    for (index, (token, call, assets, beneficiary)) in (0_u64..).zip(burns) {
        let receipt = &block.receipts[usize::try_from(index).unwrap()];
        let logs = exitable(receipt).unwrap_or_else(|reason| panic!("{call:?}: {reason}"));
        let [log] = &logs[..] else { panic!("{call:?} makes {logs:?}") };
        let choice = LogChoice::At(log.log_index);
        let proof = ExitProof::build(&checkpoint, leaves.clone(), &block, index, &choice).unwrap();
        let exit = proof.verify(&checkpoint).unwrap();
        assert_eq!((exit.child_token(), exit.beneficiary()), (token, beneficiary), "{call:?}");
        assert_eq!(exit.withdrawal(), &log.event.withdrawal);

        let payload = proof.to_payload();
        let payout = bridge.exit(&payload, |_| header_block).unwrap_or_else(|revert| panic!("{call:?}: {revert}"));
        assert_eq!((payout.child_token, payout.beneficiary, payout.assets), (token, beneficiary, assets), "{call:?}");
        assert_eq!(payout.root_token, if token == NATIVE { ROOT_BTT } else { token });
        assert!(bridge.exit(&payload, |_| header_block).is_err(), "a second time");
    }
}
