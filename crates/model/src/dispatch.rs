//! The statement: what the author of a dispatch signs, whatever its kind.

use std::fmt;
use std::str::FromStr;

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::address::{Address, OfficeCode, StateCode};
use crate::code::Code;
use crate::hex;
use crate::ids::{AttachmentId, DispatchId, KeyId, NetworkId, OfficerId, ParseIdError, code_id};
use crate::kind::DispatchKind;
use crate::lane::Urgency;
use crate::time::Timestamp;

code_id!(
    /// A case file of the author's authority, as it is known on both sides.
    CaseRef,
    "1 to 64 of letters, digits and '-', '_', '.', '/'",
    |text| (1..=64).contains(&text.chars().count())
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || "-_./".contains(letter))
);

/// What is signed: COSE payload of a dispatch. Numbers are for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Statement {
    /// 1.
    #[n(0)]
    pub version: u8,
    #[n(1)]
    pub kind: DispatchKind,
    #[n(2)]
    pub network: NetworkId,
    /// Random; equals the outer header's: a statement cannot be moved into another envelope.
    #[n(3)]
    #[serde(with = "hex")]
    pub nonce: ByteArray<32>,
    /// Salt and key commitment of the sealed body: everybody who opens it reads the same.
    #[n(4)]
    #[serde(with = "hex")]
    pub binding: ByteArray<56>,
    #[n(5)]
    pub author: Author,
    /// By the author's clock.
    #[n(6)]
    pub created: Timestamp,
    /// IANA zone of the author's place.
    #[n(7)]
    pub zone: String,
    #[n(8)]
    pub reference: Reference,
    /// All who get it: nobody can pass it on as if it had been sent to him.
    #[n(9)]
    pub recipients: Vec<Recipient>,
    #[n(10)]
    pub handling: Handling,
    #[n(11)]
    pub case: Option<CaseRef>,
    #[n(12)]
    pub parents: Vec<DispatchId>,
    #[n(13)]
    pub reply_by: Option<Timestamp>,
    #[n(14)]
    pub urgency: Urgency,
    #[n(15)]
    pub expires: Timestamp,
    /// The exercise's name. Absent on live traffic.
    #[n(16)]
    pub exercise: Option<String>,
    #[n(17)]
    pub attachments: Vec<Manifest>,
    #[n(18)]
    pub register: Checkpoint,
    /// The content, by its kind.
    #[n(19)]
    #[serde(with = "hex", skip_serializing_if = "is_empty", default = "no_bytes")]
    pub body: ByteVec,
}

/// Who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Author {
    #[n(0)]
    pub office: Address,
    #[n(1)]
    pub officer: Option<OfficerId>,
    /// The office's signing key.
    #[n(2)]
    pub key: KeyId,
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Recipient {
    #[n(0)]
    pub office: Address,
    /// The sealing key that was used.
    #[n(1)]
    pub key: KeyId,
    /// For information: nothing is asked of this office.
    #[n(2)]
    pub copy: bool,
}

/// What may be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    /// From the list `handling`.
    #[n(0)]
    pub code: Code,
    /// From the list `purpose`.
    #[n(1)]
    pub purpose: Code,
    /// Persons are national by default: they leave the state only where this says so.
    #[n(2)]
    #[serde(default)]
    pub persons_released: bool,
    /// Not to be made public before.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_from: Option<Timestamp>,
}

/// A file that goes with a dispatch.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Manifest {
    #[n(0)]
    pub id: AttachmentId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub media_type: String,
    /// Plain bytes.
    #[n(3)]
    pub size: u64,
    #[n(4)]
    pub sealed_size: u64,
    /// SHA-256 of the plain bytes.
    #[n(5)]
    #[serde(with = "hex")]
    pub digest: ByteArray<32>,
    /// Opens it. Never printed, never in JSON.
    #[n(6)]
    #[serde(skip, default = "no_key")]
    pub key: ByteArray<32>,
    /// Salt and key commitment.
    #[n(7)]
    #[serde(with = "hex")]
    pub binding: ByteArray<56>,
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("id", &self.id)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The register as the author saw it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Checkpoint {
    /// How many acts.
    #[n(0)]
    pub count: u64,
    #[n(1)]
    #[serde(with = "hex")]
    pub root: ByteArray<32>,
}

/// How people name a dispatch: `UZ-OYBEK-2026-000417`, counted by the owner alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

impl Reference {
    /// State, office, year and number, six digits at least.
    pub fn new(
        state: &StateCode,
        office: &OfficeCode,
        year: i16,
        number: u64,
    ) -> Result<Self, ParseIdError> {
        format!("{state}-{office}-{year:04}-{number:06}").parse()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.0)
    }
}

impl FromStr for Reference {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if is_reference(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError {
                kind: "Reference",
                text: text.chars().take(64).collect(),
                expected: "STATE-OFFICE-YEAR-NUMBER, such as UZ-OYBEK-2026-000417",
            })
        }
    }
}

/// The office's code may hold hyphens itself, so the ends are taken first.
fn is_reference(text: &str) -> bool {
    let Some((front, number)) = text.rsplit_once('-') else {
        return false;
    };
    let Some((front, year)) = front.rsplit_once('-') else {
        return false;
    };
    let Some((state, office)) = front.split_once('-') else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (6..=20).contains(&number.len())
        && digits(number)
        && year.len() == 4
        && digits(year)
        && state.parse::<StateCode>().is_ok()
        && office.parse::<OfficeCode>().is_ok()
}

impl<C> Encode<C> for Reference {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Reference {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        d.str()?
            .parse()
            .map_err(|error| minicbor::decode::Error::custom(error).at(at))
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn is_empty(bytes: &ByteVec) -> bool {
    bytes.is_empty()
}

fn no_bytes() -> ByteVec {
    ByteVec::from(Vec::new())
}

fn no_key() -> ByteArray<32> {
    ByteArray::from([0; 32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_is_read_from_its_ends() {
        for good in ["UZ-OYBEK-2026-000417", "KG-BOR-DOBO-2026-1000000"] {
            assert_eq!(good.parse::<Reference>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "UZ-OYBEK-2026-417",
            "UZ-2026-000417",
            "uz-OYBEK-2026-000417",
            "UZ-OYBEK-26-000417",
        ] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }
}
