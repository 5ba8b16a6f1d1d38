//! Files that people carry: a line that says what it is, then deterministic CBOR.

use envelope::canonical;
use minicbor::{Decode, Encode};

use super::error::EnrollError;

/// Longest file: the register of 300 offices has a few MB.
const FILE_BYTES: usize = 256 << 20;

/// What kind of file, in words and in its first line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) magic: &'static str,
}

pub(super) const FOUNDER: Kind = Kind {
    name: "founder file",
    magic: "guzar-founder/1",
};
pub(super) const PROPOSAL: Kind = Kind {
    name: "proposal",
    magic: "guzar-proposal/1",
};
pub(super) const REQUEST: Kind = Kind {
    name: "request",
    magic: "guzar-request/1",
};
pub(super) const INVITATION: Kind = Kind {
    name: "invitation",
    magic: "guzar-invitation/1",
};

/// Writing into a Vec cannot fail.
pub(super) fn write<T: Encode<()>>(kind: Kind, value: &T) -> Vec<u8> {
    let mut out = kind.magic.as_bytes().to_vec();
    out.push(b'\n');
    let written = minicbor::encode(value, &mut out);
    debug_assert!(written.is_ok(), "a Vec takes every byte");
    out
}

/// Reads a file of that kind in its one form: what this version does not know is refused.
pub(super) fn read<'b, T>(kind: Kind, bytes: &'b [u8]) -> Result<T, EnrollError>
where
    T: Decode<'b, ()> + Encode<()>,
{
    let damaged = |what: &dyn std::fmt::Display| EnrollError::Damaged {
        file: kind.name,
        what: what.to_string(),
    };
    if bytes.len() > FILE_BYTES {
        return Err(damaged(&"longer than 256 MiB"));
    }
    let body = bytes
        .strip_prefix(kind.magic.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"\n"))
        .ok_or(EnrollError::WrongFile {
            file: kind.name,
            magic: kind.magic,
        })?;
    canonical::check(body).map_err(|error| damaged(&error))?;
    let value: T = minicbor::decode(body).map_err(|error| damaged(&error))?;
    if write(kind, &value) != bytes {
        return Err(damaged(&"it has a field that is not known here"));
    }
    Ok(value)
}
