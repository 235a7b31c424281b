//! Requests become transactions of type 0, or of type 1 where they carry an access list.

use super::Bttc;
use alloy_consensus::{TxType, TypedTransaction};
use alloy_network::{
    BuildResult, Network, NetworkTransactionBuilder, NetworkWallet, TransactionBuilder, TransactionBuilderError,
};
use alloy_rpc_types_eth::TransactionRequest;

/// A request names what only later forks have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request sets {field}; this chain has transactions of type 0 and 1 alone, priced by gasPrice")]
pub struct LaterFork {
    /// What it sets, in the words of JSON-RPC.
    pub field: &'static str,
}

/// The first field that this chain has no use for.
fn later_fork(request: &TransactionRequest) -> Result<(), LaterFork> {
    let set = [
        ("maxFeePerGas", request.max_fee_per_gas.is_some()),
        ("maxPriorityFeePerGas", request.max_priority_fee_per_gas.is_some()),
        ("maxFeePerBlobGas", request.max_fee_per_blob_gas.is_some()),
        ("blobVersionedHashes", request.blob_versioned_hashes.is_some()),
        ("sidecar", request.sidecar.is_some()),
        ("authorizationList", request.authorization_list.is_some()),
        ("type", request.transaction_type.is_some_and(|form| form > 1)),
    ];
    set.into_iter().find(|(_, set)| *set).map_or(Ok(()), |(field, _)| Err(LaterFork { field }))
}

impl NetworkTransactionBuilder<Bttc> for TransactionRequest {
    fn can_submit(&self) -> bool {
        self.from.is_some() && later_fork(self).is_ok()
    }

    fn can_build(&self) -> bool {
        NetworkTransactionBuilder::<Bttc>::output_tx_type_checked(self).is_some()
    }

    fn complete_type(&self, form: TxType) -> Result<(), Vec<&'static str>> {
        match (later_fork(self), form) {
            (Err(LaterFork { field }), _) => Err(vec![field]),
            (Ok(()), TxType::Legacy) => self.complete_legacy(),
            (Ok(()), TxType::Eip2930) => self.complete_2930(),
            (Ok(()), _) => Err(vec!["type"]),
        }
    }

    fn output_tx_type(&self) -> TxType {
        if self.access_list().is_some() || self.transaction_type == Some(1) { TxType::Eip2930 } else { TxType::Legacy }
    }

    fn output_tx_type_checked(&self) -> Option<TxType> {
        let form = NetworkTransactionBuilder::<Bttc>::output_tx_type(self);
        NetworkTransactionBuilder::<Bttc>::complete_type(self, form).is_ok().then_some(form)
    }

    fn prep_for_submission(&mut self) {
        self.transaction_type = Some(NetworkTransactionBuilder::<Bttc>::output_tx_type(self).into());
    }

    fn build_unsigned(mut self) -> BuildResult<TypedTransaction, Bttc> {
        if let Err(refused) = later_fork(&self) {
            return Err(TransactionBuilderError::custom(refused).into_unbuilt(self));
        }
        let form = NetworkTransactionBuilder::<Bttc>::output_tx_type(&self);
        if let Err(missing) = NetworkTransactionBuilder::<Bttc>::complete_type(&self, form) {
            return Err(TransactionBuilderError::InvalidTransactionRequest(form, missing).into_unbuilt(self));
        }
        self.transaction_type = Some(form.into());
        self.build_typed_tx().map_err(|request| {
            TransactionBuilderError::InvalidTransactionRequest(form, Vec::new()).into_unbuilt(request)
        })
    }

    async fn build<W: NetworkWallet<Bttc>>(
        self,
        wallet: &W,
    ) -> Result<<Bttc as Network>::TxEnvelope, TransactionBuilderError<Bttc>> {
        Ok(wallet.sign_request(self).await?)
    }
}
