//! `tron-transaction`: transactions for TRON, built and signed offline.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field};
use bttc_core::{
    signature::{SecretKey, Signature},
    tron::{
        TronAddress,
        transaction::{
            Contract, Lifetime, RecoveryByte, RefBlock, Transaction, TransferContract, TriggerSmartContract,
        },
    },
};

/// The kind `tron-transaction`.
#[derive(Debug)]
pub(crate) struct TronTransactions;

impl Kind for TronTransactions {
    fn name(&self) -> &'static str {
        "tron-transaction"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let transaction = transaction(&input)?;
        let field = input.field("privateKey")?;
        let key = SecretKey::from_bytes(&field.b256()?).map_err(|error| field.failed(error))?;
        expect.check("rawData", transaction.to_raw())?;
        expect.check("txId", transaction.id())?;
        let signed = transaction.sign(&key).map_err(|error| field.failed(error))?;
        let [signature] = signed.signatures() else {
            return Err(field.failed("one key gave another number of signatures"));
        };
        if signed.signers() != Ok(vec![TronAddress::new(key.address())]) {
            return Err(field.failed("the signature is not the key's"));
        }
        expect.check("recoveryId", signature.v)?;
        expect.check("signature", Signature { v: signature.v.saturating_add(27), ..*signature }.to_bytes())?;
        expect.check("signedTransaction", signed.to_bytes(RecoveryByte::Plus27))
    }
}

fn transaction(input: &Field<'_>) -> Result<Transaction, Failure> {
    let number = |name: &str| input.or_default(name, Field::u64);
    let address = |name: &str| {
        let field = input.field(name)?;
        TronAddress::from_bytes(&field.bytes()?).map_err(|error| field.failed(error))
    };
    let kind = input.field("type")?;
    let contract = match kind.text()? {
        "TriggerSmartContract" => Contract::Trigger(TriggerSmartContract {
            owner: address("owner")?,
            contract: address("contract")?,
            call_value: number("callValue")?,
            data: input.or_default("data", Field::bytes)?,
            call_token_value: number("callTokenValue")?,
            token_id: number("tokenId")?,
        }),
        "TransferContract" => Contract::Transfer(TransferContract {
            owner: address("owner")?,
            to: address("to")?,
            amount: number("amount")?,
        }),
        _ => return Err(kind.refused("TriggerSmartContract or TransferContract")),
    };
    let permission = input
        .or_default("permissionId", |id| u32::try_from(id.u64()?).map_err(|_| id.refused("an integer of 32 bits")))?;
    Ok(Transaction {
        contract,
        ref_block: RefBlock {
            bytes: input.field("refBlockBytes")?.fixed()?,
            hash: input.field("refBlockHash")?.fixed()?,
        },
        lifetime: Lifetime { timestamp: number("timestamp")?, expiration: number("expiration")? },
        fee_limit: number("feeLimit")?,
        memo: input.or_default("memo", Field::bytes)?,
        permission,
    })
}
