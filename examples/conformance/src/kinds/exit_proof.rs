//! `exit-proof`: any payload at all, given to the bridge contract with ERC-20 tokens of which it has plenty.

use super::{
    Kind,
    exit::{Headers, header, readers_agree, record, strict},
};
use crate::{case::Case, failure::Failure};
use alloy_primitives::Address;
use bttc_checkpoint::exit::contract::{Assets, ExitRevert, RootChainManager, TokenType};
use bttc_core::root_chain::RootChainId;

/// The kind `exit-proof`.
#[derive(Debug)]
pub(crate) struct ExitProofs;

impl Kind for ExitProofs {
    fn name(&self) -> &'static str {
        "exit-proof"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut manager = RootChainManager::new(RootChainId::Ethereum, Address::ZERO);
        for (root_token, field) in (1..).map(Address::with_last_byte).zip(input.field("childTokens")?.items()?) {
            let mapped = manager.map_token(root_token, field.address()?, TokenType::ERC20);
            mapped.map_err(|error| field.failed(error))?;
        }
        let mut headers = Headers::new();
        for field in input.field("headers")?.items()? {
            headers.insert(field.field("headerNumber")?.u256()?, record(&field)?);
        }
        let (payload, before) = (input.field("payload")?, manager.clone());
        let bytes = payload.bytes()?;
        let call = manager.check(&bytes, |id| header(&headers, id));
        readers_agree(&payload, strict(&bytes, &headers).as_ref(), &call)?;
        let revert = match manager.exit(&bytes, |id| header(&headers, id)) {
            Ok(payout) => {
                expect.check("result", "accepted")?;
                expect.absent("reason", "no revert")?;
                expect.check("exitHash", payout.exit_hash)?;
                expect.check("childToken", payout.child_token)?;
                expect.check("beneficiary", payout.beneficiary)?;
                let Assets::Amount(amount) = payout.assets else {
                    return Err(payload.failed("no amount is paid"));
                };
                expect.check("amount", amount)?;
                let again = manager.exit(&bytes, |id| header(&headers, id));
                return match again {
                    Err(ExitRevert::AlreadyProcessed { .. }) => Ok(()),
                    _ => Err(payload.failed("it is paid twice")),
                };
            }
            Err(revert) => revert,
        };
        if manager != before {
            return Err(payload.failed("a refused exit changed the bridge"));
        }
        for field in ["exitHash", "childToken", "beneficiary", "amount"] {
            expect.absent(field, &revert)?;
        }
        let result = match revert {
            ExitRevert::Empty => "empty-revert",
            ExitRevert::InvalidOpcode => "invalid-opcode",
            _ => "revert",
        };
        expect.check("result", result)?;
        match revert.reason() {
            Some(reason) => expect.check("reason", reason),
            None => expect.absent("reason", &revert),
        }
    }
}
