//! A state speaks for itself alone, and for a coupling both must speak.

use std::collections::BTreeSet;

use model::address::StateCode;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use register::act::{Act, Body, Signer};
use register::coupling::Coupling;
use register::membership::Circle;
use register::signed::SignedAct;
use register::{Applied, Register, RegisterError};

use crate::network::{NETWORK, day, key, office, publics};

/// What the region says of states, as one of them could try to say it of another.
fn bodies() -> Vec<Body> {
    NETWORK.region.bodies(&publics(&NETWORK.keys))
}

/// The states that must sign.
fn required(body: &Body) -> BTreeSet<StateCode> {
    let act = Act::new(day("2026-11-02"), body.clone());
    let holders = act
        .required()
        .into_iter()
        .filter_map(|signer| match signer {
            Signer::State(state) => Some(state),
            Signer::Holder(id) => {
                let mut keys = NETWORK.keys.iter();
                keys.find(|(_, key)| key.key_id() == id)
                    .map(|(state, _)| state.clone())
            }
            Signer::StateOrOffice(..) | Signer::Quorum | Signer::StatesOf(_) => None,
        });
    holders.collect()
}

fn states() -> Vec<StateCode> {
    NETWORK.keys.keys().cloned().collect()
}

/// A register with all acts but this one, so that nothing else is missing.
fn without(body: &Body) -> Register {
    let mut register = Register::found(&NETWORK.acts[0]).unwrap();
    for bytes in &NETWORK.acts[1..] {
        if SignedAct::parse(bytes).unwrap().act().body != *body {
            register.apply(bytes).unwrap();
        }
    }
    register
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the act, and whichever states sign it: it holds exactly when all whose it is are among them.
    #[test]
    fn an_act_holds_exactly_when_its_own_states_signed(
        body in select(bodies()),
        signers in subsequence(states(), 0..=states().len()),
    ) {
        // Said again on another day: all that it rests on is there.
        let mut register = NETWORK.register();
        let mut act = SignedAct::unsigned(Act::new(day("2026-11-03"), body.clone())).unwrap();
        for state in &signers {
            act.sign(&NETWORK.id, &NETWORK.keys[state]);
        }
        let before = register.checkpoint();

        let applied = register.apply(&act.to_bytes());

        let signers: BTreeSet<StateCode> = signers.into_iter().collect();
        if signers.is_superset(&required(&body)) {
            prop_assert_eq!(applied, Ok(Applied::New(act.id())));
        } else {
            let is_unsigned = matches!(applied, Err(RegisterError::Unsigned { .. }));
            prop_assert!(is_unsigned, "{:?}", applied);
            prop_assert_eq!(register.checkpoint(), before);
        }
    }
}

#[test]
fn a_coupling_by_one_state_is_none() {
    let coupling = NETWORK
        .region
        .couplings()
        .iter()
        .find(|coupling| coupling.pair.second == office("UZ/CUSTOMS/OYBEK"))
        .unwrap();
    let body = Body::Coupling(coupling.clone());
    let mut register = without(&body);

    for alone in ["TJ", "UZ", "KZ"] {
        let act = NETWORK.act_by(body.clone(), [&alone.parse().unwrap()]);
        assert!(matches!(
            register.apply(&act),
            Err(RegisterError::Unsigned { .. })
        ));
    }
    let (one, other) = (&coupling.pair.first, &coupling.pair.second);
    assert_eq!(register.coupling(one, other, day("2026-11-24")), None);

    register.apply(&NETWORK.act(body)).unwrap();
    assert!(register.coupling(one, other, day("2026-11-24")).is_some());
}

#[test]
fn two_states_give_no_copies_to_a_third() {
    let coupling = Coupling::new(
        (
            &office("TJ/CUSTOMS/FOTEHOBOD"),
            &[office("KZ/MIA/ANALYSIS")],
        ),
        (&office("UZ/CUSTOMS/OYBEK"), &[]),
        day("2026-01-01"),
    );

    let refused = SignedAct::unsigned(Act::new(day("2026-11-02"), Body::Coupling(coupling)));

    assert!(matches!(refused, Err(RegisterError::Invalid { .. })));
}

#[test]
fn a_node_hosts_offices_of_its_own_state_and_bears_its_prefix() {
    let register = NETWORK.register();
    let node = register.node(&"tj-node".parse().unwrap()).unwrap();
    let refusal = |change: &dyn Fn(&mut register::node::Node)| {
        let mut node = node.clone();
        change(&mut node);
        SignedAct::unsigned(Act::new(day("2026-11-02"), Body::Node(node))).map(|act| act.id())
    };

    let foreign_name = refusal(&|node| node.id = "uz-node".parse().unwrap());
    let foreign_host = refusal(&|node| node.hosts = vec![office("UZ/CUSTOMS/OYBEK")]);

    assert!(matches!(
        foreign_name,
        Err(RegisterError::OutsidePrefix { .. })
    ));
    assert!(matches!(
        foreign_host,
        Err(RegisterError::OutsidePrefix { .. })
    ));
    assert!(refusal(&|_| {}).is_ok());
}

#[test]
fn the_centre_is_no_member_of_itself() {
    let membership = register::membership::Membership {
        state: "INT".parse().unwrap(),
        circle: Circle::Centre,
        from: day("2026-01-01"),
        until: None,
    };

    let refused = SignedAct::unsigned(Act::new(day("2026-11-02"), Body::Membership(membership)));

    assert!(matches!(refused, Err(RegisterError::OutsidePrefix { .. })));
}

#[test]
fn a_signature_of_another_network_does_not_count() {
    let body = bodies().remove(0);
    let mut act = SignedAct::unsigned(Act::new(day("2026-11-03"), body)).unwrap();
    let elsewhere = model::ids::NetworkId::new([7; 16]);
    for own in NETWORK.keys.values() {
        act.sign(&elsewhere, own);
    }

    let refused = NETWORK.register().apply(&act.to_bytes());

    assert!(matches!(refused, Err(RegisterError::BadSignature { .. })));
}

#[test]
fn a_key_that_nobody_knows_signs_for_nobody() {
    let body = bodies().remove(0);
    let act = SignedAct::unsigned(Act::new(day("2026-11-03"), body))
        .unwrap()
        .signed_by(&NETWORK.id, &key("a stranger"));

    let waits = NETWORK.register().apply(&act.to_bytes());

    // It may become known: the act waits, and does not hold.
    assert!(matches!(waits, Err(RegisterError::Missing { .. })));
}
