//! The ladder: which state of a delivery may follow which.
//!
//! ```text
//! Held -> Queued -> Relayed -> Delivered -> Opened -> Accepted -> Acted -> Answered
//!   |       |          |           `-----------'----------'---------'---> Recalled
//!   |       `----------'---> Refused
//!   `-------'----------'---> Expired, Recalled
//! ```
//! Receipts and steps arrive in any order and more than once, so every step up the ladder may leave
//! rungs out, and nothing goes down. Refused, Expired and Recalled end a delivery - except that a receipt
//! which was under way when it expired still counts: what the peer has on disk was delivered.

use model::delivery::DeliveryState;
use thiserror::Error;

use DeliveryState::{
    Accepted, Acted, Answered, Delivered, Expired, Held, Opened, Queued, Recalled, Refused, Relayed,
};

/// A step that the ladder does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a delivery that is {from} cannot become {to}")]
pub struct NoSuchStep {
    /// Where it stands.
    pub from: DeliveryState,
    /// Where it was to go.
    pub to: DeliveryState,
}

/// The states from which a delivery may come into `to`.
pub const fn predecessors(to: DeliveryState) -> &'static [DeliveryState] {
    match to {
        Held => &[],
        Queued => &[Held],
        Relayed => &[Queued],
        Delivered | Refused => &[Queued, Relayed, Expired],
        Opened => &[Queued, Relayed, Expired, Delivered],
        Accepted => &[Queued, Relayed, Expired, Delivered, Opened],
        Acted => &[Queued, Relayed, Expired, Delivered, Opened, Accepted],
        Answered => &[Queued, Relayed, Expired, Delivered, Opened, Accepted, Acted],
        Expired => &[Held, Queued, Relayed],
        Recalled => &[Held, Queued, Relayed, Delivered, Opened, Accepted, Acted],
    }
}

/// Moves a delivery; `Ok(false)` if it stands there already or beyond, so that repeats are harmless.
pub fn advance(from: DeliveryState, to: DeliveryState) -> Result<bool, NoSuchStep> {
    if predecessors(to).contains(&from) {
        return Ok(true);
    }
    match (rank(from), rank(to)) {
        (Some(stands), Some(wanted)) if wanted <= stands && !is_final(to) => Ok(false),
        _ if from == to => Ok(false),
        _ => Err(NoSuchStep { from, to }),
    }
}

/// The rung; `None` for the ways out that lead to no rung.
pub const fn rank(state: DeliveryState) -> Option<u8> {
    Some(match state {
        Held => 0,
        Queued => 1,
        Relayed => 2,
        Delivered => 3,
        Opened => 4,
        Accepted => 5,
        Acted => 6,
        Answered => 7,
        Refused | Expired | Recalled => return None,
    })
}

/// Says whether nothing more has to be sent for a delivery in this state.
pub const fn is_settled(state: DeliveryState) -> bool {
    !matches!(state, Held | Queued | Relayed)
}

/// Says whether a delivery in this state has left the ladder.
pub const fn is_final(state: DeliveryState) -> bool {
    rank(state).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_down_the_ladder() {
        for to in DeliveryState::ALL {
            for from in predecessors(to) {
                if let (Some(stands), Some(wanted)) = (rank(*from), rank(to)) {
                    assert!(stands < wanted, "{from} -> {to}");
                }
            }
        }
    }

    #[test]
    fn rungs_may_be_left_out() {
        assert_eq!(advance(Queued, Answered), Ok(true));
        assert_eq!(advance(Queued, Delivered), Ok(true));
        assert_eq!(advance(Delivered, Relayed), Ok(false));
        assert_eq!(advance(Answered, Opened), Ok(false));
    }

    #[test]
    fn settled_deliveries_stay_settled() {
        for to in DeliveryState::ALL {
            for from in predecessors(to) {
                assert!(is_settled(to) || !is_settled(*from), "{from} -> {to}");
            }
        }
        assert!(advance(Delivered, Expired).is_err());
        assert!(advance(Delivered, Refused).is_err());
        assert!(advance(Refused, Delivered).is_err());
        assert!(advance(Recalled, Accepted).is_err());
    }

    #[test]
    fn a_late_receipt_still_counts() {
        assert_eq!(advance(Expired, Delivered), Ok(true));
    }

    #[test]
    fn repeats_are_harmless() {
        for state in DeliveryState::ALL {
            assert_eq!(advance(state, state), Ok(false));
        }
    }
}
