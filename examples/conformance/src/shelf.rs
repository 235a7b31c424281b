//! What the cases of one file share: a chain that many of them ask, read and imported once.

use crate::failure::Failure;
use alloc::{collections::BTreeMap, rc::Rc};
use core::{
    any::{Any, TypeId},
    cell::RefCell,
};

/// Values by type and key.
#[derive(Debug, Default)]
pub(crate) struct Shelf(RefCell<BTreeMap<(TypeId, String), Outcome>>);

type Outcome = Result<Rc<dyn Any>, Failure>;

impl Shelf {
    /// The value under the key, made when it is first asked for. A failure is kept as well.
    pub(crate) fn value<T: 'static>(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Rc<T>, Failure> {
        let at = (TypeId::of::<T>(), key.to_owned());
        let known = self.0.borrow().get(&at).cloned();
        let outcome = known.unwrap_or_else(|| {
            let made: Outcome = make().map(|value| Rc::new(value) as Rc<dyn Any>);
            self.0.borrow_mut().insert(at, made.clone());
            made
        });
        let value = outcome?.downcast::<T>();
        value.map_err(|_| Failure::new(key, "a value of another type", "the type it was kept under"))
    }
}
