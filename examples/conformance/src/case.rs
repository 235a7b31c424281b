//! One case: its input to read, its expectations to meet.
//!
//! [`Field`] reads a value and knows where it stands, so a wrong type ends in a failure with a path. [`Expect`] compares
//! and keeps count: what stands in `expect` and was not compared fails the case by itself.

use crate::{failure::Failure, field::Field, file::VectorFile, got::Got, location::Location, shelf::Shelf};
use alloc::{collections::BTreeSet, rc::Rc};
use core::cell::RefCell;
use serde_json::Value;
use std::path::{Component, Path};

/// A case as it stands in its file.
#[derive(Debug)]
pub struct Case<'a> {
    file: &'a Path,
    shelf: &'a Shelf,
    place: usize,
    value: &'a Value,
    checked: RefCell<BTreeSet<*const Value>>,
}

impl<'a> Case<'a> {
    /// Folder, next to the file's own, of the chains that cases name.
    const CHAINS: &'static str = "chain-replay";

    pub(crate) fn new(file: &'a Path, shelf: &'a Shelf, place: usize, value: &'a Value) -> Self {
        Self { file, shelf, place, value, checked: RefCell::default() }
    }

    /// Its name; its place, as in `cases[7]`, where it has none.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.value.get("name").and_then(Value::as_str);
        name.map_or_else(|| format!("cases[{}]", self.place), str::to_owned)
    }

    /// Whether it has the three parts of a case: a name, an object `input`, an object `expect` that records something.
    ///
    /// # Errors
    /// A [`Failure`] that names the part.
    pub fn form(&self) -> Result<(), Failure> {
        let case = Field::new(self.value, Location::root(&format!("cases[{}]", self.place)));
        case.field("name")?.text()?;
        self.input()?.entries()?;
        let expect = Field::new(self.part("expect")?, Location::root("expect"));
        if expect.entries()?.is_empty() {
            return Err(Failure::new("expect", "no field", "what was recorded"));
        }
        Ok(())
    }

    /// What the case puts in.
    ///
    /// # Errors
    /// A [`Failure`] when there is none.
    pub fn input(&self) -> Result<Field<'a>, Failure> {
        Ok(Field::new(self.part("input")?, Location::root("input")))
    }

    /// What must come out.
    ///
    /// # Errors
    /// A [`Failure`] when there is none.
    pub fn expect(&self) -> Result<Expect<'_>, Failure> {
        Ok(Expect { field: Field::new(self.part("expect")?, Location::root("expect")), checked: &self.checked })
    }

    /// Fails on the first value in `expect` that nothing was compared with.
    ///
    /// # Errors
    /// A [`Failure`] with its path.
    pub fn all_checked(&self) -> Result<(), Failure> {
        let expect = Field::new(self.part("expect")?, Location::root("expect"));
        all_checked(&expect, &self.checked.borrow())
    }

    /// The chain that `input.chain` names, from the folder `chain-replay` next to that of the case's file. Read once a
    /// file.
    ///
    /// # Errors
    /// A [`Failure`] at `input.chain`; when the chain's file cannot be read it has the path.
    pub fn chain(&self) -> Result<Rc<VectorFile>, Failure> {
        let field = self.input()?.field("chain")?;
        let text = field.text()?;
        let name = text.strip_prefix(Self::CHAINS).and_then(|rest| rest.strip_prefix('/'));
        let name = Path::new(name.unwrap_or(text));
        let mut parts = name.components();
        if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
            return Err(field.refused("a file in chain-replay"));
        }
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let path = folder.join("..").join(Self::CHAINS).join(name);
        self.shared(text, || {
            VectorFile::read(&path)
                .map_err(|error| Failure::new("input.chain", format_args!("{}: {error}", path.display()), "a chain"))
        })
    }

    /// A value that the cases of a file share, made when first asked for; one a type and key. What changes in it
    /// (through a cell) is seen by the cases that follow.
    ///
    /// # Errors
    /// That of `make`, kept as a value is.
    pub fn shared<T: 'static>(&self, key: &str, make: impl FnOnce() -> Result<T, Failure>) -> Result<Rc<T>, Failure> {
        self.shelf.value(key, make)
    }

    fn part(&self, name: &str) -> Result<&'a Value, Failure> {
        let part = self.value.get(name);
        part.ok_or_else(|| Failure::new(name, "nothing", "an object"))
    }
}

fn all_checked(field: &Field<'_>, checked: &BTreeSet<*const Value>) -> Result<(), Failure> {
    if checked.contains(&core::ptr::from_ref(field.value())) {
        return Ok(());
    }
    match field.value() {
        Value::Object(map) if !map.is_empty() => {
            let mut fields = field.entries()?.into_iter();
            fields.try_for_each(|(_, field)| all_checked(&field, checked))
        }
        Value::Array(items) if !items.is_empty() => {
            let mut items = field.items()?.into_iter();
            items.try_for_each(|item| all_checked(&item, checked))
        }
        other => Err(Failure::new(field.location(), "a field that is not checked", other)),
    }
}

/// A recorded value, or the object or array that holds such.
#[derive(Clone, Debug)]
pub struct Expect<'c> {
    field: Field<'c>,
    checked: &'c RefCell<BTreeSet<*const Value>>,
}

impl<'c> Expect<'c> {
    /// The value must be this one.
    ///
    /// # Errors
    /// A [`Failure`] with the path of the first difference.
    pub fn is(&self, got: impl Into<Got>) -> Result<(), Failure> {
        self.mark();
        got.into().compare(&self.field)
    }

    /// A field of this object must be this value, or be absent: what is absent was not recorded.
    ///
    /// # Errors
    /// A [`Failure`] with the path of the first difference.
    pub fn check(&self, name: &str, got: impl Into<Got>) -> Result<(), Failure> {
        self.field(name)?.map_or(Ok(()), |field| field.is(got))
    }

    /// The outcome has no such field; where one was recorded, `got` tells what happened instead.
    ///
    /// # Errors
    /// A [`Failure`] when the field was recorded.
    pub fn absent(&self, name: &str, got: impl core::fmt::Display) -> Result<(), Failure> {
        let recorded = self.field(name)?;
        recorded.map_or(Ok(()), |field| Err(Failure::new(field.field.location(), got, field.field.value())))
    }

    /// A field of this object; `None` where it was not recorded.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object.
    pub fn field(&self, name: &str) -> Result<Option<Self>, Failure> {
        Ok(self.field.optional(name)?.map(|field| self.with(field)))
    }

    /// The items of this array.
    ///
    /// # Errors
    /// A [`Failure`] when this is no array.
    pub fn items(&self) -> Result<Vec<Self>, Failure> {
        let items = self.field.items()?;
        if items.is_empty() {
            self.mark();
        }
        Ok(items.into_iter().map(|item| self.with(item)).collect())
    }

    /// The items of the array in a field, which must be so many; an array of none may be absent.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object, the field no array or of another length.
    pub fn items_of(&self, name: &str, count: usize) -> Result<Vec<Self>, Failure> {
        let items = self.field(name)?.map_or_else(|| Ok(Vec::new()), |field| field.items())?;
        if items.len() != count {
            let location = self.field.location().to_string();
            return Err(Failure::new(format_args!("{location}.{name}"), count, format_args!("{} items", items.len())));
        }
        Ok(items)
    }

    /// This object must hold one field alone, and in it this value: the outcome where nothing else came out.
    ///
    /// # Errors
    /// A [`Failure`] with the path of the first difference.
    pub fn only(&self, name: &str, got: impl Into<Got>) -> Result<(), Failure> {
        let got = got.into();
        for (field, value) in self.field.entries()? {
            if field != name {
                return Err(Failure::new(value.location(), &got, value.value()));
            }
        }
        self.check(name, got)
    }

    /// The fields of this object.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object.
    pub fn entries(&self) -> Result<Vec<(&'c str, Self)>, Failure> {
        let entries = self.field.entries()?;
        if entries.is_empty() {
            self.mark();
        }
        Ok(entries.into_iter().map(|(name, field)| (name, self.with(field))).collect())
    }

    /// Its path.
    pub fn location(&self) -> impl core::fmt::Display + '_ {
        self.field.location()
    }

    /// The failure that this was recorded and something else came out.
    #[must_use]
    pub fn differs(&self, got: impl core::fmt::Display) -> Failure {
        Failure::new(self.field.location(), got, self.field.value())
    }

    /// Reads the value: for one that says what is to be checked, as an index does. It counts as checked.
    #[must_use]
    pub fn read(&self) -> &Field<'c> {
        self.mark();
        &self.field
    }

    fn with(&self, field: Field<'c>) -> Self {
        Self { field, checked: self.checked }
    }

    fn mark(&self) {
        self.checked.borrow_mut().insert(core::ptr::from_ref(self.field.value()));
    }
}
