//! What can be read and asked of the contract that records checkpoints.

use super::{Answer, Arguments, State};
use crate::got::Got;
use alloy_primitives::{Address, U256};
use bttc_checkpoint::header_blocks::{HeaderBlocks, PointerReset};
use bttc_core::id::HeaderBlockId;

/// Its part of the readable state.
pub(crate) fn put_headers(root: &HeaderBlocks, state: &mut State) {
    state.put("root._nextHeaderBlock", root.next_id().get());
    for (id, header) in root.records() {
        let at = format!("root.headerBlocks.{id}");
        state.put(format_args!("{at}.root"), header.root);
        state.put(format_args!("{at}.start"), header.start);
        state.put(format_args!("{at}.end"), header.end);
        state.put(format_args!("{at}.createdAt"), header.created_at);
        state.put(format_args!("{at}.proposer"), header.proposer);
    }
}

/// Sets its pointer, or tells the reason it reverts with.
pub(crate) fn set_next_header(
    root: &mut HeaderBlocks,
    caller: Address,
    value: U256,
) -> Result<PointerReset, &'static str> {
    root.set_next(caller, value).map_err(|error| error.reason())
}

/// What it answers; `None` to a question that nobody knows.
pub(crate) fn root_view(root: &HeaderBlocks, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
    let one = |value: Got| vec![value];
    Some(match name {
        "currentHeaderBlock" => root.current_id().map(|id| one(id.get().into())).map_err(|error| error.reason()),
        "getLastChildBlock" => root.last_child_block().map(|end| one(end.into())).map_err(|error| error.reason()),
        "_nextHeaderBlock" => Ok(one(root.next_id().get().into())),
        "headerBlocks" => {
            let header = root.record(HeaderBlockId::new(arguments.word(0)?));
            Ok(vec![
                header.root.into(),
                header.start.into(),
                header.end.into(),
                header.created_at.into(),
                header.proposer.into(),
            ])
        }
        _ => return None,
    })
}
