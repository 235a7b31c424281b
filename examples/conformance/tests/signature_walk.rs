//! The staking crate pays by its reading of a checkpoint's signatures, the checkpoint crate explains one: they are two
//! copies of one rule of the contract's, and siblings, so that only here both can be asked.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_primitives::{Address, B256, U256};
use bttc_checkpoint::signatures::{self, Outcome, Reader};
use bttc_core::{
    amount::Amount,
    quorum::HeadQuorum,
    signature::{SecretKey, SignatureWords},
};
use bttc_staking::{
    reward::{CheckSignaturesError, Reading},
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
};
use proptest::prelude::*;
use std::sync::LazyLock;

const DIGEST: B256 = B256::repeat_byte(7);
const VALIDATORS: usize = 7;

/// Seven validators and three strangers, ascending by address, whoever is what.
static KEYS: LazyLock<Vec<SecretKey>> = LazyLock::new(|| {
    let mut keys: Vec<_> = (1..=10).map(|n| SecretKey::from_bytes(&B256::repeat_byte(n)).unwrap()).collect();
    keys.sort_by_key(SecretKey::address);
    keys
});

static CONTRACT: LazyLock<StakeManager> = LazyLock::new(|| {
    let (manager, mut token) = (Address::repeat_byte(1), Token::default());
    let params = StakeParams { min_deposit: Amount::from_btt(1), min_fee: Amount::ZERO, ..StakeParams::default() };
    let validators = || KEYS.iter().take(VALIDATORS);
    for key in validators() {
        token.mint(key.address(), Amount::from_btt(9)).unwrap();
        token.approve(key.address(), manager, Amount::from_btt(9)).unwrap();
    }
    let mut contract = StakeManager::new(manager, manager, token, params);
    for key in validators() {
        let (user, signer_key) = (key.address(), key.public_key().coordinates().to_vec().into());
        let stake = StakeFor { user, amount: Amount::from_btt(9), fee: Amount::ZERO, signer_key, share_contract: None };
        contract.stake_for(user, &stake).unwrap();
    }
    contract
});

/// What somebody may put into a list: mostly what belongs there.
fn signature() -> impl Strategy<Value = SignatureWords> {
    let signed = |place: usize| -> SignatureWords { KEYS[place % KEYS.len()].sign(&DIGEST).into() };
    prop_oneof![
        8 => any::<usize>().prop_map(signed),
        1 => any::<usize>().prop_map(move |place| SignatureWords { v: U256::from(29), ..signed(place) }),
        1 => any::<usize>().prop_map(move |place| SignatureWords { s: U256::MAX, ..signed(place) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_crates_read_a_list_of_signatures_alike(
        mut list in prop::collection::vec(signature(), 0..14), sorted in 0..4,
    ) {
        // Three of four lists are nearly in order: others end soon.
        if sorted > 0 {
            list.sort_by_key(|words| words.recover(&DIGEST).unwrap());
        }
        let quorum = HeadQuorum::over(CONTRACT.signers().iter().copied());
        let walk = signatures::SignatureWalk::over(&DIGEST, &list, &quorum, Reader::Tron).unwrap();
        let theirs = match CONTRACT.walk_signatures(&DIGEST, &list) {
            Ok(theirs) => theirs,
            Err(CheckSignaturesError::TooShort { .. }) => {
                prop_assert_eq!(walk.outcome, Outcome::Unread);
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        prop_assert_eq!(walk.outcome == Outcome::Met, theirs.is_met());
        prop_assert_eq!((walk.tally.get(), walk.unread), (U256::from(theirs.heads), theirs.unread));
        let ours = walk.read.iter().map(|read| (read.signer, read.reading));
        for ((signer, reading), theirs) in ours.zip(&theirs.read) {
            prop_assert_eq!(signer, theirs.signer);
            let alike = match theirs.reading {
                Reading::Counted(_) => matches!(reading, signatures::Reading::Counted(_)),
                Reading::Repeated => reading == signatures::Reading::Repeated,
                Reading::Stranger | Reading::Locked(_) => reading == signatures::Reading::Stranger,
                Reading::Descending => reading == signatures::Reading::Descending,
            };
            prop_assert!(alike, "{:?} and {:?}", reading, theirs.reading);
        }
    }
}
