//! Bytes as hexadecimal digits in JSON.

use minicbor::bytes::{ByteArray, ByteVec};
use serde::{Deserialize as _, Deserializer, Serializer};

/// Bytes that are shown as digits and made of them.
pub trait Digits: Sized {
    fn bytes(&self) -> &[u8];
    fn from_bytes(bytes: Vec<u8>) -> Option<Self>;
}

impl<const N: usize> Digits for ByteArray<N> {
    fn bytes(&self) -> &[u8] {
        self.as_slice()
    }

    fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        <[u8; N]>::try_from(bytes).ok().map(Self::from)
    }
}

impl Digits for ByteVec {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Some(Self::from(bytes))
    }
}

pub fn serialize<S: Serializer, T: Digits>(bytes: &T, serializer: S) -> Result<S::Ok, S::Error> {
    use std::fmt::Write as _;

    let mut text = String::new();
    for byte in bytes.bytes() {
        write!(text, "{byte:02x}").map_err(serde::ser::Error::custom)?;
    }
    serializer.serialize_str(&text)
}

pub fn deserialize<'de, D: Deserializer<'de>, T: Digits>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode(&text)
        .and_then(T::from_bytes)
        .ok_or_else(|| serde::de::Error::custom("not hexadecimal digits of the right number"))
}

/// Bytes of an even number of hexadecimal digits.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}
