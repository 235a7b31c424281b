//! `account-root`: the root over fee accounts, and the proofs that the validation layer answers with.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};
use bttc_checkpoint::fees::{FeeAccounts, fee_of};

/// The kind `account-root`.
#[derive(Debug)]
pub(crate) struct AccountRoots;

impl Kind for AccountRoots {
    fn name(&self) -> &'static str {
        "account-root"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mut accounts = FeeAccounts::new();
        for account in input.field("accounts")?.items()? {
            let [user, fee] = pair(&account)?;
            let Ok(sum) = fee_of(fee.text()?) else {
                // Reading such a text stops the reference.
                return expect.only("error", "panic");
            };
            accounts.credit(user.address()?, sum).map_err(|error| fee.failed(error))?;
        }
        let Ok(root) = accounts.root() else {
            return expect.only("error", "error");
        };
        expect.absent("error", root)?;
        expect.check("root", root)?;
        proofs(&accounts, &input, &expect)?;
        let asked = input.or_default("verify", |verify| verify.items())?;
        for (question, verdict) in asked.iter().zip(expect.items_of("verified", asked.len())?) {
            let [user, proof] = pair(question)?;
            verdict.is(accounts.confirms(user.address()?, proof.text()?))?;
        }
        Ok(())
    }
}

fn proofs(accounts: &FeeAccounts, input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let root = accounts.root().ok();
    let queries = input.or_default("query", |query| query.items())?;
    for (query, recorded) in queries.iter().zip(expect.items_of("proofs", queries.len())?) {
        let user = query.address()?;
        let answer = accounts.answer(user);
        recorded.is(Got::object([("proof", answer.to_bytes().into()), ("index", answer.index.into())]))?;
        // Of an account that there is, the contract takes the proof.
        if accounts.claim(user).is_some_and(|claim| root.is_none_or(|root| claim.verify(&root).is_err())) {
            return Err(query.failed("the proof does not lead to the root"));
        }
    }
    Ok(())
}

fn pair<'a>(field: &Field<'a>) -> Result<[Field<'a>; 2], Failure> {
    field.items()?.try_into().map_err(|_| field.refused("a pair"))
}
