//! Where a dispatch comes from and goes to: `state / authority / office / desk`.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{ParseIdError, code_id};

code_id!(
    /// A state (ISO 3166-1 alpha-2), or `INT` for an international organisation.
    StateCode,
    "2 or 3 capital letters",
    |text| (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
);
code_id!(
    /// A competent authority inside its state, such as `CUSTOMS`.
    AuthorityCode,
    "1 to 24 of A-Z, 0-9 and '-'",
    is_code
);
code_id!(
    /// An office, unique inside its state, such as `OYBEK`.
    OfficeCode,
    "1 to 24 of A-Z, 0-9 and '-'",
    is_code
);
code_id!(
    /// A desk: one authority's place inside a liaison office.
    DeskCode,
    "1 to 24 of A-Z, 0-9 and '-'",
    is_code
);

/// An office, or one desk in it. Written `UZ/CUSTOMS/OYBEK` or `UZ/CUSTOMS/OYBEK/BORDER`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Address {
    #[n(0)]
    pub state: StateCode,
    #[n(1)]
    pub authority: AuthorityCode,
    #[n(2)]
    pub office: OfficeCode,
    #[n(3)]
    pub desk: Option<DeskCode>,
}

impl Address {
    /// The same address without its desk.
    #[must_use]
    pub fn to_office(&self) -> Self {
        Self {
            desk: None,
            ..self.clone()
        }
    }

    /// Says whether both name the same office, whatever the desks.
    pub fn is_same_office(&self, other: &Self) -> bool {
        (&self.state, &self.authority, &self.office)
            == (&other.state, &other.authority, &other.office)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.state, self.authority, self.office)?;
        self.desk.iter().try_for_each(|desk| write!(f, "/{desk}"))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl FromStr for Address {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (state, authority, office, desk) = match *parts.as_slice() {
            [state, authority, office] => (state, authority, office, None),
            [state, authority, office, desk] => (state, authority, office, Some(desk)),
            _ => {
                return Err(ParseIdError {
                    kind: "Address",
                    text: text.chars().take(128).collect(),
                    expected: "STATE/AUTHORITY/OFFICE or STATE/AUTHORITY/OFFICE/DESK",
                });
            }
        };

        Ok(Self {
            state: state.parse()?,
            authority: authority.parse()?,
            office: office.parse()?,
            desk: desk.map(str::parse).transpose()?,
        })
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn is_code(text: &str) -> bool {
    (1..=24).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
}
