//! Windows, places, conveyances and persons in one word each.

use clap::Args;
use serde_json::{Value, json};

use crate::flags::{Fields, parts_of};

/// When it is expected.
#[derive(Debug, Args)]
pub(crate) struct WindowFlags {
    /// When it is expected: 2024-03-07..2024-03-08, 2024-03, ..2024-03-08
    #[arg(long, value_name = "FROM..UNTIL")]
    window: Option<String>,
    /// The bounds of the window are a guess
    #[arg(long)]
    about: bool,
    /// When it is expected, as the source said it, such as "mid-May"
    #[arg(long, value_name = "TEXT")]
    window_words: Option<String>,
    /// Time zone of the place, such as Asia/Dushanbe; the node's own if absent
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
}

impl WindowFlags {
    pub(crate) fn value(&self, own_zone: &str) -> Option<Value> {
        if self.window.is_none() && self.window_words.is_none() {
            return None;
        }
        let mut window = Fields::new();
        if let Some(text) = &self.window {
            let (earliest, latest) = text.split_once("..").unwrap_or((text, text));
            let bound = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            window.some("earliest", bound(earliest.trim()));
            window.some("latest", bound(latest.trim()));
        }
        window.put("about", self.about);
        window.text("words", self.window_words.as_ref());
        window.put("zone", self.zone.as_deref().unwrap_or(own_zone));
        Some(window.value())
    }
}

/// Where it comes from and goes to.
#[derive(Debug, Args)]
pub(crate) struct CorridorFlags {
    /// Where it comes from: crossing:oybek, KZ, or words
    #[arg(long, value_name = "PLACE")]
    from_place: Option<String>,
    /// Place on the way; may be repeated, in order
    #[arg(long, value_name = "PLACE")]
    via: Vec<String>,
    /// Where it goes to
    #[arg(long, value_name = "PLACE")]
    to_place: Option<String>,
}

impl CorridorFlags {
    pub(crate) fn value(&self) -> Option<Value> {
        let mut corridor = Fields::new();
        corridor.some("from", self.from_place.as_deref().map(place));
        corridor.list("via", self.via.iter().map(|text| place(text)).collect());
        corridor.some("to", self.to_place.as_deref().map(place));
        (!corridor.is_empty()).then(|| corridor.value())
    }
}

/// Things and people it is about.
#[derive(Debug, Args)]
pub(crate) struct SubjectFlags {
    /// Vehicle or container as KIND:PLATE:COUNTRY:MAKE, such as tractor:01A123BC:UZ; may be repeated
    #[arg(long, value_name = "KIND:PLATE")]
    conveyance: Vec<String>,
    /// Person as ROLE:NAME:BORN:NATIONALITY, such as driver:Karimov:1980; may be repeated
    #[arg(long, value_name = "ROLE:NAME")]
    person: Vec<String>,
}

impl SubjectFlags {
    pub(crate) fn put(&self, content: &mut Fields) {
        let conveyances = self.conveyance.iter().map(|text| conveyance(text));
        content.list("conveyances", conveyances.collect());
        let persons = self.person.iter().map(|text| person(text));
        content.list("persons", persons.collect());
    }
}

/// `crossing:oybek` and `crossing:oybek:UZ` are crossings, two capitals a state, all else words.
pub(crate) fn place(text: &str) -> Value {
    if let Some(crossing) = text.strip_prefix("crossing:") {
        let mut place = Fields::new();
        let (crossing, state) = crossing
            .split_once(':')
            .map_or((crossing, None), |(crossing, state)| {
                (crossing, Some(state))
            });
        place.put("crossing", crossing);
        place.some("state", state);
        return place.value();
    }
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return json!({ "state": text });
    }
    json!({ "words": text })
}

fn conveyance(text: &str) -> Value {
    named(text, &["kind", "plate", "country", "make"])
}

pub(crate) fn person(text: &str) -> Value {
    named(text, &["role", "name", "born", "nationality"])
}

/// The parts of `a:b:c` under these names; what is more than the names stays with the last one.
fn named(text: &str, names: &[&str]) -> Value {
    let mut fields = Fields::new();
    let mut parts = text.splitn(names.len(), ':');
    for name in names {
        let part = parts.next().map(str::trim).filter(|part| !part.is_empty());
        fields.some(name, part);
    }
    fields.value()
}

/// `2:bag`: how many, and of what.
pub(crate) fn packages(text: &str) -> Value {
    let parts = parts_of(text);
    let mut packages = Fields::new();
    if let Some(Some(count)) = parts.first() {
        packages.put("count", number(count));
    }
    packages.some("kind", parts.get(1).cloned().flatten());
    packages.some("colour", parts.get(2).cloned().flatten());
    packages.value()
}

/// A number where it is one, else the text for the error message.
pub(crate) fn number(text: &str) -> Value {
    text.parse::<u64>()
        .map_or_else(|_| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart() {
        assert_eq!(
            place("crossing:oybek:UZ"),
            json!({ "crossing": "oybek", "state": "UZ" })
        );
        assert_eq!(place("KZ"), json!({ "state": "KZ" }));
        assert_eq!(
            place("a yard near Sirdaryo"),
            json!({ "words": "a yard near Sirdaryo" })
        );
    }

    #[test]
    fn what_was_not_typed_is_absent() {
        assert_eq!(
            conveyance("tractor::UZ"),
            json!({ "kind": "tractor", "country": "UZ" })
        );
        assert_eq!(
            packages("two:bag"),
            json!({ "count": "two", "kind": "bag" })
        );
    }

    #[test]
    fn an_open_window_has_one_bound() {
        let flags = WindowFlags {
            window: Some("..2024-03-08".to_owned()),
            about: true,
            window_words: None,
            zone: None,
        };
        assert_eq!(
            flags.value("Asia/Tashkent").unwrap(),
            json!({ "latest": "2024-03-08", "about": true, "zone": "Asia/Tashkent" })
        );
    }
}
