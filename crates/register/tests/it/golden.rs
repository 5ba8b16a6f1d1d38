//! Signed acts, as they are for ever; and acts that somebody changed.

use envelope::key::SigningKey;
use minicbor::bytes::ByteArray;
use model::ids::NetworkId;
use register::Register;
use register::act::{Act, Body};
use register::names::Names;
use register::network::{Founder, Founding, NetworkKind};
use register::signed::SignedAct;

use crate::mutator::{Mutator, peak_kib};
use crate::network::{NETWORK, day, keys_of, office, state};

const CASES: u64 = 3_000;

/// Compares with the bytes that are committed. To change them on purpose, delete the file and run the test twice.
fn golden(name: &str, bytes: &[u8]) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if let Ok(committed) = std::fs::read(&path) {
        assert!(committed == bytes, "{name} is made differently now");
        return;
    }
    std::fs::write(&path, bytes).unwrap();
    panic!("{name} was missing and is written: look at it, commit it");
}

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn founder(code: &str, name: &str, seed: u8) -> Founder {
    Founder {
        code: state(code),
        names: Names::new([("en", name)]),
        key: ByteArray::from(*signer(seed).public().as_bytes()),
    }
}

/// Founded by two states, signed by them and the centre.
fn founding() -> SignedAct {
    let founding = Founding {
        name: "Golden".to_owned(),
        kind: NetworkKind::Exercise,
        states: vec![
            founder("TJ", "Tajikistan", 21),
            founder("UZ", "Uzbekistan", 22),
        ],
        centre: founder("INT", "Centre", 23),
        quorum: 2,
    };
    let mut act =
        SignedAct::unsigned(Act::new(day("2026-11-01"), Body::Founding(founding))).unwrap();
    for seed in [21, 22, 23] {
        act.sign(&NetworkId::new([0; 16]), &signer(seed));
    }
    act
}

#[test]
fn golden_acts_are_made_again() {
    let founding = founding();
    let network = founding.founds().unwrap();
    golden("founding.act", &founding.to_bytes());
    assert!(Register::found(&founding.to_bytes()).is_ok());

    let [signing, sealing] = keys_of(&office("UZ/CUSTOMS/OYBEK"));
    for (name, body) in [("signing-key.act", signing), ("sealing-key.act", sealing)] {
        let act = SignedAct::unsigned(Act::new(day("2026-11-02"), body)).unwrap();
        let bytes = act.signed_by(&network, &signer(22)).to_bytes();
        golden(name, &bytes);
        assert_eq!(SignedAct::parse(&bytes).unwrap().to_bytes(), bytes);
    }
}

#[test]
fn a_changed_founding_founds_nothing() {
    let golden = founding().to_bytes();
    for seed in 0..CASES {
        let changed = Mutator::new(seed).mutate(&golden, &NETWORK.acts[1]);
        assert_eq!(
            Register::found(&changed).is_ok(),
            changed == golden,
            "seed {seed}"
        );
    }
}

#[test]
fn changed_acts_are_refused_and_change_nothing() {
    let mut register = NETWORK.register();
    let checkpoint = register.checkpoint();
    let acts = &NETWORK.acts;
    for seed in 0..CASES {
        let mut mutator = Mutator::new(seed);
        let act = &acts[mutator.below(acts.len())];
        let other = &acts[mutator.below(acts.len())];
        let changed = mutator.mutate(act, other);
        // An act of which one signature fewer suffices is still that act.
        if register.apply(&changed).is_ok() {
            let (was, is) = (SignedAct::parse(act), SignedAct::parse(&changed));
            assert_eq!(was.unwrap().id(), is.unwrap().id(), "seed {seed}");
        }
        assert!(register.checkpoint() == checkpoint, "seed {seed}");
    }
    // An announced length that is believed takes gigabytes.
    let peak = peak_kib().unwrap_or(0);
    assert!(peak < 512 << 10, "{peak} KiB");
}
