//! `merkle`: what the contracts say of a leaf's membership.

use super::Kind;
use crate::{case::Case, failure::Failure};
use bttc_checkpoint::merkle::check_membership;

/// The kind `merkle`.
#[derive(Debug)]
pub(crate) struct Merkle;

impl Kind for Merkle {
    fn name(&self) -> &'static str {
        "merkle"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let (leaf, root) = (input.field("leaf")?.b256()?, input.field("root")?.b256()?);
        let (index, proof) = (input.field("index")?.u256()?, input.field("proof")?.bytes()?);
        match check_membership(&leaf, index, &root, &proof) {
            Ok(member) => {
                expect.check("ok", true)?;
                expect.absent("revert", "no revert")?;
                expect.check("result", member)
            }
            Err(error) => {
                expect.check("ok", false)?;
                expect.absent("result", &error)?;
                expect.check("revert", error.to_string())
            }
        }
    }
}
