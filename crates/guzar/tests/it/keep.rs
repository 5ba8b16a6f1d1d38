//! What is kept stays: files that came by hand, backups and their restore; and what the node says of its health.

use std::path::Path;
use std::sync::LazyLock;

use crate::network::{Network, done, run, tried};

/// Oybek has sent a file to Fotehobod, by hand.
static OWN: LazyLock<Network> = LazyLock::new(|| {
    let network = Network::make();
    std::fs::write(network.file("photo.bin"), photo()).unwrap();
    for (name, text) in [
        ("word", "four words of invention\n"),
        ("other", "four words of another\n"),
        ("short", "word\n"),
    ] {
        std::fs::write(network.file(name), text).unwrap();
    }
    let (photo, bundle) = (network.file("photo.bin"), network.file("out.bundle"));
    let (uz, tj) = (network.home("uz"), network.home("tj"));
    done(
        &uz,
        &[
            "send",
            "note",
            "--to",
            "TJ/CUSTOMS/FOTEHOBOD",
            "--text",
            "Фото",
            "--attach",
            &photo,
        ],
    );
    done(&uz, &["bundle", "export", &bundle]);
    done(&tj, &["bundle", "import", &bundle]);
    network
});

/// More than one piece, and no two alike.
fn photo() -> Vec<u8> {
    (0..50_000_u32).flat_map(u32::to_be_bytes).collect()
}

/// The id of the one dispatch in that list.
fn only(home: &Path, list: &str) -> String {
    let listed = done(home, &[list]);
    let items = listed.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{listed:?}");
    items[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_that_came_is_saved_as_it_was() {
    let home = OWN.home("tj");
    let id = only(&home, "inbox");
    let saved = OWN.file("saved.bin");

    done(&home, &["attach", "save", &id, &saved]);

    assert_eq!(std::fs::read(&saved).unwrap(), photo());
    let again = tried(&home, &["attach", "save", &id, &saved]);
    assert_eq!(
        (again.code, again.problem().0),
        (2, "file_exists"),
        "{again:?}"
    );
    assert_eq!(std::fs::read(&saved).unwrap(), photo());
    let never = OWN.file("never.bin");
    let other = tried(
        &home,
        &["attach", "save", &id, &never, "--which", "film.bin"],
    );
    assert_eq!(
        (other.code, other.problem().0),
        (4, "no_such_attachment"),
        "{other:?}"
    );
    let unknown = tried(&home, &["attach", "save", "UZ-OYBEK-2026-999999", &never]);
    assert_eq!(
        (unknown.code, unknown.problem().0),
        (4, "no_such_dispatch"),
        "{unknown:?}"
    );
    assert!(!Path::new(&never).exists());
}

#[test]
fn a_backup_brings_everything_back() {
    let home = OWN.home("uz");
    let (backup, word) = (OWN.file("uz.backup"), OWN.file("word"));
    let before = done(&home, &["outbox"]).json;
    done(
        &home,
        &["backup", &backup, "--backup-passphrase-file", &word],
    );
    let restored = OWN.home("restored");

    let answer = done(
        &restored,
        &[
            "restore",
            &backup,
            "--node",
            "uz-oybek",
            "--backup-passphrase-file",
            &word,
        ],
    );

    assert_eq!(answer.json["answer"], "restored");
    assert_eq!(answer.json["dispatches"], 1, "{answer:?}");
    assert_eq!(done(&restored, &["outbox"]).json, before);
    done(&restored, &["doctor"]);
    let taken = tried(
        &restored,
        &["restore", &backup, "--backup-passphrase-file", &word],
    );
    assert_eq!(
        (taken.code, taken.problem().0),
        (2, "home_exists"),
        "{taken:?}"
    );
    // A reference that may have been given after the backup is not given again.
    let sent = done(
        &restored,
        &[
            "send",
            "note",
            "--to",
            "TJ/CUSTOMS/FOTEHOBOD",
            "--text",
            "x",
        ],
    );
    let number: u64 = sent
        .str("reference")
        .rsplit('-')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(number > 2, "{sent:?}");
}

#[test]
fn a_backup_that_cannot_be_made_changes_nothing() {
    let home = OWN.home("uz");
    let (backup, word) = (OWN.file("second.backup"), OWN.file("word"));
    let make = |word: &str| {
        tried(
            &home,
            &["backup", &backup, "--backup-passphrase-file", word],
        )
    };
    let short = make(&OWN.file("short"));
    assert_eq!(
        (short.code, short.problem()),
        (2, ("short_passphrase", Some("passphrase"))),
        "{short:?}"
    );
    assert!(!Path::new(&backup).exists());
    assert_eq!(make(&word).code, 0);
    let whole = std::fs::read(&backup).unwrap();
    let twice = make(&word);
    assert_eq!(
        (twice.code, twice.problem().0),
        (2, "file_exists"),
        "{twice:?}"
    );
    assert_eq!(std::fs::read(&backup).unwrap(), whole);
    let nowhere = OWN.file("no-folder/uz.backup");
    let lost = tried(
        &home,
        &["backup", &nowhere, "--backup-passphrase-file", &word],
    );
    assert_eq!(
        (lost.code, lost.problem()),
        (5, ("cannot_write", Some("file"))),
        "{lost:?}"
    );
}

#[test]
fn a_backup_that_cannot_be_read_leaves_nothing() {
    let (backup, word) = (OWN.file("third.backup"), OWN.file("word"));
    let made = ["backup", &backup, "--backup-passphrase-file", &word];
    done(&OWN.home("uz"), &made);
    let whole = std::fs::read(&backup).unwrap();
    let into = OWN.home("never");
    let restore = |file: &str, word: &str| {
        tried(
            &into,
            &[
                "restore",
                file,
                "--node",
                "uz-oybek",
                "--backup-passphrase-file",
                word,
            ],
        )
    };
    let wrong = restore(&backup, &OWN.file("other"));
    assert_eq!(
        (wrong.code, wrong.problem().0),
        (2, "wrong_passphrase"),
        "{wrong:?}"
    );
    let cut = OWN.file("cut.backup");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let half = restore(&cut, &word);
    assert_eq!(
        (half.code, half.problem().0),
        (7, "backup_damaged"),
        "{half:?}"
    );
    let absent = restore(&OWN.file("absent"), &word);
    assert_eq!(absent.code, 4, "{absent:?}");
    let nameless = tried(
        &into,
        &["restore", &backup, "--backup-passphrase-file", &word],
    );
    assert_eq!(
        nameless.problem(),
        ("node_missing", Some("--node")),
        "{nameless:?}"
    );
    // Nothing of these is in the way of the right one.
    assert_eq!(restore(&backup, &word).code, 0);
}

#[test]
fn the_doctor_names_every_check() {
    let answer = done(&OWN.home("tj"), &["doctor"]);
    let checks = answer.json["checks"].as_array().unwrap();
    for name in [
        "store.integrity",
        "audit.chain",
        "quarantine",
        "keys.node",
        "disk.free",
    ] {
        let check = checks.iter().find(|check| check["check"] == name);
        assert_eq!(
            check.unwrap_or_else(|| panic!("no {name}: {answer:?}"))["ok"],
            true
        );
    }

    let none = tried(&OWN.home("nowhere"), &["doctor"]);
    assert_eq!((none.code, none.problem().0), (4, "no_home"), "{none:?}");
}

#[test]
fn completions_know_the_commands() {
    let nowhere = OWN.home("nowhere");
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&nowhere, &["completions", shell]);
        assert_eq!(script.code, 0, "{shell}: {}", script.errors);
        for word in ["evidence", "bundle", "recall"] {
            assert!(script.text.contains(word), "{shell} without {word}");
        }
    }
    let wrong = run(&nowhere, &["completions", "cmd"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.text.is_empty());
    assert!(wrong.errors.contains("cmd"), "{}", wrong.errors);
    assert!(!nowhere.exists());
}
