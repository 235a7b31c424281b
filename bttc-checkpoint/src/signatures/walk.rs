//! How the contracts read a list of signatures.
//!
//! ```text
//! last = 0
//! for each signature:  a = recovered address, 0 for a high s or a bad v
//!     a = last           →  skip
//!     a < last           →  stop reading
//!     a has a vote       →  count it, last = a
//!     else               →  skip
//! ```
//!
//! | [`Reader`] | before | stops early | enough is asked |
//! |---|---|---|---|
//! | [`Tron`](Reader::Tron) | as many signatures as heads are needed, whatever they are | no | at the end |
//! | [`Mirror`](Reader::Mirror) | – | no | at the end |
//! | [`Message`](Reader::Message) | – | once it is enough | at once |
//!
//! So repetitions have to stand side by side, strangers do no harm, and what recovers to address 0 is passed over in
//! front of the first validator and cuts the list off behind.
//!
//! Source: `root-contracts §5.2-5.3, §9.2, §9.5; contracts:staking/stakeManager/StakeManager.sol:1199-1277,
//! contracts@unstake:staking/stakeManager/StakeManager.sol:1379-1411`.
//!
//! ```
//! use bttc_checkpoint::signatures::{Reader, Reading, SignatureWalk};
//! use alloy_primitives::B256;
//! use bttc_core::{quorum::HeadQuorum, signature::SecretKey};
//!
//! let digest = B256::repeat_byte(7);
//! let mut keys = [1, 2, 3, 4].map(|byte| SecretKey::from_bytes(&B256::repeat_byte(byte)).unwrap());
//! keys.sort_by_key(SecretKey::address);
//! let quorum = HeadQuorum::over(keys.iter().map(SecretKey::address));
//!
//! let signed = |places: [usize; 3]| places.map(|place| keys[place].sign(&digest).into());
//! let walk = SignatureWalk::over(&digest, &signed([0, 1, 3]), &quorum, Reader::Tron)?;
//! assert_eq!(walk.verdict(), Ok(()));
//!
//! let walk = SignatureWalk::over(&digest, &signed([0, 3, 1]), &quorum, Reader::Tron)?;
//! assert_eq!(walk.read[2].reading, Reading::Descending); // here it stopped
//! assert_eq!(walk.verdict(), Err("2/3+1 non-majority!"));
//! # Ok::<(), bttc_core::signature::RecoverReverted>(())
//! ```

use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    quorum::{Quorum, Weight},
    signature::{RecoverReverted, SignatureFlaw, SignatureWords},
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Which contract reads, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reader {
    /// The stake manager on TRON: a checkpoint, or a checkpoint of another root chain that TRON is told of.
    Tron,
    /// Its mirror on Ethereum and BSC: a checkpoint.
    Mirror,
    /// Its mirror: a message about a validator.
    Message,
}

/// What became of one signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// It counts for so much.
    Counted(Weight),
    /// Passed over: the same signer as the last that counted, or address 0 in front of the first.
    Repeated,
    /// Passed over: it has no vote.
    Stranger,
    /// Below the last that counted: here reading stopped.
    Descending,
}

/// One signature as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRead {
    /// The address recovered.
    pub signer: Address,
    /// Why it is address 0; `None` for a signature that somebody made.
    pub flaw: Option<SignatureFlaw>,
    /// What became of it.
    pub reading: Reading,
}

/// How a list of signatures was read, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureWalk {
    /// Who read.
    pub reader: Reader,
    /// What was read, in the order of the list.
    pub read: Vec<SignatureRead>,
    /// Signatures that were never looked at.
    pub unread: usize,
    /// What those that counted weigh.
    pub tally: Weight,
    /// What is enough.
    pub needed: Weight,
    /// Whether it is enough.
    pub outcome: Outcome,
}

/// What a walk ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Enough have signed.
    Met,
    /// All that can be read was read, and it is not enough.
    Short,
    /// The list has fewer signatures than heads are needed: it was not read.
    Unread,
}

impl SignatureWalk {
    /// Reads signatures over a digest as the contract does, the validators being those of this quorum.
    ///
    /// # Errors
    /// [`RecoverReverted`]: a signature for which the precompile finds no key makes the whole call revert.
    pub fn over(
        digest: &B256,
        signatures: &[SignatureWords],
        quorum: &dyn Quorum,
        reader: Reader,
    ) -> Result<Self, RecoverReverted> {
        let mut walk = Self {
            reader,
            read: Vec::new(),
            unread: signatures.len(),
            tally: Weight::ZERO,
            needed: quorum.threshold(),
            outcome: Outcome::Short,
        };
        if reader == Reader::Tron && U256::from(signatures.len()) < walk.needed.get() {
            walk.outcome = Outcome::Unread;
            return Ok(walk);
        }
        let mut last = Address::ZERO;
        for words in signatures {
            let (signer, flaw) = (words.recover(digest)?, words.flaw());
            walk.unread = walk.unread.saturating_sub(1);
            let reading = if signer == last {
                Reading::Repeated
            } else if signer < last {
                Reading::Descending
            } else {
                quorum.weight(signer).map_or(Reading::Stranger, Reading::Counted)
            };
            walk.read.push(SignatureRead { signer, flaw, reading });
            match reading {
                Reading::Counted(weight) => {
                    last = signer;
                    walk.tally = walk.tally.saturating_add(weight);
                }
                Reading::Repeated | Reading::Stranger => {}
                Reading::Descending => break,
            }
            if reader == Reader::Message && quorum.is_met(walk.tally) {
                break;
            }
        }
        if quorum.is_met(walk.tally) {
            walk.outcome = Outcome::Met;
        }
        Ok(walk)
    }

    /// Whether enough have signed, or the reason with which the contract reverts.
    ///
    /// # Errors
    /// The reason.
    pub const fn verdict(&self) -> Result<(), &'static str> {
        match (self.outcome, self.reader) {
            (Outcome::Met, _) => Ok(()),
            (_, Reader::Tron | Reader::Mirror) => Err("2/3+1 non-majority!"),
            (_, Reader::Message) => Err("2/3+1 Power required"),
        }
    }

    /// Those that counted, in order.
    pub fn signers(&self) -> impl Iterator<Item = Address> + '_ {
        let counted = |read: &&SignatureRead| matches!(read.reading, Reading::Counted(_));
        self.read.iter().filter(counted).map(|read| read.signer)
    }
}

impl fmt::Display for SignatureRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.flaw {
            Some(flaw) => write!(f, "{flaw}")?,
            None => write!(f, "{}", self.signer)?,
        }
        match self.reading {
            Reading::Counted(weight) => write!(f, " counts for {weight}"),
            Reading::Repeated if self.flaw.is_some() => f.write_str(" in front of all, passed over"),
            Reading::Repeated => f.write_str(" once more, passed over"),
            Reading::Stranger => f.write_str(" has no vote, passed over"),
            Reading::Descending => f.write_str(" is out of order: reading stopped"),
        }
    }
}

/// A line a signature, then the sum.
impl fmt::Display for SignatureWalk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read.iter().zip(1_usize..).try_for_each(|(read, place)| writeln!(f, "{place}: {read}"))?;
        let verdict = self.verdict().err().unwrap_or("enough");
        write!(f, "{} of {} needed, {} unread: {verdict}", self.tally, self.needed, self.unread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use bttc_core::{
        amount::Amount,
        quorum::{HeadQuorum, StakeQuorum},
        signature::SecretKey,
    };

    const DIGEST: B256 = B256::repeat_byte(7);

    /// Seven validators and a stranger between the third and the fourth, ascending.
    fn keys() -> ([SecretKey; 7], SecretKey) {
        let mut keys: Vec<_> = (1..=8).map(|n| SecretKey::from_bytes(&B256::repeat_byte(n)).unwrap()).collect();
        keys.sort_by_key(SecretKey::address);
        let stranger = keys.remove(3);
        (keys.try_into().unwrap(), stranger)
    }

    fn words(keys: &[&SecretKey]) -> Vec<SignatureWords> {
        keys.iter().map(|key| key.sign(&DIGEST).into()).collect()
    }

    fn heads(keys: &[SecretKey; 7]) -> HeadQuorum {
        HeadQuorum::over(keys.iter().map(SecretKey::address))
    }

    fn high_s() -> SignatureWords {
        SignatureWords { r: U256::from(1), s: U256::MAX, v: U256::from(27) }
    }

    fn on_tron(signatures: &[SignatureWords], quorum: &dyn Quorum) -> SignatureWalk {
        SignatureWalk::over(&DIGEST, signatures, quorum, Reader::Tron).unwrap()
    }

    #[test]
    fn five_of_seven_heads_are_enough_however_they_are_surrounded() {
        // root-contracts §12.2 A, executed
        let (keys, stranger) = keys();
        let quorum = heads(&keys);
        let [a, b, c, d, e, ..] = &keys;
        let five = words(&[a, b, c, d, e]);
        let met = |signatures: &[SignatureWords]| on_tron(signatures, &quorum).outcome;
        assert_eq!(met(&five), Outcome::Met);
        assert_eq!(met(&five[..4]), Outcome::Unread);
        assert_eq!(met(&words(&[a, a, b, c, d])), Outcome::Short);
        assert_eq!(met(&words(&[a, a, b, c, d, e])), Outcome::Met);
        assert_eq!(met(&[&[high_s()], five.as_slice()].concat()), Outcome::Met);
        assert_eq!(met(&[&five[..1], &[high_s()], &five[1..]].concat()), Outcome::Short);
        assert_eq!(met(&words(&[e, d, c, b, a])), Outcome::Short);
        assert_eq!(met(&words(&[a, b, c, &stranger, d, e])), Outcome::Met);
        let low_v = five.iter().map(|words| SignatureWords { v: words.v - U256::from(27), ..*words });
        assert_eq!(met(&low_v.collect::<Vec<_>>()), Outcome::Met);
    }

    #[test]
    fn a_walk_says_what_became_of_each_signature() {
        let (keys, stranger) = keys();
        let quorum = heads(&keys);
        let [a, b, c, d, ..] = &keys;
        let list = [vec_of(high_s()), words(&[a, a, c, &stranger, d]), words(&[b, d])].concat();
        let walk = on_tron(&list, &quorum);
        let one = Weight::new(U256::from(1));
        let readings: Vec<_> = walk.read.iter().map(|read| read.reading).collect();
        let counted = Reading::Counted(one);
        let expected =
            [Reading::Repeated, counted, Reading::Repeated, counted, Reading::Stranger, counted, Reading::Descending];
        assert_eq!((readings.as_slice(), walk.unread), (expected.as_slice(), 1));
        assert_eq!(walk.read[0].flaw, Some(SignatureFlaw::HighS));
        assert_eq!(walk.signers().collect::<Vec<_>>(), [a, c, d].map(SecretKey::address));
        assert!(walk.to_string().ends_with("3 of 5 needed, 1 unread: 2/3+1 non-majority!"), "{walk}");
    }

    #[test]
    fn a_signature_without_a_key_reverts_everything_in_front_of_it() {
        let (keys, _) = keys();
        let quorum = heads(&keys);
        let none = SignatureWords { r: U256::ZERO, s: U256::from(1), v: U256::from(27) };
        let [a, b, c, d, e, ..] = &keys;
        let list = [words(&[a, b, c, d, e]), vec_of(none)].concat();
        assert!(SignatureWalk::over(&DIGEST, &list, &quorum, Reader::Tron).is_err());
        assert!(SignatureWalk::over(&DIGEST, &list, &quorum, Reader::Mirror).is_err());
        // Once a message has enough, nothing more is recovered.
        let walk = SignatureWalk::over(&DIGEST, &list, &quorum, Reader::Message).unwrap();
        assert_eq!((walk.outcome, walk.unread), (Outcome::Met, 1));
    }

    #[test]
    fn stake_counts_on_the_mirrors_and_fewer_signatures_are_read_there() {
        let (keys, _) = keys();
        let stakes = keys.iter().zip([1, 1, 1, 1, 1, 1, 100]).map(|(key, btt)| (key.address(), Amount::from_btt(btt)));
        let quorum = StakeQuorum::over(stakes);
        let walk = SignatureWalk::over(&DIGEST, &words(&[&keys[6]]), &quorum, Reader::Mirror).unwrap();
        assert_eq!((walk.outcome, walk.verdict()), (Outcome::Met, Ok(())));
        let walk = SignatureWalk::over(&DIGEST, &words(&[&keys[5]]), &quorum, Reader::Message).unwrap();
        assert_eq!(walk.verdict(), Err("2/3+1 Power required"));
    }

    fn vec_of(words: SignatureWords) -> Vec<SignatureWords> {
        Vec::from([words])
    }
}
