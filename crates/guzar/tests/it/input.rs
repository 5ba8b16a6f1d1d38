//! Wrong input gets one clear error, with its field and exit code, and changes nothing.

use std::path::Path;

use crate::network::{Answer, NETWORK, done, run, tried};

#[track_caller]
fn assert_refused(answer: &Answer, exit: i32, code: &str, field: Option<&str>) {
    assert_eq!(answer.code, exit, "{answer:?}");
    assert_eq!(answer.problem(), (code, field), "{answer:?}");
    assert_eq!(answer.json["exit"], exit);
    let says = answer.json["problems"][0]["says"].as_str().unwrap();
    assert!(
        !says.contains('?') && !says.is_empty(),
        "a gap is open: {says}"
    );
}

fn listed(home: &Path) -> usize {
    let acts = done(home, &["register", "list"]);
    acts.json["acts"].as_array().unwrap().len()
}

#[test]
fn init_refuses_a_home_that_is_taken_and_leaves_it() {
    let home = NETWORK.home("uz");
    let before = listed(&home);

    let answer = tried(&home, &["init", "uz-other"]);

    assert_refused(&answer, 2, "home_exists", None);
    assert_eq!(listed(&home), before);
}

#[test]
fn init_leaves_nothing_behind_when_it_fails() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");

    let zone = tried(&home, &["init", "uz-new", "--zone", "Asia/Nowhere"]);
    assert_refused(&zone, 2, "no_such_zone", Some("--zone"));

    let word = dir.path().join("word");
    std::fs::write(&word, "short\n").unwrap();
    let word = word.display().to_string();
    let short = tried(
        &home,
        &["init", "uz-new", "--lock", "--passphrase-file", &word],
    );
    assert_refused(&short, 2, "short_passphrase", Some("passphrase"));

    // The file for the public half is there already: that comes last of all.
    let args = [
        "init",
        "uz-new",
        "--registrar",
        "UZ",
        "--founder-file",
        &word,
    ];
    assert_refused(&tried(&home, &args), 2, "file_exists", None);

    done(&home, &["init", "uz-new"]);
}

#[test]
fn a_home_that_is_none_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file").display().to_string();
    let digits = NETWORK.fingerprint.as_str();
    for args in [
        &["register", "list"][..],
        &["register", "export", &file],
        &[
            "enroll",
            "request",
            &file,
            "--network",
            digits,
            "--office",
            "UZ/CUSTOMS/OYBEK",
        ],
    ] {
        assert_refused(&tried(dir.path(), args), 4, "no_home", None);
    }
}

#[test]
fn a_home_without_a_network_says_so() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &["init", "uz-alone"]);

    assert_refused(
        &tried(dir.path(), &["register", "offices"]),
        4,
        "no_network",
        None,
    );
}

#[test]
fn enroll_request_names_offices_of_its_own_state() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &["init", "uz-new"]);
    let file = dir.path().join("request").display().to_string();
    let digits = NETWORK.fingerprint.as_str();

    let args = [
        "enroll",
        "request",
        &file,
        "--network",
        digits,
        "--office",
        "TJ/CUSTOMS/X",
    ];
    let foreign = tried(dir.path(), &args);

    assert_refused(&foreign, 2, "foreign_office", Some("office"));
    assert!(!Path::new(&file).exists());
    // Not an address, not a fingerprint: refused before anything is opened.
    for (flag, value) in [("--office", "OYBEK"), ("--network", "12345")] {
        let mut args = vec!["enroll", "request", &file];
        args.extend(["--network", digits, "--office", "UZ/CUSTOMS/X", flag, value]);
        let usage = tried(dir.path(), &args);
        assert_eq!(usage.code, 2);
        assert!(usage.errors.contains(flag), "{usage:?}");
    }
}

#[test]
fn enroll_refuses_the_wrong_digits_and_the_wrong_file() {
    let home = NETWORK.home("uz");
    let before = listed(&home);
    let (request, out) = (NETWORK.file("uz.request"), NETWORK.file("never"));
    let zeros = ["00000"; 8].join(" ");
    let invite = |file: &str| {
        tried(
            &home,
            &["enroll", "invite", file, &out, "--fingerprint", &zeros],
        )
    };

    assert_refused(
        &invite(&request),
        7,
        "wrong_fingerprint",
        Some("fingerprint"),
    );
    assert_refused(
        &invite(&NETWORK.file("UZ.founder")),
        2,
        "wrong_file",
        Some("file"),
    );
    assert_refused(&invite(&NETWORK.file("absent")), 4, "cannot_read", None);

    let silent = tried(&home, &["enroll", "invite", &request, &out]);
    assert_refused(&silent, 2, "no_fingerprint", Some("--fingerprint"));

    let invitation = NETWORK.file("uz.invitation");
    let mut bytes = std::fs::read(&invitation).unwrap();
    bytes.pop();
    let cut = NETWORK.file("cut.invitation");
    std::fs::write(&cut, bytes).unwrap();
    let damaged = tried(&home, &["enroll", "accept", &cut, "--fingerprint", &zeros]);
    assert_refused(&damaged, 7, "damaged_file", Some("file"));

    assert!(!Path::new(&out).exists());
    assert_eq!(listed(&home), before);
}

#[test]
fn who_was_accepted_is_not_accepted_again() {
    let home = NETWORK.home("uz");
    let (request, again) = (NETWORK.file("uz.request"), NETWORK.file("again.invitation"));
    let digits = run_fingerprint(&home, &request, &again);

    let answer = tried(
        &home,
        &["enroll", "accept", &again, "--fingerprint", &digits],
    );

    assert_refused(&answer, 4, "no_request", None);
}

/// Invites again with the right digits, which another invitation's answer names.
fn run_fingerprint(home: &Path, request: &str, out: &str) -> String {
    let zeros = ["00000"; 8].join(" ");
    let wrong = tried(
        home,
        &["enroll", "invite", request, out, "--fingerprint", &zeros],
    );
    let digits = wrong.json["problems"][0]["args"]["found"].as_str().unwrap();
    let invited = done(
        home,
        &["enroll", "invite", request, out, "--fingerprint", digits],
    );
    invited.str("fingerprint").to_owned()
}

#[test]
fn register_refuses_files_and_plans_that_say_nothing() {
    let home = NETWORK.home("tj");
    let before = listed(&home);
    let (plan, out) = (NETWORK.file("broken.toml"), NETWORK.file("never.proposal"));
    let made = |text: &str| {
        std::fs::write(&plan, text).unwrap();
        tried(&home, &["register", "plan", &plan, &out])
    };

    let acts = tried(&home, &["register", "apply", &plan_free(&plan)]);
    assert_refused(&acts, 2, "bad_acts_file", Some("file"));
    assert_refused(
        &made("[[state]]\ncode = \"tj\"\n"),
        2,
        "bad_plan",
        Some("plan"),
    );
    assert_refused(&made(""), 3, "nothing_to_sign", None);
    // Another state's matters are not this registrar's.
    let foreign = "[[state]]\ncode = \"UZ\"\nzone = \"Asia/Tashkent\"\nfrom = 2026-01-01\n\
        names = { ru = \"Узбекистан\" }\n";
    assert_refused(&made(foreign), 3, "nothing_to_sign", None);

    let founder = format!("{}={}", NETWORK.file("TJ.founder"), ["00000"; 8].join(""));
    let found = NETWORK.file("other.founding");
    let args = [
        "register",
        "found",
        &found,
        "--name",
        "X",
        "--quorum",
        "1",
        "--founder",
        &founder,
    ];
    assert_refused(
        &tried(&home, &args),
        7,
        "wrong_fingerprint",
        Some("fingerprint"),
    );

    assert!(!Path::new(&out).exists());
    assert_eq!(listed(&home), before);
}

fn plan_free(plan: &str) -> String {
    let file = format!("{plan}.acts");
    std::fs::write(&file, "no acts").unwrap();
    file
}

#[test]
fn a_coupling_of_offices_that_are_not_known_is_not_published() {
    // The centre has the founding act alone.
    let home = NETWORK.home("int");
    let coupling = NETWORK.file("coupling.tj");

    let answer = tried(&home, &["register", "publish", &coupling]);

    assert_refused(&answer, 3, "acts_incomplete", None);
}

#[test]
fn send_to_an_office_that_is_none_keeps_the_draft() {
    let home = NETWORK.home("tj");

    let args = ["send", "note", "--to", "UZ/CUSTOMS/NOWHERE", "--text", "x"];
    let answer = tried(&home, &args);

    assert_eq!(answer.code, 3, "{answer:?}");
    assert_eq!(answer.problem().0, "no_such_office");
    assert_eq!(answer.json["kept"], "draft");
    assert!(Path::new(answer.str("draft")).exists());
}

#[test]
fn errors_are_said_in_russian_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();

    let answer = run(dir.path(), &["--lang", "ru", "register", "list"]);

    assert_eq!(answer.code, 4);
    assert!(answer.text.is_empty());
    assert!(answer.errors.contains("нет узла"), "{}", answer.errors);
    assert!(answer.errors.contains("Далее: "), "{}", answer.errors);
}
