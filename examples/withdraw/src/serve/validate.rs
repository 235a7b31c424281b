//! What the API takes for a number, a hash and a network.
//!
//! Source: `withdrawal-proofs §8.2; proof-api:src/middleware/validateParams.js`.

use super::{Answer, Server};
use alloy_primitives::B256;
use bttc_checkpoint::exit::topic::WITHDRAW_TO;
use bttc_core::root_chain::RootChainId;

/// A number in decimal, blanks around it and zeros in front of it allowed; it must be one that a double holds and
/// prints the same.
pub(super) fn integer(text: &str) -> Option<u64> {
    let digits = text.trim().trim_start_matches('0');
    if digits.is_empty() {
        // Nothing but blanks and zeros is zero.
        return Some(0);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let double: f64 = digits.parse().ok()?;
    let printed = double.to_string();
    // From 10²¹ on a double is printed with an exponent; a height is less than 2⁶⁴ in any case.
    (printed == digits).then(|| digits.parse().ok()).flatten()
}

/// The transaction and the event's signature. Their digits are looked at later, when they are used.
pub(super) fn burn_and_event(burn: &str, event: Option<&str>) -> Result<(Option<B256>, Option<B256>), Answer> {
    let is_hash = |text: &str| text.starts_with("0x") && text.chars().count() == 66;
    if burn.is_empty() || event == Some("") {
        return Err(Answer::bad_request("Burn tx or Event Signature missing!"));
    }
    if !is_hash(burn) || !event.is_none_or(is_hash) {
        return Err(Answer::bad_request("Incorrect Burn tx or Event Signature!"));
    }
    Ok((burn.parse().ok(), event.map_or(Some(WITHDRAW_TO), |event| event.parse().ok())))
}

/// The root chain that a network stands for.
pub(super) fn network(net: &str, server: &Server) -> Result<RootChainId, Answer> {
    match net {
        "matic" | "mumbai" | "amoy" => Ok(server.root),
        net => net.parse().map_err(|_| {
            Answer::bad_request(format!(
                "Invalid network {net}. Network can either be tron, eth or bsc for PoS v1 routes"
            ))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_a_double_prints_the_same() {
        for (text, expected) in
            [("7", 7), (" 0012 ", 12), ("", 0), ("000", 0), ("9007199254740993000", 9007199254740993000)]
        {
            assert_eq!(integer(text), Some(expected), "{text:?}");
        }
        for text in ["-1", "1e3", "0x10", "1.5", "9007199254740993", "18446744073709551616", "1 2", "٣"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
    }

    #[test]
    fn of_a_hash_only_the_length_is_looked_at() {
        let strange = format!("0x{}", "z".repeat(64));
        assert_eq!(burn_and_event(&strange, None).unwrap(), (None, Some(WITHDRAW_TO)));
        assert!(burn_and_event(&strange, Some("0x12")).is_err());
        assert!(burn_and_event(&strange[1..], None).is_err());
    }
}
