//! Evidence files; and any content under a good seal, which passes the search for damage.

#![no_main]

use std::sync::LazyLock;

use envelope::evidence::check::Keys;
use envelope::evidence::{EvidenceError, read, write};
use envelope::key::{SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;
use model::address::Address;
use model::ids::{KeyId, NetworkId, NodeId};
use model::time::Timestamp;

static GOLDEN: &[u8] = include_bytes!("../../crates/envelope/tests/golden/evidence");
static AUTHOR: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed(&[1; 32]).unwrap());
static NODE: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed(&[2; 32]).unwrap());

struct Known;

impl Keys for Known {
    fn network(&self) -> NetworkId {
        NetworkId::new([0x11; 16])
    }

    fn node_keys(&self, _: &NodeId) -> Vec<VerifyingKey> {
        vec![NODE.public().clone()]
    }

    fn signing_key(&self, _: &Address, _: &KeyId, _: Timestamp) -> Option<VerifyingKey> {
        Some(AUTHOR.public().clone())
    }
}

fuzz_target!(|bytes: &[u8]| {
    match read(bytes) {
        Ok(evidence) => drop(evidence.check(&Known)),
        Err(EvidenceError::Touched(damage)) => assert!(damage.at <= bytes.len() as u64),
        Err(_) => (),
    }
    let mut content = read(GOLDEN).unwrap().content().clone();
    match bytes.split_first() {
        Some((0..=63, rest)) => content.dispatch = rest.to_vec(),
        Some((64..=127, rest)) => content.cose = rest.to_vec(),
        Some((_, rest)) => content.receipts = vec![rest.to_vec()],
        None => return,
    }
    drop(read(&write(&content, &NODE)).unwrap().check(&Known));
});
