//! Golden bytes, changed in every way that a bad link, disk or person may: nothing panics, nothing is believed, and
//! no announced length takes memory. The fuzz targets look further; these cases run everywhere, every time.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests are tests: they panic when something is wrong"
)]

use envelope::attachment::Opener;
use envelope::evidence::check::Keys;
use envelope::key::{SealingKey, SigningKey, VerifyingKey};
use envelope::{canonical, cose, evidence, labels, open, receipt};
use model::address::Address;
use model::dispatch::Manifest;
use model::ids::{KeyId, NetworkId, NodeId};
use model::time::Timestamp;

use crate::mutator::{Mutator, peak_kib};

mod mutator;

const CASES: u64 = 6_000;

const DISPATCHES: [&[u8]; 2] = [
    include_bytes!("../golden/note.dispatch"),
    include_bytes!("../golden/flash.dispatch"),
];
const STATEMENTS: [&[u8]; 2] = [
    include_bytes!("../golden/note.statement"),
    include_bytes!("../golden/flash.statement"),
];
const RECEIPTS: [&[u8]; 3] = [
    include_bytes!("../golden/stored.receipt"),
    include_bytes!("../golden/custody.receipt"),
    include_bytes!("../golden/refused.receipt"),
];
const EVIDENCE: &[u8] = include_bytes!("../golden/evidence");
const MANIFEST: &[u8] = include_bytes!("../golden/attachment.manifest");
const ATTACHMENT: &[u8] = include_bytes!("../golden/attachment.sealed");

/// Ends above this much memory mean that an announced length was believed.
const PEAK_KIB: u64 = 256 << 10;

fn signing(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn each(golden: &[u8], other: &[u8], mut check: impl FnMut(&[u8])) {
    for seed in 0..CASES {
        let changed = Mutator::new(seed).mutate(golden, other);
        if changed != golden {
            check(&changed);
        }
    }
    let peak = peak_kib().unwrap_or(0);
    assert!(peak < PEAK_KIB, "{peak} KiB");
}

#[test]
fn changed_dispatches_are_never_believed() {
    let desk = SealingKey::from_seed(&[5; 32]).unwrap();
    let office: Address = "TJ/CUSTOMS/FOTEHOBOD".parse().unwrap();
    let (author, node) = (signing(1), signing(2));
    let believed = |bytes: &[u8]| {
        let parsed = open::parse(bytes).ok()?;
        parsed.check_node(node.public()).ok()?;
        let ours = |key: &KeyId| (*key == desk.key_id()).then(|| (&desk, office.clone()));
        parsed.open(&ours).ok()?.verify(author.public()).ok()
    };
    for (golden, other) in [(0, 1), (1, 0)] {
        assert!(believed(DISPATCHES[golden]).is_some());
        each(DISPATCHES[golden], DISPATCHES[other], |changed| {
            assert!(believed(changed).is_none());
        });
    }
}

#[test]
fn changed_statements_and_receipts_are_never_believed() {
    let author = signing(1);
    for golden in STATEMENTS {
        each(golden, RECEIPTS[0], |changed| {
            let good = cose::Sign1::parse(changed)
                .is_ok_and(|signed| signed.verify(labels::STATEMENT, author.public()).is_ok());
            assert!(!good);
        });
    }
    let (peer, relay) = (signing(3), signing(4));
    for golden in RECEIPTS {
        each(golden, STATEMENTS[0], |changed| {
            if let Ok(read) = receipt::read(changed) {
                assert!(read.clone().verify(peer.public()).is_err());
                assert!(read.verify(relay.public()).is_err());
            }
        });
    }
}

struct Known;

impl Keys for Known {
    fn network(&self) -> NetworkId {
        NetworkId::new([0x11; 16])
    }

    fn node_keys(&self, _: &NodeId) -> Vec<VerifyingKey> {
        [2, 3, 4]
            .map(|seed| signing(seed).public().clone())
            .to_vec()
    }

    fn signing_key(&self, _: &Address, _: &KeyId, _: Timestamp) -> Option<VerifyingKey> {
        Some(signing(1).public().clone())
    }
}

#[test]
fn changed_evidence_names_the_first_byte_that_differs() {
    assert!(evidence::read(EVIDENCE).is_ok());
    let (mut exact, mut all) = (0, 0);
    each(EVIDENCE, DISPATCHES[0], |changed| {
        all += 1;
        let damage = match evidence::read(changed) {
            Err(evidence::EvidenceError::Touched(damage)) => damage,
            Err(_) => return,
            Ok(_) => panic!("changed evidence was read"),
        };
        let common = changed.iter().zip(EVIDENCE);
        let first = common.take_while(|(one, other)| one == other).count();
        let off = damage.at.abs_diff(first as u64);
        match damage.certainty {
            evidence::Certainty::Byte => assert_eq!(off, 0),
            evidence::Certainty::Block => assert!(off < 256, "{off}"),
            evidence::Certainty::Halves => (),
        }
        exact += u32::from(off == 0);
    });
    // Up to four changes all over the file, some of which move all that follows.
    assert!(exact * 10 > all * 6, "{exact} of {all}");
}

#[test]
fn any_content_under_a_good_seal_is_checked_without_a_panic() {
    let golden = evidence::read(EVIDENCE).unwrap();
    assert!(golden.check(&Known).is_good());
    let content = golden.content();
    for seed in 0..CASES / 4 {
        let mut mutator = Mutator::new(seed);
        let mut changed = content.clone();
        match seed % 3 {
            0 => changed.dispatch = mutator.mutate(&content.dispatch, EVIDENCE),
            1 => changed.cose = mutator.mutate(&content.cose, EVIDENCE),
            _ => changed.receipts[0] = mutator.mutate(&content.receipts[0], EVIDENCE),
        }
        let same = (&changed.dispatch, &changed.cose, &changed.receipts)
            == (&content.dispatch, &content.cose, &content.receipts);
        let bytes = evidence::write(&changed, &signing(2));
        let report = evidence::read(&bytes).unwrap().check(&Known);
        assert_eq!(report.is_good(), same);
    }
}

#[test]
fn changed_attachments_release_nothing_that_was_not_sealed() {
    let manifest: Manifest = minicbor::decode(MANIFEST).unwrap();
    let plain = |sealed: &[u8]| {
        let mut opener = Opener::new(&manifest);
        let mut plain = Vec::new();
        for piece in sealed.chunks(5_000) {
            match opener.push(piece) {
                Ok(released) => plain.extend(released),
                Err(_) => return (plain, false),
            }
        }
        let whole = opener.finish();
        let is_whole = whole.is_ok();
        plain.extend(whole.unwrap_or_default());
        (plain, is_whole)
    };
    let (golden, whole) = plain(ATTACHMENT);
    assert!(whole);
    for seed in 0..CASES / 10 {
        let changed = Mutator::new(seed).mutate(ATTACHMENT, EVIDENCE);
        let (released, whole) = plain(&changed);
        assert_eq!(whole, changed == ATTACHMENT);
        assert!(golden.starts_with(&released));
    }
}

#[test]
fn what_passes_as_canonical_is_encoded_in_one_way() {
    for golden in STATEMENTS {
        let payload = cose::Sign1::parse(golden).unwrap().payload;
        each(payload, RECEIPTS[0], |changed| {
            if canonical::check(changed).is_ok() {
                // Whoever skips an item ends where the check ended.
                let mut decoder = minicbor::Decoder::new(changed);
                decoder.skip().unwrap();
                assert_eq!(decoder.position(), changed.len());
            }
        });
    }
}
