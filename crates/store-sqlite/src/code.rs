//! Enums as the numbers that stand in the database. A number is for ever; one that is retired is never
//! given again. Partial indexes lean on them: deliveries that wait are below 3, wanted attachments are 0.

use model::delivery::DeliveryState;
use model::kind::DispatchKind;
use model::lane::Lane;
use store::StoreError;
use store::attachment::AttachmentState;
use store::dispatch::Direction;

use crate::row::Cell;

/// A type that is kept as a number.
pub(crate) trait Code: Copy + 'static {
    const ALL: &'static [(i64, Self)];

    fn code(self) -> i64;

    fn from_code(code: i64, cell: Cell) -> Result<Self, StoreError> {
        Self::ALL
            .iter()
            .find(|(number, _)| *number == code)
            .map(|(_, value)| *value)
            .ok_or_else(|| cell.corrupt(format!("{code} is not in use")))
    }
}

macro_rules! codes {
    ($($type:ident { $($variant:ident = $code:literal,)* })*) => {
        $(impl Code for $type {
            const ALL: &'static [(i64, Self)] = &[$(($code, Self::$variant),)*];

            fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        })*
    };
}

codes! {
    AttachmentState {
        Wanted = 0,
        Complete = 1,
        Failed = 2,
    }
    DeliveryState {
        Queued = 0,
        Relayed = 1,
        Held = 2,
        Delivered = 3,
        Opened = 4,
        Accepted = 5,
        Acted = 6,
        Answered = 7,
        Refused = 8,
        Expired = 9,
        Recalled = 10,
    }
    Direction {
        Out = 0,
        In = 1,
        Relay = 2,
    }
    DispatchKind {
        Alert = 1,
        CheckRequest = 2,
        Reply = 3,
        Action = 4,
        Outcome = 5,
        Seizure = 6,
        Note = 7,
        Correction = 8,
        Recall = 9,
        Step = 10,
        PresenceChange = 11,
        RegisterActs = 12,
    }
    Lane {
        Control = 0,
        Flash = 1,
        Priority = 2,
        Routine = 3,
        Bulk = 4,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Debug;

    use super::*;

    fn check<T: Code + PartialEq + Debug>(cell: Cell) {
        let numbers: BTreeSet<i64> = T::ALL.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers.len(), T::ALL.len());
        for (number, value) in T::ALL {
            assert_eq!(value.code(), *number);
            assert_eq!(T::from_code(*number, cell).unwrap(), *value);
        }
        assert!(T::from_code(-1, cell).is_err());
    }

    #[test]
    fn every_code_comes_back_as_what_it_was() {
        let cell = Cell::new("delivery", "state");
        check::<AttachmentState>(cell);
        check::<DeliveryState>(cell);
        check::<Direction>(cell);
        check::<DispatchKind>(cell);
        check::<Lane>(cell);
    }
}
