//! How far a burn is.

use super::{Chain, honest_node, recorded, side_chain};
use alloy_primitives::B256;
use bttc_checkpoint::{
    exit::exit_hash,
    prover::{BurnStatus, Estimate, Prover},
    side_chain::TransactionPlace,
};
use futures_util::StreamExt as _;
use std::{pin::pin, sync::Arc};

#[tokio::test]
async fn a_burn_goes_from_absent_to_exited() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let (side_chain, records) = (side_chain(&[&server]), recorded(&chain));
    let prover = Prover::new(&side_chain, &records);
    assert_eq!(prover.status(B256::repeat_byte(0xee)).await.unwrap(), BurnStatus::Absent);

    let burn = chain.burn(18, 0);
    let place = TransactionPlace { block: 18, index: 0 };
    let exit_hash = exit_hash(18, 0, 0);
    // Two checkpoints of 8 blocks, an hour apart; the last one ended at 15.
    let estimate = Some(Estimate { checkpoints: 1, interval: 3_600, due: 1_700_000_000 + 3 * 3_600 });
    let burnt = BurnStatus::Burnt { place, checkpointed: Some(15), estimate };

    let looks = std::sync::atomic::AtomicUsize::new(0);
    let root = chain.root(16, 23);
    let states = prover.watch(burn, |_| {
        match looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            1 => records.record(3, 16, 23, root),
            3 => records.pay(exit_hash),
            _ => {}
        }
        async {}
    });
    let states: Vec<_> = pin!(states).collect().await;
    let [Ok(first), Ok(second), Ok(third)] = &*states else { panic!("{states:?}") };
    assert_eq!(*first, burnt);
    assert!(matches!(second, BurnStatus::Provable { exit_hash: hash, .. } if *hash == exit_hash));
    assert!(matches!(third, BurnStatus::Exited { checkpoint, .. } if checkpoint.root == root));
    assert_eq!(looks.into_inner(), 4);
}

#[tokio::test]
async fn before_the_first_checkpoint_there_is_no_estimate() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let side_chain = side_chain(&[&server]);
    let records = super::Records::new(&[]);
    let status = Prover::new(&side_chain, &records).status(chain.burn(18, 0)).await.unwrap();
    let place = TransactionPlace { block: 18, index: 0 };
    assert_eq!(status, BurnStatus::Burnt { place, checkpointed: None, estimate: None });
    let json = serde_json::to_value(status).unwrap();
    assert_eq!(json["status"], "burnt");
}
