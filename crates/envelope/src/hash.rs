//! Hashes over fields: `LP(x)` is a length of four bytes, big-endian, and the bytes.

use aws_lc_rs::digest;

/// Appends the length and the bytes.
pub fn put_lp(out: &mut Vec<u8>, field: &[u8]) {
    out.extend_from_slice(&length(field));
    out.extend_from_slice(field);
}

/// The fields one after the other, each with its length: no two lists give the same bytes.
pub fn lp(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(
        fields
            .iter()
            .map(|field| field.len().saturating_add(4))
            .sum(),
    );
    for field in fields {
        put_lp(&mut out, field);
    }
    out
}

/// SHA-512/256 over the fields. For names.
pub fn sha512_256(fields: &[&[u8]]) -> [u8; 32] {
    over(&digest::SHA512_256, fields)
}

/// SHA-256 over the fields. For bulk: processors have instructions for it.
pub fn sha256_fields(fields: &[&[u8]]) -> [u8; 32] {
    over(&digest::SHA256, fields)
}

/// Plain SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    take(&digest::digest(&digest::SHA256, bytes))
}

fn over(algorithm: &'static digest::Algorithm, fields: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(algorithm);
    for field in fields {
        context.update(&length(field));
        context.update(field);
    }
    take(&context.finish())
}

/// The first 32 bytes; all hashes here have that many.
pub(crate) fn take(digest: &digest::Digest) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}

/// No field comes near 4 GiB: every structure is bounded before it is hashed.
fn length(field: &[u8]) -> [u8; 4] {
    u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_between_fields_count() {
        assert_ne!(sha512_256(&[b"ab", b"c"]), sha512_256(&[b"a", b"bc"]));
        assert_eq!(lp(&[b"ab", b""]), b"\0\0\0\x02ab\0\0\0\0");
    }
}
