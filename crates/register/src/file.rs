//! A file of signed acts, to carry by hand: a line that says what it is, then a CBOR array of byte strings.

use envelope::canonical;
use thiserror::Error;

use crate::signed::ACT_BYTES;

/// First bytes of such a file.
pub const MAGIC: &[u8] = b"guzar-acts/1\n";

/// Longest file: twenty years of a network of 300 offices have under 64 MiB.
pub const FILE_BYTES: usize = 256 << 20;

/// Why a file holds no acts. Nothing of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    #[error("this is no file of register acts: it does not begin with guzar-acts/1")]
    NoMagic,
    #[error("the file is longer than 256 MiB")]
    TooLong,
    #[error("the file is damaged: {0}")]
    Damaged(String),
}

/// Reads the acts of a file, in its order. Says nothing about the acts themselves.
pub fn read(bytes: &[u8]) -> Result<Vec<Vec<u8>>, FileError> {
    if bytes.len() > FILE_BYTES {
        return Err(FileError::TooLong);
    }
    let list = bytes.strip_prefix(MAGIC).ok_or(FileError::NoMagic)?;
    let damaged = |error: &dyn std::fmt::Display| FileError::Damaged(error.to_string());
    canonical::check(list).map_err(|error| damaged(&error))?;
    let mut decoder = minicbor::Decoder::new(list);
    let mut acts = Vec::new();
    for act in decoder
        .array_iter_with(&mut ())
        .map_err(|error| damaged(&error))?
    {
        let act: &minicbor::bytes::ByteSlice = act.map_err(|error| damaged(&error))?;
        if act.len() > ACT_BYTES {
            return Err(FileError::Damaged("an act is too long".to_owned()));
        }
        acts.push(act.to_vec());
    }
    Ok(acts)
}

/// Writes acts into a file, in that order.
pub fn write<'a>(acts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let acts: Vec<&minicbor::bytes::ByteSlice> = acts.into_iter().map(Into::into).collect();
    let mut out = MAGIC.to_vec();
    let written = minicbor::encode(&acts, &mut out);
    debug_assert!(written.is_ok(), "a Vec takes every byte");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let acts: [&[u8]; 2] = [b"one", b""];

        assert_eq!(read(&write(acts)).unwrap(), acts);
        assert_eq!(read(&write([])).unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn damage_is_named() {
        let file = write([b"one".as_slice()]);

        assert_eq!(read(b"other"), Err(FileError::NoMagic));
        for cut in MAGIC.len()..file.len() {
            assert!(matches!(read(&file[..cut]), Err(FileError::Damaged(_))));
        }
        assert!(matches!(
            read(&[file.as_slice(), b"x"].concat()),
            Err(FileError::Damaged(_))
        ));
    }
}
