//! The permutation, whatever the width of a vector.
//!
//! Source: FIPS 202 §3.2-3.3.

/// Constant of each round.
pub(super) const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Words of a block that a message leaves the last of: 1088 bits.
pub(super) const RATE: usize = 17;

/// Hashing with vectors of a width, from what the file beside it has:
///
/// * `xor(a, b)`, `xor3(a, b, c)` = a ⊕ b ⊕ c, `chi(a, b, c)` = a ⊕ (¬b ∧ c), lane by lane
/// * `rotated::<n, 64 − n>(a)`: a, n bits to the left
/// * `splat(word)`: one word in all lanes; `loaded(words)`, `stored(a)`: a word a lane, in and out
/// * `transposed(rows)`: lane i of row j becomes lane j of row i
macro_rules! keccak {
    ($feature:literal, $vector:ty, $lanes:literal) => {
        /// Keccak-f[1600] on the states in all lanes.
        #[target_feature(enable = $feature)]
        #[inline]
        fn permute(state: &mut [$vector; 25]) {
            let mut a = *state;
            for constant in crate::merkle::wide::keccak::ROUNDS {
                // θ, and with it ρ and π: each word lands in its new place.
                macro_rules! column {
                    ($x:literal) => {
                        xor3(xor3(a[$x], a[$x + 5], a[$x + 10]), a[$x + 15], a[$x + 20])
                    };
                }
                let c = [column!(0), column!(1), column!(2), column!(3), column!(4)];
                macro_rules! turned {
                    ($x:literal) => {
                        rotated::<1, 63>(c[($x + 1) % 5])
                    };
                }
                let d = [turned!(0), turned!(1), turned!(2), turned!(3), turned!(4)];
                macro_rules! moved {
                    ($from:literal by $bits:literal) => {
                        rotated::<$bits, { 64 - $bits }>(xor3(a[$from], c[($from + 4) % 5], d[$from % 5]))
                    };
                }
                let b = [
                    [moved!(0 by 0), moved!(6 by 44), moved!(12 by 43), moved!(18 by 21), moved!(24 by 14)],
                    [moved!(3 by 28), moved!(9 by 20), moved!(10 by 3), moved!(16 by 45), moved!(22 by 61)],
                    [moved!(1 by 1), moved!(7 by 6), moved!(13 by 25), moved!(19 by 8), moved!(20 by 18)],
                    [moved!(4 by 27), moved!(5 by 36), moved!(11 by 10), moved!(17 by 15), moved!(23 by 56)],
                    [moved!(2 by 62), moved!(8 by 55), moved!(14 by 39), moved!(15 by 41), moved!(21 by 2)],
                ];
                for (row, [e, f, g, h, i]) in a.as_chunks_mut::<5>().0.iter_mut().zip(b) {
                    *row = [chi(e, f, g), chi(f, g, h), chi(g, h, i), chi(h, i, e), chi(i, e, f)];
                }
                a[0] = xor(a[0], splat(constant));
            }
            *state = a;
        }

        /// Keccak-256 of a message a lane, each of `W` words.
        #[target_feature(enable = $feature)]
        pub(super) fn hash<const W: usize>(messages: &[[u64; W]; $lanes]) -> [[u64; 4]; $lanes] {
            const { assert!(W < crate::merkle::wide::keccak::RATE && W.is_multiple_of($lanes)) };
            let mut state = [splat(0); 25];
            for (place, words) in state.as_chunks_mut::<$lanes>().0.iter_mut().enumerate().take(W / $lanes) {
                let mut rows = [splat(0); $lanes];
                for (row, message) in rows.iter_mut().zip(messages) {
                    *row = loaded(&message.as_chunks().0[place]);
                }
                *words = transposed(rows);
            }
            state[W] = splat(1);
            state[16] = xor(state[16], splat(1 << 63));
            permute(&mut state);
            let mut hashes = [[0; 4]; $lanes];
            let rows: &[$vector; $lanes] = &state.as_chunks().0[0];
            for (hash, words) in hashes.iter_mut().zip(transposed(*rows)) {
                *hash = stored(words).as_chunks().0[0];
            }
            hashes
        }

        /// A word of the state after so many permutations.
        #[target_feature(enable = $feature)]
        pub(super) fn permutations(count: usize) -> u64 {
            let mut state = [splat(0); 25];
            for _ in 0..count {
                permute(&mut state);
            }
            let [word, ..] = stored(state[0]);
            word
        }
    };
}
