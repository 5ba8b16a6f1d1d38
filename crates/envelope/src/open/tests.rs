use model::ids::NetworkId;

use super::*;
use crate::fixture::forge::verdict;
use crate::fixture::{self, Cast};

#[expect(
    clippy::redundant_closure_for_method_calls,
    clippy::semicolon_if_nothing_returned,
    reason = "a table: one change a line"
)]
mod malformed;

#[test]
fn padding_is_exact_and_zero() {
    let mut plain = vec![0; 1024];
    plain[3] = 2;
    plain[4..6].copy_from_slice(b"hi");
    assert_eq!(unpad(&plain), Some(&b"hi"[..]));

    plain[1000] = 1;
    assert_eq!(unpad(&plain), None);
    plain[1000] = 0;
    assert_eq!(unpad(&plain[..1023]), None);
    plain.push(0);
    assert_eq!(unpad(&plain), None);
    assert_eq!(unpad(&[0xff; 1024]), None);
    assert_eq!(unpad(&[0, 0]), None);
}

#[test]
fn every_flipped_bit_is_refused() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    // Three bytes before the header, two before its signature; slots and body follow.
    let header = wire::encode(&sealed.header).len();
    let signature = header + 5..header + 5 + 64;
    for at in 0..sealed.bytes.len() {
        for bit in 0..8 {
            // In the long run of slots and body the digest speaks, whatever the bit.
            if at > signature.end + 40 && at % 64 != 0 {
                continue;
            }
            let mut copy = sealed.bytes.clone();
            copy[at] ^= 1 << bit;
            let verdict = verdict(&copy, &cast);
            assert_ne!(verdict, "accepted", "byte {at}, bit {bit}");
            if signature.contains(&at) {
                assert_eq!(verdict, "node_signature", "byte {at}, bit {bit}");
            }
            if at > signature.end + 40 {
                let expected = ["digest", "size", "truncated", "trailing", "long_form"];
                assert!(expected.contains(&verdict), "byte {at}: {verdict}");
            }
        }
    }
}

#[test]
fn every_flipped_bit_of_a_signed_statement_is_refused() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let parsed = parse(&sealed.bytes).unwrap();
    let cose = parsed.reopen(&sealed.content_key).unwrap().cose;
    for at in 0..cose.len() {
        for bit in 0..8 {
            let mut copy = cose.clone();
            copy[at] ^= 1 << bit;
            let good = cose::Sign1::parse(&copy).is_ok_and(|signed| {
                signed
                    .verify(labels::STATEMENT, cast.author.public())
                    .is_ok()
            });
            assert!(!good, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_field_of_the_statement_is_bound() {
    type Row = (&'static str, fn(&mut Statement));

    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let parsed = parse(&sealed.bytes).unwrap();
    let right = parsed.reopen(&sealed.content_key).unwrap().statement;
    assert_eq!(parsed.belongs(&right), Ok(()));

    let table: [Row; 8] = [
        ("version", |s| s.version = 2),
        ("network", |s| {
            s.network = NetworkId::new([0; 16]);
        }),
        ("nonce", |s| s.nonce[31] ^= 1),
        ("binding", |s| s.binding[0] ^= 1),
        ("binding", |s| s.binding[55] ^= 1),
        ("expires", |s| s.expires = s.expires.plus_millis(1)),
        ("recipients", |s| s.recipients.swap(0, 1)),
        ("recipients", |s| s.recipients.truncate(1)),
    ];
    for (field, change) in table {
        let mut other = right.clone();
        change(&mut other);
        assert_eq!(parsed.belongs(&other), Err(OpenError::Mismatch { field }));
    }
}

#[test]
fn the_second_recipient_opens_as_itself() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let analysts = |key: &KeyId| {
        (*key == cast.analysts.key_id()).then(|| (&cast.analysts, fixture::analysts()))
    };
    let opened = parse(&sealed.bytes).unwrap().open(&analysts).unwrap();

    assert_eq!(opened.opened_as, Some(fixture::analysts()));
    let verified = opened.verify(cast.author.public()).unwrap();
    assert_eq!(verified.id(), sealed.id);
    assert_eq!(
        verified.statement().reference.as_str(),
        "UZ-OYBEK-2026-000417"
    );
}

#[test]
fn who_is_no_recipient_opens_nothing() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let stranger = SealingKey::from_seed(&[0x33; 32]).unwrap();
    let parsed = parse(&sealed.bytes).unwrap();

    assert_eq!(parsed.open(&|_| None).unwrap_err(), OpenError::NoSlot);
    // The right name of a key, but another key.
    let other = |_: &KeyId| Some((&stranger, fixture::fotehobod()));
    assert_eq!(parsed.open(&other).unwrap_err(), OpenError::Slot);
    // The right key, but held by another office.
    let moved = |key: &KeyId| Some((cast.sealing(key)?.0, fixture::oybek()));
    assert_eq!(parsed.open(&moved).unwrap_err(), OpenError::Slot);
}

#[test]
fn only_the_named_key_of_the_author_verifies() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let open = || {
        let parsed = parse(&sealed.bytes).unwrap();
        parsed.open(&|key| cast.sealing(key)).unwrap()
    };

    assert!(open().verify(cast.author.public()).is_ok());
    assert!(open().verify(cast.origin.public()).is_err());
    let mut renamed = open();
    renamed.statement.author.key = cast.origin.key_id();
    assert!(renamed.verify(cast.origin.public()).is_err());
}
