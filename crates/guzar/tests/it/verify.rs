//! Evidence is checked by whoever has the file, with nothing else.

use std::sync::LazyLock;

use crate::network::{NETWORK, done, run, tried};

/// Evidence of a note that was sealed for the office across the line.
static EVIDENCE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let home = NETWORK.home("uz");
    let args = [
        "send",
        "note",
        "--to",
        "TJ/CUSTOMS/FOTEHOBOD",
        "--text",
        "Van on its way",
    ];
    let sent = done(&home, &args);
    let file = NETWORK.file("evidence");
    let args = [
        "evidence",
        "export",
        sent.str("reference"),
        &file,
        "--reason",
        "court",
    ];
    done(&home, &args);
    std::fs::read(file).unwrap()
});

/// A file with these bytes, and a folder with no home in it.
fn copy(bytes: &[u8]) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy");
    std::fs::write(&file, bytes).unwrap();
    let file = file.display().to_string();
    (dir, file)
}

#[test]
fn what_was_exported_is_proved_without_a_home() {
    let (dir, file) = copy(&EVIDENCE);

    let verified = done(
        dir.path(),
        &["verify", &file, "--network", &NETWORK.fingerprint],
    );

    assert_eq!(verified.json["good"], true);
    assert_eq!(verified.str("author"), "UZ/CUSTOMS/OYBEK");
    assert_eq!(verified.str("network_fingerprint"), NETWORK.fingerprint);
    let checks = verified.json["checks"].as_array().unwrap();
    assert!(checks.len() >= 7, "{checks:?}");
    assert!(checks.iter().all(|check| check["ok"] == true), "{checks:?}");
}

#[test]
fn the_first_byte_touched_is_named() {
    for at in [
        0,
        20,
        EVIDENCE.len() / 4,
        EVIDENCE.len() / 2,
        EVIDENCE.len() - 1,
    ] {
        let mut bytes = EVIDENCE.clone();
        bytes[at] ^= 1;
        let (dir, file) = copy(&bytes);

        let refused = tried(dir.path(), &["verify", &file]);

        assert_eq!(refused.code, 7, "{refused:?}");
        assert_eq!(refused.problem().0, "evidence_touched");
        let args = &refused.json["problems"][0]["args"];
        assert_eq!(args["at"], at.to_string(), "{args:?}");
    }
}

#[test]
fn what_was_touched_in_both_halves_is_found_to_its_block() {
    let mut bytes = EVIDENCE.clone();
    let at = 4_096;
    let mirrored = bytes.len() - 1 - at;
    bytes[at] ^= 1;
    bytes[mirrored] ^= 2;
    let (dir, file) = copy(&bytes);

    let refused = tried(dir.path(), &["verify", &file]);

    assert_eq!(refused.code, 7, "{refused:?}");
    let args = &refused.json["problems"][0]["args"];
    let named: usize = args["at"].as_str().unwrap().parse().unwrap();
    assert!(named.abs_diff(at) <= 256, "{args:?}");
}

#[test]
fn people_see_each_check_and_the_byte() {
    let (dir, file) = copy(&EVIDENCE);
    let good = run(dir.path(), &["--lang", "ru", "verify", &file]);
    assert_eq!(good.code, 0);
    assert!(
        good.text.contains("подпись узла-отправителя"),
        "{}",
        good.text
    );

    let mut bytes = EVIDENCE.clone();
    bytes[100] ^= 0x80;
    let (dir, file) = copy(&bytes);
    let bad = run(dir.path(), &["--lang", "ru", "verify", &file]);
    assert_eq!(bad.code, 7);
    assert!(bad.errors.contains("100"), "{}", bad.errors);
}

#[test]
fn evidence_of_another_network_is_none() {
    let (dir, file) = copy(&EVIDENCE);
    let digits = ["00001"; 8].join(" ");

    let refused = tried(dir.path(), &["verify", &file, "--network", &digits]);

    assert_eq!(refused.code, 7);
    assert_eq!(refused.problem(), ("other_network", Some("--network")));
}

#[test]
fn another_kind_of_file_is_said_to_be_one() {
    let (dir, file) = copy(b"guzar-acts/1\n\x80");

    let refused = tried(dir.path(), &["verify", &file]);

    assert_eq!(refused.code, 2);
    assert_eq!(refused.problem().0, "not_evidence");
}
