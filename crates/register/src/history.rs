//! What was said about one thing, act after act, and what holds at an instant.

use model::ids::ActId;
use model::time::Timestamp;

use crate::refusal::Invalid;

/// One act's word on a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<T> {
    pub(crate) from: Timestamp,
    pub(crate) issued: Timestamp,
    pub(crate) act: ActId,
    pub(crate) value: T,
}

/// All entries, by the day from which they hold, then by issue, then by id: the same in whatever order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History<T> {
    entries: Vec<Entry<T>>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T> History<T> {
    pub(crate) fn insert(&mut self, entry: Entry<T>) {
        let key = |entry: &Entry<T>| (entry.from, entry.issued, entry.act);
        let at = self
            .entries
            .partition_point(|other| key(other) < key(&entry));
        self.entries.insert(at, entry);
    }

    /// The entry that holds then: of those that have begun, the one that began last.
    pub(crate) fn at(&self, now: Timestamp) -> Option<&Entry<T>> {
        let begun = self.entries.partition_point(|entry| entry.from <= now);
        begun
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
    }

    /// The entry that begins last, even if that lies ahead.
    pub(crate) fn last(&self) -> Option<&Entry<T>> {
        self.entries.last()
    }

    pub(crate) fn first(&self) -> Option<&Entry<T>> {
        self.entries.first()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.entries.iter()
    }
}

/// A period that ends after it begins.
pub(crate) fn check_period(from: Timestamp, until: Option<Timestamp>) -> Result<(), Invalid> {
    match until {
        Some(until) if until <= from => Err(Invalid::new("until", "lies before from")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(from: i64, issued: i64, value: &'static str) -> Entry<&'static str> {
        Entry {
            from: Timestamp::from_micros(from),
            issued: Timestamp::from_micros(issued),
            act: ActId::new([0; 32]),
            value,
        }
    }

    #[test]
    fn entry_that_began_last_holds() {
        let mut history = History::default();
        history.insert(entry(20, 1, "second"));
        history.insert(entry(10, 1, "first"));
        history.insert(entry(10, 2, "first, corrected"));

        let at = |micros| {
            history
                .at(Timestamp::from_micros(micros))
                .map(|entry| entry.value)
        };
        assert_eq!(at(9), None);
        assert_eq!(at(10), Some("first, corrected"));
        assert_eq!(at(25), Some("second"));
    }
}
