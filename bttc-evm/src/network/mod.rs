//! The chain as alloy's clients see it (feature `network`): its [`Network`], and what its nodes answer beyond Ethereum's
//! methods.
//!
//! ```text
//! ProviderBuilder::new_with_network::<Bttc>() ─▶ Provider<Bttc> ─▶ eth_*, net_*, …          alloy's own methods
//!                                                          └────▶ bor_*, eth_getRootHash, …  BorProvider
//! ```
//!
//! Transactions are of type 0 or 1: a request becomes one of these, and one that names fees of later forks is refused
//! before it is signed. The other types are Ethereum's.
//!
//! Source: `block-layer §5.1.4, §7.2-7.4; bttc:consensus/bor/api.go:23-199, bttc:internal/ethapi/bor_api.go:14-49`.
//!
//! ```
//! use alloy_network::{NetworkTransactionBuilder, TransactionBuilder};
//! use alloy_rpc_types_eth::TransactionRequest;
//! use bttc_evm::network::Bttc;
//!
//! let request = TransactionRequest::default().with_nonce(0).with_gas_limit(21_000).with_gas_price(300_000_000_000_000);
//! assert!(NetworkTransactionBuilder::<Bttc>::can_build(&request));
//! let of_london = request.with_max_fee_per_gas(1);
//! assert!(NetworkTransactionBuilder::<Bttc>::build_unsigned(of_london).is_err());
//! ```

mod answer;
mod provider;
mod request;

pub use answer::{RankedValidator, RankedValidators, SignersSnapshot, UntypedReceipt};
pub use provider::BorProvider;
pub use request::LaterFork;

use alloy_network::{Ethereum, Network};
use alloy_provider::fillers::{ChainIdFiller, GasFiller, JoinFill, NonceFiller, RecommendedFillers};

/// The side chain, whichever its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bttc;

impl Network for Bttc {
    type TxType = <Ethereum as Network>::TxType;
    type TxEnvelope = <Ethereum as Network>::TxEnvelope;
    type UnsignedTx = <Ethereum as Network>::UnsignedTx;
    type ReceiptEnvelope = <Ethereum as Network>::ReceiptEnvelope;
    type Header = <Ethereum as Network>::Header;
    type TransactionRequest = <Ethereum as Network>::TransactionRequest;
    type TransactionResponse = <Ethereum as Network>::TransactionResponse;
    type ReceiptResponse = <Ethereum as Network>::ReceiptResponse;
    type HeaderResponse = <Ethereum as Network>::HeaderResponse;
    type BlockResponse = <Ethereum as Network>::BlockResponse;
}

impl RecommendedFillers for Bttc {
    type RecommendedFillers = JoinFill<GasFiller, JoinFill<NonceFiller, ChainIdFiller>>;

    fn recommended_fillers() -> Self::RecommendedFillers {
        Self::RecommendedFillers::default()
    }
}
