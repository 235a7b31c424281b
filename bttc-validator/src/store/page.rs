//! Parts of lists.

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 1.
    pub number: u64,
    /// Entries of a page.
    pub limit: u64,
}

impl Page {
    /// The page, but with no more than so many entries.
    #[must_use]
    pub fn of_at_most(self, most: u64) -> Self {
        Self { limit: self.limit.min(most), ..self }
    }

    /// The page's part of a list.
    ///
    /// Source: `delivery:types/iterator.go:34-77`.
    // before page 0 there are 2⁶⁴ − limit, so that it is empty.
    pub fn of<I: Iterator>(self, entries: I) -> impl Iterator<Item = I::Item> {
        let skip = self.number.wrapping_sub(1).wrapping_mul(self.limit);
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        entries.skip(count(skip)).take(count(self.limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_page_zero_is_empty() {
        let page = |number, limit| Page { number, limit }.of(0..7).collect::<Vec<_>>();
        assert_eq!((page(1, 3), page(2, 3), page(3, 3), page(4, 3)), (vec![0, 1, 2], vec![3, 4, 5], vec![6], vec![]));
        assert_eq!((page(0, 3), page(1, 0), page(0, 0), page(u64::MAX, 2)), (vec![], vec![], vec![], vec![]));
        assert_eq!(Page { number: 1, limit: 9 }.of_at_most(2).of(0..7).count(), 2);
    }
}
