use proptest::prelude::*;

use super::*;
use crate::cobblestone::SALT_LEN;
use crate::fixture::golden;

fn sealed(plain: &[u8]) -> (Manifest, Vec<u8>) {
    let mut sealed = Vec::new();
    let manifest = seal_file(plain, &mut sealed, "seals.jpg", "image/jpeg").unwrap();
    (manifest, sealed)
}

/// 20,000 bytes: one full chunk and a short one.
fn plain() -> Vec<u8> {
    (0..20_000_u32).map(|n| (n % 251) as u8).collect()
}

fn opened(manifest: &Manifest, sealed: &[u8], piece: usize) -> Result<Vec<u8>, AttachmentError> {
    let mut opener = Opener::new(manifest);
    let mut plain = Vec::new();
    for piece in sealed.chunks(piece) {
        plain.extend(opener.push(piece)?);
    }
    plain.extend(opener.finish()?);
    Ok(plain)
}

#[test]
fn the_golden_attachment_is_made_again() {
    let key = ContentKey::new([0xa7; 32]);
    let chunks = Chunks::derive(key.as_bytes(), &[0xa8; SALT_LEN], &context()).unwrap();
    let mut sealed = Vec::new();
    let named = ("seals.jpg", "image/jpeg");
    let manifest = seal_with(plain().as_slice(), &mut sealed, named, (&key, &chunks)).unwrap();

    golden("attachment.sealed", &sealed);
    golden("attachment.manifest", &crate::wire::encode(&manifest));
    assert_eq!(opened(&manifest, &sealed, 1000).unwrap(), plain());
}

#[test]
fn a_file_comes_back_in_pieces_of_any_size() {
    for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let plain = vec![9; len];
        let (manifest, sealed) = sealed(&plain);
        assert_eq!(manifest.size, len as u64);
        assert_eq!(manifest.sealed_size, sealed.len() as u64);
        for piece in [1, 55, 56, 57, SEALED_CHUNK, 100_000] {
            assert_eq!(
                opened(&manifest, &sealed, piece.max(len / 50 + 1)).unwrap(),
                plain
            );
        }
    }
}

#[test]
fn the_name_is_the_hash_of_the_sealed_bytes() {
    let (manifest, sealed) = sealed(&plain());
    let mut hash = SealedHash::new();
    for piece in sealed.chunks(777) {
        hash.update(piece);
    }
    assert_eq!(hash.finish(), manifest.id);
}

#[test]
fn a_file_that_is_cut_or_longer_is_not_whole() {
    let (manifest, sealed) = sealed(&plain());
    let cut = opened(&manifest, &sealed[..sealed.len() - 1], 5000).unwrap_err();
    assert!(matches!(cut, AttachmentError::Size { .. }));
    let longer = [sealed.as_slice(), b"x"].concat();
    let longer = opened(&manifest, &longer, 5000).unwrap_err();
    assert!(matches!(longer, AttachmentError::Size { .. }));
    assert!(opened(&manifest, &[], 1).is_err());
}

#[test]
fn a_manifest_that_cannot_be_is_refused() {
    let (manifest, sealed) = sealed(&plain());
    let refused = |change: fn(&mut Manifest)| {
        let mut other = manifest.clone();
        change(&mut other);
        opened(&other, &sealed, 5000).unwrap_err()
    };
    assert_eq!(refused(|m| m.size += 1), AttachmentError::Manifest);
    assert_eq!(
        refused(|m| m.size = SIZE_MAX + 1),
        AttachmentError::Manifest
    );
    assert_eq!(refused(|m| m.digest[0] ^= 1), AttachmentError::Digest);
    let commitment = AttachmentError::Chunks(OpenChunksError::Commitment);
    assert_eq!(refused(|m| m.key[0] ^= 1), commitment);
    assert_eq!(refused(|m| m.binding[50] ^= 1), commitment);
}

#[test]
fn a_range_is_verified_from_any_border() {
    let (manifest, sealed) = sealed(&vec![4; 3 * CHUNK + 10]);
    for index in 0..4 {
        let start = usize::try_from(chunk_offset(index)).unwrap();
        let mut check = RangeCheck::new(&manifest, index).unwrap();
        let mut verified = 0;
        for piece in sealed[start..].chunks(3000) {
            verified = check.push(piece).unwrap();
        }
        assert_eq!(verified, sealed.len() as u64, "{index}");
    }
    // The chunk of another place.
    let start = usize::try_from(chunk_offset(1)).unwrap();
    let mut check = RangeCheck::new(&manifest, 2).unwrap();
    assert!(check.push(&sealed[start..start + SEALED_CHUNK]).is_err());
}

proptest! {
    #[test]
    fn an_altered_byte_is_found_before_it_is_released(
        at in any::<prop::sample::Index>(),
        with in 1_u8..,
        piece in 1_usize..20_000,
    ) {
        let plain = plain();
        let (manifest, mut sealed) = sealed(&plain);
        let at = at.index(sealed.len());
        sealed[at] ^= with;

        let mut opener = Opener::new(&manifest);
        let mut released = Vec::new();
        for piece in sealed.chunks(piece) {
            match opener.push(piece) {
                Ok(plain) => released.extend(plain),
                Err(_) => break,
            }
        }
        prop_assert_eq!(&released[..], &plain[..released.len()]);
        prop_assert!(opener.finish().is_err());
    }
}
