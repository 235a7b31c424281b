//! Logs and what they say: by the declaration of their event, as in
//! `Transfer(address indexed from,address indexed to,uint256 value)`, and by the crates' own types.
//!
//! Parameters of a declaration are words, bytes or text, or a list of such.

mod declared;
mod root_event;

pub(crate) use declared::declared;
pub(crate) use root_event::root_event;

use crate::got::Got;
use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{Address, B256, LogData};
use bttc_core::hash::keccak256;

/// A declared event.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// Its name.
    pub(crate) name: String,
    /// The first topic: the hash of the name with the bare types.
    pub(crate) topic: B256,
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    kind: DynSolType,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Topic,
    Data,
}

impl Declaration {
    /// Reads a declaration; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, list) = text.strip_suffix(')')?.split_once('(')?;
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let parameters = list.split(',').filter(|_| !list.is_empty()).map(|parameter| {
            let parts: Vec<&str> = parameter.split(' ').collect();
            let (kind, place, name) = match parts[..] {
                [kind, "indexed", name] => (kind, Place::Topic, name),
                [kind, name] => (kind, Place::Data, name),
                _ => return None,
            };
            // No list of lists, and no list of a length that a file could set.
            let item = kind.strip_suffix("[]").unwrap_or(kind);
            let kind = DynSolType::parse(kind).ok().filter(|_| word(item) && word(name) && name != "indexed")?;
            Some(Parameter { name: name.to_owned(), kind, place })
        });
        let parameters = parameters.collect::<Option<Vec<_>>>().filter(|_| word(name))?;
        let types: Vec<_> = parameters.iter().map(|parameter| parameter.kind.sol_type_name()).collect();
        let topic = keccak256(format!("{name}({})", types.join(",")));
        Some(Self { name: name.to_owned(), topic, parameters })
    }

    /// The log with these arguments, one a parameter.
    pub(crate) fn log(&self, arguments: Vec<DynSolValue>) -> LogData {
        let (mut topics, mut data) = (vec![self.topic], Vec::new());
        for (parameter, argument) in self.parameters.iter().zip(arguments) {
            match parameter.place {
                Place::Topic => topics.push(argument.encode_topic()),
                Place::Data => data.push(argument),
            }
        }
        LogData::new_unchecked(topics, DynSolValue::Tuple(data).abi_encode_params().into())
    }

    /// The arguments of a log, whose bytes must be their only encoding; addresses shown by `show`.
    pub(crate) fn arguments(&self, log: &LogData, show: &dyn Fn(Address) -> Got) -> Option<Vec<(&str, Got)>> {
        let of = |place: Place| self.parameters.iter().filter(move |parameter| parameter.place == place);
        let (first, topics) = log.topics().split_first()?;
        if *first != self.topic || topics.len() != of(Place::Topic).count() {
            return None;
        }
        let kinds = of(Place::Data).map(|parameter| parameter.kind.clone()).collect();
        let DynSolValue::Tuple(data) = DynSolType::Tuple(kinds).abi_decode_params(&log.data).ok()? else { return None };
        let (mut topics, mut data) = (topics.iter(), data.into_iter());
        let values = self.parameters.iter().map(|parameter| match parameter.place {
            Place::Topic => {
                let topic = topics.next()?;
                // Of what is no word a topic holds the hash.
                let word = !matches!(parameter.kind, DynSolType::Array(_) | DynSolType::Bytes | DynSolType::String);
                if word { parameter.kind.abi_decode(topic.as_slice()).ok() } else { Some(DynSolValue::from(*topic)) }
            }
            Place::Data => data.next(),
        });
        let values = values.collect::<Option<Vec<_>>>()?;
        let shown =
            self.parameters.iter().zip(&values).map(|(parameter, value)| (parameter.name.as_str(), got(value, show)));
        let shown = shown.collect();
        (self.log(values) == *log).then_some(shown)
    }
}

/// A value of a log, addresses shown by `show`.
fn got(value: &DynSolValue, show: &dyn Fn(Address) -> Got) -> Got {
    match value {
        DynSolValue::Bool(flag) => (*flag).into(),
        DynSolValue::Int(number, _) => (*number).into(),
        DynSolValue::Uint(number, _) => (*number).into(),
        DynSolValue::FixedBytes(word, size) => word.get(..*size).unwrap_or_default().into(),
        DynSolValue::Address(address) => show(*address),
        DynSolValue::Function(function) => function.0.into(),
        DynSolValue::Bytes(bytes) => bytes.clone().into(),
        DynSolValue::String(text) => text.as_str().into(),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) | DynSolValue::Tuple(items) => {
            Got::list(items.iter().map(|item| got(item, show)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{Address, U256, b256};

    #[test]
    fn a_transfer_is_its_topics_and_a_word() {
        let transfer = Declaration::parse("Transfer(address indexed from,address indexed to,uint256 value)").unwrap();
        let topic = b256!("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
        assert_eq!(transfer.topic, topic);
        let [from, to] = [1, 2].map(Address::repeat_byte);
        let log = transfer.log(vec![from.into(), to.into(), U256::from(7).into()]);
        assert_eq!(log.topics(), [topic, from.into_word(), to.into_word()]);
        let arguments = [("from", from.into()), ("to", to.into()), ("value", 7_u64.into())];
        assert_eq!(transfer.arguments(&log, &Got::from), Some(arguments.to_vec()));
        let dirty = [topic, B256::repeat_byte(1), to.into_word()];
        assert_eq!(transfer.arguments(&LogData::new_unchecked(dirty.to_vec(), log.data), &Got::from), None);
    }

    #[test]
    fn other_texts_declare_nothing() {
        for text in [
            "",
            "()",
            "E",
            "E(",
            "E(uint256)",
            "E(uint256[4294967295] a)",
            "E(uint256[][] a)",
            "E((bytes) a)",
            "E(uint257 a)",
            "E(address indexed)",
            "E(uint256  a)",
            "E(uint256 a,)",
            "é(uint256 a)",
        ] {
            assert!(Declaration::parse(text).is_none(), "{text}");
        }
        assert!(Declaration::parse("E()").is_some());
    }
}
