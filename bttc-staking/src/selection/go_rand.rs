//! Go's seeded generator: an additive lagged Fibonacci sequence.
//!
//! ```text
//! 607 words, tap = 0, feed = 334;  an output:  tap −= 1, feed −= 1 (mod 607), word[feed] += word[tap]
//! ```

use super::cooked::COOKED;
use core::fmt;

const LEN: usize = 607;
const FEED: usize = 334;
const MODULUS: u64 = (1 << 31) - 1;

/// A stream of 64-bit numbers, the one Go's `math/rand` gives for the same seed.
///
/// Source: `validation-layer §4.4; Go 1.21 math/rand/rng.go`.
///
/// ```
/// use bttc_staking::selection::GoRand;
///
/// let mut stream = GoRand::new(1);
/// let low_63 = |n: u64| n & (u64::MAX >> 1);
/// assert_eq!(low_63(stream.next_u64()), 5_577_006_791_947_779_410);
/// assert_eq!(low_63(stream.next_u64()), 8_674_665_223_082_153_551);
/// ```
#[derive(Clone)]
pub struct GoRand {
    words: [u64; LEN],
    tap: usize,
    feed: usize,
}

impl GoRand {
    /// The stream of a seed. Seeds that agree modulo 2³¹ − 1 give one stream.
    #[must_use]
    pub fn new(seed: i64) -> Self {
        let mut x = match seed.rem_euclid(MODULUS.cast_signed()) {
            0 => 89_482_311,
            reduced => reduced.unsigned_abs(),
        };
        for _ in 0..20 {
            x = next(x);
        }
        let mut words = COOKED;
        for word in &mut words {
            let [a, b, c] = three(&mut x);
            *word ^= (a << 40) ^ (b << 20) ^ c;
        }
        Self { words, tap: 0, feed: FEED }
    }

    /// The next number.
    pub const fn next_u64(&mut self) -> u64 {
        self.tap = before(self.tap);
        self.feed = before(self.feed);
        // Both stay below the length.
        let sum = self.words[self.feed].wrapping_add(self.words[self.tap]);
        self.words[self.feed] = sum;
        sum
    }
}

impl fmt::Debug for GoRand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GoRand at {}", self.feed)
    }
}

const fn before(place: usize) -> usize {
    match place {
        0 => LEN - 1,
        place => place - 1,
    }
}

/// A step of the linear congruence that spreads a seed.
const fn next(x: u64) -> u64 {
    48_271 * x % MODULUS
}

fn three(x: &mut u64) -> [u64; 3] {
    [(); 3].map(|()| {
        *x = next(*x);
        *x
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A polynomial modulo x⁶⁰⁷ − x³³⁴ − 1, the recurrence's own, over the integers modulo 2⁶⁴.
    type Poly = Vec<u64>;

    fn reduced(mut poly: Poly) -> Poly {
        for degree in (LEN..poly.len()).rev() {
            let c = poly[degree];
            poly[degree - 273] = poly[degree - 273].wrapping_add(c);
            poly[degree - LEN] = poly[degree - LEN].wrapping_add(c);
        }
        poly.truncate(LEN);
        poly
    }

    fn squared(poly: &Poly) -> Poly {
        let mut product = vec![0_u64; 2 * LEN - 1];
        for (i, a) in poly.iter().enumerate() {
            for (slot, b) in product[i..].iter_mut().zip(poly) {
                *slot = slot.wrapping_add(a.wrapping_mul(*b));
            }
        }
        reduced(product)
    }

    /// y(k + n) = Σ cᵢ · y(k + i), where Σ cᵢ · xⁱ is xⁿ modulo the recurrence's polynomial.
    #[test]
    fn the_table_is_what_the_recurrence_gives() {
        let mut x = 1;
        for _ in 0..20 {
            x = next(x);
        }
        let words: Vec<u64> = (0..LEN)
            .map(|_| {
                let [a, b, c] = three(&mut x);
                (a << 20) ^ (b << 10) ^ c
            })
            .collect();
        // y(−606), y(−605) … y(0), then on by the recurrence itself.
        let place = |k: i64| usize::try_from((334 - k).rem_euclid(607)).unwrap();
        let mut y: Vec<u64> = (-606..=0).map(|k| words[place(k)]).collect();
        for k in LEN..2 * LEN {
            y.push(y[k - LEN].wrapping_add(y[k - 273]));
        }

        let steps: i64 = 7_800_000_000_000;
        let mut power: Poly = vec![0; LEN];
        power[0] = 1;
        for bit in (0..43).rev() {
            power = squared(&power);
            if (steps >> bit) & 1 == 1 {
                power.insert(0, 0);
                power = reduced(power);
            }
        }
        assert_eq!(steps >> 43, 0);

        let mut table = [0; LEN];
        for ahead in 0..LEN {
            let terms = power.iter().zip(&y[ahead..]);
            let value = terms.fold(0_u64, |sum, (c, y)| sum.wrapping_add(c.wrapping_mul(*y)));
            table[place(steps - 606 + i64::try_from(ahead).unwrap())] = value;
        }
        assert!(table == COOKED);
    }

    #[test]
    fn zero_and_the_modulus_are_one_seed() {
        let modulus = MODULUS.cast_signed();
        let first = |seed| GoRand::new(seed).next_u64();
        assert_eq!(first(0), first(89_482_311));
        assert_eq!(first(modulus), first(0));
        assert_eq!(first(-1), first(modulus - 1));
        assert_eq!(format!("{:?}", GoRand::new(3)), "GoRand at 334");
    }
}
