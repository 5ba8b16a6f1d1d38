//! What can be typed about a dispatch, turned into a draft as JSON. Nothing is checked here: a wrong value goes
//! into the draft as it was typed, so that a draft that is refused keeps it.

pub(crate) mod dispatch;
pub(crate) mod parts;
pub(crate) mod seizure;

use serde_json::{Map, Value};

/// A JSON object that leaves out what was not typed.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn text(&mut self, name: &str, value: Option<&String>) {
        self.some(name, value.cloned());
    }

    pub(crate) fn some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// A list, where it is not empty.
    pub(crate) fn list(&mut self, name: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.put(name, values);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

/// `90s`, `30m`, `4h`, `3d`; `None` for anything else.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let end = text.char_indices().last()?.0;
    let (number, unit) = text.split_at_checked(end)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    i64::from(number).checked_mul(unit)
}

/// An instant as the draft wants it: `+4h` is counted from now, anything else stays as it was typed.
pub(crate) fn instant(text: &str, now: model::time::Timestamp) -> String {
    text.strip_prefix('+').and_then(seconds).map_or_else(
        || text.to_owned(),
        |wait| now.plus_seconds(wait).to_string(),
    )
}

/// The parts of `a:b:c`; an empty part is one that was not typed.
fn parts_of(text: &str) -> Vec<Option<String>> {
    text.split(':')
        .map(str::trim)
        .map(|part| (!part.is_empty()).then(|| part.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::Timestamp;

    #[test]
    fn lengths_of_time_have_a_unit() {
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("4h"), Some(14_400));
        assert_eq!(seconds("3d"), Some(259_200));
        for bad in ["", "4", "h", "-4h", "4 h", "4w", "4ч"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_no_instant_stays_as_typed() {
        let now = Timestamp::from_micros(1_709_764_200_000_000);
        assert_eq!(instant("+1h", now), "2024-03-06T23:30:00Z");
        assert_eq!(instant("tomorrow", now), "tomorrow");
    }
}
