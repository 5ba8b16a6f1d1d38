//! What the process says to its caller: one number for each class of failure. Listed in docs/cli.md.

use node::api::FailureClass;
use serde::{Deserialize, Serialize};

/// Why a command did not do what was asked. Decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// A check of `demo` or `bench` does not hold.
    Unmet,
    /// What was typed is wrong.
    Input,
    /// The register does not allow it.
    NotAllowed,
    NotFound,
    /// It may work later: disk full, another process has the store.
    Later,
    /// This home or this machine is broken.
    Broken,
    /// A file does not prove what it claims.
    Unproved,
}

impl Class {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Unmet,
        Self::Input,
        Self::NotAllowed,
        Self::NotFound,
        Self::Later,
        Self::Broken,
        Self::Unproved,
    ];

    /// The numbers are for ever: scripts ask for them. 2 is clap's for usage too.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Unmet => 1,
            Self::Input => 2,
            Self::NotAllowed => 3,
            Self::NotFound => 4,
            Self::Later => 5,
            Self::Broken => 6,
            Self::Unproved => 7,
        }
    }

    /// The key of its texts.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unmet => "unmet",
            Self::Input => "input",
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::Later => "later",
            Self::Broken => "broken",
            Self::Unproved => "unproved",
        }
    }
}

impl From<FailureClass> for Class {
    fn from(class: FailureClass) -> Self {
        match class {
            FailureClass::Input => Self::Input,
            FailureClass::NotAllowed => Self::NotAllowed,
            FailureClass::NotFound => Self::NotFound,
            FailureClass::Later => Self::Later,
            FailureClass::Broken => Self::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_own_number() {
        let mut codes: Vec<u8> = Class::ALL.into_iter().map(Class::exit_code).collect();
        codes.dedup();
        assert_eq!(codes, [1, 2, 3, 4, 5, 6, 7]);
    }
}
