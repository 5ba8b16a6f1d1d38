//! Which of the waiting frames goes next.
//!
//! Control and FLASH are strict: they go before all else. So that a flood of them cannot silence the rest,
//! the lower lanes are always owed one byte for every [`GUARD`] strict ones. Below, PRIORITY, ROUTINE and
//! BULK share by weight, 16 : 8 : 1, as long as each has something waiting (deficit round robin). Inside a
//! lane the order is kept.

use std::collections::VecDeque;

use model::lane::Lane;

/// The lower lanes get at least one byte for so many of the strict ones.
pub const GUARD: usize = 16;

/// At most so many bytes are owed to the lower lanes: a quiet hour earns no burst.
const OWED_MAX: usize = 64 << 10;

/// A lane's share of the lower lanes' bytes.
const fn weight(lane: Lane) -> usize {
    match lane {
        Lane::Control | Lane::Flash => 0,
        Lane::Priority => 16,
        Lane::Routine => 8,
        Lane::Bulk => 1,
    }
}

/// The bytes that a weight of one earns each round: about a packet.
const QUANTUM: usize = 1_024;

/// The lanes that share by weight.
const LOWER: [Lane; 3] = [Lane::Priority, Lane::Routine, Lane::Bulk];

#[derive(Debug)]
struct Queue<T> {
    items: VecDeque<(usize, T)>,
    bytes: usize,
    /// What this lane may still send in this round.
    deficit: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            items: VecDeque::new(),
            bytes: 0,
            deficit: 0,
        }
    }
}

impl<T> Queue<T> {
    /// What the next item needs now: all of it, or a piece.
    fn next_size(&self, piece: usize) -> Option<usize> {
        self.items.front().map(|(size, _)| piece.min(*size))
    }

    fn take(&mut self, piece: usize) -> Option<T> {
        let (size, item) = self.items.pop_front()?;
        self.bytes = self.bytes.saturating_sub(size);
        // The last item, sent whole: what it leaves of its share is not saved up.
        self.deficit = if self.items.is_empty() && size <= piece {
            0
        } else {
            self.deficit.saturating_sub(piece.min(size))
        };
        Some(item)
    }
}

/// What may be sent now, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// For the lanes Control and FLASH.
    pub strict: usize,
    /// For the other lanes.
    pub lower: usize,
    /// Of a longer item only so much is sent at once; the rest comes back by
    /// [`LaneQueue::push_front`]. Items of the lane Control always go whole.
    pub piece: usize,
}

impl Budget {
    /// No limit.
    pub const ALL: Self = Self {
        strict: usize::MAX,
        lower: usize::MAX,
        piece: usize::MAX,
    };
}

/// Five queues and the rule that picks from them.
#[derive(Debug)]
pub struct LaneQueue<T> {
    queues: [Queue<T>; 5],
    /// Bytes that the strict lanes owe the lower ones, times [`GUARD`].
    owed: usize,
    /// Whose turn it is among the lower lanes.
    turn: usize,
}

impl<T> Default for LaneQueue<T> {
    fn default() -> Self {
        Self {
            queues: Default::default(),
            owed: 0,
            turn: 0,
        }
    }
}

impl<T> LaneQueue<T> {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item of so many bytes at the end of its lane.
    pub fn push(&mut self, lane: Lane, size: usize, item: T) {
        let queue = self.queue_mut(lane);
        queue.bytes = queue.bytes.saturating_add(size);
        queue.items.push_back((size, item));
    }

    /// Puts the rest of an item back where it came from: the next of its lane.
    pub fn push_front(&mut self, lane: Lane, size: usize, item: T) {
        let queue = self.queue_mut(lane);
        queue.bytes = queue.bytes.saturating_add(size);
        queue.items.push_front((size, item));
    }

    /// The next item, if it (or the piece of it that goes now) fits into its budget. What is next is
    /// never passed over for something smaller, or large frames would starve.
    pub fn pop(&mut self, budget: Budget) -> Option<(Lane, T)> {
        let piece = budget.piece;
        let lane = self.next_lane(piece)?;
        let room = if is_strict(lane) {
            budget.strict
        } else {
            budget.lower
        };
        let size = self.queue(lane).next_size(piece)?;
        if size > room {
            return None;
        }
        if is_strict(lane) {
            if self.has_lower() {
                self.owed = self
                    .owed
                    .saturating_add(size)
                    .min(OWED_MAX.saturating_mul(GUARD));
            }
        } else {
            self.owed = self.owed.saturating_sub(size.saturating_mul(GUARD));
        }
        if !self.has_lower() {
            self.owed = 0;
        }
        self.queue_mut(lane).take(piece).map(|item| (lane, item))
    }

    /// Items in a lane.
    pub fn len_of(&self, lane: Lane) -> usize {
        self.queue(lane).items.len()
    }

    /// Bytes in a lane.
    pub fn bytes_of(&self, lane: Lane) -> usize {
        self.queue(lane).bytes
    }

    /// Items in all lanes.
    pub fn len(&self) -> usize {
        self.queues.iter().map(|queue| queue.items.len()).sum()
    }

    /// Bytes in all lanes.
    pub fn bytes(&self) -> usize {
        self.queues.iter().map(|queue| queue.bytes).sum()
    }

    /// Says whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queues.iter().all(|queue| queue.items.is_empty())
    }

    /// Says whether a FLASH waits.
    pub fn has_flash(&self) -> bool {
        self.len_of(Lane::Flash) > 0
    }

    fn has_lower(&self) -> bool {
        LOWER.iter().any(|lane| self.len_of(*lane) > 0)
    }

    fn has_strict(&self) -> bool {
        self.len_of(Lane::Control) > 0 || self.has_flash()
    }

    fn next_lane(&mut self, piece: usize) -> Option<Lane> {
        if self.has_strict() && !self.owes(piece) {
            return Some(if self.len_of(Lane::Control) > 0 {
                Lane::Control
            } else {
                Lane::Flash
            });
        }
        self.next_lower(piece)
    }

    /// Says whether the strict lanes have had their share and one of the others is due.
    fn owes(&mut self, piece: usize) -> bool {
        self.owed > 0
            && self
                .next_lower(piece)
                .and_then(|lane| self.queue(lane).next_size(piece))
                .is_some_and(|size| size.min(OWED_MAX).saturating_mul(GUARD) <= self.owed)
    }

    /// Deficit round robin: repeated calls without a pop give the same lane.
    fn next_lower(&mut self, piece: usize) -> Option<Lane> {
        if !self.has_lower() {
            return None;
        }
        loop {
            let lane = LOWER.get(self.turn).copied().unwrap_or(Lane::Bulk);
            let queue = self.queue_mut(lane);
            if queue
                .next_size(piece)
                .is_some_and(|size| size <= queue.deficit)
            {
                return Some(lane);
            }
            self.turn = self.turn.saturating_add(1);
            if self.turn >= LOWER.len() {
                self.turn = 0;
                self.earn(piece);
            }
        }
    }

    /// A new round: who waits earns by weight. Rounds in which nobody could send are taken at once.
    fn earn(&mut self, piece: usize) {
        let rounds = LOWER
            .iter()
            .filter_map(|lane| {
                let queue = self.queue(*lane);
                let missing = queue.next_size(piece)?.saturating_sub(queue.deficit);
                Some(missing.div_ceil(weight(*lane).saturating_mul(QUANTUM).max(1)))
            })
            .min()
            .unwrap_or(1)
            .max(1);
        for lane in LOWER {
            let queue = self.queue_mut(lane);
            if !queue.items.is_empty() {
                let earned = weight(lane).saturating_mul(QUANTUM).saturating_mul(rounds);
                queue.deficit = queue.deficit.saturating_add(earned);
            }
        }
    }

    const fn queue(&self, lane: Lane) -> &Queue<T> {
        let [control, flash, priority, routine, bulk] = &self.queues;
        match lane {
            Lane::Control => control,
            Lane::Flash => flash,
            Lane::Priority => priority,
            Lane::Routine => routine,
            Lane::Bulk => bulk,
        }
    }

    const fn queue_mut(&mut self, lane: Lane) -> &mut Queue<T> {
        let [control, flash, priority, routine, bulk] = &mut self.queues;
        match lane {
            Lane::Control => control,
            Lane::Flash => flash,
            Lane::Priority => priority,
            Lane::Routine => routine,
            Lane::Bulk => bulk,
        }
    }
}

/// Says whether a lane goes before all others.
pub const fn is_strict(lane: Lane) -> bool {
    matches!(lane, Lane::Control | Lane::Flash)
}

#[cfg(test)]
mod tests;
