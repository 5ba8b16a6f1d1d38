//! `COSE_Sign1` (RFC 9052, section 4.2) in the one form that is used here: tagged, Ed25519, no
//! unprotected header, payload inside, a label of ours as external data.

use minicbor::Decoder;

use crate::canonical;
use crate::error::{BadSignature, Malformed};
use crate::key::{SigningKey, VerifyingKey};
use crate::wire::{expect_array, expect_bytes, expect_fixed, put_bytes};

/// `{1: -8}`: the algorithm is `EdDSA`.
const PROTECTED: &[u8] = &[0xa1, 0x01, 0x27];
/// The tag of `COSE_Sign1`, and its array of four.
const START: &[u8] = &[0xd2, 0x84];
const EMPTY_MAP: u8 = 0xa0;
/// An array of four whose first entry is the text of the context.
const CONTEXT: &[u8] = b"\x84\x6aSignature1";

/// Signs a payload for one purpose.
pub fn sign1(label: &[u8], payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(&to_be_signed(label, payload));
    let mut out = Vec::with_capacity(payload.len().saturating_add(96));
    out.extend_from_slice(START);
    put_bytes(&mut out, PROTECTED);
    out.push(EMPTY_MAP);
    put_bytes(&mut out, payload);
    put_bytes(&mut out, &signature);
    out
}

/// What is signed: `Sig_structure` of RFC 9052, section 4.4.
pub fn to_be_signed(label: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len().saturating_add(64));
    out.extend_from_slice(CONTEXT);
    put_bytes(&mut out, PROTECTED);
    put_bytes(&mut out, label);
    put_bytes(&mut out, payload);
    out
}

/// A signed payload whose signature was not verified yet.
#[derive(Debug, Clone, Copy)]
pub struct Sign1<'a> {
    /// As received. Not to be believed before `verify`.
    pub payload: &'a [u8],
    signature: &'a [u8; 64],
}

impl<'a> Sign1<'a> {
    /// Reads the one form that is used here. The payload is not looked into.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "COSE_Sign1";

        canonical::check(bytes)?;
        let mut decoder = Decoder::new(bytes);
        let tag = decoder.tag().map_err(|_| Malformed::Shape { what: WHAT })?;
        if tag.as_u64() != 18 {
            return Err(Malformed::Shape { what: WHAT });
        }
        expect_array(&mut decoder, 4, WHAT)?;
        if expect_bytes(&mut decoder, WHAT)? != PROTECTED || decoder.map().ok() != Some(Some(0)) {
            return Err(Malformed::Shape { what: WHAT });
        }
        Ok(Self {
            payload: expect_bytes(&mut decoder, WHAT)?,
            signature: expect_fixed(&mut decoder, WHAT)?,
        })
    }

    /// Verifies the bytes that were received.
    pub fn verify(&self, label: &[u8], key: &VerifyingKey) -> Result<&'a [u8], BadSignature> {
        key.verify(&to_be_signed(label, self.payload), self.signature)?;
        Ok(self.payload)
    }
}
