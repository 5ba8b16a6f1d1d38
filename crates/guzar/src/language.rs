//! The texts of the command line, by key. Russian and English are complete; the other languages of the desk
//! show coded values in their own words and take the sentences from Russian, the bridge language.

use std::collections::BTreeMap;

use model::lang::Lang;

/// Texts of one language.
#[derive(Debug)]
pub(crate) struct Language {
    lang: Lang,
    texts: BTreeMap<String, String>,
}

impl Language {
    pub(crate) fn new(lang: Lang) -> Self {
        let source = match lang {
            Lang::En => EN,
            Lang::Ky | Lang::Ru | Lang::Tg | Lang::Tk | Lang::Uz => RU,
        };
        // A file that does not parse cannot get through this module's tests.
        let table = source.parse::<toml::Table>().unwrap_or_default();
        let mut texts = BTreeMap::new();
        flatten("", &table, &mut texts);
        Self { lang, texts }
    }

    /// The language of coded values.
    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text, or the key itself: a code on the screen is better than nothing.
    pub(crate) fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The word for one value of a list, such as `state.delivered`; the value itself where there is none.
    pub(crate) fn word(&self, list: &str, value: &str) -> String {
        self.find(&format!("{list}.{value}"))
            .unwrap_or(value)
            .to_owned()
    }

    /// The text with its gaps filled. A value that holds braces itself is not filled again.
    pub(crate) fn fill(&self, key: &str, args: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.text(key);
        while let Some((before, gap)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = gap.split_once('}') else {
                filled.push('{');
                rest = gap;
                continue;
            };
            let value = args.iter().find(|(known, _)| *known == name);
            filled.push_str(value.map_or("?", |(_, value)| value));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

fn flatten(path: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match value {
            toml::Value::String(text) => {
                texts.insert(key, text.clone());
            }
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            _ => {}
        }
    }
}

/// The language that the locale's name asks for: `ru_RU.UTF-8` is Russian. English where it says nothing known.
pub(crate) fn of_locale(locale: Option<&str>) -> Lang {
    let name: String = locale
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    name.parse().unwrap_or(Lang::En)
}

/// Gaps of a text, sorted.
#[cfg(test)]
fn gaps(text: &str) -> Vec<String> {
    let mut gaps: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect();
    gaps.sort();
    gaps.dedup();
    gaps
}

const EN: &str = include_str!("../../../data/messages/en.toml");
const RU: &str = include_str!("../../../data/messages/ru.toml");

#[cfg(test)]
mod tests;
