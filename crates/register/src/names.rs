//! What something is called, in each of its languages.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::refusal::Invalid;

/// Names by language (ISO 639-1, two small letters). Never empty.
///
/// The keys all have the same length, so the order of the map is the order of deterministic CBOR.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Names(#[n(0)] BTreeMap<String, String>);

/// Longest name, in bytes: the longest official one that we know has 160.
const NAME_BYTES: usize = 400;

/// Most languages of one name.
const LANGUAGES: usize = 16;

impl Names {
    pub fn new<const N: usize>(names: [(&str, &str); N]) -> Self {
        names
            .into_iter()
            .map(|(lang, name)| (lang.to_owned(), name.to_owned()))
            .collect()
    }

    /// The name in that language, else in Russian, else in English, else in any.
    pub fn best(&self, lang: &str) -> &str {
        [lang, "ru", "en"]
            .into_iter()
            .find_map(|lang| self.0.get(lang))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(lang, name)| (lang.as_str(), name.as_str()))
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.0.is_empty() || self.0.len() > LANGUAGES {
            return Err(Invalid::new("names", "1 to 16 languages"));
        }
        for (lang, name) in &self.0 {
            if lang.len() != 2 || !lang.bytes().all(|byte| byte.is_ascii_lowercase()) {
                return Err(Invalid::new("names", "a language is two small letters"));
            }
            check_text("names", name, NAME_BYTES)?;
        }
        Ok(())
    }
}

impl FromIterator<(String, String)> for Names {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

/// Refuses an empty text, one that is too long, and control characters.
pub(crate) fn check_text(field: &'static str, text: &str, bytes_max: usize) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    if text.len() > bytes_max {
        return Err(Invalid::new(field, "is too long"));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(field, "has a control character"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_name_falls_back_to_russian() {
        let names = Names::new([("en", "Oybek"), ("ru", "Ойбек")]);

        assert_eq!(names.best("en"), "Oybek");
        assert_eq!(names.best("tg"), "Ойбек");
    }

    #[test]
    fn empty_and_control_characters_are_refused() {
        assert!(Names::default().check().is_err());
        assert!(Names::new([("ru", "Ой\nбек")]).check().is_err());
        assert!(Names::new([("RU", "Ойбек")]).check().is_err());
        assert!(Names::new([("ru", "Ойбек")]).check().is_ok());
    }
}
