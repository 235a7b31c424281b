//! A root chain in this process: calls go in, logs come out, and a failure changes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall as _, SolValue as _};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    exit::contract::{BridgeCall, RootChainManager},
    header_blocks::{HeaderBlock, HeaderBlocks, Question},
    signatures::Signatures,
    vote::{SignData as _, VoteResult},
};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    id::{CheckpointNumber, Epoch, HeaderBlockId, Nonce, ValidatorId},
    quorum::HeadQuorum,
    root_chain::{LogFilter, RootCall, RootChain as _, RootChainError, RootChainId, RootEvent, RootLog},
};
use bttc_staking::stake::StakeManager;
use bttc_validator::root_chain::{ModelRootChain, abi};
use futures::executor::block_on;
use support::{SHARE, START, approve, events, key, root_chain, stake, stake_costs, transact, wallet};

const CHAIN: u64 = 15_001;

/// TRON with people who can pay for a stake and a little more.
fn tron() -> ModelRootChain {
    let holders = ["alice", "bob"].map(|name| (wallet(name), stake_costs(4) + 1_000));
    root_chain(RootChainId::Tron, CHAIN, &holders)
}

fn call(to: Address, data: impl Into<Bytes>) -> RootCall {
    RootCall { to, data: data.into() }
}

/// What a transaction may change.
fn whole(tron: &ModelRootChain) -> (StakeManager, HeaderBlocks, RootChainManager) {
    tron.inspect(|contracts| (contracts.stake().clone(), contracts.header_blocks().clone(), contracts.bridge().clone()))
}

fn event(log: &RootLog) -> RootEvent {
    RootEvent::decode(&log.data).unwrap().unwrap()
}

fn balance(tron: &ModelRootChain, holder: Address) -> U256 {
    let data = abi::balanceOfCall { holder }.abi_encode();
    let head = block_on(tron.head()).unwrap().number;
    U256::from_be_slice(&block_on(tron.call(&call(tron.contracts().token, data), head)).unwrap())
}

fn deposit_call(tron: &ModelRootChain, user: Address, amount: U256) -> RootCall {
    let root_token = tron.contracts().token;
    let deposit = BridgeCall::DepositFor { user, root_token, data: amount.abi_encode().into() };
    deposit.to_call(tron.contracts().root_chain_manager)
}

/// A checkpoint of these blocks that these validators signed.
fn signed(tron: &ModelRootChain, start: u64, end: u64, signers: &[&str]) -> RootCall {
    let checkpoint = Checkpoint {
        proposer: key("alice").address(),
        range: BlockRange::new(start, end).unwrap(),
        root: B256::repeat_byte(7),
        account_root: B256::repeat_byte(8),
        chain_id: CHAIN,
        epoch: Epoch::new(1),
    };
    let digest = VoteResult::Yes.digest(&checkpoint.sign_data());
    let votes = signers.iter().map(|name| (key(name).address(), key(name).sign(&digest)));
    let quorum = HeadQuorum::over(signers.iter().map(|name| key(name).address()));
    let signed = Signatures::gather(checkpoint, votes).into_signed(&quorum).unwrap();
    signed.to_call(tron.contracts().root_chain)
}

#[test]
fn a_stake_through_calldata_leaves_a_log_that_decodes() {
    let tron = tron();
    let at = tron.contracts();
    let receipt = stake(&tron, "alice", 3);
    let RootEvent::Staked(staked) = event(receipt.logs.last().unwrap()) else { panic!("{:?}", receipt.logs) };
    assert_eq!((staked.signer, staked.validator), (key("alice").address(), ValidatorId::new(1)));
    assert_eq!((staked.nonce, staked.activation_epoch), (Nonce::new(1), Epoch::new(1)));
    assert_eq!(staked.amount, Amount::from_btt(3 * SHARE));
    assert_eq!(staked.signer_key[..], *key("alice").public_key().coordinates());
    // Root-contracts §6: the first topic of Staked, by the staking-info contract.
    assert_eq!(receipt.logs.last().unwrap().address, at.staking_info);
    let topic = keccak256("Staked(address,uint256,uint256,uint256,uint256,uint256,bytes)");
    assert_eq!(receipt.logs.last().unwrap().data.topics()[0], topic);
    // The tokens moved, and the token says so.
    tron.mine(START + 1);
    assert_eq!(balance(&tron, at.stake_manager), Amount::from_btt(stake_costs(3)).to_word());
    let transfer = keccak256("Transfer(address,address,uint256)");
    assert!(receipt.logs.iter().any(|log| log.address == at.token && log.data.topics()[0] == transfer));
    assert!(receipt.logs.iter().zip(receipt.logs[0].log_index..).all(|(log, index)| log.log_index == index));
}

#[test]
fn a_deposit_locks_tokens_and_numbers_its_message() {
    let (tron, alice) = (tron(), wallet("alice"));
    let at = tron.contracts();
    approve(&tron, alice, at.erc20_predicate, Amount::from_btt(100));
    let user = Address::repeat_byte(0x51);
    for (amount, id) in [(70, 1_u64), (30, 2)] {
        let amount = Amount::from_btt(amount).to_word();
        let receipt = tron.transact(alice, &deposit_call(&tron, user, amount));
        let log = receipt.logs.last().unwrap();
        let RootEvent::StateSynced(synced) = event(log) else { panic!("{log:?}") };
        assert_eq!((log.address, synced.id.get(), synced.receiver), (at.state_sender, id, at.child_chain_manager));
        // Withdrawal-proofs §6.1: kind and content.
        let (kind, content) = <(B256, Bytes)>::abi_decode_params(&synced.data).unwrap();
        let content = <(Address, Address, u64, Bytes)>::abi_decode_params(&content).unwrap();
        assert_eq!((kind, content), (keccak256("DEPOSIT"), (user, at.token, 1, amount.abi_encode().into())));
    }
    tron.mine(START + 1);
    assert_eq!(balance(&tron, at.erc20_predicate), Amount::from_btt(100).to_word());
    assert_eq!(balance(&tron, alice), Amount::from_btt(stake_costs(4) + 900).to_word());
}

#[test]
fn a_checkpoint_is_taken_paid_for_and_read_back() {
    let tron = tron();
    stake(&tron, "alice", 3);
    stake(&tron, "bob", 1);
    let receipt = tron.transact(wallet("carol"), &signed(&tron, 0, 63, &["alice", "bob"]));
    assert_eq!(receipt.revert, None);
    let [log] = &receipt.logs[..] else { panic!("{:?}", receipt.logs) };
    let RootEvent::NewHeaderBlock(header) = event(log) else { panic!("{log:?}") };
    assert_eq!(
        (log.address, header.header_block),
        (tron.contracts().root_chain, HeaderBlockId::of(CheckpointNumber::new(1)))
    );
    assert_eq!((header.start, header.end, header.root), (0, 63, B256::repeat_byte(7)));
    assert!(!header.reward.is_zero());

    let head = tron.mine(START + 1).number;
    let ask = |to, data: Bytes| block_on(tron.call(&call(to, data), head)).unwrap();
    let at = tron.contracts();
    let answer = ask(at.root_chain, Question::HeaderBlock(header.header_block).to_calldata());
    let kept = HeaderBlock::from_answer(&answer).unwrap();
    assert_eq!((kept.root, kept.proposer), (header.root, key("alice").address()));
    assert_eq!(
        U256::from_be_slice(&ask(at.stake_manager, abi::currentEpochCall {}.abi_encode().into())),
        U256::from(2)
    );
    let reward = |id: u64| {
        let data = abi::validatorRewardCall { validatorId: U256::from(id) }.abi_encode();
        U256::from_be_slice(&ask(at.stake_manager, data.into()))
    };
    assert!(reward(1) > reward(2) && reward(2) > U256::ZERO); // by stake, and alice proposed

    // Taking it out moves tokens that the contract has; it has the stakes and fees.
    let call = abi::withdrawRewardsCall { validatorId: U256::from(1) }.abi_encode();
    let before = balance(&tron, wallet("alice"));
    let expected = before + reward(1);
    transact(&tron, wallet("alice"), at.stake_manager, call);
    tron.mine(START + 2);
    assert_eq!(balance(&tron, wallet("alice")), expected);
}

#[test]
fn a_failed_transaction_changes_nothing() {
    let tron = tron();
    let (alice, at) = (wallet("alice"), tron.contracts());
    stake(&tron, "alice", 3);
    let stake_bob = |amount: u64, key: Vec<u8>| {
        let call = abi::stakeForCall {
            user: wallet("bob"),
            amount: Amount::from_btt(amount).to_word(),
            heimdallFee: Amount::from_btt(100_000).to_word(),
            acceptDelegation: false,
            signerPubkey: key.into(),
        };
        RootCall { to: at.stake_manager, data: call.abi_encode().into() }
    };
    let bob = key("bob").public_key().coordinates().to_vec();
    let unmapped = BridgeCall::DepositFor { user: alice, root_token: alice, data: [0; 32].into() };
    let nobody = BridgeCall::DepositFor { user: Address::ZERO, root_token: at.token, data: [0; 32].into() };
    let short = BridgeCall::DepositFor { user: alice, root_token: at.token, data: [0; 31].into() };
    let exit = BridgeCall::Exit { payload: Bytes::from_static(b"no payload") };
    let unknown = hex("deadbeef");
    let pay = abi::transferCall { to: alice, amount: U256::MAX };
    let cases = [
        (stake_bob(SHARE - 1, bob.clone()), "not enough deposit"),
        (stake_bob(SHARE, bob[1..].to_vec()), "not pub"),
        (stake_bob(SHARE, key("alice").public_key().coordinates().to_vec()), "Invalid signer"),
        (stake_bob(SHARE, bob), ""), // he has not allowed it
        (call(at.token, pay.abi_encode()), ""),
        (deposit_call(&tron, alice, Amount::from_btt(1).to_word()), ""), // after the bridge counted it and the predicate was asked
        (unmapped.to_call(at.root_chain_manager), "RootChainManager: TOKEN_NOT_MAPPED"),
        (nobody.to_call(at.root_chain_manager), "RootChainManager: INVALID_USER"),
        (short.to_call(at.root_chain_manager), ""),
        (exit.to_call(at.root_chain_manager), "RLPReader: ITEM_NOT_LIST"),
        (signed(&tron, 1, 63, &["alice"]), "INCORRECT_HEADER_DATA"),
        (signed(&tron, 0, 63, &["bob"]), "2/3+1 non-majority!"),
        (call(at.root_chain, unknown.clone()), ""),
        (call(at.token, unknown.clone()), ""),
        (call(at.stake_manager, unknown.clone()), ""),
        (call(at.root_chain_manager, unknown.clone()), ""),
        (call(at.root_chain_manager, Bytes::new()), ""),
        (call(at.state_sender, unknown), ""),
        (call(Address::repeat_byte(9), Bytes::new()), ""),
    ];
    for (call, reason) in cases {
        let before = whole(&tron);
        let receipt = tron.transact(wallet("bob"), &call);
        assert_eq!((receipt.revert.as_deref(), &receipt.logs[..]), (Some(reason), &[][..]), "{call:?}");
        assert!(whole(&tron) == before, "{reason:?}");
        let submitted = block_on(tron.submit(wallet("bob"), &call));
        assert_eq!(submitted, Err(RootChainError::Reverted { reason: reason.to_owned() }));
    }
    // The state sender's counter too: the next message has the first number.
    approve(&tron, alice, at.erc20_predicate, Amount::from_btt(1));
    let receipt = tron.transact(alice, &deposit_call(&tron, alice, Amount::from_btt(1).to_word()));
    let RootEvent::StateSynced(synced) = event(receipt.logs.last().unwrap()) else { panic!("{receipt:?}") };
    assert_eq!(synced.id.get(), 1);
}

fn hex(digits: &str) -> Bytes {
    alloy_primitives::hex::decode(digits).unwrap().into()
}

#[test]
fn ten_deposits_a_block_and_no_more() {
    let (tron, alice) = (tron(), wallet("alice"));
    approve(&tron, alice, tron.contracts().erc20_predicate, Amount::from_btt(100));
    let deposit = deposit_call(&tron, alice, Amount::from_btt(1).to_word());
    tron.mine(START);
    let outcomes: Vec<_> = (0..11).map(|_| tron.transact(alice, &deposit).revert).collect();
    assert!(outcomes[..10].iter().all(Option::is_none));
    assert_eq!(outcomes[10].as_deref(), Some("try later"));
    tron.mine(START + 1);
    assert_eq!(tron.transact(alice, &deposit).revert, None);
}

#[test]
fn logs_are_those_of_closed_blocks_that_the_filter_names() {
    let (tron, alice) = (tron(), wallet("alice"));
    let at = tron.contracts();
    stake(&tron, "alice", 1);
    let all = LogFilter { to: u64::MAX, ..LogFilter::default() };
    let count = |filter: &LogFilter| block_on(tron.logs(filter)).unwrap().len();
    assert_eq!(count(&all), 0); // the block is still open
    tron.mine(START + 1);
    let first = block_on(tron.logs(&all)).unwrap();
    assert!(first.iter().all(|log| log.block_number == 1));
    assert_eq!(block_on(tron.block(1)).unwrap().map(|block| block.hash), Some(first[0].block_hash));
    tron.mine(START + 2);
    approve(&tron, alice, at.erc20_predicate, Amount::from_btt(9));
    tron.transact(alice, &deposit_call(&tron, alice, Amount::from_btt(9).to_word()));
    tron.mine(START + 3);

    let logs = block_on(tron.logs(&all)).unwrap();
    let places: Vec<_> = logs.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]), "{places:?}");
    assert_eq!(count(&LogFilter { from: 2, to: 2, ..LogFilter::default() }), 0);
    assert_eq!(count(&LogFilter { from: 3, to: 3, ..LogFilter::default() }), logs.len() - first.len());
    assert_eq!(count(&LogFilter { from: 4, ..all.clone() }), 0);
    assert_eq!(count(&LogFilter { from: 3, to: 1, ..LogFilter::default() }), 0);
    let of = |address| count(&LogFilter { addresses: vec![address], ..all.clone() });
    assert_eq!((of(at.staking_info), of(at.state_sender), of(at.governance)), (2, 1, 0));
    let topics = RootEvent::topics();
    assert_eq!(count(&LogFilter { topics: topics.clone(), ..all.clone() }), events(&tron).len());
    assert_eq!(count(&LogFilter { topics, addresses: vec![at.token], ..all }), 0);
}

#[test]
fn a_call_sees_the_newest_closed_block_and_no_other() {
    let (tron, alice) = (tron(), wallet("alice"));
    let question = abi::balanceOfCall { holder: Address::repeat_byte(1) }.abi_encode();
    let question = call(tron.contracts().token, question);
    let ask = |at| block_on(tron.call(&question, at)).map(|answer| U256::from_be_slice(&answer));
    let pay = abi::transferCall { to: Address::repeat_byte(1), amount: U256::from(7) };
    transact(&tron, alice, tron.contracts().token, pay.abi_encode());
    assert_eq!(ask(0), Ok(U256::ZERO)); // the transaction is in no closed block yet
    tron.mine(START + 1);
    assert_eq!(ask(1), Ok(U256::from(7)));
    for at in [0, 2] {
        let error = ask(at).unwrap_err();
        assert!(matches!(error, RootChainError::Permanent { root_chain: RootChainId::Tron, .. }), "{error}");
        assert!(error.to_string().contains(&format!("block {at}")) && error.to_string().contains('1'), "{error}");
    }
    let silent = Err(RootChainError::Reverted { reason: String::new() });
    let at = tron.contracts();
    for to in [at.token, at.stake_manager, at.root_chain, at.root_chain_manager, at.state_sender, Address::ZERO] {
        assert_eq!(block_on(tron.call(&call(to, hex("deadbeef")), 1)), silent);
    }
    let nobody = abi::validatorRewardCall { validatorId: U256::from(9) }.abi_encode();
    assert_eq!(block_on(tron.call(&call(at.stake_manager, nobody), 1)), silent);
}

#[test]
fn a_receipt_is_there_once_its_block_is_closed() {
    let (tron, alice) = (tron(), wallet("alice"));
    let pay = abi::transferCall { to: alice, amount: U256::from(7) };
    let pay = call(tron.contracts().token, pay.abi_encode());
    let [first, second] = [0; 2].map(|_| block_on(tron.submit(alice, &pay)).unwrap());
    assert_ne!(first, second); // two transactions, though the same twice
    assert_eq!(block_on(tron.receipt(first)), Ok(None));
    let block = tron.mine(START + 1);
    let receipt = block_on(tron.receipt(first)).unwrap().unwrap();
    assert_eq!((receipt.transaction, receipt.block_number, receipt.revert), (first, block.number, None));
    assert_eq!((receipt.logs[0].transaction, receipt.logs[0].block_hash), (first, block.hash));
    assert_eq!(block_on(tron.receipt(B256::ZERO)), Ok(None));
    assert_eq!((block_on(tron.head()), block_on(tron.block(2))), (Ok(block), Ok(None)));
}

#[test]
fn equal_seeds_give_equal_blocks_and_others_do_not() {
    let hash = |id, seed| {
        let contracts = tron().inspect(Clone::clone);
        ModelRootChain::new(id, seed, START, contracts).mine(START).hash
    };
    assert_eq!(hash(RootChainId::Ethereum, 7), hash(RootChainId::Ethereum, 7));
    assert_ne!(hash(RootChainId::Ethereum, 7), hash(RootChainId::Ethereum, 8));
    assert_ne!(hash(RootChainId::Ethereum, 7), hash(RootChainId::Tron, 7));
}
