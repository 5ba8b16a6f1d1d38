//! How bad the link is.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// The qualities of a link, the same both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Bits of IP packets that pass in a millisecond.
    pub rate_kbit_s: NonZeroU32,
    /// From the last bit sent to the packet's arrival, one way.
    pub delay: Duration,
    /// Of those packets that were sent, not of those that found the queue full.
    pub loss: Loss,
    /// How long a packet may wait for its turn before it is dropped.
    pub queue: Duration,
    /// The longest IP packet, in bytes.
    pub mtu: u16,
    /// Where the dice for losses begin.
    pub seed: u64,
}

impl Default for Options {
    /// A poor satellite or mobile link: 64 kbit/s, a round trip of 600 ms, nothing lost by chance.
    ///
    /// The queue of 1 s is 8,000 bytes at this rate, a little over the 4,800 bytes that are under way in a round trip:
    /// long enough for one TCP stream to fill the link, and so short that what a program feels is mostly its own
    /// buffering. Modems are often worse; for them give a longer one.
    fn default() -> Self {
        Self {
            rate_kbit_s: NonZeroU32::new(64).unwrap_or(NonZeroU32::MIN),
            delay: Duration::from_millis(300),
            loss: Loss::NONE,
            queue: Duration::from_secs(1),
            mtu: 1500,
            seed: 1,
        }
    }
}

/// The share of packets lost on the way, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Loss(f64);

impl Loss {
    /// Nothing is lost by chance.
    pub const NONE: Self = Self(0.0);

    /// So many packets of a hundred.
    ///
    /// # Errors
    /// [`BadLoss`] if the number is not between 0 and 100.
    pub fn percent(percent: f64) -> Result<Self, BadLoss> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self(percent / 100.0))
        } else {
            Err(BadLoss(percent.to_string()))
        }
    }

    /// The share, from 0 to 1.
    pub const fn share(self) -> f64 {
        self.0
    }
}

impl FromStr for Loss {
    type Err = BadLoss;

    fn from_str(text: &str) -> Result<Self, BadLoss> {
        text.parse()
            .ok()
            .and_then(|percent| Self::percent(percent).ok())
            .ok_or_else(|| BadLoss(text.to_owned()))
    }
}

/// What was given is no percentage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("loss is a percentage from 0 to 100, not {0}")]
pub struct BadLoss(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_a_percentage() {
        assert_eq!("3".parse(), Loss::percent(3.0));
        assert_eq!("0.5".parse(), Loss::percent(0.5));
        for wrong in ["-1", "101", "NaN", "3%", ""] {
            assert_eq!(wrong.parse::<Loss>(), Err(BadLoss(wrong.to_owned())));
        }
    }
}
