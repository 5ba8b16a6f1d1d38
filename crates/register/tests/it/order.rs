//! Acts come in any order, by any way: who has the same acts has the same register.

use std::sync::LazyLock;

use model::kind::DispatchKind;
use proptest::prelude::*;
use proptest::sample::Index;
use register::{Register, RegisterError, SendQuery};

use crate::network::{NETWORK, day};

static REGISTER: LazyLock<Register> = LazyLock::new(|| NETWORK.register());

/// Applies what can be applied until nothing is left; what waits is tried again.
fn gather(acts: &[Vec<u8>]) -> Register {
    let mut register = Register::found(&NETWORK.acts[0]).unwrap();
    let mut waiting: Vec<&Vec<u8>> = acts.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|act| match register.apply(act) {
            Ok(_) => false,
            Err(RegisterError::Missing { .. }) => true,
            Err(error) => panic!("{error}"),
        });
        if waiting.len() == before {
            break;
        }
    }
    register
}

/// What every office may send to every other.
fn verdicts(register: &Register) -> Vec<Option<String>> {
    let now = day("2026-11-24");
    let offices = NETWORK.region.offices();
    let pairs = offices
        .iter()
        .flat_map(|from| offices.iter().map(move |to| (&from.address, &to.address)));
    pairs
        .map(|(from, to)| {
            let query = SendQuery {
                from,
                to,
                kind: DispatchKind::Alert,
                exercise: false,
                drug_related: None,
                now,
            };
            register
                .may_send(&query)
                .err()
                .map(|missing| missing.to_string())
        })
        .collect()
}

fn shuffled() -> impl Strategy<Value = Vec<Vec<u8>>> {
    Just(NETWORK.acts[1..].to_vec()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn in_any_order_the_same_acts_make_the_same_register(acts in shuffled()) {
        let register = gather(&acts);

        prop_assert_eq!(register.acts().len(), NETWORK.acts.len());
        prop_assert_eq!(register.checkpoint(), REGISTER.checkpoint());
        prop_assert_eq!(verdicts(&register), verdicts(&REGISTER));
    }

    /// What rests on the lost act waits, and the rest holds; the act itself then brings all of it.
    #[test]
    fn one_act_less_is_another_checkpoint_until_it_comes(acts in shuffled(), lost in any::<Index>()) {
        let mut acts = acts;
        acts.swap_remove(lost.index(acts.len()));

        let register = gather(&acts);

        prop_assert_ne!(register.checkpoint(), REGISTER.checkpoint());
        prop_assert!(register.acts().len() < NETWORK.acts.len());
    }

    #[test]
    fn an_act_that_comes_again_changes_nothing(again in any::<Index>()) {
        let mut register = REGISTER.clone();

        let applied = register.apply(&NETWORK.acts[again.index(NETWORK.acts.len())]);

        prop_assert!(matches!(applied, Ok(register::Applied::Known(_))));
        prop_assert_eq!(register.checkpoint(), REGISTER.checkpoint());
        prop_assert_eq!(register.acts().len(), REGISTER.acts().len());
    }
}

#[test]
fn a_refused_act_leaves_the_register_as_it_was() {
    let mut register = REGISTER.clone();
    for act in &NETWORK.acts[1..] {
        let mut damaged = act.clone();
        let last = damaged.last_mut().unwrap();
        *last ^= 1;
        // The act is known by its payload, whatever its signatures: that one changes nothing either.
        let outcome = register.apply(&damaged);
        assert!(!matches!(outcome, Ok(register::Applied::New(_))));
    }
    assert_eq!(register.checkpoint(), REGISTER.checkpoint());
}
