//! What must not be sent: one clear error, the draft kept, and nothing else changed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::network::{Answer, COUPLING, Network, PLAN, done, tried};

/// More offices than the common network has: Tursunzoda with whom nothing is shared any more, and Dusti that has no
/// node and no keys yet.
static OWN: LazyLock<Network> = LazyLock::new(|| {
    let network = Network::make();
    let plan = network.file("more.toml");
    for (home, text) in [
        ("tj", format!("{PLAN}{OFFICES}{COUPLING}")),
        ("uz", format!("{PLAN}{OFFICES}{COUPLING}{COUPLINGS}")),
    ] {
        std::fs::write(&plan, text).unwrap();
        let proposal = network.file(&format!("{home}.more"));
        done(&network.home(home), &["register", "plan", &plan, &proposal]);
        network.exchange();
    }
    let (proposal, signed) = (network.file("uz.more"), network.file("tj.signed"));
    let shown = tried(
        &network.home("tj"),
        &[
            "register",
            "sign",
            &proposal,
            &signed,
            "--fingerprint",
            &["00000"; 8].join(" "),
        ],
    );
    let digits = shown.json["problems"][0]["args"]["found"].as_str().unwrap();
    done(
        &network.home("tj"),
        &[
            "register",
            "sign",
            &proposal,
            &signed,
            "--fingerprint",
            digits,
        ],
    );
    for home in ["uz", "tj"] {
        done(&network.home(home), &["register", "publish", &signed]);
    }
    network
});

/// Everything that the lists of a node show.
fn books(home: &Path) -> [Value; 2] {
    [&["inbox"][..], &["outbox"]].map(|args| done(home, args).json)
}

/// Sends from Oybek; the draft has to stay, whole, and nothing else.
#[track_caller]
fn refused(exit: i32, problem: (&str, Option<&str>), args: &[&str]) -> Answer {
    let home = OWN.home("uz");
    let before = books(&home);

    let answer = tried(&home, args);

    assert_eq!(answer.code, exit, "{answer:?}");
    assert_eq!(answer.problem(), problem, "{answer:?}");
    assert_eq!(answer.json["exit"], exit);
    assert_eq!(answer.json["kept"], "draft", "{answer:?}");
    let draft = PathBuf::from(answer.str("draft"));
    let kept: Value = serde_json::from_slice(&std::fs::read(&draft).unwrap()).unwrap();
    assert!(kept.to_string().contains("TJ/CUSTOMS/"), "{kept}");
    assert_eq!(books(&home), before);
    // What was kept is refused for the same reason, and kept again.
    let again = tried(&home, &["send", "--file", answer.str("draft")]);
    assert_eq!(again.code, exit, "{again:?}");
    assert_eq!(again.problem(), problem, "{again:?}");
    assert!(draft.exists());
    answer
}

fn note(to: &str) -> Vec<&str> {
    vec!["send", "note", "--to", to, "--text", "Проверка"]
}

#[test]
fn an_office_that_is_not_known() {
    refused(
        3,
        ("no_such_office", Some("to[0]")),
        &note("TJ/CUSTOMS/NOWHERE"),
    );
}

#[test]
fn a_sum_that_does_not_add_up() {
    let args = [
        "send",
        "seizure",
        "--to",
        "TJ/CUSTOMS/FOTEHOBOD",
        "--at",
        "2026-03-07T03:30",
        "--place",
        "crossing:oybek",
        "--item",
        "hashish:1000:g:net:field-test",
        "--item",
        "opium:900:g:net:field-test",
        "--total",
        "2000:g",
    ];
    refused(2, ("sum_mismatch", Some("content.seizure.total")), &args);
}

#[test]
fn a_window_that_ends_before_it_starts() {
    let args = [
        "send",
        "alert",
        "--to",
        "TJ/CUSTOMS/FOTEHOBOD",
        "--crime",
        "drugs",
        "--ask",
        "search",
        "--text",
        "x",
        "--from-place",
        "UZ",
        "--to-place",
        "TJ",
        "--window",
        "2026-03-08..2026-03-07",
    ];
    refused(
        2,
        ("ends_before_start", Some("content.alert.window.latest")),
        &args,
    );
}

#[test]
fn a_file_of_three_gib() {
    let file = OWN.file("film.bin");
    // Takes no room: there is nothing in it.
    File::create(&file).unwrap().set_len(3 << 30).unwrap();
    let mut args = note("TJ/CUSTOMS/FOTEHOBOD");
    args.extend(["--attach", &file]);

    let answer = refused(2, ("file_too_large", Some("attachments[0]")), &args);

    assert_eq!(
        answer.json["problems"][0]["args"]["bytes"],
        (3_u64 << 30).to_string()
    );
    assert!(Path::new(&file).exists());
}

#[test]
fn an_office_that_nobody_can_seal_for() {
    refused(3, ("no_node", Some("to[0]")), &note("TJ/CUSTOMS/DUSTI"));
}

#[test]
fn a_coupling_that_has_ended() {
    refused(
        3,
        ("coupling_expired", Some("to[0]")),
        &note("TJ/CUSTOMS/TURSUNZODA"),
    );
}

const OFFICES: &str = r#"
[[office]]
address = "TJ/CUSTOMS/TURSUNZODA"
kind = "blo"
names = { en = "Tursunzoda BLO", ru = "ОПВ «Турсунзода»" }
zone = "Asia/Dushanbe"
languages = ["tg", "ru"]
from = 2026-01-01

[[office]]
address = "TJ/CUSTOMS/DUSTI"
kind = "blo"
names = { en = "Dusti BLO", ru = "ОПВ «Дусти»" }
zone = "Asia/Dushanbe"
languages = ["tg", "ru"]
from = 2026-01-01
"#;

const COUPLINGS: &str = r#"
[[coupling]]
one = "UZ/CUSTOMS/OYBEK"
other = "TJ/CUSTOMS/TURSUNZODA"
from = 2026-01-01
until = 2026-01-31
copies = []

[[coupling]]
one = "UZ/CUSTOMS/OYBEK"
other = "TJ/CUSTOMS/DUSTI"
from = 2026-01-01
copies = []
"#;
