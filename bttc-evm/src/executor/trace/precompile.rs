//! Why a precompile fails, in the reference's words.
//!
//! Source: `bttc:core/vm/contracts.go:388-590, bttc:crypto/bn256/cloudflare/bn256.go:135-310, bttc:crypto/bn256/cloudflare/gfp.go:60-80`.

use alloy_primitives::{Address, U256, uint};
use core::cmp::Ordering;
use revm::precompile::bn254::{run_add, run_pair};

/// The prime that coordinates stay below.
const MODULUS: U256 = uint!(21888242871839275222246405745257275088696311157297823662689037894645226208583_U256);
/// Bytes of a point of the curve.
const POINT: usize = 64;
/// Bytes of a point of the curve and one of its twist.
const PAIR: usize = 192;
/// Bytes that a round of BLAKE2 takes.
const BLAKE2: usize = 213;

/// Why this one fails of this input, given gas enough.
pub(super) fn fault(precompile: Address, input: &[u8]) -> &'static str {
    let padded = |length| {
        let mut bytes = input.to_vec();
        bytes.resize(length, 0);
        bytes
    };
    let first = |bytes: &[u8]| bytes.chunks(POINT).find_map(|point| misshapen(point, &[]));
    let (pairs, rest) = input.as_chunks::<PAIR>();
    let fault = match precompile.as_slice().last() {
        Some(6) => first(&padded(2 * POINT)),
        Some(7) => first(&padded(POINT)),
        Some(8) if !rest.is_empty() => Some("bad elliptic curve pairing size"),
        Some(8) => pairs.iter().find_map(|pair| {
            let (point, twisted) = pair.split_at(POINT);
            misshapen(point, &[]).or_else(|| misshapen(twisted, &[0; POINT]))
        }),
        Some(9) if input.len() == BLAKE2 => Some("invalid final flag"),
        Some(9) => Some("invalid input length"),
        _ => None,
    };
    fault.unwrap_or("out of gas")
}

/// What is wrong with a point. Whether it is one shows where it is used together with the infinite one: a point of the
/// curve is added to it, one of the twist stands behind it.
fn misshapen(point: &[u8], infinite: &[u8]) -> Option<&'static str> {
    for coordinate in point.chunks(32) {
        match U256::from_be_slice(coordinate).cmp(&MODULUS) {
            Ordering::Less => {}
            Ordering::Equal => return Some("bn256: coordinate equals modulus"),
            Ordering::Greater => return Some("bn256: coordinate exceeds modulus"),
        }
    }
    let used = if infinite.is_empty() { run_add(point, 0, 0) } else { run_pair(&[infinite, point].concat(), 0, 0, 0) };
    used.is_err().then_some("bn256: malformed point")
}
