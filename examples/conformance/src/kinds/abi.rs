//! `abi`: selectors, topics, call data, return data and event data, encoded and decoded.
//!
//! The signatures are arbitrary, so the values are typed at run time. Where a signature is one the crates know, their
//! own constants are the business of their own tests.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};
use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{B256, Function, I256, U256};
use bttc_core::hash::keccak256;

/// The kind `abi`.
#[derive(Debug)]
pub(crate) struct Abi;

impl Kind for Abi {
    fn name(&self) -> &'static str {
        "abi"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let (kind, signature, args) = (input.field("kind")?, input.field("signature")?, input.field("args")?);
        let signature = Signature::parse(&signature)?;
        let values = values(&signature.types, &args)?;
        match kind.text()? {
            "function" => {
                let selector = signature.hash().get(..4).map(<[u8]>::to_vec).unwrap_or_default();
                expect.check("selector", selector.clone())?;
                let data = Encoding::of(signature.types, values);
                expect.check("calldata", [selector, data.bytes.clone()].concat())?;
                data.decodes_back(&args)
            }
            "result" | "tuple" => {
                let data = Encoding::of(signature.types, values);
                expect.check("data", data.bytes.clone())?;
                data.decodes_back(&args)
            }
            "event" => event(&signature, values, &args, &expect),
            _ => Err(kind.refused("function, result, event or tuple")),
        }
    }
}

fn event(
    signature: &Signature,
    values: Vec<DynSolValue>,
    args: &Field<'_>,
    expect: &Expect<'_>,
) -> Result<(), Failure> {
    let topic0 = signature.hash();
    let mut topics = vec![topic0];
    let (mut types, mut plain) = (Vec::new(), Vec::new());
    for ((kind, value), place) in signature.types.iter().zip(values).zip(&signature.places) {
        match place {
            Place::Topic => {
                let topic = value.encode_topic();
                // What a topic holds whole is read back from it; of the rest it holds the hash.
                if value.as_word().is_some() && kind.abi_decode(topic.as_slice()) != Ok(value) {
                    return Err(args.failed(format_args!("topic {topic} is read back as something else")));
                }
                topics.push(topic);
            }
            Place::Data => {
                types.push(kind.clone());
                plain.push(value);
            }
        }
    }
    expect.check("topic0", topic0)?;
    expect.check("topics", Got::list(topics))?;
    let data = Encoding::of(types, plain);
    expect.check("data", data.bytes.clone())?;
    data.decodes_back(args)
}

/// Values and their encoding in head and tail form.
struct Encoding {
    kind: DynSolType,
    value: DynSolValue,
    bytes: Vec<u8>,
}

impl Encoding {
    fn of(types: Vec<DynSolType>, values: Vec<DynSolValue>) -> Self {
        let value = DynSolValue::Tuple(values);
        Self { kind: DynSolType::Tuple(types), bytes: value.abi_encode_params(), value }
    }

    fn decodes_back(&self, args: &Field<'_>) -> Result<(), Failure> {
        match self.kind.abi_decode_params(&self.bytes) {
            Ok(value) if value == self.value => Ok(()),
            Ok(_) => Err(args.failed("decoding the encoding gives other values")),
            Err(error) => Err(args.failed(format_args!("decoding the encoding: {error}"))),
        }
    }
}

enum Place {
    Topic,
    Data,
}

/// A name, empty for a bare list of types, and the types.
struct Signature {
    name: String,
    types: Vec<DynSolType>,
    places: Vec<Place>,
}

impl Signature {
    /// Arrays in one signature: types nest no deeper than this and the tuples the parser allows.
    const MAX_ARRAYS: usize = 200;

    /// Words that a value of one type may need at least: what a fixed array of fixed arrays could ask of memory.
    const MAX_WORDS: usize = 1 << 16;

    fn parse(field: &Field<'_>) -> Result<Self, Failure> {
        let wrong = || field.refused("a signature such as f(address,uint256[3][])");
        let text = field.text()?;
        let (name, list) = text.split_once('(').ok_or_else(wrong)?;
        let list = list.strip_suffix(')').ok_or_else(wrong)?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))
            || list.matches('[').count() > Self::MAX_ARRAYS
        {
            return Err(wrong());
        }
        let (mut types, mut places) = (Vec::new(), Vec::new());
        for parameter in parameters(list) {
            let (kind, place) = match parameter.strip_suffix(" indexed") {
                Some(kind) => (kind, Place::Topic),
                None => (parameter, Place::Data),
            };
            let kind = DynSolType::parse(kind).map_err(|_| wrong())?;
            if words(&kind) > Self::MAX_WORDS {
                return Err(field.refused("types of a size that is met"));
            }
            types.push(kind);
            places.push(place);
        }
        Ok(Self { name: name.to_owned(), types, places })
    }

    /// Keccak-256 of the canonical text.
    fn hash(&self) -> B256 {
        keccak256(format!("{}{}", self.name, canonical_list(&self.types)))
    }
}

/// The parameters between the outer parentheses, split at the commas that stand outside inner ones.
fn parameters(list: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let split = |c: char| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    };
    if list.is_empty() { Vec::new() } else { list.split(split).collect() }
}

fn canonical(kind: &DynSolType) -> String {
    match kind {
        DynSolType::Tuple(types) => canonical_list(types),
        DynSolType::Array(item) => format!("{}[]", canonical(item)),
        DynSolType::FixedArray(item, length) => format!("{}[{length}]", canonical(item)),
        simple => simple.sol_type_name().into_owned(),
    }
}

fn canonical_list(types: &[DynSolType]) -> String {
    let types: Vec<_> = types.iter().map(canonical).collect();
    format!("({})", types.join(","))
}

/// Words a value needs at least, with one item in each array of any length.
fn words(kind: &DynSolType) -> usize {
    match kind {
        DynSolType::Tuple(types) => types.iter().map(words).fold(1, usize::saturating_add),
        DynSolType::Array(item) => words(item).saturating_add(1),
        DynSolType::FixedArray(item, length) => words(item).saturating_mul(*length),
        _ => 1,
    }
}

fn values(types: &[DynSolType], args: &Field<'_>) -> Result<Vec<DynSolValue>, Failure> {
    let items = args.items()?;
    if items.len() != types.len() {
        return Err(args.refused(format_args!("{} values", types.len())));
    }
    types.iter().zip(&items).map(|(kind, item)| value(kind, item)).collect()
}

fn value(kind: &DynSolType, field: &Field<'_>) -> Result<DynSolValue, Failure> {
    let wrong = || field.refused(format_args!("a value of type {}", canonical(kind)));
    Ok(match kind {
        DynSolType::Bool => DynSolValue::Bool(field.flag()?),
        DynSolType::Uint(bits) => {
            let number = field.u256()?;
            if number > U256::MAX.wrapping_shr(256_usize.saturating_sub(*bits)) {
                return Err(wrong());
            }
            DynSolValue::Uint(number, *bits)
        }
        DynSolType::Int(bits) => {
            let number = field.i256()?;
            let unused = 256_usize.saturating_sub(*bits);
            if number > I256::MAX.asr(unused) || number < I256::MIN.asr(unused) {
                return Err(wrong());
            }
            DynSolValue::Int(number, *bits)
        }
        DynSolType::FixedBytes(size) => {
            let bytes = field.bytes()?;
            if bytes.len() != *size {
                return Err(wrong());
            }
            DynSolValue::FixedBytes(B256::right_padding_from(&bytes), *size)
        }
        DynSolType::Address => DynSolValue::Address(field.address()?),
        DynSolType::Function => DynSolValue::Function(Function::from(field.fixed::<24>()?.0)),
        DynSolType::Bytes => DynSolValue::Bytes(field.bytes()?.to_vec()),
        DynSolType::String => DynSolValue::String(field.text()?.to_owned()),
        DynSolType::Array(item) => DynSolValue::Array(field.list(|field| value(item, &field))?),
        DynSolType::FixedArray(item, length) => {
            let items = field.list(|field| value(item, &field))?;
            if items.len() != *length {
                return Err(wrong());
            }
            DynSolValue::FixedArray(items)
        }
        DynSolType::Tuple(types) => DynSolValue::Tuple(values(types, field)?),
    })
}
