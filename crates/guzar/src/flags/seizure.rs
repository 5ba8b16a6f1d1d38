//! A seizure in flags: alone, or as the result of a search.

use clap::Args;
use serde_json::{Value, json};

use crate::flags::parts::{CorridorFlags, SubjectFlags, number, packages, place};
use crate::flags::{Fields, parts_of};

/// Flags of a seizure.
#[derive(Debug, Args)]
pub(crate) struct SeizureFlags {
    /// Your own name for the event; later versions share it
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// Version of the report on this event, from 1
    #[arg(long, value_name = "N")]
    version_number: Option<String>,
    /// How sure it is
    #[arg(long, value_name = "CODE")]
    status: Option<String>,
    /// When it happened, by the clock of the place: 2024-03-07T03:30, or as far as it is known
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Time zone of the place; the node's own if absent
    #[arg(long, value_name = "ZONE")]
    at_zone: Option<String>,
    /// Where it happened: crossing:oybek, KZ, or words
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    /// Authority that took part; may be repeated
    #[arg(long, value_name = "AUTHORITY")]
    agency: Vec<String>,
    /// Made together with another state
    #[arg(long)]
    joint: bool,
    /// SUBSTANCE:AMOUNT:UNIT:WEIGHING:BASIS, such as hashish:1981:g:net:field-test; may be repeated
    #[arg(long, value_name = "SUBSTANCE:AMOUNT:UNIT")]
    pub(crate) item: Vec<String>,
    /// Total as announced, AMOUNT:UNIT; must equal the sum of the items
    #[arg(long, value_name = "AMOUNT:UNIT")]
    total: Option<String>,
    /// Packages in all, COUNT:KIND
    #[arg(long, value_name = "COUNT:KIND")]
    packages: Option<String>,
    /// What led to it
    #[arg(long, value_name = "CODE")]
    trigger: Option<String>,
    /// Where it was hidden and how, PLACE:METHOD, such as trailer:magnet
    #[arg(long, value_name = "PLACE:METHOD")]
    hidden: Option<String>,
    /// Where it was hidden, in words
    #[arg(long, value_name = "TEXT")]
    hidden_words: Option<String>,
    /// Date, body and article of the case that was opened
    #[arg(long, value_name = "TEXT")]
    case_opened: Option<String>,
    /// Dispatch whose version this one replaces
    #[arg(long, value_name = "DISPATCH")]
    corrects: Option<String>,
    #[command(flatten)]
    subjects: SubjectFlags,
    #[command(flatten)]
    route: CorridorFlags,
}

impl SeizureFlags {
    /// Says whether anything of a seizure was typed that only a seizure has.
    pub(crate) fn is_typed(&self) -> bool {
        !self.item.is_empty()
            || self.total.is_some()
            || self.event.is_some()
            || self.hidden.is_some()
            || self.packages.is_some()
    }

    /// `event` where none was typed; the text belongs to the caller.
    pub(crate) fn value(&self, event: &str, own_zone: &str, text: Option<&String>) -> Value {
        let mut seizure = Fields::new();
        seizure.put("event", self.event.as_deref().unwrap_or(event));
        let version = self
            .version_number
            .as_deref()
            .map_or_else(|| json!(1), number);
        seizure.put("version", version);
        seizure.put("status", self.status.as_deref().unwrap_or("provisional"));
        let zone = self.at_zone.as_deref().unwrap_or(own_zone);
        seizure.some(
            "at",
            self.at
                .as_ref()
                .map(|at| json!({ "time": at, "zone": zone })),
        );
        seizure.some("place", self.place.as_deref().map(place));
        let agencies = self.agency.iter().cloned().map(Value::from);
        seizure.list("agencies", agencies.collect());
        seizure.put("joint", self.joint);
        seizure.list("items", self.item.iter().map(|text| item(text)).collect());
        seizure.some("total", self.total.as_deref().map(quantity));
        seizure.some("packages", self.packages.as_deref().map(packages));
        seizure.text("trigger", self.trigger.as_ref());
        seizure.some("concealment", self.concealment());
        self.subjects.put(&mut seizure);
        seizure.some("route", self.route.value());
        seizure.text("case_opened", self.case_opened.as_ref());
        seizure.text("corrects", self.corrects.as_ref());
        seizure.text("text", text);
        seizure.value()
    }

    fn concealment(&self) -> Option<Value> {
        let mut hidden = Fields::new();
        if let Some(text) = &self.hidden {
            let (place, method) = text
                .split_once(':')
                .map_or((text.as_str(), None), |(place, method)| {
                    (place, Some(method))
                });
            hidden.put("place", place);
            hidden.some("method", method);
        }
        hidden.text("words", self.hidden_words.as_ref());
        (!hidden.is_empty()).then(|| hidden.value())
    }
}

/// `hashish:1981:g:net:field-test`; without the last two it is gross, by sight.
fn item(text: &str) -> Value {
    let parts = parts_of(text);
    let part = |index: usize| parts.get(index).cloned().flatten();
    json!({
        "substance": part(0).unwrap_or_default(),
        "quantity": {
            "amount": part(1).unwrap_or_default(),
            "unit": part(2).unwrap_or_default(),
        },
        "weighing": part(3).unwrap_or_else(|| "gross".to_owned()),
        "basis": part(4).unwrap_or_else(|| "visual".to_owned()),
    })
}

/// `1981:g`.
fn quantity(text: &str) -> Value {
    let (amount, unit) = text.split_once(':').unwrap_or((text, ""));
    json!({ "amount": amount.trim(), "unit": unit.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_gross_and_by_sight_unless_it_says_more() {
        assert_eq!(
            item("hashish:1981:g"),
            json!({
                "substance": "hashish",
                "quantity": { "amount": "1981", "unit": "g" },
                "weighing": "gross",
                "basis": "visual",
            })
        );
        assert_eq!(item("heroin:1:kg:net:lab")["basis"], "lab");
    }
}
