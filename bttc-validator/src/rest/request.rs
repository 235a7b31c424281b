//! Paths and queries, read as Go reads them.

use super::stop::Stop;
use crate::store::Page;
use bttc_core::{
    amino::{self, Field, Json, JsonForm},
    id::ValidatorId,
};
use std::collections::BTreeMap;

/// A request that was taken apart.
#[derive(Clone, Debug)]
pub(super) struct Request {
    path: String,
    variables: BTreeMap<&'static str, String>,
    query: Vec<(String, String)>,
}

impl Request {
    /// `None` for a path whose escapes are none.
    pub(super) fn new(target: &str) -> Option<Self> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = unescaped(path, Plus::Itself)?;
        Some(Self { path, variables: BTreeMap::new(), query: query.split('&').filter_map(pair).collect() })
    }

    /// The same with the variables of a route's path, if this is one of its.
    pub(super) fn matched(&self, pattern: &'static str) -> Option<Self> {
        let (mut parts, mut variables) = (self.path.split('/'), BTreeMap::new());
        for expected in pattern.split('/') {
            let part = parts.next()?;
            match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !part.is_empty() => drop(variables.insert(name, part.to_owned())),
                None if part == expected => {}
                _ => return None,
            }
        }
        parts.next().is_none().then(|| Self { variables, ..self.clone() })
    }

    /// A variable of the path.
    pub(super) fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// The first value under a key of the query; empty if there is none.
    pub(super) fn query(&self, key: &str) -> &str {
        self.query.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// The value under a key, if it is not empty.
    pub(super) fn given(&self, key: &str) -> Option<&str> {
        Some(self.query(key)).filter(|value| !value.is_empty())
    }

    /// The page that is asked for, of no more than so many entries.
    pub(super) fn page(&self, most: u64) -> Result<Page, Stop> {
        let (number, limit) = (unsigned(self.query("page"))?, unsigned(self.query("limit"))?);
        Ok(Page { number, limit }.of_at_most(most))
    }

    /// The asked height, 0 for the latest.
    pub(super) fn height(&self) -> Result<u64, String> {
        let Some(height) = self.given("height") else { return Ok(0) };
        let number = signed(height).map_err(|why| format!("strconv.ParseInt: parsing {height:?}: {why}"))?;
        u64::try_from(number).map_err(|_| "height must be equal or greater than zero".to_owned())
    }
}

/// An unsigned number of 64 bits.
pub(super) fn unsigned(text: &str) -> Result<u64, Stop> {
    digits(text).map_err(|_| Stop::bad_request(format!("'{text}' is not a valid uint64")))
}

/// A validator's number.
pub(super) fn validator_id(text: &str) -> Result<ValidatorId, Stop> {
    unsigned(text).map(ValidatorId::new)
}

/// A signed number of 64 bits.
pub(super) fn integer(text: &str) -> Result<i64, Stop> {
    signed(text).map_err(|_| Stop::bad_request(format!("'{text}' is not a valid int64")))
}

/// An unsigned number of 64 bits; else what is wrong with it.
pub(super) fn digits(text: &str) -> Result<u64, &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("invalid syntax");
    }
    text.parse().map_err(|_| "value out of range")
}

pub(super) fn signed(text: &str) -> Result<i64, &'static str> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("invalid syntax");
    }
    text.parse().map_err(|_| "value out of range")
}

/// An address or a hash from hex, which is never refused.
pub(super) fn hex<F: Field>(text: &str) -> F {
    amino::from_json(&Json::Text(text.into()), JsonForm::Plain).unwrap_or_default()
}

/// What `+` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Itself,
    Space,
}

/// A key and its value; what does not read is passed over.
fn pair(text: &str) -> Option<(String, String)> {
    if text.is_empty() || text.contains(';') {
        return None;
    }
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    Some((unescaped(key, Plus::Space)?, unescaped(value, Plus::Space)?))
}

/// A text without its escapes; bytes that are no UTF-8 become U+FFFD.
fn unescaped(text: &str, plus: Plus) -> Option<String> {
    let (mut bytes, mut result) = (text.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        result.push(match byte {
            b'%' => {
                let mut nibble = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(nibble()? << 4 | nibble()?).ok()?
            }
            b'+' if plus == Plus::Space => b' ',
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&result).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_go_reads_it() {
        let request = Request::new("/a?x=1&x=2&y=a+b%2Fc&z&bad=%zz&semi=1;2&=3").unwrap();
        let read = ["x", "y", "z", "bad", "semi", ""].map(|key| request.query(key));
        assert_eq!(read, ["1", "a b/c", "", "", "", "3"]);
        assert_eq!(request.given("z"), None);
    }

    #[test]
    fn a_path_is_unescaped_before_it_is_taken_apart() {
        let variable = |target: &str| {
            let matched = Request::new(target)?.matched("/bor/span/{id}")?;
            Some(matched.variable("id").to_owned())
        };
        assert_eq!(variable("/bor/span/7"), Some("7".to_owned()));
        assert_eq!(variable("/bor/s%70an/%37?height=1"), Some("7".to_owned()));
        assert_eq!(variable("/bor/span/a+b"), Some("a+b".to_owned()));
        for target in ["/bor/span/", "/bor/span", "/bor/span/7/", "/bor/span/7%2F8", "/bor/span/%7", "bor/span/7", ""] {
            assert_eq!(variable(target), None, "{target}");
        }
    }

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        for text in ["", "+1", "-1", "1_0", " 1", "0x1", "18446744073709551616"] {
            assert!(unsigned(text).is_err(), "{text}");
        }
        assert_eq!(unsigned("18446744073709551615").ok(), Some(u64::MAX));
        assert_eq!(unsigned("007").ok(), Some(7));
        assert_eq!((integer("+5").ok(), integer("-5").ok(), integer("--5").ok()), (Some(5), Some(-5), None));
    }

    #[test]
    fn a_height_says_what_is_wrong_with_it() {
        let height = |text: &str| Request::new(&format!("/?height={text}")).unwrap().height();
        assert_eq!((height(""), height("0"), height("12")), (Ok(0), Ok(0), Ok(12)));
        assert_eq!(height("-1"), Err("height must be equal or greater than zero".to_owned()));
        assert_eq!(height("x"), Err(r#"strconv.ParseInt: parsing "x": invalid syntax"#.to_owned()));
        let beyond = r#"strconv.ParseInt: parsing "9223372036854775808": value out of range"#;
        assert_eq!(height("9223372036854775808"), Err(beyond.to_owned()));
    }
}
