//! Where a value stands in a case, as in `expect.validators[3].signer`.

use alloc::rc::Rc;
use core::fmt;

/// A path from `input` or `expect` to a value; made on the way down, written out only in a failure.
#[derive(Clone, Debug)]
pub(crate) struct Location(Rc<Step>);

#[derive(Debug)]
struct Step {
    parent: Option<Location>,
    part: Part,
}

#[derive(Debug)]
enum Part {
    Name(Box<str>),
    Index(usize),
}

impl Location {
    pub(crate) fn root(name: &str) -> Self {
        Self::step(None, Part::Name(name.into()))
    }

    pub(crate) fn field(&self, name: &str) -> Self {
        Self::step(Some(self.clone()), Part::Name(name.into()))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        Self::step(Some(self.clone()), Part::Index(index))
    }

    fn step(parent: Option<Self>, part: Part) -> Self {
        Self(Rc::new(Step { parent, part }))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = &self.0.parent {
            fmt::Display::fmt(parent, f)?;
        }
        match (&self.0.part, &self.0.parent) {
            (Part::Index(index), _) => write!(f, "[{index}]"),
            (Part::Name(name), None) => f.write_str(name),
            (Part::Name(name), Some(_)) if is_word(name) => write!(f, ".{name}"),
            (Part::Name(name), Some(_)) => write!(f, "[{name:?}]"),
        }
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_code() {
        let path = Location::root("expect").field("validators").index(3).field("a b\n");
        assert_eq!(path.to_string(), r#"expect.validators[3]["a b\n"]"#);
    }
}
