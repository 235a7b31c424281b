//! `block-wrong`: a block offered to a recorded chain, and the first rule it breaks in the reference's words.

use super::Kind;
use crate::{
    case::Case,
    failure::Failure,
    replay::{Delivery, Replay, recorded},
};
use bttc_evm::block::Block;
use core::cell::RefCell;

/// The kind `block-wrong`.
#[derive(Debug)]
pub(crate) struct BlockWrong;

impl Kind for BlockWrong {
    fn name(&self) -> &'static str {
        "block-wrong"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let replay = parent(case)?;
        let replay = replay.borrow();
        let field = input.field("block")?;
        let block = Block::from_rlp(&field.bytes()?).map_err(|error| field.failed(error))?;
        let delivery = Delivery::read(&input)?;
        if let Some(asked) = input.optional("delivery")? {
            replay.asks(&delivery, &asked)?;
        }
        let outcome = replay.offer(block, &delivery);
        expect.check("ok", outcome.is_ok())?;
        match outcome {
            Ok(()) => expect.absent("error", "an accepted block"),
            Err(error) => expect.check("error", error.to_string()),
        }
    }
}

/// The chain up to the block that the case's block follows. The cases of a file share it and extend it.
fn parent(case: &Case<'_>) -> Result<alloc::rc::Rc<RefCell<Replay>>, Failure> {
    let input = case.input()?;
    let number = input.field("number")?;
    let file = case.chain()?;
    let recorded = recorded(&file)?;
    let open = || Replay::open(&recorded.field("genesis")?);
    let shared = case.shared(input.field("chain")?.text()?, || Ok(RefCell::new(open()?)))?;
    {
        let mut replay = shared.borrow_mut();
        let blocks = recorded.field("blocks")?.items()?;
        let (count, last) = (blocks.len(), number.index()?.checked_sub(1));
        let last =
            last.filter(|last| *last <= count).ok_or_else(|| number.refused("a block behind the chain's first"))?;
        let mut height = usize::try_from(replay.chain().head().header().height()).unwrap_or(usize::MAX);
        if height > last {
            (*replay, height) = (open()?, 0);
        }
        for block in blocks.get(height..last).unwrap_or_default() {
            replay.append(block)?;
        }
    }
    Ok(shared)
}
