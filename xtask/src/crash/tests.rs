use std::os::unix::fs::PermissionsExt as _;

use super::*;

const GOOD: &str = r#"{"bench":"crash","rounds":3,"kills":{"relay":1,"sender":2},"acknowledged":120,
"repeated":7,"lost":0,"doubled":0,"unreceipted":0,"audit_whole":true}"#;

fn line(from: &str, to: &str) -> String {
    let line = GOOD.replace('\n', "").replace(from, to);
    assert_eq!(from == to, line == GOOD.replace('\n', ""), "{from}");
    line
}

fn faults(from: &str, to: &str) -> Vec<String> {
    Report::read(&line(from, to)).unwrap().faults(3)
}

#[test]
fn books_that_agree_are_a_proof() {
    assert!(faults("", "").is_empty());
    assert_eq!(
        Report::read(&line("", "")).unwrap().to_string(),
        "3 rounds, relay killed 1 times, sender killed 2 times; \
         120 acknowledged, 7 repeated, 0 lost, 0 doubled, 0 without a receipt"
    );
}

#[test]
fn each_fault_alone_is_no_proof() {
    assert_eq!(faults("\"lost\":0", "\"lost\":2"), ["2 lost"]);
    assert_eq!(faults("\"doubled\":0", "\"doubled\":1"), ["1 doubled"]);
    assert_eq!(
        faults("\"unreceipted\":0", "\"unreceipted\":9"),
        ["9 without a receipt"]
    );
    assert_eq!(
        faults("\"audit_whole\":true", "\"audit_whole\":false"),
        ["an audit chain or a database is not whole"]
    );
    assert_eq!(
        faults("\"acknowledged\":120", "\"acknowledged\":0"),
        ["nothing was acknowledged"]
    );
    assert_eq!(
        faults("\"rounds\":3", "\"rounds\":2"),
        ["2 rounds and 3 kills of 3"]
    );
    assert_eq!(
        faults("\"sender\":2", "\"sender\":1"),
        ["3 rounds and 2 kills of 3"]
    );
}

#[test]
fn only_a_whole_report_is_one() {
    assert_eq!(Report::read("round 3 of 200"), None);
    assert_eq!(
        Report::read(&line("\"bench\":\"crash\"", "\"bench\":\"link\"")),
        None
    );
    assert_eq!(Report::read(&line("\"lost\":0,", "")), None);
}

/// A stand-in for the product that says `report` and ends with `code`.
fn stand_in(dir: &Path, report: &str, code: u8) -> PathBuf {
    let path = dir.join("guzar");
    let script = format!(
        "#!/bin/sh\n\
         test \"$*\" = \"bench crash --json --rounds 3 --seed 5 --dir $(dirname \"$0\")\" || exit 9\n\
         echo round 1\n\
         echo '{report}'\n\
         exit {code}\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn the_program_decides_by_its_report_and_its_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = Crash {
        rounds: 3,
        seed: 5,
        debug: true,
    };
    let played = |report: &str, code| {
        let program = stand_in(dir.path(), report, code);
        play(&program, &arguments, dir.path()).map_err(|error| error.to_string())
    };

    assert_eq!(played(&line("", ""), 0), Ok(()));
    let lost = played(&line("\"lost\":0", "\"lost\":1"), 0);
    assert_eq!(lost, Err("crash: 1 lost".to_owned()));
    let known = played(&line("\"doubled\":0", "\"doubled\":4"), 3);
    assert_eq!(known, Err("crash: 4 doubled".to_owned()));
    let silent = played("nothing", 0);
    assert_eq!(silent, Err("crash: the program gave no report".to_owned()));
    assert!(
        played(&line("", ""), 7)
            .unwrap_err()
            .contains("exit status: 7")
    );
}
