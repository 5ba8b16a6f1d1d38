//! When to dial again. Either side dials; a peer that is back is reached at once when something waits.
//!
//! A probe costs a packet of 60 bytes, so while something waits the pauses stay short for long: 1 s in the
//! first quarter of an hour, so that a peer that restarts is back within a second and one that was gone
//! for ten minutes within two. Only then do they grow, to 5 minutes. Any byte heard from the peer, and any
//! new FLASH for it, begins again from the start.

use std::time::Duration;

/// The first pause.
pub const FIRST: Duration = Duration::from_millis(200);

/// The longest pause.
pub const LONGEST: Duration = Duration::from_mins(5);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The longest pause after an outage of that length, while something waits for the peer.
const WAITING: [(u64, u64); 4] = [
    (15 * MINUTE, 1),
    (2 * HOUR, 3),
    (12 * HOUR, 15),
    (48 * HOUR, 60),
];

/// The same while nothing waits.
const IDLE: [(u64, u64); 4] = [
    (2 * MINUTE, 1),
    (15 * MINUTE, 5),
    (2 * HOUR, 30),
    (12 * HOUR, 120),
];

/// How long to pause before attempt number `attempt` (from 0), `down` after the last byte was heard.
///
/// Doubles from [`FIRST`] to the longest pause of that stage; `jitter`, any number, takes up to a quarter
/// off, so that many nodes do not dial a returned one in step.
pub fn backoff(attempt: u32, down: Duration, waiting: bool, jitter: u32) -> Duration {
    let stages = if waiting { &WAITING } else { &IDLE };
    let longest = stages
        .iter()
        .find(|(until, _)| down.as_secs() < *until)
        .map_or(LONGEST, |(_, pause)| Duration::from_secs(*pause));
    let pause = FIRST
        .saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX))
        .min(longest);
    let thousandths = jitter.checked_rem(251).unwrap_or(0);
    let off = pause
        .saturating_mul(thousandths)
        .checked_div(1_000)
        .unwrap_or_default();
    pause.saturating_sub(off)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * MINUTE)
    }

    #[test]
    fn a_returned_peer_is_reached_within_a_second_while_something_waits() {
        for attempt in 0..100 {
            for down in [0, 1, 10, 14] {
                assert!(backoff(attempt, minutes(down), true, 0) <= Duration::from_secs(1));
            }
        }
    }

    #[test]
    fn pauses_double_and_end_at_five_minutes() {
        let pauses: Vec<u128> = (0..4)
            .map(|attempt| backoff(attempt, Duration::ZERO, true, 0).as_millis())
            .collect();

        assert_eq!(pauses, [200, 400, 800, 1_000]);
        assert_eq!(backoff(40, minutes(60 * 72), true, 0), LONGEST);
        assert_eq!(backoff(40, minutes(60 * 24), false, 0), LONGEST);
    }

    proptest! {
        #[test]
        fn jitter_takes_a_quarter_at_most(attempt: u32, seconds in 0_u64..1_000_000, waiting: bool, jitter: u32) {
            let down = Duration::from_secs(seconds);
            let whole = backoff(attempt, down, waiting, 0);
            let pause = backoff(attempt, down, waiting, jitter);
            prop_assert!(pause <= whole && pause >= whole * 3 / 4);
            prop_assert!(whole <= LONGEST && whole >= FIRST.min(LONGEST));
        }
    }
}
