//! When the link is cut, and for how long.

use std::str::FromStr;
use std::time::Duration;

/// From `after` the beginning, for as long as `lasts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Outage {
    after: Duration,
    lasts: Duration,
}

impl FromStr for Outage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once('+')
            .and_then(|(after, lasts)| {
                Some(Self {
                    after: seconds(after)?,
                    lasts: seconds(lasts)?,
                })
            })
            .ok_or_else(|| "seconds+seconds, as in 30+600".to_owned())
    }
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

/// All outages of a run.
#[derive(Debug)]
pub(crate) struct Outages {
    all: Vec<Outage>,
    cut: bool,
}

impl Outages {
    pub(crate) fn new(all: Vec<Outage>) -> Self {
        Self { all, cut: false }
    }

    /// Whether the link is cut now, if that is not as it was.
    pub(crate) fn changed(&mut self, elapsed: Duration) -> Option<bool> {
        let cut = self
            .all
            .iter()
            .any(|outage| outage.after <= elapsed && elapsed < outage.after + outage.lasts);
        let changed = cut != self.cut;
        self.cut = cut;
        changed.then_some(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_begin_and_end_once() {
        let mut outages = Outages::new(vec!["1+2".parse().unwrap(), "2.5+1.5".parse().unwrap()]);
        let changes: Vec<_> = [0.5, 1.0, 2.0, 3.0, 3.9, 4.0, 5.0]
            .map(|at| outages.changed(Duration::from_secs_f64(at)))
            .into_iter()
            .collect();
        assert_eq!(
            changes,
            [None, Some(true), None, None, None, Some(false), None]
        );
    }

    #[test]
    fn an_outage_is_two_numbers_of_seconds() {
        for wrong in ["30", "30+", "x+1", "-1+2", "inf+1", "1+2+3"] {
            assert!(wrong.parse::<Outage>().is_err(), "{wrong}");
        }
    }
}
