//! Parts that several kinds of content share: windows, places, conveyances, persons.

use model::conveyance::Conveyance;
use model::person::Person;
use model::place::{Corridor, Place};
use model::when::{Occurred, Window};

use crate::render::clean;
use crate::render::page::Page;
use crate::render::words::Words;

/// `about 2017-05-10 .. 2017-05-20, "mid-May" (Asia/Bishkek)`.
pub(crate) fn window(words: Words<'_>, window: &Window) -> String {
    let mut text = String::new();
    if window.about {
        text.push_str(words.text("word.about"));
        text.push(' ');
    }
    let bounds = match (&window.earliest, &window.latest) {
        (Some(earliest), Some(latest)) if earliest == latest => earliest.to_string(),
        (Some(earliest), Some(latest)) => format!("{earliest} .. {latest}"),
        (Some(earliest), None) => format!("{} {earliest}", words.text("word.from")),
        (None, Some(latest)) => format!("{} {latest}", words.text("word.until")),
        (None, None) => String::new(),
    };
    text.push_str(&bounds);
    if let Some(said) = &window.words {
        if !text.is_empty() && !text.ends_with(' ') {
            text.push_str(", ");
        }
        text.push_str(&quoted(said));
    }
    format!("{} ({})", text.trim_end(), clean::line(&window.zone))
}

pub(crate) fn occurred(at: &Occurred) -> String {
    format!("{} ({})", at.time, clean::line(&at.zone))
}

pub(crate) fn place(place: &Place) -> String {
    let crossing = place.crossing.as_ref().map(ToString::to_string);
    let said = place.words.as_deref().map(quoted);
    let state = place.state.as_deref().map(clean::line);
    [crossing, said, state]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// `oybek -> "Tashkent" -> KZ`; an unknown end is a question mark.
pub(crate) fn corridor(corridor: &Corridor) -> String {
    let end = |end: &Option<Place>| end.as_ref().map_or_else(|| "?".to_owned(), place);
    let mut stops = vec![end(&corridor.from)];
    stops.extend(corridor.via.iter().map(place));
    stops.push(end(&corridor.to));
    stops.join(" -> ")
}

pub(crate) fn conveyance(words: Words<'_>, conveyance: &Conveyance) -> String {
    let mut parts = vec![words.label("conveyance", &conveyance.kind)];
    let texts = [
        &conveyance.plate,
        &conveyance.country,
        &conveyance.make,
        &conveyance.operator,
    ];
    parts.extend(texts.into_iter().flatten().map(|text| clean::line(text)));
    let named = [
        ("field.vin", &conveyance.vin),
        ("field.declared_goods", &conveyance.declared_goods),
    ];
    for (label, text) in named {
        if let Some(text) = text {
            parts.push(format!("{} {}", words.text(label), clean::line(text)));
        }
    }
    parts.extend(conveyance.documents.iter().map(|text| clean::line(text)));
    parts.join(", ")
}

pub(crate) fn person(words: Words<'_>, person: &Person) -> String {
    let mut parts = vec![words.label("person-role", &person.role)];
    parts.extend(person.name.as_deref().map(clean::line));
    if let Some(born) = &person.born {
        parts.push(format!("{} {born}", words.text("field.born")));
    }
    parts.extend(person.nationality.as_deref().map(clean::line));
    parts.extend(person.document.as_deref().map(clean::line));
    if let Some(status) = &person.status {
        parts.push(words.label("person-status", status));
    }
    parts.join(", ")
}

/// Label and value, where there is a value.
pub(crate) fn optional(page: &mut Page, words: Words<'_>, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        page.field(2, words.text(label), &clean::block(value));
    }
}

pub(crate) fn conveyances(page: &mut Page, words: Words<'_>, list: &[Conveyance]) {
    for one in list {
        page.field(2, words.text("field.conveyance"), &conveyance(words, one));
    }
}

pub(crate) fn persons(page: &mut Page, words: Words<'_>, list: &[Person]) {
    for one in list {
        page.field(2, words.text("field.person"), &person(words, one));
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", clean::line(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use model::codes::Codes;
    use model::lang::Lang;

    #[test]
    fn a_fuzzy_window_stays_fuzzy() {
        let language = Language::new(Lang::En);
        let codes = Codes::builtin();
        let words = Words {
            language: &language,
            codes: &codes,
        };
        let mut fuzzy = Window {
            earliest: Some("2017-05-10".parse().unwrap()),
            latest: Some("2017-05-20".parse().unwrap()),
            about: true,
            words: Some("mid-May".to_owned()),
            zone: "Asia/Bishkek".to_owned(),
        };
        assert_eq!(
            window(words, &fuzzy),
            "about 2017-05-10 .. 2017-05-20, \"mid-May\" (Asia/Bishkek)"
        );
        fuzzy.earliest = None;
        fuzzy.about = false;
        fuzzy.words = None;
        assert_eq!(window(words, &fuzzy), "until 2017-05-20 (Asia/Bishkek)");
    }

    #[test]
    fn an_unknown_end_of_a_corridor_is_not_filled_in() {
        let place = Place {
            crossing: Some("oybek".parse().unwrap()),
            state: Some("UZ".to_owned()),
            words: None,
        };
        let corridor_ = Corridor {
            from: None,
            via: Vec::new(),
            to: Some(place),
        };
        assert_eq!(corridor(&corridor_), "? -> oybek, UZ");
    }
}
