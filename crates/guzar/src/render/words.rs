//! Words for what has a code: kinds, states, steps, coded values.

use model::code::Code;
use model::codes::Codes;
use model::delivery::DeliveryState;
use model::kind::DispatchKind;
use model::lane::{Lane, Urgency};
use model::quantity::Quantity;

use crate::language::Language;

/// Language and code lists together: what every rendering needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) language: &'a Language,
    pub(crate) codes: &'a Codes,
}

impl Words<'_> {
    pub(crate) fn text<'b>(&'b self, key: &'b str) -> &'b str {
        self.language.text(key)
    }

    pub(crate) fn label(&self, list: &str, code: &Code) -> String {
        self.codes
            .label(list, code, self.language.lang())
            .to_owned()
    }

    pub(crate) fn kind(&self, kind: DispatchKind) -> String {
        self.language.word("kind", kind_code(kind))
    }

    pub(crate) fn lane(&self, lane: Lane) -> String {
        self.language.word("lane", lane_code(lane))
    }

    pub(crate) fn urgency(&self, urgency: Urgency) -> String {
        self.lane(urgency.into())
    }

    pub(crate) fn state(&self, state: DeliveryState) -> String {
        self.language.word("state", state.as_str())
    }

    pub(crate) fn step(&self, step: &str) -> String {
        self.language.word("step", step)
    }

    /// The amount as it was typed, with the unit in words of the language.
    pub(crate) fn quantity(&self, quantity: &Quantity) -> String {
        let unit = self.language.word("unit", quantity.unit.as_str());
        format!("{} {unit}", quantity.amount)
    }

    /// The mark of exercise traffic.
    pub(crate) fn mark(&self, exercise: bool) -> Option<&str> {
        exercise.then(|| self.language.text("exercise.mark"))
    }

    pub(crate) fn yes_no(&self, value: bool) -> &str {
        self.language
            .text(if value { "word.yes" } else { "word.no" })
    }
}

/// As in JSON.
pub(crate) const fn kind_code(kind: DispatchKind) -> &'static str {
    match kind {
        DispatchKind::Alert => "alert",
        DispatchKind::CheckRequest => "check_request",
        DispatchKind::Reply => "reply",
        DispatchKind::Action => "action",
        DispatchKind::Outcome => "outcome",
        DispatchKind::Seizure => "seizure",
        DispatchKind::Note => "note",
        DispatchKind::Correction => "correction",
        DispatchKind::Recall => "recall",
        DispatchKind::Step => "step",
        DispatchKind::PresenceChange => "presence_change",
        DispatchKind::RegisterActs => "register_acts",
    }
}

/// As in JSON.
pub(crate) const fn lane_code(lane: Lane) -> &'static str {
    match lane {
        Lane::Control => "control",
        Lane::Flash => "flash",
        Lane::Priority => "priority",
        Lane::Routine => "routine",
        Lane::Bulk => "bulk",
    }
}

/// Bytes for people: `1.5 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, of) in UNITS {
        if bytes >= of {
            let tenths = u128::from(bytes)
                .saturating_mul(10)
                .checked_div(u128::from(of))
                .unwrap_or(0);
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_cut_not_rounded_up() {
        assert_eq!(size(2_100), "2.0 KiB");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(3 << 30), "3.0 GiB");
        assert_eq!(size(u64::MAX), "17179869183.9 GiB");
    }
}
