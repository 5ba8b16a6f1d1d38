//! Deterministic CBOR (RFC 8949, section 4.2.1) checked before anything is decoded.
//!
//! One item, shortest numbers, definite lengths, sorted keys that occur once, valid UTF-8, no floats,
//! no tag but `COSE_Sign1` around the whole, nothing after the end. So one content has one encoding.

use crate::error::{Flaw, Malformed};

/// Deeper nesting is refused: no structure of ours needs more than nine levels.
pub const DEPTH_MAX: u8 = 16;

/// The tag of `COSE_Sign1` (RFC 9052, section 2).
const TAG_SIGN1: u64 = 18;

/// Checks that the bytes are one item in its one encoding.
pub fn check(bytes: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader { bytes, at: 0 };
    reader.item(0)?;
    if reader.at == bytes.len() {
        Ok(())
    } else {
        Err(reader.flaw(Flaw::Trailing))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Array,
    Bytes,
    Int,
    Map,
    Null,
    Simple,
    Text,
}

impl<'a> Reader<'a> {
    fn flaw(&self, flaw: Flaw) -> Malformed {
        Malformed::NotCanonical { at: self.at, flaw }
    }

    fn item(&mut self, depth: u8) -> Result<Kind, Malformed> {
        if depth > DEPTH_MAX {
            return Err(self.flaw(Flaw::Depth));
        }
        let start = self.at;
        let (major, value) = self.head()?;
        match major {
            0 | 1 => Ok(Kind::Int),
            2 => self.take(value).map(|_| Kind::Bytes),
            3 => {
                let text = self.take(value)?;
                if std::str::from_utf8(text).is_err() {
                    self.at = start;
                    return Err(self.flaw(Flaw::Utf8));
                }
                Ok(Kind::Text)
            }
            4 => {
                self.bound(value)?;
                for _ in 0..value {
                    self.item(depth.saturating_add(1))?;
                }
                Ok(Kind::Array)
            }
            5 => self.map(value, depth),
            6 if value == TAG_SIGN1 && start == 0 => self.item(depth.saturating_add(1)),
            6 => {
                self.at = start;
                Err(self.flaw(Flaw::Tag))
            }
            _ => Ok(if value == 22 {
                Kind::Null
            } else {
                Kind::Simple
            }),
        }
    }

    fn map(&mut self, count: u64, depth: u8) -> Result<Kind, Malformed> {
        self.bound(count)?;
        let mut last: Option<&'a [u8]> = None;
        for _ in 0..count {
            let start = self.at;
            let kind = self.item(depth.saturating_add(1))?;
            let key = self.bytes.get(start..self.at).unwrap_or_default();
            let flaw = match last {
                _ if kind != Kind::Int && kind != Kind::Text => Some(Flaw::KeyType),
                Some(last) if last == key => Some(Flaw::DuplicateKey),
                Some(last) if last > key => Some(Flaw::Unsorted),
                Some(_) | None => None,
            };
            if let Some(flaw) = flaw {
                self.at = start;
                return Err(self.flaw(flaw));
            }
            last = Some(key);
            let start = self.at;
            if self.item(depth.saturating_add(1))? == Kind::Null {
                self.at = start;
                return Err(self.flaw(Flaw::NullInMap));
            }
        }
        Ok(Kind::Map)
    }

    /// Major type and value of the next head; false, true and null are the only values of type 7.
    fn head(&mut self) -> Result<(u8, u64), Malformed> {
        let start = self.at;
        let first = *self
            .bytes
            .get(start)
            .ok_or_else(|| self.flaw(Flaw::Truncated))?;
        let (major, low) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match low {
                20..=22 => {
                    self.at = start.saturating_add(1);
                    Ok((major, u64::from(low)))
                }
                25..=27 => Err(self.flaw(Flaw::Float)),
                28..=30 => Err(self.flaw(Flaw::Reserved)),
                31 => Err(self.flaw(Flaw::Indefinite)),
                _ => Err(self.flaw(Flaw::Simple)),
            };
        }
        let extra = match low {
            0..=23 => 0,
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            31 if (2..=5).contains(&major) => return Err(self.flaw(Flaw::Indefinite)),
            _ => return Err(self.flaw(Flaw::Reserved)),
        };
        self.at = start.saturating_add(1);
        if extra == 0 {
            return Ok((major, u64::from(low)));
        }
        let value = self
            .take(extra)?
            .iter()
            .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        let least = match extra {
            1 => 24,
            2 => 1 << 8,
            4 => 1 << 16,
            _ => 1 << 32,
        };
        if value < least {
            self.at = start;
            return Err(self.flaw(Flaw::LongForm));
        }
        Ok((major, value))
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Malformed> {
        let end = usize::try_from(len)
            .ok()
            .and_then(|len| self.at.checked_add(len));
        let taken = end
            .and_then(|end| self.bytes.get(self.at..end))
            .ok_or_else(|| self.flaw(Flaw::Truncated))?;
        self.at = self.at.saturating_add(taken.len());
        Ok(taken)
    }

    /// Each entry takes a byte at least: a count that cannot be true costs nothing.
    fn bound(&self, count: u64) -> Result<(), Malformed> {
        let left = self.bytes.len().saturating_sub(self.at);
        if usize::try_from(count).is_ok_and(|count| count <= left) {
            Ok(())
        } else {
            Err(self.flaw(Flaw::Truncated))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(bytes: &[u8]) -> Option<(usize, Flaw)> {
        match check(bytes) {
            Ok(()) => None,
            Err(Malformed::NotCanonical { at, flaw }) => Some((at, flaw)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_one_encoding_passes() {
        for good in [
            &b"\x00"[..],
            b"\x18\x18",
            b"\x39\x01\x00",
            b"\x1b\x00\x00\x00\x01\x00\x00\x00\x00",
            b"\x42ab",
            b"\x62\xc3\xbc",
            b"\x83\xf4\xf5\xf6",
            b"\xa3\x00\x01\x18\x18\x02\x61a\x03",
            b"\xd2\x84\x40\xa0\x40\x40",
        ] {
            assert_eq!(flaw(good), None, "{good:02x?}");
        }
    }

    #[test]
    fn every_other_encoding_is_named() {
        for (bad, at, expected) in [
            (&b""[..], 0, Flaw::Truncated),
            (b"\x18\x17", 0, Flaw::LongForm),
            (b"\x19\x00\xff", 0, Flaw::LongForm),
            (b"\x1a\x00\x00\xff\xff", 0, Flaw::LongForm),
            (b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 0, Flaw::LongForm),
            (b"\x38\x17", 0, Flaw::LongForm),
            (b"\x58\x01a", 0, Flaw::LongForm),
            (b"\x5f\x41a\xff", 0, Flaw::Indefinite),
            (b"\x7f\xff", 0, Flaw::Indefinite),
            (b"\x9f\xff", 0, Flaw::Indefinite),
            (b"\xbf\xff", 0, Flaw::Indefinite),
            (b"\xff", 0, Flaw::Indefinite),
            (b"\x1c", 0, Flaw::Reserved),
            (b"\x1f", 0, Flaw::Reserved),
            (b"\xfc", 0, Flaw::Reserved),
            (b"\xf9\x00\x00", 0, Flaw::Float),
            (b"\xfa\x00\x00\x00\x00", 0, Flaw::Float),
            (b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00", 0, Flaw::Float),
            (b"\xf7", 0, Flaw::Simple),
            (b"\xe0", 0, Flaw::Simple),
            (b"\xf8\xff", 0, Flaw::Simple),
            (b"\x62\xc3\x28", 0, Flaw::Utf8),
            (b"\x42a", 1, Flaw::Truncated),
            (b"\x82\x00", 1, Flaw::Truncated),
            (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 9, Flaw::Truncated),
            (b"\xa2\x00\x01\x00\x02", 3, Flaw::DuplicateKey),
            (b"\xa2\x01\x00\x00\x00", 3, Flaw::Unsorted),
            (b"\xa2\x61b\x00\x61a\x00", 4, Flaw::Unsorted),
            (b"\xa1\x41a\x00", 1, Flaw::KeyType),
            (b"\xa1\x80\x00", 1, Flaw::KeyType),
            (b"\xa1\x00\xf6", 2, Flaw::NullInMap),
            (b"\xc0\x00", 0, Flaw::Tag),
            (b"\x81\xd2\x00", 1, Flaw::Tag),
            (b"\x00\x00", 1, Flaw::Trailing),
        ] {
            assert_eq!(flaw(bad), Some((at, expected)), "{bad:02x?}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let mut bytes = vec![0x81; 16];
        bytes.push(0);
        assert_eq!(flaw(&bytes), None);

        bytes.insert(0, 0x81);
        assert_eq!(flaw(&bytes), Some((17, Flaw::Depth)));
    }
}
