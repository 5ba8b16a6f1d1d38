//! What an independent implementation wrote (`differential/write.py`) is accepted here.

use envelope::attachment::Opener;
use envelope::evidence::check::Keys;
use envelope::key::{SealingKey, SigningKey, VerifyingKey};
use envelope::receipt::Verdict;
use envelope::{evidence, open, receipt};
use model::address::Address;
use model::content::Content;
use model::ids::{KeyId, NetworkId, NodeId};
use model::time::Timestamp;

const DISPATCH: &[u8] = include_bytes!("../golden/python.dispatch");
const STATEMENT: &[u8] = include_bytes!("../golden/python.statement");
const RECEIPT: &[u8] = include_bytes!("../golden/python.receipt");
const SEALED: &[u8] = include_bytes!("../golden/python.sealed");
const EVIDENCE: &[u8] = include_bytes!("../golden/python.evidence");

fn signing(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

#[test]
fn its_dispatch_opens_for_both_recipients() {
    let parsed = open::parse(DISPATCH).unwrap();
    parsed.check_node(signing(2).public()).unwrap();
    for (seed, office) in [(5, "TJ/CUSTOMS/FOTEHOBOD"), (6, "TJ/CUSTOMS/ANALYSIS")] {
        let key = SealingKey::from_seed(&[seed; 32]).unwrap();
        let office: Address = office.parse().unwrap();
        let ours = |name: &KeyId| (*name == key.key_id()).then(|| (&key, office.clone()));
        let opened = parsed.open(&ours).unwrap();
        assert_eq!(opened.cose, STATEMENT);
        let verified = opened.verify(signing(1).public()).unwrap();
        let statement = verified.statement();
        assert_eq!(statement.reference.as_str(), "UZ-OYBEK-2026-000418");
        let content = Content::decode(statement.kind, &statement.body).unwrap();
        let Content::Note(note) = content else {
            panic!("{content:?}");
        };
        assert_eq!(note.text, "Шифрованный груз: 32 кг.");
    }
}

#[test]
fn its_attachment_is_the_announced_one() {
    let parsed = open::parse(DISPATCH).unwrap();
    let key = SealingKey::from_seed(&[5; 32]).unwrap();
    let office: Address = "TJ/CUSTOMS/FOTEHOBOD".parse().unwrap();
    let ours = |name: &KeyId| (*name == key.key_id()).then(|| (&key, office.clone()));
    let statement = parsed.open(&ours).unwrap().statement;

    let mut opener = Opener::new(&statement.attachments[0]);
    let mut plain = opener.push(SEALED).unwrap();
    plain.extend(opener.finish().unwrap());

    let expected = (0..20_000_u32).map(|n| u8::try_from(n % 251).unwrap());
    assert!(expected.eq(plain));
}

#[test]
fn its_receipt_verifies() {
    let receipt = receipt::read(RECEIPT).unwrap();
    let receipt = receipt.verify(signing(3).public()).unwrap();

    assert_eq!(receipt.dispatch, open::parse(DISPATCH).unwrap().id);
    assert_eq!(receipt.verdict, Verdict::Stored);
}

struct Known;

impl Keys for Known {
    fn network(&self) -> NetworkId {
        NetworkId::new([0x11; 16])
    }

    fn node_keys(&self, node: &NodeId) -> Vec<VerifyingKey> {
        let seed = match node.as_str() {
            "uz-oybek" => 2,
            "tj-fotehobod" => 3,
            _ => 4,
        };
        vec![signing(seed).public().clone()]
    }

    fn signing_key(&self, _: &Address, _: &KeyId, _: Timestamp) -> Option<VerifyingKey> {
        Some(signing(1).public().clone())
    }
}

#[test]
fn its_evidence_passes_every_check() {
    let report = evidence::read(EVIDENCE).unwrap().check(&Known);

    assert!(report.is_good(), "{:?}", report.checks);
    assert_eq!(report.receipts.len(), 2);
}
