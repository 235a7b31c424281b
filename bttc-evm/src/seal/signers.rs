//! Who sealed headers, found out once.

use crate::{
    header::{Header, RecoveredHeader},
    threads::Threads,
};
use alloy_primitives::{Address, B256};
use core::num::NonZeroUsize;
use std::collections::{BTreeMap, VecDeque};

/// Recovers the signers of headers and remembers the last ones by the hash of the block, for a header comes by more than
/// once: announced, verified, offered again with its body.
///
/// Source: `block-layer §2.3.6; bttc:consensus/bor/bor.go:47,133`.
///
/// ```
/// use bttc_evm::{header::Header, seal::SignerCache, threads::Threads};
///
/// let mut signers = SignerCache::default();
/// let [header] = &signers.recover([Header::default()], Threads::ONE)[..] else { panic!("one header, one answer") };
/// assert!(header.signer().is_err()); // there is no room for a seal
/// assert_eq!(signers.len(), 0); // a failure is not remembered
/// ```
#[derive(Clone, Debug)]
pub struct SignerCache {
    capacity: NonZeroUsize,
    signers: BTreeMap<B256, Address>,
    /// The keys, oldest first.
    order: VecDeque<B256>,
}

impl SignerCache {
    /// As many as the reference remembers.
    pub const CAPACITY: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");

    /// Remembers nobody yet, and later this many.
    #[must_use]
    pub const fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity, signers: BTreeMap::new(), order: VecDeque::new() }
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.signers.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty()
    }

    /// Hash and signer of each header, in their order.
    pub fn recover(&mut self, headers: impl IntoIterator<Item = Header>, threads: Threads) -> Vec<RecoveredHeader> {
        let headers: Vec<_> = headers.into_iter().collect();
        let recovered = threads.map(&headers, |header| {
            let hash = header.hash();
            let known = self.signers.get(&hash).copied();
            (hash, known.map_or_else(|| header.signer(), Ok))
        });
        for (hash, signer) in &recovered {
            if let Ok(signer) = signer {
                self.remember(*hash, *signer);
            }
        }
        let pairs = headers.into_iter().zip(recovered);
        pairs.map(|(header, (hash, signer))| RecoveredHeader::of(header, hash, signer)).collect()
    }

    /// The header with its hash and signer.
    pub(crate) fn recover_one(&mut self, header: Header, hash: B256) -> RecoveredHeader {
        let known = self.signers.get(&hash).copied();
        let signer = known.map_or_else(|| header.signer(), Ok);
        if let Ok(signer) = signer {
            self.remember(hash, signer);
        }
        RecoveredHeader::of(header, hash, signer)
    }

    pub(crate) fn remember(&mut self, hash: B256, signer: Address) {
        if self.signers.insert(hash, signer).is_some() {
            return;
        }
        self.order.push_back(hash);
        if self.order.len() > self.capacity.get()
            && let Some(oldest) = self.order.pop_front()
        {
            self.signers.remove(&oldest);
        }
    }
}

impl Default for SignerCache {
    fn default() -> Self {
        Self::new(Self::CAPACITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::{hash::keccak256, signature::SecretKey};

    fn sealed(byte: u8) -> Header {
        let mut header = Header { extra: vec![byte; 97].into(), ..Header::default() };
        let key = SecretKey::from_bytes(&keccak256([byte])).unwrap();
        let seal = key.sign(&header.seal_hash().unwrap()).to_bytes();
        header.extra = [&[byte; 32][..], &seal].concat().into();
        header
    }

    #[test]
    fn the_last_ones_are_remembered_and_answer_as_recovery_does() {
        let headers: Vec<_> = (1..=5).map(sealed).collect();
        let mut signers = SignerCache::new(NonZeroUsize::new(3).unwrap());
        let first = signers.recover(headers.clone(), Threads::ONE);
        assert_eq!(signers.len(), 3);
        assert_eq!(signers.signers.get(&first[4].hash()).copied(), first[4].signer().ok());
        assert_eq!(signers.signers.get(&first[1].hash()), None);
        assert_eq!(signers.recover(headers.clone(), Threads::ONE), first);
        assert_eq!(headers.into_iter().map(RecoveredHeader::recover).collect::<Vec<_>>(), first);
        assert_eq!((signers.len(), signers.order.len()), (3, 3));
    }

    #[test]
    fn threads_change_nothing() {
        let headers: Vec<_> = (1..=20).map(sealed).collect();
        let three = Threads::new(NonZeroUsize::new(3).unwrap());
        let (mut one, mut many) = (SignerCache::default(), SignerCache::default());
        assert_eq!(many.recover(headers.clone(), three), one.recover(headers, Threads::ONE));
        assert_eq!(many.order, one.order);
    }
}
