//! Deterministic CBOR (RFC 8949, section 4.2.1), as little of it as frames need.
//!
//! The reader is strict by construction: shortest heads, definite lengths, no tags, no floats.

/// Nested deeper than that is refused.
const MAX_DEPTH: u8 = 8;

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const SIMPLE: u8 = 7;

/// The value follows in so many bytes.
const ONE: u8 = 0x18;
const TWO: u8 = 0x19;
const FOUR: u8 = 0x1a;
const EIGHT: u8 = 0x1b;

/// What is wrong with a frame's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadCbor;

fn head(out: &mut Vec<u8>, major: u8, value: u64) {
    let major = major.wrapping_shl(5);
    match value {
        0..=23 => out.push(major | value.to_be_bytes()[7]),
        24..=0xff => out.extend([major | ONE, value.to_be_bytes()[7]]),
        0x100..=0xffff => {
            out.push(major | TWO);
            out.extend(value.to_be_bytes().iter().skip(6));
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | FOUR);
            out.extend(value.to_be_bytes().iter().skip(4));
        }
        _ => {
            out.push(major | EIGHT);
            out.extend(value.to_be_bytes());
        }
    }
}

/// Bytes that [`put_uint`] writes for that number.
pub(crate) const fn size_of(value: u64) -> usize {
    match value {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}

fn length(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

pub(crate) fn put_uint(out: &mut Vec<u8>, value: u64) {
    head(out, UINT, value);
}

pub(crate) fn put_int(out: &mut Vec<u8>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => head(out, UINT, value),
        // CBOR writes a negative n as -1 - n, which is its bitwise complement.
        Err(_) => head(out, NEGATIVE, (!value).cast_unsigned()),
    }
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    head(out, BYTES, length(bytes.len()));
    out.extend_from_slice(bytes);
}

pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    head(out, TEXT, length(text.len()));
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn put_array(out: &mut Vec<u8>, len: usize) {
    head(out, ARRAY, length(len));
}

pub(crate) fn put_map(out: &mut Vec<u8>, len: usize) {
    head(out, MAP, length(len));
}

/// Reads strictly, front to back.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], BadCbor> {
        let len = usize::try_from(len).ok().ok_or(BadCbor)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(BadCbor)?;
        self.rest = rest;
        Ok(taken)
    }

    fn head(&mut self) -> Result<(u8, u64), BadCbor> {
        let (first, rest) = self.rest.split_first().ok_or(BadCbor)?;
        self.rest = rest;
        let major = first.wrapping_shr(5);
        let (len, least) = match first & 0x1f {
            small @ 0..=23 => return Ok((major, u64::from(small))),
            ONE => (1, 24),
            TWO => (2, 0x100),
            FOUR => (4, 0x1_0000),
            EIGHT => (8, 0x1_0000_0000),
            _ => return Err(BadCbor),
        };
        let value = self.take(len)?.iter().fold(0_u64, |value, byte| {
            value.wrapping_shl(8) | u64::from(*byte)
        });
        // A longer head than needed: the same frame would have two encodings.
        if value < least {
            return Err(BadCbor);
        }
        Ok((major, value))
    }

    fn expect(&mut self, wanted: u8) -> Result<u64, BadCbor> {
        match self.head()? {
            (major, value) if major == wanted => Ok(value),
            _ => Err(BadCbor),
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64, BadCbor> {
        self.expect(UINT)
    }

    pub(crate) fn small(&mut self) -> Result<u32, BadCbor> {
        u32::try_from(self.uint()?).ok().ok_or(BadCbor)
    }

    pub(crate) fn int(&mut self) -> Result<i64, BadCbor> {
        match self.head()? {
            (UINT, value) => i64::try_from(value).ok().ok_or(BadCbor),
            (NEGATIVE, value) => i64::try_from(value)
                .map(std::ops::Not::not)
                .ok()
                .ok_or(BadCbor),
            _ => Err(BadCbor),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], BadCbor> {
        let len = self.expect(BYTES)?;
        self.take(len)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], BadCbor> {
        self.bytes()?.try_into().ok().ok_or(BadCbor)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, BadCbor> {
        let len = self.expect(TEXT)?;
        std::str::from_utf8(self.take(len)?).ok().ok_or(BadCbor)
    }

    /// The number of elements. Each takes a byte at least, so that a length cannot lie.
    pub(crate) fn array(&mut self) -> Result<usize, BadCbor> {
        let len = usize::try_from(self.expect(ARRAY)?).ok().ok_or(BadCbor)?;
        if len > self.rest.len() {
            return Err(BadCbor);
        }
        Ok(len)
    }

    pub(crate) fn map(&mut self) -> Result<usize, BadCbor> {
        let len = usize::try_from(self.expect(MAP)?).ok().ok_or(BadCbor)?;
        if len > self.rest.len() {
            return Err(BadCbor);
        }
        Ok(len)
    }

    /// Skips one item of any kind that frames may hold.
    pub(crate) fn skip(&mut self) -> Result<(), BadCbor> {
        self.skip_within(MAX_DEPTH)
    }

    fn skip_within(&mut self, depth: u8) -> Result<(), BadCbor> {
        let depth = depth.checked_sub(1).ok_or(BadCbor)?;
        match self.head()? {
            (UINT | NEGATIVE, _) | (SIMPLE, 20..=22) => Ok(()),
            (BYTES, len) => self.take(len).map(drop),
            (TEXT, len) => std::str::from_utf8(self.take(len)?)
                .map(drop)
                .ok()
                .ok_or(BadCbor),
            (ARRAY, len) => (0..len).try_for_each(|_| self.skip_within(depth)),
            (MAP, len) => (0..len).try_for_each(|_| {
                self.skip_within(depth)?;
                self.skip_within(depth)
            }),
            _ => Err(BadCbor),
        }
    }
}

#[cfg(test)]
mod tests;
