//! A state that did not found the network: as many members must sign as the founding act says, and states are counted.

use std::collections::BTreeSet;

use envelope::key::SigningKey;
use minicbor::bytes::ByteArray;
use model::address::StateCode;
use model::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::subsequence;
use register::act::{Act, Body};
use register::names::Names;
use register::signed::SignedAct;
use register::state::State;
use register::{Register, RegisterError};

use crate::network::{NETWORK, day, key, state};

/// A state that comes later.
fn joining(own: &SigningKey) -> Body {
    said("TR", own, day("2026-11-05"))
}

fn said(code: &str, own: &SigningKey, from: Timestamp) -> Body {
    Body::State(State {
        code: state(code),
        names: Names::new([("ru", code)]),
        key: ByteArray::from(*own.public().as_bytes()),
        from,
        statute_from: None,
        statute_until: None,
        statute: None,
    })
}

fn signed(body: Body, issued: Timestamp, keys: &[&SigningKey]) -> Vec<u8> {
    let mut act = SignedAct::unsigned(Act::new(issued, body)).unwrap();
    for key in keys {
        act.sign(&NETWORK.id, key);
    }
    act.to_bytes()
}

fn members() -> Vec<StateCode> {
    NETWORK.keys.keys().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Three of seven states; the centre's signature counts for nothing.
    #[test]
    fn a_state_accedes_exactly_when_three_states_and_itself_signed(
        signers in subsequence(members(), 0..=members().len()),
        signs_itself in any::<bool>(),
    ) {
        let own = key("TR");
        let mut keys: Vec<&SigningKey> = signers.iter().map(|state| &NETWORK.keys[state]).collect();
        keys.extend(signs_itself.then_some(&own));
        let mut register = NETWORK.register();

        let applied = register.apply(&signed(joining(&own), day("2026-11-04"), &keys));

        let states: BTreeSet<&StateCode> =
            signers.iter().filter(|state| state.as_str() != "INT").collect();
        prop_assert_eq!(applied.is_ok(), states.len() >= 3 && signs_itself, "{:?}", applied);
        prop_assert_eq!(
            register.state(&state("TR"), day("2026-11-24")).is_some(),
            applied.is_ok()
        );
    }
}

/// A register in which Uzbekistan has changed its key on the day.
fn with_new_key(new: &SigningKey) -> Register {
    let mut register = NETWORK.register();
    let old = &NETWORK.keys[&state("UZ")];
    let change = said("UZ", new, day("2026-11-10"));
    register
        .apply(&signed(change, day("2026-11-04"), &[old, new]))
        .unwrap();
    register
}

#[test]
fn two_keys_of_one_state_are_one_state() {
    let new = key("UZ, second");
    let own = key("TR");
    let keys = &NETWORK.keys;
    let (uz, tj, kg) = (
        &keys[&state("UZ")],
        &keys[&state("TJ")],
        &keys[&state("KG")],
    );
    let mut register = with_new_key(&new);

    let two = signed(joining(&own), day("2026-11-12"), &[&own, uz, &new, tj]);
    assert!(register.apply(&two).is_err(), "two states, three keys");

    let three = signed(joining(&own), day("2026-11-12"), &[&own, &new, tj, kg]);
    register.apply(&three).unwrap();
}

#[test]
fn a_key_signs_for_its_state_only_in_its_time() {
    let new = key("UZ, second");
    let old = &NETWORK.keys[&state("UZ")];
    let mut register = with_new_key(&new);
    let body = Body::Authority(
        NETWORK
            .region
            .authorities()
            .iter()
            .find(|own| own.state.as_str() == "UZ")
            .unwrap()
            .clone(),
    );
    let mut refusal = |issued: &str, key: &SigningKey| {
        register
            .apply(&signed(body.clone(), day(issued), &[key]))
            .err()
    };

    assert!(matches!(
        refusal("2026-11-12", old),
        Some(RegisterError::KeyNotInForce { .. })
    ));
    assert!(matches!(
        refusal("2026-11-08", &new),
        Some(RegisterError::KeyNotInForce { .. })
    ));
    assert_eq!(refusal("2026-11-08", old), None);
    assert_eq!(refusal("2026-11-12", &new), None);
}

#[test]
fn a_new_key_signs_too() {
    let new = key("UZ, second");
    let old = &NETWORK.keys[&state("UZ")];
    let change = said("UZ", &new, day("2026-11-10"));

    let refused = NETWORK
        .register()
        .apply(&signed(change, day("2026-11-04"), &[old]));

    assert!(matches!(refused, Err(RegisterError::Unsigned { .. })));
}
