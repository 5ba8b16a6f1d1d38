//! Dispatches for tests: keys from fixed seeds, offices that exist, persons and cases that do not.
#![cfg(test)]

use minicbor::bytes::{ByteArray, ByteVec};
use model::address::Address;
use model::dispatch::{Author, Checkpoint, Handling, Recipient, Statement};
use model::ids::{KeyId, NetworkId, NodeId};
use model::kind::DispatchKind;
use model::lane::Urgency;
use model::note::Note;
use model::time::Timestamp;

use crate::cobblestone::SALT_LEN;
use crate::header::Destination;
use crate::key::{ContentKey, SealingKey, SigningKey};
use crate::receipt::{self, Receipt, Verdict};
use crate::seal::{Fresh, SealRecipient, SealRequest, Sealed, seal_with};
use crate::wire;
use crate::xwing::tests::dangerous_encapsulate;

pub(crate) mod forge;

pub(crate) const NETWORK: NetworkId = NetworkId::new([0x11; 16]);
pub(crate) const CREATED: Timestamp = Timestamp::from_micros(1_774_000_000_000_000);
pub(crate) const RECEIVED: Timestamp = Timestamp::from_micros(1_774_000_000_250_000);
pub(crate) const EXPIRES: Timestamp = Timestamp::from_micros(1_774_600_000_000_000);

/// Oybek writes to Fotehobod; the analysts of Tajikistan get a copy.
pub(crate) struct Cast {
    pub(crate) author: SigningKey,
    pub(crate) origin: SigningKey,
    pub(crate) peer: SigningKey,
    pub(crate) relay: SigningKey,
    pub(crate) desk: SealingKey,
    pub(crate) analysts: SealingKey,
}

impl Cast {
    pub(crate) fn new() -> Self {
        let signing = |seed| SigningKey::from_seed(&[seed; 32]).unwrap();
        let sealing = |seed| SealingKey::from_seed(&[seed; 32]).unwrap();
        Self {
            author: signing(1),
            origin: signing(2),
            peer: signing(3),
            relay: signing(4),
            desk: sealing(5),
            analysts: sealing(6),
        }
    }

    pub(crate) fn statement(&self) -> Statement {
        let recipient = |office: Address, key, copy| Recipient { office, key, copy };
        Statement {
            version: 0,
            kind: DispatchKind::Note,
            network: NETWORK,
            nonce: ByteArray::from([0; 32]),
            binding: ByteArray::from([0; 56]),
            author: Author {
                office: oybek(),
                officer: None,
                key: self.author.key_id(),
            },
            created: CREATED,
            zone: "Asia/Tashkent".to_owned(),
            reference: "UZ-OYBEK-2026-000417".parse().unwrap(),
            recipients: vec![
                recipient(fotehobod(), self.desk.key_id(), false),
                recipient(analysts(), self.analysts.key_id(), true),
            ],
            handling: Handling {
                code: "project-states".parse().unwrap(),
                purpose: "crime-detection".parse().unwrap(),
                persons_released: false,
                public_from: None,
            },
            case: Some("UZ/2026/17".parse().unwrap()),
            parents: Vec::new(),
            reply_by: None,
            urgency: Urgency::Priority,
            expires: EXPIRES,
            exercise: None,
            attachments: Vec::new(),
            register: Checkpoint {
                count: 12,
                root: ByteArray::from([0x22; 32]),
            },
            body: ByteVec::from(wire::encode(&Note {
                text: "A lorry with two seals on one door.".to_owned(),
                language: Some("en".to_owned()),
            })),
        }
    }

    /// With fixed bytes where others are fresh: the same statement gives the same dispatch.
    pub(crate) fn seal(&self, statement: Statement) -> Sealed {
        self.seal_by(statement, 0xc0)
    }

    /// The same, with other fixed bytes.
    pub(crate) fn seal_by(&self, statement: Statement, seed: u8) -> Sealed {
        let offices = statement.recipients.clone();
        let recipients: Vec<SealRecipient<'_>> = offices
            .iter()
            .map(|recipient| SealRecipient {
                office: &recipient.office,
                key: recipient.key,
                public: self.sealing(&recipient.key).unwrap().0.public(),
            })
            .collect();
        let request = SealRequest {
            lane: statement.urgency.into(),
            statement,
            author: &self.author,
            origin: &node("uz-oybek"),
            node: &self.origin,
            destinations: vec![
                destination("tj-fotehobod", 4),
                destination("tj-dushanbe", 9),
            ],
            recipients: &recipients,
        };
        let fresh = Fresh {
            nonce: [seed; 32],
            content_key: ContentKey::new([seed.wrapping_add(1); 32]),
            salt: [seed.wrapping_add(2); SALT_LEN],
        };
        seal_with(request, fresh, &|key, enc| {
            dangerous_encapsulate(key, &[seed.wrapping_add(3); 64], enc)
        })
        .unwrap()
    }

    pub(crate) fn receipt(&self, sealed: &Sealed) -> Vec<u8> {
        let receipt = Receipt {
            dispatch: sealed.id,
            node: node("tj-fotehobod"),
            offices: vec![fotehobod()],
            verdict: Verdict::Stored,
            received: RECEIVED,
            seq: Some(4),
        };
        receipt::sign(&receipt, &self.peer)
    }

    /// What a relay signs.
    pub(crate) fn custody(&self, sealed: &Sealed) -> Vec<u8> {
        let receipt = Receipt {
            dispatch: sealed.id,
            node: node("int-centre"),
            offices: Vec::new(),
            verdict: Verdict::Custody { until: EXPIRES },
            received: RECEIVED,
            seq: None,
        };
        receipt::sign(&receipt, &self.relay)
    }

    /// The key of that name, and whose it is.
    pub(crate) fn sealing(&self, key: &KeyId) -> Option<(&SealingKey, Address)> {
        [(&self.desk, fotehobod()), (&self.analysts, analysts())]
            .into_iter()
            .find(|(held, _)| held.key_id() == *key)
    }
}

pub(crate) fn oybek() -> Address {
    "UZ/CUSTOMS/OYBEK".parse().unwrap()
}

pub(crate) fn fotehobod() -> Address {
    "TJ/CUSTOMS/FOTEHOBOD".parse().unwrap()
}

pub(crate) fn analysts() -> Address {
    "TJ/CUSTOMS/ANALYSIS".parse().unwrap()
}

pub(crate) fn node(name: &str) -> NodeId {
    name.parse().unwrap()
}

fn destination(name: &str, seq: u64) -> Destination {
    Destination {
        node: node(name),
        seq,
    }
}

/// Compares with the bytes that are committed. To change them on purpose, delete the file and run the test twice.
pub(crate) fn golden(name: &str, bytes: &[u8]) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if let Ok(committed) = std::fs::read(&path) {
        assert!(committed == bytes, "{name} is made differently now");
        return;
    }
    std::fs::write(&path, bytes).unwrap();
    panic!("{name} was missing and is written: look at it, commit it");
}
