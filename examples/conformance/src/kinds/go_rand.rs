//! `go-rand`: the stream of Go's seeded generator, and what Go's library makes of it.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use bttc_staking::selection::GoRand;

/// The kind `go-rand`.
#[derive(Debug)]
pub(crate) struct GoRandom;

impl GoRandom {
    /// Most numbers that the operations of a case may ask of the stream, one by one.
    const MAX_OUTPUTS: u64 = 1 << 24;
}

impl Kind for GoRandom {
    fn name(&self) -> &'static str {
        "go-rand"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut stream = Stream(GoRand::new(input.field("seed")?.i64()?));
        let mut left = Self::MAX_OUTPUTS;
        let mut values = Vec::new();
        for op in input.field("ops")?.items()? {
            let name = op.field("op")?;
            let operation = Operation::parse(&name)?;
            let n = op.or_default("n", Field::u64)?;
            let times = op.optional("times")?.map_or(Ok(1), |times| times.u64())?;
            let asked = times.checked_mul(operation.cost(n)).and_then(|asked| left.checked_sub(asked));
            left = asked.ok_or_else(|| op.refused(format_args!("at most {} outputs", Self::MAX_OUTPUTS)))?;
            let mut results = Vec::new();
            for _ in 0..times {
                results.extend(operation.run(&mut stream, n).ok_or_else(|| op.refused("an argument above 0"))?);
            }
            if operation != Operation::Skip {
                values.push(Got::List(results));
            }
        }
        expect.check("values", Got::List(values))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Uint64,
    Int63,
    Skip,
    Uint32,
    Int31n,
    Int63n,
    Intn,
    Perm,
    Shuffle,
}

impl Operation {
    fn parse(field: &Field<'_>) -> Result<Self, Failure> {
        Ok(match field.text()? {
            "uint64" => Self::Uint64,
            "int63" => Self::Int63,
            "skip" => Self::Skip,
            "uint32" => Self::Uint32,
            "int31n" => Self::Int31n,
            "int63n" => Self::Int63n,
            "intn" => Self::Intn,
            "perm" => Self::Perm,
            "shuffle" => Self::Shuffle,
            _ => return Err(field.refused("an operation")),
        })
    }

    /// Outputs of the stream it takes; numbers that are drawn anew for being too large are not counted.
    fn cost(self, n: u64) -> u64 {
        match self {
            Self::Skip | Self::Perm | Self::Shuffle => n.saturating_add(1),
            _ => 1,
        }
    }

    /// What it answers, `None` inside where it answers nothing; `None` for an argument on which the library panics.
    fn run(self, stream: &mut Stream, n: u64) -> Option<Option<Got>> {
        let number = match self {
            Self::Uint64 => stream.0.next_u64(),
            Self::Int63 => stream.int63(),
            Self::Skip => {
                (0..n).for_each(|_| {
                    stream.0.next_u64();
                });
                return Some(None);
            }
            Self::Uint32 => stream.uint32(),
            Self::Int31n => stream.below(31, n)?,
            Self::Int63n => stream.below(63, n)?,
            Self::Intn => stream.intn(n)?,
            Self::Perm => return stream.perm(n).map(|list| Some(Got::list(list))),
            Self::Shuffle => return stream.shuffle(n).map(|list| Some(Got::list(list))),
        };
        Some(Some(number.into()))
    }
}

/// The crate's stream, and the functions that Go's library derives from it.
///
/// Source: `Go 1.21 math/rand/rand.go`.
struct Stream(GoRand);

impl Stream {
    fn int63(&mut self) -> u64 {
        self.0.next_u64() & (u64::MAX >> 1)
    }

    fn uint32(&mut self) -> u64 {
        self.int63() >> 31
    }

    /// One of 0 … n − 1 out of numbers of so many bits, the surplus at the top drawn anew.
    fn below(&mut self, bits: u32, n: u64) -> Option<u64> {
        let range = 1_u64 << bits;
        let surplus = range.checked_rem(n).filter(|_| n < range)?;
        loop {
            let number = self.int63() >> (63 - bits);
            if number < range - surplus {
                return Some(number % n);
            }
        }
    }

    fn intn(&mut self, n: u64) -> Option<u64> {
        self.below(if n < 1 << 31 { 31 } else { 63 }, n)
    }

    fn perm(&mut self, n: u64) -> Option<Vec<u64>> {
        let mut list = Vec::new();
        for value in 0..n {
            let place = usize::try_from(self.intn(value + 1)?).ok()?;
            // The value goes where another stood, which goes to the end.
            list.push(value);
            let last = list.len() - 1;
            list.swap(place, last);
        }
        Some(list)
    }

    fn shuffle(&mut self, n: u64) -> Option<Vec<u64>> {
        let mut list: Vec<u64> = (0..n).collect();
        for last in (1..list.len()).rev() {
            // Multiply and take the upper half; what makes lower numbers likelier is drawn anew.
            let range = u64::try_from(last + 1).ok()?;
            let surplus = (1 << 32) % range;
            let place = loop {
                let product = self.uint32() * range;
                if product & 0xffff_ffff >= surplus {
                    break product >> 32;
                }
            };
            list.swap(last, usize::try_from(place).ok()?);
        }
        Some(list)
    }
}
