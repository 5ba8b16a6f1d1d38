//! Coded values: lists in `data/codes`, with labels in six languages and dates in force.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::code::Code;
use crate::lang::Lang;
use crate::time::Timestamp;

macro_rules! list {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../data/codes/", $name, ".toml")),
        )
    };
}

/// The lists, as they were built in.
const FILES: &[(&str, &str)] = &[
    list!("action"),
    list!("asked"),
    list!("basis"),
    list!("concealment"),
    list!("concealment-method"),
    list!("conveyance"),
    list!("correction-reason"),
    list!("credit"),
    list!("crime"),
    list!("form"),
    list!("handling"),
    list!("outcome"),
    list!("package"),
    list!("person-role"),
    list!("person-status"),
    list!("presence"),
    list!("purpose"),
    list!("recall-reason"),
    list!("refusal-ground"),
    list!("reply"),
    list!("seizure-status"),
    list!("source-grade"),
    list!("subject"),
    list!("substance"),
    list!("trigger"),
    list!("urgency-reason"),
    list!("weighing"),
];

/// Why a code cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    #[error("no such list")]
    NoSuchList,
    #[error("no such code")]
    NoSuchCode,
    #[error("not in force on that date")]
    NotInForce,
}

impl CodeError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSuchList => "no_such_list",
            Self::NoSuchCode => "no_such_code",
            Self::NotInForce => "code_not_in_force",
        }
    }
}

/// All lists.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    lists: BTreeMap<String, CodeList>,
}

/// One list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// Where the values come from.
    pub source: String,
    /// Languages whose labels an officer who speaks them has reviewed.
    pub reviewed: Vec<Lang>,
    pub code: Vec<CodeEntry>,
}

/// One value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    pub id: String,
    /// First day in force, ISO 8601; absent: always was.
    #[serde(default)]
    pub from: Option<String>,
    /// Last day in force.
    #[serde(default)]
    pub until: Option<String>,
    pub labels: BTreeMap<Lang, String>,
}

impl Codes {
    /// The lists that come with this version. A list that cannot be read is left out: a test keeps that from
    /// happening, and an absent list refuses its codes.
    pub fn builtin() -> Self {
        let lists = FILES
            .iter()
            .filter_map(|(name, text)| Some(((*name).to_owned(), toml::from_str(text).ok()?)))
            .collect();
        Self { lists }
    }

    pub fn list(&self, name: &str) -> Option<&CodeList> {
        self.lists.get(name)
    }

    pub fn lists(&self) -> impl Iterator<Item = (&str, &CodeList)> {
        self.lists.iter().map(|(name, list)| (name.as_str(), list))
    }

    /// The code is in the list and in force at that instant (by the date in UTC).
    pub fn check(&self, list: &str, code: &Code, at: Timestamp) -> Result<(), CodeError> {
        let list = self.lists.get(list).ok_or(CodeError::NoSuchList)?;
        let entry = list.entry(code).ok_or(CodeError::NoSuchCode)?;
        let today = at
            .date_utc()
            .map(|date| date.to_string())
            .unwrap_or_default();
        let begun = entry.from.as_ref().is_none_or(|from| *from <= today);
        let over = entry.until.as_ref().is_some_and(|until| *until < today);
        if begun && !over {
            Ok(())
        } else {
            Err(CodeError::NotInForce)
        }
    }

    /// The label in a language; the code itself where the list does not know it.
    pub fn label<'a>(&'a self, list: &str, code: &'a Code, lang: Lang) -> &'a str {
        self.lists
            .get(list)
            .and_then(|list| list.entry(code))
            .and_then(|entry| entry.labels.get(&lang))
            .map_or_else(|| code.as_str(), String::as_str)
    }
}

impl CodeList {
    fn entry(&self, code: &Code) -> Option<&CodeEntry> {
        self.code.iter().find(|entry| entry.id == code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_whole() {
        let codes = Codes::builtin();
        assert_eq!(codes.lists.len(), FILES.len(), "a list cannot be read");
        for (name, list) in codes.lists() {
            let ids: Vec<&String> = list.code.iter().map(|entry| &entry.id).collect();
            assert!(ids.is_sorted(), "{name} is not sorted");
            for entry in &list.code {
                assert!(entry.id.parse::<Code>().is_ok(), "{name}: {}", entry.id);
                for lang in Lang::ALL {
                    let label = entry.labels.get(&lang).map(|label| label.trim());
                    assert!(
                        label.is_some_and(|label| !label.is_empty()),
                        "{name}: {} in {lang}",
                        entry.id
                    );
                }
                for date in [&entry.from, &entry.until].into_iter().flatten() {
                    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{name}: {date}");
                }
            }
        }
    }

    #[test]
    fn a_code_is_refused_outside_its_dates() {
        let mut codes = Codes::builtin();
        let list = codes.lists.get_mut("crime").unwrap();
        list.code[0].until = Some("2020-12-31".to_owned());
        let id: Code = list.code[0].id.parse().unwrap();
        let at = |text: &str| serde_json::from_str(&format!("\"{text}\"")).unwrap();

        assert_eq!(
            codes.check("crime", &id, at("2020-12-31T23:00:00Z")),
            Ok(())
        );
        assert_eq!(
            codes.check("crime", &id, at("2021-01-01T00:00:00Z")),
            Err(CodeError::NotInForce)
        );
    }
}
