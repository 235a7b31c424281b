//! Laws: decoders take any bytes, and what they take has one encoding.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy_primitives::{B64, B256, Bloom, U256};
use bttc_evm::{block::Block, genesis::Genesis, header::Header, transaction::Transaction};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

fn headers() -> impl Strategy<Value = Header> {
    let words = (any::<[u8; 32]>(), any::<[u64; 4]>(), any::<[u64; 4]>());
    let numbers = any::<[u64; 3]>();
    let extra = prop::collection::vec(any::<u8>(), 0..200);
    (words, numbers, extra, prop::option::of(any::<u64>())).prop_map(
        |((hash, difficulty, number), numbers, extra, fee)| {
            let [gas_limit, gas_used, time] = numbers;
            Header {
                parent_hash: B256::from(hash),
                logs_bloom: Bloom::repeat_byte(hash[0]),
                difficulty: U256::from_limbs(difficulty),
                number: U256::from_limbs(number),
                gas_limit,
                gas_used,
                time,
                extra: extra.into(),
                nonce: B64::repeat_byte(hash[1]),
                base_fee: fee.map(U256::from),
                ..Header::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn every_header_reads_back_as_itself(header in headers()) {
        prop_assert_eq!(Header::from_rlp(&header.to_rlp()), Ok(header));
    }

    #[test]
    fn a_header_with_a_changed_byte_reads_back_as_those_bytes_or_not_at_all(
        header in headers(), place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = header.to_rlp();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(read) = Header::from_rlp(&bytes) {
            prop_assert_eq!(read.to_rlp(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_a_block_in_its_only_encoding_or_none(
        header in headers(), body in prop::collection::vec(any::<u8>(), 0..80), bytes in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let _ = Header::from_rlp(&bytes);
        if let Ok(block) = Block::from_rlp(&bytes) {
            prop_assert_eq!(block.to_rlp(), bytes);
        }
        let mut payload = header.to_rlp();
        payload.extend_from_slice(&body);
        let mut whole = Vec::new();
        alloy_rlp::Header { list: true, payload_length: payload.len() }.encode(&mut whole);
        whole.extend_from_slice(&payload);
        if let Ok(block) = Block::from_rlp(&whole) {
            prop_assert_eq!(block.to_rlp(), whole);
        }
    }

    #[test]
    fn any_bytes_are_a_transaction_or_none(form in 0_u8..4, bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut().filter(|_| form < 3) {
            *first = form;
        }
        let _ = Transaction::from_bytes(&bytes);
    }

    #[test]
    fn any_text_is_a_genesis_or_none(text in "\\PC{0,200}", quantity in "(0x)?[0-9a-fA-F]{0,70}") {
        assert!(Genesis::from_json(&text).is_err());
        let json = format!(
            r#"{{"config":{{"chainId":1,"bor":{{"period":1,"producerDelay":1,"backupMultiplier":1,
            "validatorContract":"0x0000000000000000000000000000000000001000",
            "stateReceiverContract":"0x0000000000000000000000000000000000001001"}}}},
            "gasLimit":"0x1","difficulty":"{quantity}","alloc":{{}}}}"#
        );
        if let Ok(genesis) = Genesis::from_json(&json) {
            let written = serde_json::to_string(&genesis).unwrap();
            prop_assert_eq!(Genesis::from_json(&written).unwrap(), genesis);
        }
    }
}
