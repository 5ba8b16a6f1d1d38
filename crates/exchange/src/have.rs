//! What a node holds of a sequence, as ranges; and what follows from two nodes' sets.

use std::collections::BTreeMap;

/// A set of sequence numbers, kept as ranges that lie apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeqSet {
    /// First to last, both included.
    ranges: BTreeMap<u64, u64>,
}

impl SeqSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self {
            ranges: BTreeMap::new(),
        }
    }

    /// The numbers in these ranges, in any order; one whose end lies before its start is empty.
    pub fn from_ranges(ranges: &[(u64, u64)]) -> Self {
        let mut set = Self::new();
        for (first, last) in ranges {
            set.insert_range(*first, *last);
        }
        set
    }

    /// Adds a number; says whether it is new.
    pub fn insert(&mut self, seq: u64) -> bool {
        if self.contains(seq) {
            return false;
        }
        self.insert_range(seq, seq);
        true
    }

    /// Adds all numbers from `first` to `last`.
    pub fn insert_range(&mut self, first: u64, last: u64) {
        if last < first {
            return;
        }
        let mut first = first;
        let mut last = last;
        // A range that overlaps or touches on the left is taken up.
        if let Some((start, end)) = self.range_before(first)
            && end.saturating_add(1) >= first
        {
            first = start;
            last = last.max(end);
        }
        // So are all that begin inside or right behind.
        while let Some((start, end)) = self.range_from(first)
            && start <= last.saturating_add(1)
        {
            self.ranges.remove(&start);
            last = last.max(end);
        }
        self.ranges.insert(first, last);
    }

    /// Adds all numbers of the other set.
    pub fn merge(&mut self, other: &Self) {
        for (first, last) in other.ranges() {
            self.insert_range(first, last);
        }
    }

    /// Says whether the number is in the set.
    pub fn contains(&self, seq: u64) -> bool {
        self.range_before(seq).is_some_and(|(_, last)| seq <= last)
    }

    /// The ranges, ascending and apart: first and last, both included.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ranges.iter().map(|(first, last)| (*first, *last))
    }

    /// The numbers that are missing below the highest one, as ranges; sequences begin with 1.
    pub fn gaps(&self) -> Vec<(u64, u64)> {
        let mut gaps = Vec::new();
        let mut next: u64 = 1;
        for (first, last) in self.ranges() {
            if next < first {
                gaps.push((next, first.saturating_sub(1)));
            }
            next = last.saturating_add(1);
        }
        gaps
    }

    /// The highest number.
    pub fn last(&self) -> Option<u64> {
        self.ranges.last_key_value().map(|(_, last)| *last)
    }

    /// How many numbers.
    pub fn len(&self) -> u64 {
        self.ranges()
            .map(|(first, last)| last.saturating_sub(first).saturating_add(1))
            .fold(0, u64::saturating_add)
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The range that begins at or before `seq`, if any.
    fn range_before(&self, seq: u64) -> Option<(u64, u64)> {
        self.ranges
            .range(..=seq)
            .next_back()
            .map(|(first, last)| (*first, *last))
    }

    fn range_from(&self, seq: u64) -> Option<(u64, u64)> {
        self.ranges
            .range(seq..)
            .next()
            .map(|(first, last)| (*first, *last))
    }
}

impl FromIterator<u64> for SeqSet {
    fn from_iter<I: IntoIterator<Item = u64>>(seqs: I) -> Self {
        let mut set = Self::new();
        for seq in seqs {
            set.insert(seq);
        }
        set
    }
}

/// What to do about one dispatch that waits for a peer, given what the peer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// The peer lacks it.
    Send,
    /// The peer holds it and its receipt was lost: ask for the receipt, not send again.
    AskReceipt,
}

/// Sorts a number that has no final receipt yet.
pub fn todo(theirs: &SeqSet, seq: u64) -> Todo {
    if theirs.contains(seq) {
        Todo::AskReceipt
    } else {
        Todo::Send
    }
}

/// What the peer told us before and does not hold any more: it was restored from an old backup, and
/// what lies in these ranges goes to it again.
pub fn lost(told_before: &SeqSet, holds_now: &SeqSet) -> Vec<(u64, u64)> {
    let mut lost = Vec::new();
    for (first, last) in told_before.ranges() {
        let mut next = first;
        for (start, end) in holds_now.ranges() {
            if end < next {
                continue;
            }
            if start > last {
                break;
            }
            if next < start {
                lost.push((next, start.saturating_sub(1)));
            }
            next = end.saturating_add(1);
        }
        if next <= last && !holds_now.contains(last) {
            lost.push((next, last));
        }
    }
    lost
}

#[cfg(test)]
mod tests;
