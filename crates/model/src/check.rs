//! Checks of what people type: all errors at once, each with its field.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::codes::Codes;
use crate::time::Timestamp;

/// The longest text that one field may hold, in characters.
pub const LONGEST_TEXT: usize = 4_000;

/// The most entries that one list may hold.
pub const LONGEST_LIST: usize = 200;

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// With dots and indices: `content.seizure.substances[1].quantity`.
    pub field: String,
    /// Stable; each language has a sentence for it.
    pub code: String,
    /// Values for the sentence's gaps.
    pub args: Vec<(String, String)>,
}

/// Collects errors while it walks down a draft.
#[derive(Debug)]
pub struct Checker<'a> {
    pub codes: &'a Codes,
    pub now: Timestamp,
    path: Vec<String>,
    errors: Vec<FieldError>,
}

impl<'a> Checker<'a> {
    pub fn new(codes: &'a Codes, now: Timestamp) -> Self {
        Self {
            codes,
            now,
            path: Vec::new(),
            errors: Vec::new(),
        }
    }

    pub fn finish(self) -> Vec<FieldError> {
        self.errors
    }

    /// Checks what lies under a field.
    pub fn within(&mut self, field: &str, check: impl FnOnce(&mut Self)) {
        self.path.push(field.to_owned());
        check(self);
        self.path.pop();
    }

    /// Checks each entry of a list, under `field[index]`, and the list's length.
    pub fn each<T>(&mut self, field: &str, list: &[T], mut check: impl FnMut(&mut Self, &T)) {
        if list.len() > LONGEST_LIST {
            self.error(
                field,
                "too_many",
                &[
                    ("count", list.len().to_string()),
                    ("limit", LONGEST_LIST.to_string()),
                ],
            );
        }
        for (index, entry) in list.iter().enumerate() {
            self.within(&format!("{field}[{index}]"), |checker| {
                check(checker, entry);
            });
        }
    }

    /// Notes an error on a field of what is being checked; an empty name means the whole of it.
    pub fn error(&mut self, field: &str, code: &str, args: &[(&str, String)]) {
        let mut path = self.path.clone();
        if !field.is_empty() {
            path.push(field.to_owned());
        }
        self.errors.push(FieldError {
            field: path.join("."),
            code: code.to_owned(),
            args: args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
    }

    /// The code is in that list and in force.
    pub fn code(&mut self, field: &str, list: &'static str, code: &Code) {
        if let Err(problem) = self.codes.check(list, code, self.now) {
            self.error(
                field,
                problem.code(),
                &[("code", code.to_string()), ("list", list.to_owned())],
            );
        }
    }

    pub fn code_opt(&mut self, field: &str, list: &'static str, code: Option<&Code>) {
        if let Some(code) = code {
            self.code(field, list, code);
        }
    }

    /// A text that must say something.
    pub fn text(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.error(field, "empty", &[]);
        }
        self.length(field, text);
    }

    /// A text that may be absent, but not blank.
    pub fn text_opt(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    pub fn zone(&mut self, field: &str, zone: &str) {
        if !crate::time::is_zone(zone) {
            self.error(
                field,
                "no_such_zone",
                &[("zone", zone.chars().take(64).collect())],
            );
        }
    }

    fn length(&mut self, field: &str, text: &str) {
        let count = text.chars().count();
        if count > LONGEST_TEXT {
            self.error(
                field,
                "too_long",
                &[
                    ("count", count.to_string()),
                    ("limit", LONGEST_TEXT.to_string()),
                ],
            );
        }
        // A control character has no business in a police text, and may deceive a terminal.
        if text
            .chars()
            .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'))
        {
            self.error(field, "control_character", &[]);
        }
    }
}
