use model::dispatch::Manifest;
use model::ids::AttachmentId;
use model::lane::Urgency;

use super::*;
use crate::fixture::forge::{Forge, verdict};
use crate::fixture::{self, Cast, golden};
use crate::open::parse;
use crate::receipt::{self, Receipt, RefuseReason, Verdict};

/// One recipient, a file, everything filled in.
fn full(cast: &Cast) -> Statement {
    let mut statement = cast.statement();
    statement.recipients.truncate(1);
    statement.urgency = Urgency::Flash;
    statement.author.officer = Some("a17".parse().unwrap());
    statement.parents = vec![DispatchId::new([0x44; 32])];
    statement.reply_by = Some(fixture::RECEIVED);
    statement.exercise = Some("winter".to_owned());
    statement.handling.public_from = Some(fixture::EXPIRES);
    statement.attachments = vec![Manifest {
        id: AttachmentId::new([0x55; 32]),
        name: "seals.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 20_000,
        sealed_size: cobblestone::sealed_len(20_000),
        digest: ByteArray::from([0x66; 32]),
        key: ByteArray::from([0x77; 32]),
        binding: ByteArray::from([0x88; 56]),
    }];
    statement
}

#[test]
fn golden_dispatches_are_made_again() {
    let cast = Cast::new();
    let note = cast.seal(cast.statement());
    let flash = cast.seal_by(full(&cast), 0x10);

    golden("note.dispatch", &note.bytes);
    golden("flash.dispatch", &flash.bytes);
    assert_eq!(verdict(&note.bytes, &cast), "accepted");
    assert_eq!(verdict(&flash.bytes, &cast), "accepted");
}

#[test]
fn golden_statements_come_out_of_them() {
    let cast = Cast::new();
    for (name, sealed) in [
        ("note.statement", cast.seal(cast.statement())),
        ("flash.statement", cast.seal_by(full(&cast), 0x10)),
    ] {
        let parsed = parse(&sealed.bytes).unwrap();
        golden(name, &parsed.reopen(&sealed.content_key).unwrap().cose);
    }
}

#[test]
fn golden_receipts_are_made_again() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    let refused = Receipt {
        dispatch: sealed.id,
        node: fixture::node("tj-dushanbe"),
        offices: vec![fixture::analysts()],
        verdict: Verdict::Refused {
            reason: RefuseReason::NotAllowed,
        },
        received: fixture::RECEIVED,
        seq: Some(9),
    };
    golden("stored.receipt", &cast.receipt(&sealed));
    golden("custody.receipt", &cast.custody(&sealed));
    golden("refused.receipt", &receipt::sign(&refused, &cast.peer));
}

#[test]
fn what_the_forge_makes_unchanged_is_what_is_sealed() {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());

    assert!(Forge::default().make(&cast) == sealed.bytes);
}

#[test]
fn fresh_dispatches_differ_and_open() {
    let cast = Cast::new();
    let public = cast.desk.public();
    let office = fixture::fotehobod();
    let mut statement = cast.statement();
    statement.recipients.truncate(1);
    let seal = || {
        seal(SealRequest {
            statement: statement.clone(),
            author: &cast.author,
            origin: &fixture::node("uz-oybek"),
            node: &cast.origin,
            destinations: vec![Destination {
                node: fixture::node("tj-fotehobod"),
                seq: 1,
            }],
            recipients: &[SealRecipient {
                office: &office,
                key: public.key_id(),
                public,
            }],
            lane: Lane::Flash,
        })
        .unwrap()
    };
    let (one, other) = (seal(), seal());

    assert_ne!(one.id, other.id);
    assert_ne!(one.header.nonce, other.header.nonce);
    assert_ne!(one.content_key.as_bytes(), other.content_key.as_bytes());
    assert_eq!(verdict(&one.bytes, &cast), "accepted");
    let opened = parse(&one.bytes).unwrap();
    let opened = opened.open(&|key| cast.sealing(key)).unwrap();
    assert_eq!(opened.opened_as, Some(office.clone()));
    assert_eq!(opened.content_key.as_bytes(), one.content_key.as_bytes());
}

#[test]
fn a_request_that_contradicts_itself_seals_nothing() {
    let cast = Cast::new();
    let office = fixture::fotehobod();
    let public = cast.desk.public();
    let attempt = |change: fn(&mut SealRequest<'_>)| {
        let mut statement = cast.statement();
        statement.recipients.truncate(1);
        let recipients = [SealRecipient {
            office: &office,
            key: public.key_id(),
            public,
        }];
        let mut request = SealRequest {
            statement,
            author: &cast.author,
            origin: &fixture::node("uz-oybek"),
            node: &cast.origin,
            destinations: vec![Destination {
                node: fixture::node("tj-fotehobod"),
                seq: 1,
            }],
            recipients: &recipients,
            lane: Lane::Priority,
        };
        change(&mut request);
        seal(request).err().map(|error| error.to_string())
    };

    assert_eq!(attempt(|_| ()), None);
    let recipients = Some(SealError::Recipients.to_string());
    assert_eq!(attempt(|r| r.recipients = &[]), recipients);
    assert_eq!(attempt(|r| r.statement.recipients.clear()), recipients);
    let other = |r: &mut SealRequest<'_>| r.statement.recipients[0].key = KeyId::new([0; 16]);
    assert_eq!(attempt(other), recipients);
    let author = Some(SealError::AuthorKey.to_string());
    assert_eq!(
        attempt(|r| r.statement.author.key = KeyId::new([0; 16])),
        author
    );
    let limit = Some("the header cannot be".to_owned());
    assert_eq!(attempt(|r| r.destinations.clear()), limit);
    let twice = |r: &mut SealRequest<'_>| r.destinations.push(r.destinations[0].clone());
    assert_eq!(attempt(twice), limit);
    let long = attempt(|r| r.statement.zone = "a".repeat(PLAIN_MAX));
    assert!(long.unwrap().contains("1048576"));
}
