//! Of two messages of one's own the true one is noted by everybody, the other by nobody.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{chain::ChainSpec, root_chain::RootChainId};
use bttc_validator::{
    layer::{AnyMessage, Kind, Layer},
    message::{Fault, MsgCheckpointNoAck},
    module::{self, Answer, Context, Facts, Question},
    store::Stores,
    tx::TxSignature,
};
use custom_message::{MsgBeacon, NOTED, UNSEEN, noted};
use std::process::Command;

#[test]
fn the_true_hash_is_noted_and_the_made_up_one_is_not() {
    let output = Command::new(env!("CARGO_BIN_EXE_custom-message")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("block 1 of Ethereum is noted with 0x"), "{text}");
    assert!(text.contains("block 2 of Ethereum is not noted"), "{text}");
    // What the layer told of the two votes.
    let votes: Vec<&str> = text.lines().filter(|line| line.starts_with("layer  beacon")).collect();
    let [one, other] = votes[..] else { panic!("{text}") };
    assert!([one, other].iter().any(|line| line.contains("block=1") && line.contains("100 %")), "{text}");
    assert!([one, other].iter().any(|line| line.contains("code 9002") && line.contains(" 0 %")), "{text}");
}

#[test]
fn a_layer_that_was_not_told_of_the_kind_refuses_it_as_the_reference_refuses_what_does_not_read() {
    let layer = Layer::over(ChainSpec::devnet(), Stores::default());
    let message = AnyMessage::own(MsgBeacon { block: 7, ..MsgBeacon::default() });
    let bytes = message.to_tx_bytes(TxSignature::default(), "".into());
    assert_eq!(layer.read(&bytes), Err(Fault::sdk(2, "error decoding transaction")));
    let layer = layer.with_kind(Kind::<MsgBeacon>::new());
    assert_eq!(layer.read(&bytes).unwrap().message(), Some(&message));
    // The network's messages read as before, and other bytes still do not.
    let no_ack = AnyMessage::from(MsgCheckpointNoAck::default());
    let known = no_ack.to_tx_bytes(TxSignature::default(), "".into());
    assert_eq!(layer.read(&known).unwrap().message(), Some(&no_ack));
    assert!(layer.read(&bytes[1..]).is_err());
}

#[test]
fn a_hash_is_noted_once_and_only_by_a_yes() {
    let mut stores = Stores::default();
    let context = Context { height: 5, time: Default::default(), tx: b"" };
    let message = MsgBeacon { block: 7, hash: B256::repeat_byte(7), ..MsgBeacon::default() };
    let question = Question::BlockHash { root_chain: RootChainId::Ethereum, block: 7 };
    for (answer, vote) in [(None, VoteResult::Skip), (Some(Answer::Hash(message.hash)), VoteResult::Yes)] {
        let mut facts = Facts::default();
        assert_eq!(module::attest(&message, &stores, &facts), Err(question));
        facts.insert(question, answer).unwrap();
        assert_eq!(module::attest(&message, &stores, &facts).unwrap().0, vote);
    }
    assert_eq!(module::settle(&message, &mut stores, &context, VoteResult::Skip), Err(UNSEEN));
    assert_eq!(noted(&stores, 7), None);
    module::settle(&message, &mut stores, &context, VoteResult::Yes).unwrap();
    assert_eq!(noted(&stores, 7), Some(message.hash));
    assert_eq!(module::settle(&message, &mut stores, &context, VoteResult::Yes), Err(NOTED));
    assert_eq!(module::admit(&message, &mut stores, &context), Err(NOTED));
}
