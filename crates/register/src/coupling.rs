//! A coupling: two offices on two sides of a border that may write to each other, and who gets copies.

use std::fmt;

use minicbor::{Decode, Encode};
use model::address::Address;
use model::time::Timestamp;

use crate::history::check_period;
use crate::names::check_text;
use crate::refusal::Invalid;

/// Two offices in their one order, so that a pair has one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Pair {
    #[n(0)]
    pub first: Address,
    #[n(1)]
    pub second: Address,
}

/// Signed by both states. An office may have several couplings, or none.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Coupling {
    #[n(0)]
    pub pair: Pair,
    #[n(1)]
    pub from: Timestamp,
    #[n(2)]
    pub until: Option<Timestamp>,
    /// Offices of either state that get a copy of what the first sends to the second. Sorted, each once.
    #[n(3)]
    pub copies_of_first: Vec<Address>,
    /// The same for what the second sends to the first.
    #[n(4)]
    pub copies_of_second: Vec<Address>,
    /// The instrument that it rests on, as published.
    #[n(5)]
    pub instrument: Option<String>,
}

impl Pair {
    /// The same pair whichever is named first; desks are dropped.
    pub fn of(one: &Address, other: &Address) -> Self {
        let (one, other) = (one.to_office(), other.to_office());
        if one <= other {
            Self {
                first: one,
                second: other,
            }
        } else {
            Self {
                first: other,
                second: one,
            }
        }
    }

    /// The office across from this one.
    pub fn other(&self, office: &Address) -> Option<&Address> {
        if self.first.is_same_office(office) {
            Some(&self.second)
        } else if self.second.is_same_office(office) {
            Some(&self.first)
        } else {
            None
        }
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.first.desk.is_some() || self.second.desk.is_some() {
            return Err(Invalid::new("pair", "names a desk: offices are coupled"));
        }
        if self.first >= self.second {
            return Err(Invalid::new("pair", "must be in order"));
        }
        if self.first.state == self.second.state {
            return Err(Invalid::new("pair", "both offices are in one state"));
        }
        Ok(())
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} – {}", self.first, self.second)
    }
}

impl Coupling {
    /// A coupling from `from` on, without end; each office with the copies of what it sends.
    pub fn new(
        one: (&Address, &[Address]),
        other: (&Address, &[Address]),
        from: Timestamp,
    ) -> Self {
        let pair = Pair::of(one.0, other.0);
        let (first, second) = if pair.first.is_same_office(one.0) {
            (one.1, other.1)
        } else {
            (other.1, one.1)
        };
        let sorted = |copies: &[Address]| {
            let mut copies = copies.to_vec();
            copies.sort();
            copies.dedup();
            copies
        };
        Self {
            pair,
            from,
            until: None,
            copies_of_first: sorted(first),
            copies_of_second: sorted(second),
            instrument: None,
        }
    }

    /// Who gets copies of what this office sends to the other.
    pub fn copies_of(&self, sender: &Address) -> &[Address] {
        if self.pair.first.is_same_office(sender) {
            &self.copies_of_first
        } else if self.pair.second.is_same_office(sender) {
            &self.copies_of_second
        } else {
            &[]
        }
    }

    /// Says whether it lets one write to the other: the pair itself; and each office of the pair with those who get
    /// copies of what it sends, so that they can ask and answer.
    pub fn joins(&self, one: &Address, other: &Address) -> bool {
        self.pair
            .other(one)
            .is_some_and(|across| across.is_same_office(other))
            || gets_copies(self.copies_of(one), other)
            || gets_copies(self.copies_of(other), one)
    }

    /// Everybody named in it.
    pub(crate) fn parties(&self) -> impl Iterator<Item = &Address> {
        [&self.pair.first, &self.pair.second]
            .into_iter()
            .chain(&self.copies_of_first)
            .chain(&self.copies_of_second)
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        self.pair.check()?;
        check_period(self.from, self.until)?;
        for copies in [&self.copies_of_first, &self.copies_of_second] {
            if copies.len() > 16 || !copies.is_sorted_by(|a, b| a < b) {
                return Err(Invalid::new("copies", "at most 16, sorted, each once"));
            }
            let states = [&self.pair.first.state, &self.pair.second.state];
            if !copies.iter().all(|office| states.contains(&&office.state)) {
                // A third state has not signed, and what it would get is not these two states' to give.
                return Err(Invalid::new("copies", "names an office of a third state"));
            }
        }
        if let Some(instrument) = &self.instrument {
            check_text("instrument", instrument, 400)?;
        }
        Ok(())
    }
}

fn gets_copies(copies: &[Address], office: &Address) -> bool {
    copies.iter().any(|copy| copy.is_same_office(office))
}
