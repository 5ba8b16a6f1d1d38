//! From nothing to a network in which one office may write to the other.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::network::{NETWORK, Network, done, guzar, run, tried};

#[test]
fn both_homes_have_the_same_register() {
    let list = |home: &str| {
        let listed = done(&NETWORK.home(home), &["register", "list"]);
        let acts = listed.json["acts"].as_array().unwrap().clone();
        let mut ids: Vec<String> = acts
            .iter()
            .map(|act| act["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };

    let acts = list("uz");

    // Founding; for each side state, authority, office, two keys, node; the coupling.
    assert_eq!(acts.len(), 14);
    assert_eq!(acts, list("tj"));
}

#[test]
fn offices_can_be_reached_and_are_coupled() {
    let home = NETWORK.home("uz");

    let offices = done(&home, &["register", "offices"]);
    let couplings = done(&home, &["register", "couplings"]);

    let offices = offices.json["offices"].as_array().unwrap();
    assert_eq!(offices.len(), 2);
    assert!(
        offices.iter().all(|office| office["reachable"] == true),
        "{offices:?}"
    );
    assert_eq!(couplings.json["couplings"][0]["in_force"], true);
}

#[test]
fn people_read_names_in_their_language() {
    let home = NETWORK.home("tj");

    let offices = run(&home, &["--lang", "ru", "register", "offices"]);

    assert_eq!(offices.code, 0);
    assert!(offices.text.contains("ОПВ «Ойбек»"), "{}", offices.text);
    assert!(offices.text.contains("доступен"), "{}", offices.text);
}

#[test]
fn kinds_of_acts_can_be_listed_alone() {
    let listed = done(
        &NETWORK.home("uz"),
        &["register", "list", "--kind", "coupling"],
    );

    let acts = listed.json["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1);
    assert_eq!(acts[0]["kind"], "coupling");
}

#[test]
fn a_locked_root_key_opens_with_its_passphrase_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let good = file("good", "a long passphrase of words\n");
    let bad = file("bad", "another long passphrase\n");
    let home = dir.path().join("home");

    let made = done(
        &home,
        &["init", "uz-locked", "--lock", "--passphrase-file", &good],
    );
    assert_eq!(made.json["locked"], true);

    let acts = dir.path().join("acts").display().to_string();
    let export = |passphrase: &str| {
        tried(
            &home,
            &["register", "export", &acts, "--passphrase-file", passphrase],
        )
    };
    let refused = export(&bad);
    assert_eq!(refused.code, 2);
    assert_eq!(refused.problem(), ("wrong_passphrase", Some("passphrase")));
    assert_eq!(export(&good).code, 0);
}

#[test]
fn a_running_node_takes_acts_and_keeps_its_store_to_itself() {
    let network = Network::make();
    let home = network.home("uz");
    let mut server = guzar(&home, &["--json", "serve"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    said.next().unwrap().unwrap();

    let export = network.file("running.acts");
    let refused = tried(&home, &["register", "export", &export]);
    let applied = tried(&home, &["register", "apply", &network.file("tj.acts")]);
    let offices = tried(&home, &["register", "offices"]);
    let stopped = tried(&home, &["stop"]);

    assert!(server.wait().unwrap().success());
    assert_eq!(refused.code, 5, "{refused:?}");
    assert_eq!(refused.problem(), ("node_runs", None));
    assert_eq!((applied.code, &applied.json["applied"]), (0, &0.into()));
    assert_eq!(offices.json["offices"].as_array().unwrap().len(), 2);
    assert_eq!(stopped.code, 0, "{stopped:?}");
}
