//! Writing and reading the few structures that are not derived.

use minicbor::{Decode, Decoder, Encode};

use crate::canonical;
use crate::error::Malformed;

const BYTES: u8 = 0x40;
const ARRAY: u8 = 0x80;

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_head(out, BYTES, bytes.len());
    out.extend_from_slice(bytes);
}

pub(crate) fn put_array(out: &mut Vec<u8>, count: usize) {
    put_head(out, ARRAY, count);
}

/// The shortest head, as deterministic encoding asks (RFC 8949, section 4.2.1).
fn put_head(out: &mut Vec<u8>, major: u8, value: usize) {
    if let Ok(small) = u8::try_from(value) {
        match small {
            0..=23 => out.push(major | small),
            _ => out.extend_from_slice(&[major | 0x18, small]),
        }
    } else if let Ok(value) = u16::try_from(value) {
        out.push(major | 0x19);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = u32::try_from(value) {
        out.push(major | 0x1a);
        out.extend_from_slice(&value.to_be_bytes());
    } else {
        out.push(major | 0x1b);
        out.extend_from_slice(&u64::try_from(value).unwrap_or(u64::MAX).to_be_bytes());
    }
}

/// Encodes a structure. Memory is the only thing that could fail.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    if minicbor::encode(value, &mut out).is_err() {
        out.clear();
    }
    out
}

/// Decodes a structure whose every byte is understood: an unknown field makes it another encoding.
pub(crate) fn decode<'b, T>(bytes: &'b [u8], what: &'static str) -> Result<T, Malformed>
where
    T: Decode<'b, ()> + Encode<()>,
{
    canonical::check(bytes)?;
    let value: T = minicbor::decode(bytes).map_err(|error| undecodable(what, &error))?;
    if encode(&value) == bytes {
        Ok(value)
    } else {
        Err(Malformed::Decode {
            what,
            detail: "it holds a field or form that this version does not know".to_owned(),
        })
    }
}

/// Enters an array of exactly that many entries.
pub(crate) fn expect_array(
    decoder: &mut Decoder<'_>,
    count: u64,
    what: &'static str,
) -> Result<(), Malformed> {
    match decoder.array() {
        Ok(Some(found)) if found == count => Ok(()),
        Ok(_) | Err(_) => Err(Malformed::Shape { what }),
    }
}

/// The next byte string.
pub(crate) fn expect_bytes<'b>(
    decoder: &mut Decoder<'b>,
    what: &'static str,
) -> Result<&'b [u8], Malformed> {
    decoder.bytes().map_err(|_| Malformed::Shape { what })
}

/// The next byte string, of exactly that length.
pub(crate) fn expect_fixed<'b, const N: usize>(
    decoder: &mut Decoder<'b>,
    what: &'static str,
) -> Result<&'b [u8; N], Malformed> {
    expect_bytes(decoder, what)?
        .try_into()
        .map_err(|_| Malformed::Shape { what })
}

pub(crate) fn undecodable(what: &'static str, error: &minicbor::decode::Error) -> Malformed {
    Malformed::Decode {
        what,
        detail: error.to_string(),
    }
}

pub(crate) fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
