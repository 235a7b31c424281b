//! `custom-message`: in a devnet of four, alice tells the hash of an Ethereum block, and dave makes one up.

use alloy_primitives::B256;
use bttc_core::root_chain::RootChain as _;
use bttc_validator::layer::{AnyMessage, Kind};
use custom_message::{MsgBeacon, noted};
use devnet::{Account, Cast, Form, Network, Options};
use futures::executor::block_on;
use std::{
    error::Error,
    sync::{Arc, atomic::AtomicBool},
};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options { fast: true, ..Options::default() };
    let cast = Cast { kinds: vec![Arc::new(Kind::<MsgBeacon>::new())], ..Cast::default() };
    let (account, never) = (Account::new(Form::Text, 0), AtomicBool::new(false));
    let mut network = Network::cast(&options, &cast, &account)?;
    while network.height() < 3 {
        network.step(&account, &never)?;
    }
    let hash_of = |network: &Network, block| -> Result<B256, Box<dyn Error>> {
        Ok(block_on(network.ethereum().block(block))?.ok_or("Ethereum is not that far")?.hash)
    };
    let (seen, made_up) = (hash_of(&network, 1)?, B256::repeat_byte(0xee));
    for (name, block, hash) in [("alice", 1, seen), ("dave", 2, made_up)] {
        let from = network.signer(name).ok_or("nobody of this name")?;
        network.bring(name, AnyMessage::own(MsgBeacon { from, block, hash }));
    }
    while network.height() < 8 {
        network.step(&account, &never)?;
    }
    let layer = network.reference().layer();
    for block in [1, 2] {
        match noted(layer.stores(), block) {
            Some(hash) => println!("block {block} of Ethereum is noted with {hash}"),
            None => println!("block {block} of Ethereum is not noted"),
        }
    }
    println!("application hash {}", layer.app_hash());
    Ok(())
}
