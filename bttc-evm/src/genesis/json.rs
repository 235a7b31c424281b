//! The client's ways of writing numbers in a genesis file.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Text in 0x-hex or decimal, or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Quantity {
    Number(core::primitive::u64),
    Text(String),
}

impl Quantity {
    fn read<E: Error>(self) -> Result<alloy_primitives::U256, E> {
        let text = match self {
            Self::Number(number) => return Ok(alloy_primitives::U256::from(number)),
            Self::Text(text) => text,
        };
        let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => (digits, 16),
            None => (text.as_str(), 10),
        };
        let only_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        let number =
            only_digits.then(|| alloy_primitives::U256::from_str_radix(digits, core::primitive::u64::from(radix)));
        number
            .and_then(Result::ok)
            .ok_or_else(|| E::custom(format!("expected a quantity in 0x-hex or decimal, got {text:?}")))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
pub(super) const fn is_zero(number: &core::primitive::u64) -> bool {
    *number == 0
}

pub(super) fn no_bytes(bytes: &alloy_primitives::Bytes) -> bool {
    bytes.is_empty()
}

/// 64-bit quantities.
pub(super) mod u64 {
    use super::{Deserialize, Deserializer, Error, Quantity, Serializer};

    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:#x}"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let number = Quantity::deserialize(deserializer)?.read::<D::Error>()?;
        u64::try_from(number).map_err(|_| D::Error::custom(format!("{number} is beyond 64 bits")))
    }
}

/// 256-bit quantities.
pub(super) mod u256 {
    use super::{Deserialize, Deserializer, Quantity, Serializer};
    use alloy_primitives::U256;

    pub(crate) fn serialize<S: Serializer>(number: &U256, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:#x}"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<U256, D::Error> {
        Quantity::deserialize(deserializer)?.read()
    }
}

/// Maps whose keys are block numbers in decimal text.
pub(super) mod by_block {
    use super::{Deserialize, Deserializer, Error, Serializer};
    use serde::Serialize;
    use std::collections::BTreeMap;

    pub(crate) fn serialize<V: Serialize, S: Serializer>(
        map: &BTreeMap<u64, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(block, value)| (block.to_string(), value)))
    }

    pub(crate) fn deserialize<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u64, V>, D::Error> {
        let map = BTreeMap::<String, V>::deserialize(deserializer)?;
        map.into_iter()
            .map(|(block, value)| {
                // The reference looks the number's decimal text up, so another spelling never comes up.
                let number: u64 = block.parse().map_err(D::Error::custom)?;
                Ok((number, value))
            })
            .collect()
    }
}

/// Slots and values: hex of at most 32 bytes, padded on the left.
pub(super) mod storage {
    use super::{Deserialize, Deserializer, Error, Serializer};
    use alloy_primitives::{B256, U256, hex};
    use std::collections::BTreeMap;

    pub(crate) fn serialize<S: Serializer>(map: &BTreeMap<U256, U256>, serializer: S) -> Result<S::Ok, S::Error> {
        let words = map.iter().map(|(slot, value)| (B256::from(*slot), B256::from(*value)));
        serializer.collect_map(words)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<U256, U256>, D::Error> {
        fn word<E: Error>(text: &str) -> Result<U256, E> {
            let digits = text.strip_prefix("0x").unwrap_or(text);
            let even = format!("{}{digits}", if digits.len().is_multiple_of(2) { "" } else { "0" });
            let bytes = hex::decode(even).map_err(E::custom)?;
            U256::try_from_be_slice(&bytes).ok_or_else(|| E::custom(format!("{text} has more than 32 bytes")))
        }
        let map = BTreeMap::<String, String>::deserialize(deserializer)?;
        map.iter().map(|(slot, value)| Ok((word(slot)?, word(value)?))).collect()
    }
}
