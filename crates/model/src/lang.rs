//! The six languages of the desk.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::ParseIdError;

/// ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    Ru,
    En,
    Tg,
    /// Latin script.
    Uz,
    Ky,
    Tk,
}

impl Lang {
    pub const ALL: [Self; 6] = [Self::Ru, Self::En, Self::Tg, Self::Uz, Self::Ky, Self::Tk];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
            Self::Tg => "tg",
            Self::Uz => "uz",
            Self::Ky => "ky",
            Self::Tk => "tk",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Lang {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Self::ALL
            .into_iter()
            .find(|lang| lang.code() == text)
            .ok_or_else(|| ParseIdError {
                kind: "Lang",
                text: text.chars().take(16).collect(),
                expected: "ru, en, tg, uz, ky or tk",
            })
    }
}
