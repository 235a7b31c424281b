//! Laws of the modules under any stream of messages.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, FixedBytes, U256, keccak256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::{AnyOf, Time},
    id::{CheckpointNumber, Epoch, Nonce, SpanId, ValidatorId},
    root_chain::RootChainId,
    validator::VotingPower,
};
use bttc_staking::registry::{SpanRecord, ValidatorRecord};
use bttc_validator::{
    genesis::{self, Export, Genesis},
    message::{
        Coins, Content, FeatureChange, FeatureChangeProposal, Message, MsgCheckpoint, MsgCheckpointAck,
        MsgCheckpointNoAck, MsgCheckpointSync, MsgCheckpointSyncAck, MsgDeposit, MsgProposeSpan, MsgSignerUpdate,
        MsgStakingSync, MsgStakingSyncAck, MsgSubmitFeatureProposal, MsgSubmitProposal, MsgTick, MsgTickAck, MsgUnjail,
        MsgValidatorExit, MsgValidatorJoin, MsgVote, ParameterChange, ParameterChangeProposal, SignedAmount, SpanSeed,
        VoteOption,
    },
    module::{
        self, Context, bank, bor, checkpoint, gov,
        slashing::{self, BlockVote, DoubleSign, Slashes},
        staking, supply, topup,
    },
    param,
    record::{DividendAccount, ProposalStatus, SigningInfo},
    store::{StateTree, Stores},
};
use proptest::prelude::*;

fn key(number: u8) -> FixedBytes<65> {
    FixedBytes::repeat_byte(number)
}

fn signer(number: u8) -> Address {
    Address::from_word(keccak256(&key(number)[1..]))
}

/// Three validators with a balance and a fee account each, and span 0.
fn genesis() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    for number in 1..=3 {
        let record = ValidatorRecord {
            id: ValidatorId::new(number.into()),
            nonce: Nonce::new(1),
            power: VotingPower::new(1),
            pub_key: key(number),
            signer: signer(number),
            ..ValidatorRecord::default()
        };
        staking::save_record(&mut stores, &record);
        let coins = Coins::btt(SignedAmount::parse(b"1000").unwrap());
        bank::set_coins(&mut stores, record.signer, coins).unwrap();
        topup::set_fee_account(&mut stores, &DividendAccount { user: record.signer, fee: "0".into() });
        slashing::save_signing_info(&mut stores, &SigningInfo { id: record.id, ..SigningInfo::default() });
    }
    gov::set_next_id(&mut stores, 1);
    supply::set_total(&mut stores, Coins::btt(SignedAmount::parse(b"3000").unwrap()));
    let mut deposits = param::DEPOSIT_PARAMS.get(&stores).unwrap();
    deposits.min_deposit.0 = Coins::btt(SignedAmount::parse(b"10").unwrap());
    param::DEPOSIT_PARAMS.set(&mut stores, &deposits);
    param::slashing::ENABLE_SLASHING.set(&mut stores, &true);
    param::slashing::SIGNED_BLOCKS_WINDOW.set(&mut stores, &2);
    staking::end_block(&mut stores).unwrap();
    bor::save_span(&mut stores, &SpanRecord { end: 255, ..SpanRecord::default() });
    stores
}

#[derive(Clone, Debug)]
enum Step {
    Admit(Message),
    Settle(Message, VoteResult),
    BeginBlock { absent: u8, twice: bool },
    EndBlock,
}

/// What a proposal is about: all kinds that pass when they are tried out, and some that do not.
fn content(kind: u64) -> Content {
    let (title, description) = ("title".into(), "text".into());
    let (subspace, key, value) = match kind {
        0 => ("checkpoint", "MaxCheckpointLength", "\"2048\""),
        1 => ("gov", "depositparams", r#"{"max_deposit_period":"7000000000000"}"#),
        2 => ("chainmanager", "ParamsWithMultiChains", r#"{"chain_parameter_map":{"bsc":{"activate_height":"10"}}}"#),
        3 => ("nobody", "x", "1"),
        _ => {
            let value = r#"{"feature_param_map":{"FinalizedEth":{"is_open":true,"int_conf":{"a":"1"}}}}"#;
            let changes = vec![FeatureChange { value: value.into() }];
            return Content::Features(FeatureChangeProposal { title, description, changes });
        }
    };
    let change = ParameterChange { subspace: subspace.into(), key: key.into(), value: value.into() };
    Content::Parameters(ParameterChangeProposal { title, description, changes: vec![change] })
}

fn btt(units: u64) -> Coins {
    Coins::btt(SignedAmount::parse(units.to_string().as_bytes()).unwrap())
}

fn root() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["tron", "eth", "bsc", "polygon"])
}

fn message() -> impl Strategy<Value = Message> {
    let numbers = (1_u8..7, 0_u64..6, 0_u64..5, 0_u64..4, root());
    (numbers, 0_usize..18).prop_map(|((who, a, b, c, root), kind)| {
        let (id, nonce) = (ValidatorId::new(who.into()), Nonce::new(b));
        let (from, root) = (signer(who), root.into());
        let (tx_hash, number) = (B256::repeat_byte(who), CheckpointNumber::new(b));
        let blocks = (a * 10, a * 10 + 9);
        match kind {
            0 => MsgCheckpoint {
                proposer: from,
                start_block: blocks.0,
                end_block: blocks.1,
                root_hash: tx_hash,
                epoch: Epoch::new(c),
                root_chain_type: root,
                ..Default::default()
            }
            .into(),
            1 => MsgCheckpointAck {
                from,
                number,
                proposer: from,
                start_block: blocks.0,
                end_block: blocks.1 - c,
                root_hash: tx_hash,
                root_chain_type: root,
                ..Default::default()
            }
            .into(),
            2 => MsgCheckpointNoAck { from }.into(),
            3 => MsgCheckpointSync { proposer: from, root_chain_type: root, ..Default::default() }.into(),
            4 => MsgCheckpointSyncAck { proposer: from, root_chain_type: root, ..Default::default() }.into(),
            5 => MsgProposeSpan {
                span_id: SpanId::new(a),
                proposer: from,
                start_block: 256 + 6_400 * a.saturating_sub(1),
                end_block: 255 + 6_400 * a,
                seed: SpanSeed(tx_hash),
                ..Default::default()
            }
            .into(),
            6 => MsgValidatorJoin {
                from,
                id,
                activation_epoch: Epoch::new(c),
                amount: SignedAmount::parse(b"1000000000000000000").unwrap(),
                pub_key: key(who),
                block_number: a,
                log_index: b,
                nonce,
                tx_hash,
            }
            .into(),
            7 => {
                MsgSignerUpdate { from, id, pub_key: key(who + 1), block_number: a, nonce, ..Default::default() }.into()
            }
            8 => MsgValidatorExit {
                from,
                id,
                deactivation_epoch: Epoch::new(c),
                block_number: a,
                nonce,
                ..Default::default()
            }
            .into(),
            9 => MsgStakingSync { from, id, nonce, root }.into(),
            10 => MsgStakingSyncAck { from, id, nonce, root }.into(),
            11 | 12 => {
                let initial_deposit = if b == 0 { Coins::default() } else { btt(3 * b) };
                let proposal = MsgSubmitProposal {
                    content: AnyOf(Some(content(a))),
                    initial_deposit,
                    proposer: from,
                    validator: id,
                };
                if kind == 11 { proposal.into() } else { MsgSubmitFeatureProposal(proposal).into() }
            }
            13 => MsgDeposit { proposal_id: a, depositor: from, amount: btt(b + 1), validator: id }.into(),
            14 => {
                let options = [VoteOption::YES, VoteOption::YES, VoteOption::NO, VoteOption::NO_WITH_VETO];
                let option = options[usize::try_from(c).unwrap()];
                MsgVote { proposal_id: a, voter: from, option, validator: id }.into()
            }
            15 => MsgTick { id: c, proposer: from, slashing_info: [0xc0].into() }.into(),
            16 => MsgTickAck { from, tick_id: c, block_number: a, ..Default::default() }.into(),
            _ => MsgUnjail { from, id, block_number: a, ..Default::default() }.into(),
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![8 => Just(VoteResult::Yes), 1 => Just(VoteResult::No), 1 => Just(VoteResult::Skip)];
    prop_oneof![
        3 => message().prop_map(Step::Admit),
        6 => (message(), verdict).prop_map(|(message, verdict)| Step::Settle(message, verdict)),
        1 => (0_u8..4, any::<bool>()).prop_map(|(absent, twice)| Step::BeginBlock { absent, twice }),
        1 => Just(Step::EndBlock),
    ]
}

fn run(stores: &mut Stores, step: &Step, height: u64) -> bool {
    // Two hours between steps: periods of governance end.
    let time = Time::new(1_700_000_000 + 7_200 * i64::try_from(height).unwrap(), 0).unwrap();
    let context = Context { height, time, tx: &height.to_be_bytes() };
    match step {
        Step::Admit(message) => module::admit(module::phases(message), stores, &context).is_ok(),
        Step::Settle(message, verdict) => module::settle(module::phases(message), stores, &context, *verdict).is_ok(),
        Step::BeginBlock { absent, twice } => {
            let votes = [1, 2, 3].map(|number| BlockVote { signer: signer(number), has_signed: number != *absent });
            let twice = if *twice { vec![DoubleSign { signer: signer(2), time }] } else { vec![] };
            slashing::begin_block(stores, &context, &twice, &votes).is_ok()
        }
        Step::EndBlock => {
            staking::end_block(stores).unwrap().is_some() && gov::end_block(stores, &context, &"devnet".into()).is_ok()
        }
    }
}

fn supply(stores: &Stores) -> U256 {
    let accounts = bank::accounts(stores).map(|account| account.unwrap().address);
    accounts.map(|address| bank::balance(stores, address).unwrap().to_word()).sum()
}

fn units(coins: &Coins) -> U256 {
    coins.amount_of("btt").and_then(SignedAmount::to_amount).unwrap_or_default().to_word()
}

fn counts(stores: &Stores) -> [u64; 3] {
    RootChainId::ALL.map(|root_chain| checkpoint::count(stores, root_chain.into()).unwrap())
}

proptest! {
    #[test]
    fn no_stream_of_messages_breaks_the_laws(steps in prop::collection::vec(step(), 1..80)) {
        let mut stores = genesis();
        let before = supply(&stores);
        for (height, step) in (1..).zip(&steps) {
            let (old, old_counts, seeds) = (stores.clone(), counts(&stores), bor::seed_block(&stores).unwrap());
            if !run(&mut stores, step, height) {
                prop_assert_eq!(&stores, &old, "a refusal left something behind");
            }
            // Nothing comes to be and nothing is lost.
            prop_assert_eq!(supply(&stores), before);
            // Governance holds just what was deposited for what is not decided yet.
            let open = gov::proposals(&stores).unwrap().into_iter();
            let open = open.filter(|p| [ProposalStatus::DEPOSIT, ProposalStatus::VOTING].contains(&p.status));
            let deposited: U256 = open.map(|p| {
                let deposits = gov::deposits(&stores, p.id).unwrap();
                let total: U256 = deposits.iter().map(|deposit| units(&deposit.amount)).sum();
                assert_eq!(total, units(&p.total_deposit));
                total
            }).sum();
            let held = bank::balance(&stores, supply::module_address(supply::GOVERNANCE)).unwrap();
            prop_assert_eq!(held.to_word(), deposited);
            // What is to be slashed in all is what each is to lose.
            let slashes = Slashes::Buffer.all(&stores).unwrap();
            prop_assert_eq!(slashes.iter().map(|slash| slash.amount).sum::<u64>(), slashing::total_slashed(&stores));
            // One at a time, without gaps.
            let counted: u64 = counts(&stores).iter().sum::<u64>() - old_counts.iter().sum::<u64>();
            prop_assert!(counted <= 1);
            prop_assert!(bor::seed_block(&stores).unwrap() - seeds <= 1);
            // Every id has a signer that is kept, every member power 1.
            for record in staking::records(&stores) {
                let record = record.unwrap();
                let current = staking::record_of(&stores, record.id).unwrap();
                prop_assert!(current.is_some());
            }
            let set = staking::validator_set(&stores).unwrap();
            prop_assert!(set.members().iter().all(|member| member.power.get() == 1));
            prop_assert!(set.members().is_sorted_by(|a, b| a.signer < b.signer));
        }
        // The same from the middle, out of a copy that was saved.
        let mut again = genesis();
        for (height, step) in (1..).zip(&steps) {
            run(&mut again, step, height);
            again = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
        }
        prop_assert_eq!(again.digest(), stores.digest());
        // The same out of a genesis file.
        param::slashing::SIGNED_BLOCKS_WINDOW.set(&mut stores, &10);
        let time = Time::new(1_700_000_000, 0).unwrap();
        let here = Genesis { stores, ..Genesis::new("devnet".into(), time) };
        let file = genesis::export(&here, Export::Whole).unwrap().to_string();
        let read = genesis::read(&file).unwrap();
        prop_assert_eq!(StateTree::over(&read.stores).root(), StateTree::over(&here.stores).root());
        prop_assert_eq!(genesis::export(&read, Export::Whole).unwrap().to_string(), file);
    }
}
