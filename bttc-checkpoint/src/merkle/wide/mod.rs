//! Many hashes at once.
//!
//! A node is one Keccak-f[1600] permutation of a state of 25 words, and so is a leaf: 64 and 128 bytes both fit into one
//! block of 136. Vector instructions run the permutation on L states side by side:
//!
//! ```text
//!            lane 0    lane 1   …  lane L−1            L = 8 with AVX-512, 4 with AVX2
//! word 0   ( m₀[0]     m₁[0]    …  m_{L−1}[0] )        W = 8 words of a node, 16 of a leaf
//!   ⋮
//! word W−1 ( m₀[W−1]   m₁[W−1]  …             )
//! word W   ( 1         1        …             )        padding 0x01 …
//! word 16  ( ⊕ 2⁶³     ⊕ 2⁶³    …             )        … 0x80
//!                    f[1600]
//! word 0-3 ( hash of m₀ ‖ … )
//! ```
//!
//! What the CPU lacks, or a build without the feature `simd`, is hashed one by one. The result is the same.

#[cfg(all(feature = "simd", target_arch = "x86_64"))]
#[macro_use]
mod keccak;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
mod avx2;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
mod avx512;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
mod x86;

use alloc::{vec, vec::Vec};
use alloy_primitives::B256;
use bttc_core::{hash::keccak256, leaf::Leaf};
use core::{cell::Cell, fmt};

/// A way to hash that this CPU has: a value is the proof. Which one it is never changes a hash.
///
/// ```
/// use bttc_checkpoint::merkle::Backend;
///
/// let names: Vec<&str> = Backend::available().map(Backend::name).collect();
/// assert_eq!(names.first(), Some(&Backend::best().name()));
/// assert_eq!(names.last(), Some(&"portable"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Backend(Instructions);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Instructions {
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    Avx512(x86::Avx512),
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    Avx2(x86::Avx2),
    Portable,
}

impl Backend {
    /// One hash after the other.
    pub const PORTABLE: Self = Self(Instructions::Portable);

    /// All that this CPU has, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        #[cfg(all(feature = "simd", target_arch = "x86_64"))]
        let wide = [x86::Avx512::detect().map(Instructions::Avx512), x86::Avx2::detect().map(Instructions::Avx2)];
        #[cfg(not(all(feature = "simd", target_arch = "x86_64")))]
        let wide: [Option<Instructions>; 0] = [];
        wide.into_iter().flatten().map(Self).chain([Self::PORTABLE])
    }

    /// The fastest.
    #[must_use]
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::PORTABLE)
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx512(_) => "avx512",
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx2(_) => "avx2",
            Instructions::Portable => "portable",
        }
    }

    /// The nodes above a level, in order; the last of an odd number stands beside `zero`.
    #[must_use]
    pub fn parents(self, mut level: Vec<B256>, zero: &B256) -> Vec<B256> {
        let nodes = level.len().div_ceil(2);
        let cells = cells(&mut level);
        // A node's place is never behind those of its children.
        self.put_parents(cells, zero, cells);
        level.truncate(nodes);
        level
    }

    /// The leaves of these blocks, in order.
    #[must_use]
    pub fn leaves(self, blocks: &[Leaf]) -> Vec<B256> {
        let mut leaves = vec![B256::ZERO; blocks.len()];
        self.hash(cells(&mut leaves), |place| blocks.get(place).map_or([0; 16], leaf_words));
        leaves
    }

    /// Runs the permutation so many times, as often at once as it can, on states that nobody has to fetch or keep. This
    /// is the least that so many nodes or leaves cost, for measuring; the result is there so that none is left out.
    #[must_use]
    pub fn permutations(self, count: usize) -> u64 {
        match self.0 {
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx512(cpu) => cpu.permutations(count.div_ceil(8)),
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx2(cpu) => cpu.permutations(count.div_ceil(4)),
            Instructions::Portable => {
                let last = (0..count).fold(B256::ZERO, |last, _| keccak256(last));
                words::<32, 4>(&last.0)[0]
            }
        }
    }

    /// As [`Backend::parents`], into the first places of `above`, which may be the level itself.
    pub(super) fn put_parents(self, level: &[Cell<B256>], zero: &B256, above: &[Cell<B256>]) {
        let nodes = level.len().div_ceil(2).min(above.len());
        self.hash(&above[..nodes], |place| {
            let child = |place: usize| words::<32, 4>(&level.get(place).map_or(*zero, Cell::get).0);
            let ([a, b, c, d], [e, f, g, h]) = (child(2 * place), child(2 * place + 1));
            [a, b, c, d, e, f, g, h]
        });
    }

    /// Puts the hash of each message in its place. Messages are asked for in order, none before those L places in front
    /// of it have been hashed.
    fn hash<const W: usize>(self, out: &[Cell<B256>], message: impl Fn(usize) -> [u64; W]) {
        match self.0 {
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx512(cpu) => in_batches(out, message, |messages| cpu.hash(messages)),
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Instructions::Avx2(cpu) => in_batches(out, message, |messages| cpu.hash(messages)),
            Instructions::Portable => one_by_one(out, message),
        }
    }
}

/// The leaves of these blocks, hashed as fast as this CPU can.
#[must_use]
pub fn leaf_hashes(blocks: &[Leaf]) -> Vec<B256> {
    Backend::best().leaves(blocks)
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Bytes as the permutation takes them, the lowest first.
fn words<const BYTES: usize, const W: usize>(bytes: &[u8; BYTES]) -> [u64; W] {
    let mut words = [0; W];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// The words of [`Leaf::preimage`].
fn leaf_words(block: &Leaf) -> [u64; 16] {
    let [number, time] = [block.number, block.time].map(|number| u64::from_le_bytes(number.to_be_bytes()));
    let [a, b, c, d] = words::<32, 4>(&block.transactions_root.0);
    let [e, f, g, h] = words::<32, 4>(&block.receipts_root.0);
    [0, 0, 0, number, 0, 0, 0, time, a, b, c, d, e, f, g, h]
}

/// A level whose places are written while others are read.
pub(super) fn cells(level: &mut [B256]) -> &[Cell<B256>] {
    Cell::from_mut(level).as_slice_of_cells()
}

/// Words as bytes.
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
fn hash_of(words: &[u64; 4]) -> B256 {
    let mut hash = B256::ZERO;
    for (bytes, word) in hash.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    hash
}

fn one_by_one<const W: usize>(out: &[Cell<B256>], message: impl Fn(usize) -> [u64; W]) {
    let mut bytes = [[0; 8]; W];
    for (place, hash) in out.iter().enumerate() {
        for (bytes, word) in bytes.iter_mut().zip(message(place)) {
            *bytes = word.to_le_bytes();
        }
        hash.set(keccak256(bytes.as_flattened()));
    }
}

/// The lanes that the last messages leave over hash nothing of interest.
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
fn in_batches<const L: usize, const W: usize>(
    out: &[Cell<B256>],
    message: impl Fn(usize) -> [u64; W],
    hash: impl Fn(&[[u64; W]; L]) -> [[u64; 4]; L],
) {
    // A batch costs about as much as one or two hashes by themselves.
    if out.len() == 1 {
        return one_by_one(out, message);
    }
    let mut messages = [[0; W]; L];
    for (batch, places) in out.chunks(L).enumerate() {
        for (lane, into) in messages.iter_mut().enumerate().take(places.len()) {
            *into = message(L * batch + lane);
        }
        for (place, words) in places.iter().zip(&hash(&messages)) {
            place.set(hash_of(words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_leaf_are_those_of_its_preimage() {
        let (transactions_root, receipts_root) = (B256::repeat_byte(0x12), B256::repeat_byte(0x34));
        let block = Leaf { number: 0x0102_0304, time: u64::MAX - 1, transactions_root, receipts_root };
        assert_eq!(leaf_words(&block), words(&block.preimage()));
    }
}
