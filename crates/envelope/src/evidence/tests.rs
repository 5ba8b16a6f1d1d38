use model::address::Address;
use model::ids::{KeyId, NetworkId};
use proptest::prelude::*;

use super::*;
use crate::evidence::layout::{BLOCK, HEAD, Head};
use crate::fixture::{self, Cast, NETWORK, RECEIVED, node};
use crate::seal::Sealed;

struct Known {
    cast: Cast,
    network: NetworkId,
}

impl Keys for Known {
    fn network(&self) -> NetworkId {
        self.network
    }

    fn node_keys(&self, node: &NodeId) -> Vec<VerifyingKey> {
        let key = match node.as_str() {
            "uz-oybek" => &self.cast.origin,
            "tj-fotehobod" => &self.cast.peer,
            "int-centre" => &self.cast.relay,
            _ => return Vec::new(),
        };
        // An earlier key of each node comes first.
        let earlier = SigningKey::from_seed(&[99; 32]).unwrap();
        vec![earlier.public().clone(), key.public().clone()]
    }

    fn signing_key(&self, holder: &Address, key: &KeyId, at: Timestamp) -> Option<VerifyingKey> {
        let author = &self.cast.author;
        let is_held = *holder == fixture::oybek() && *key == author.key_id();
        (is_held && at == fixture::CREATED).then(|| author.public().clone())
    }
}

fn known() -> Known {
    Known {
        cast: Cast::new(),
        network: NETWORK,
    }
}

fn content(cast: &Cast, sealed: &Sealed) -> EvidenceContent {
    let parsed = crate::open::parse(&sealed.bytes).unwrap();
    EvidenceContent {
        made: RECEIVED,
        node: node("uz-oybek"),
        dispatch: sealed.bytes.clone(),
        content_key: sealed.content_key.clone(),
        cose: parsed.reopen(&sealed.content_key).unwrap().cose,
        receipts: vec![cast.receipt(sealed), cast.custody(sealed)],
        acts: vec![b"an act".to_vec(), b"another".to_vec()],
        audit: vec!["1 2026-03-20T09:46:40Z officer:a17 submit".to_owned()],
    }
}

/// A file as small as files can be: the content is not looked into before it is checked.
fn small() -> Vec<u8> {
    let key = SigningKey::from_seed(&[2; 32]).unwrap();
    let content = EvidenceContent {
        made: RECEIVED,
        node: node("uz-oybek"),
        dispatch: vec![7; 300],
        content_key: ContentKey::new([9; 32]),
        cose: vec![1, 2, 3],
        receipts: vec![vec![4; 40]],
        acts: Vec::new(),
        audit: Vec::new(),
    };
    write(&content, &key)
}

fn file() -> Vec<u8> {
    let cast = Cast::new();
    let sealed = cast.seal(cast.statement());
    write(&content(&cast, &sealed), &cast.origin)
}

fn damage(bytes: &[u8]) -> (u64, Certainty) {
    match read(bytes) {
        Err(EvidenceError::Touched(damage)) => (damage.at, damage.certainty),
        other => panic!("{other:?}"),
    }
}

fn faults(report: &Report) -> Vec<(&'static str, &'static str)> {
    let faults = report.checks.iter().filter_map(|check| {
        let fault = check.result.as_ref().err()?;
        Some((check.subject.code(), fault.code()))
    });
    faults.collect()
}

#[test]
fn what_was_exported_passes_every_check() {
    let known = known();
    let sealed = known.cast.seal(known.cast.statement());
    let content = content(&known.cast, &sealed);
    let bytes = write(&content, &known.cast.origin);

    let evidence = read(&bytes).unwrap();
    let report = evidence.check(&known);

    assert!(report.is_good(), "{:?}", report.checks);
    assert_eq!(report.checks.len(), 9);
    assert_eq!(report.dispatch, Some(sealed.id));
    assert_eq!(report.receipts.len(), 2);
    let statement = report.statement.unwrap();
    assert_eq!(statement.reference.as_str(), "UZ-OYBEK-2026-000417");
    assert_eq!(evidence.content().acts, content.acts);
    assert_eq!(evidence.content().audit, content.audit);
}

#[test]
fn the_golden_file_is_made_again() {
    fixture::golden("evidence", &file());
}

#[test]
fn every_single_touched_byte_is_named() {
    let bytes = small();
    for at in 0..bytes.len() {
        for with in [0x01, 0x80, 0xff] {
            let mut copy = bytes.clone();
            copy[at] ^= with;
            assert_eq!(damage(&copy), (at as u64, Certainty::Byte), "{with:#x}");
        }
    }
}

#[test]
fn every_cut_is_named() {
    let bytes = small();
    for at in 1..bytes.len() {
        assert_eq!(damage(&bytes[..at]).0, at as u64);
    }
    assert_eq!(read(&[]).unwrap_err(), EvidenceError::NotEvidence);
}

#[test]
fn inserted_removed_and_added_bytes_are_named() {
    let bytes = small();
    for at in 0..bytes.len() {
        let mut longer = bytes.clone();
        longer.insert(at, !bytes[at]);
        assert_eq!(damage(&longer), (at as u64, Certainty::Byte));
    }
    for at in 0..bytes.len() - 1 {
        let mut shorter = bytes.clone();
        shorter.remove(at);
        // A byte taken out of a run of equal ones might be any of them.
        let first = (at..bytes.len() - 1).find(|i| bytes[*i] != bytes[i + 1]);
        let first = first.unwrap_or(bytes.len() - 1);
        assert_eq!(damage(&shorter), (first as u64, Certainty::Byte), "{at}");
    }
    let mut longer = bytes.clone();
    longer.extend_from_slice(b"\0\0");
    assert_eq!(damage(&longer), (bytes.len() as u64, Certainty::Byte));
}

#[test]
fn a_half_that_is_gone_is_named_from_its_first_byte() {
    let bytes = file();
    let middle = bytes.len() / 2;
    let zeroed = |from: usize, to: usize| {
        let mut copy = bytes.clone();
        copy[from..to].fill(0);
        let first = (from..to).find(|i| bytes[*i] != 0).unwrap();
        assert_eq!(damage(&copy), (first as u64, Certainty::Byte));
    };
    zeroed(0, middle);
    zeroed(middle, bytes.len());
    zeroed(100, middle + 100);
}

#[test]
fn few_bytes_changed_in_both_halves_are_told_apart() {
    let bytes = small();
    let last = bytes.len() - 1;
    for at in [0, 9, HEAD + 5, HEAD + 60, bytes.len() / 2 - 20] {
        let mut copy = bytes.clone();
        copy[at] ^= 1;
        copy[last - at - 2] ^= 1;
        let first = at.min(last - at - 2);
        assert_eq!(damage(&copy).0, first as u64, "{at}");
    }
}

#[test]
fn a_block_lost_in_both_halves_is_named_where_they_disagree() {
    let bytes = file();
    let head = Head::of(&bytes).unwrap();
    let block = HEAD + head.seal + 2 * BLOCK;
    let mut copy = bytes.clone();
    for at in block + 10..block + 40 {
        let other = bytes.len() - 1 - at;
        copy[at] = copy[at].wrapping_add(1);
        copy[other] = copy[other].wrapping_add(3);
    }
    let (at, certainty) = damage(&copy);
    assert_eq!(certainty, Certainty::Block);
    assert_eq!(at, (block + 10) as u64);
}

#[test]
fn without_a_seal_the_halves_are_compared() {
    let bytes = file();
    let mut copy = bytes.clone();
    for at in HEAD + 20..HEAD + 60 {
        let other = bytes.len() - 1 - at;
        copy[at] = copy[at].wrapping_add(1);
        copy[other] = copy[other].wrapping_add(3);
    }
    assert_eq!(damage(&copy), ((HEAD + 20) as u64, Certainty::Halves));
}

#[test]
fn other_files_are_no_evidence() {
    for other in [&b"GUZARBDL\x01"[..], b"PK\x03\x04", &[0; 4096]] {
        assert_eq!(read(other).unwrap_err(), EvidenceError::NotEvidence);
    }
    let mut later = small();
    let last = later.len() - 1;
    later[8] = 2;
    later[last - 8] = !2;
    assert_eq!(read(&later).unwrap_err(), EvidenceError::Version(2));
}

#[test]
fn a_forged_seal_is_not_the_nodes() {
    let known = known();
    let sealed = known.cast.seal(known.cast.statement());
    let forger = SigningKey::from_seed(&[77; 32]).unwrap();
    let bytes = write(&content(&known.cast, &sealed), &forger);

    let report = read(&bytes).unwrap().check(&known);

    assert_eq!(faults(&report), [("exporter", "unknown_key")]);
    assert!(!report.is_good());
}

#[test]
fn a_seal_of_content_in_another_form_is_malformed() {
    let key = SigningKey::from_seed(&[2; 32]).unwrap();
    let content = b"\xa1\x00\x00";
    let seal = layout::seal(content, &key);
    let bytes = layout::doubled(layout::half(&seal, content.len(), content));

    assert_eq!(read(&bytes).unwrap_err().code(), "decode");
}

#[test]
fn an_unsigned_file_says_so() {
    let key = SigningKey::from_seed(&[2; 32]).unwrap();
    let mut seal = layout::seal(b"\xa0", &key);
    let last = seal.len() - 1;
    seal[last] ^= 1;
    let bytes = layout::doubled(layout::half(&seal, 1, b"\xa0"));

    assert_eq!(read(&bytes).unwrap_err(), EvidenceError::Seal);
}

#[test]
fn each_check_fails_for_its_own_reason() {
    type Change = fn(&mut EvidenceContent, &Cast, &Sealed);
    type Row<'a> = (&'a str, Change, &'a [(&'a str, &'a str)]);
    let table: [Row<'_>; 9] = [
        (
            "not a dispatch",
            |c, _, _| c.dispatch = vec![0],
            &[("dispatch", "shape")],
        ),
        (
            "altered body",
            |c, _, _| *c.dispatch.last_mut().unwrap() ^= 1,
            &[("dispatch", "digest")],
        ),
        (
            "not a statement",
            |c, _, _| c.cose = vec![0],
            &[("statement", "shape")],
        ),
        (
            "another statement of the same author",
            |c, cast, _| c.cose = other(cast).1,
            &[("link", "mismatch"), ("body", "other_statement")],
        ),
        (
            "altered author's signature",
            |c, _, _| *c.cose.last_mut().unwrap() ^= 1,
            &[("author", "bad_signature"), ("body", "other_statement")],
        ),
        (
            "another content key",
            |c, _, _| c.content_key = ContentKey::new([1; 32]),
            &[("body", "commitment")],
        ),
        (
            "receipt for another dispatch",
            |c, cast, _| c.receipts = vec![cast.receipt(&other(cast).0)],
            &[("receipt", "other_dispatch")],
        ),
        (
            "receipt by a node that it was not sent to",
            |c, cast, sealed| c.receipts.push(stray(cast, sealed)),
            &[("receipt", "not_destination")],
        ),
        (
            "not a receipt",
            |c, _, _| c.receipts = vec![vec![]],
            &[("receipt", "truncated")],
        ),
    ];
    let known = known();
    for (name, change, expected) in table {
        let sealed = known.cast.seal(known.cast.statement());
        let mut content = content(&known.cast, &sealed);
        change(&mut content, &known.cast, &sealed);
        let bytes = write(&content, &known.cast.origin);

        let report = read(&bytes).unwrap().check(&known);

        assert_eq!(faults(&report), expected, "{name}");
        assert!(!report.is_good(), "{name}");
    }
}

#[test]
fn keys_of_another_network_prove_nothing() {
    let mut known = known();
    known.network = NetworkId::new([9; 16]);

    let report = read(&file()).unwrap().check(&known);

    assert_eq!(faults(&report), [("link", "other_network")]);
    assert_eq!(report.statement, None);
}

fn other(cast: &Cast) -> (Sealed, Vec<u8>) {
    let sealed = cast.seal_by(cast.statement(), 0x40);
    let parsed = crate::open::parse(&sealed.bytes).unwrap();
    let cose = parsed.reopen(&sealed.content_key).unwrap().cose;
    (sealed, cose)
}

fn stray(cast: &Cast, sealed: &Sealed) -> Vec<u8> {
    use crate::receipt::{Receipt, Verdict, sign};

    let receipt = Receipt {
        dispatch: sealed.id,
        node: node("uz-oybek"),
        offices: vec![fixture::oybek()],
        verdict: Verdict::Stored,
        received: RECEIVED,
        seq: Some(1),
    };
    sign(&receipt, &cast.origin)
}

proptest! {
    #[test]
    fn changes_of_one_half_are_named_by_the_byte(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..60),
        second in any::<bool>(),
    ) {
        let bytes = small();
        let half = bytes.len() / 2;
        let mut copy = bytes.clone();
        for (at, with) in changes {
            let at = at.index(half) + if second { half } else { 0 };
            copy[at] = bytes[at] ^ with;
        }
        let first = (0..bytes.len()).find(|at| copy[*at] != bytes[*at]).unwrap();

        prop_assert_eq!(damage(&copy), (first as u64, Certainty::Byte));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
        let mut with_magic = b"GUZAREVD\x01".to_vec();
        with_magic.extend(&bytes);
        prop_assert!(read(&with_magic).is_err());
    }
}
