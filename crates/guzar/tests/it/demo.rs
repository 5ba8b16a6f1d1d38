//! `guzar demo`: every check of the play is a check of this test.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn guzar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guzar"));
    command.env_remove("GUZAR_LOG").stdin(Stdio::null());
    command
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_play_is_played_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let output = guzar()
        .args(["demo", "--headless", "--json", "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();

    let lines = lines(&output);
    let (end, steps) = lines.split_last().unwrap();
    assert_eq!(end["demo"], "ok", "{end}");
    assert!(output.status.success());
    assert_eq!(end["steps"], steps.len());
    let scenes: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["scene"].as_str())
        .collect();
    for scene in [
        "case_1", "case_2", "case_3", "case_4", "case_5", "case_7", "case_8", "case_11", "case_13",
        "case_14", "case_15", "relay", "bundle",
    ] {
        assert!(scenes.contains(&scene), "{scene} was not played");
    }
    for step in steps {
        assert!(
            step["time"].is_string() && step["step"].is_string(),
            "{step}"
        );
    }
    credit_is_in_both_books(dir.path(), steps);
}

/// With the nodes stopped: what the play checked is on disk.
fn credit_is_in_both_books(dir: &std::path::Path, steps: &[Value]) {
    let result = steps
        .iter()
        .find(|step| step["scene"] == "case_1" && step["step"] == "result")
        .unwrap();
    for node in ["uz-oybek", "tj-fotehobod"] {
        let shown = guzar()
            .arg("--home")
            .arg(dir.join(node))
            .args(["--json", "show", result["reference"].as_str().unwrap()])
            .output()
            .unwrap();
        let shown = &lines(&shown)[0];
        let credited = shown["line"]["progress"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["step"] == "credited" && row["office"] == "UZ/CUSTOMS/OYBEK");
        assert!(credited, "{node}: {shown}");
    }
}

#[test]
fn a_folder_with_nodes_in_it_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("kg-national")).unwrap();
    std::fs::write(dir.path().join("kg-national/root.key"), "somebody's").unwrap();
    let output = guzar()
        .args(["demo", "--headless", "--json", "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();

    assert_eq!(output.status.code(), Some(6));
    let kept = std::fs::read_to_string(dir.path().join("kg-national/root.key")).unwrap();
    assert_eq!(kept, "somebody's");
}

/// The commands that are printed work as they are printed, and Ctrl-C ends all nodes.
#[test]
fn the_network_stays_up_and_takes_what_it_invites_to() {
    let mut demo = guzar()
        .args(["demo", "--lang", "en"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut commands = Vec::new();
    for line in BufReader::new(demo.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains(" --home ") {
            commands.push(line.clone());
        }
        if line.starts_with("Ctrl-C") {
            break;
        }
    }
    assert!(commands.len() >= 8, "{commands:?}");
    for command in &commands {
        let done = retried(command);
        assert!(done.status.success(), "{command}: {done:?}");
    }

    let interrupt = format!("kill -INT {}", demo.id());
    assert!(
        Command::new("sh")
            .args(["-c", &interrupt])
            .status()
            .unwrap()
            .success()
    );
    assert!(demo.wait().unwrap().success());
    let home = commands[0].split(" --home ").nth(1).unwrap();
    let home = home.split(' ').next().unwrap();
    assert!(!std::path::Path::new(home).exists());
}

/// Even a demo that is killed leaves no node behind.
#[test]
fn nodes_end_with_the_demo_that_started_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut demo = guzar()
        .args(["demo", "--json", "--dir"])
        .arg(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(demo.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(
        first.contains("case_1") && sockets(dir.path()) == 18,
        "{first}"
    );

    demo.kill().unwrap();
    demo.wait().unwrap();

    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while sockets(dir.path()) > 0 {
        assert!(std::time::Instant::now() < deadline, "nodes still run");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Control sockets of nodes: each removes its own when it ends.
fn sockets(dir: &std::path::Path) -> usize {
    std::fs::read_dir(dir)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().join("guzar.sock").exists())
        .count()
}

/// What was sent a moment ago may still be on its way.
fn retried(command: &str) -> Output {
    let run = || Command::new("sh").args(["-c", command]).output().unwrap();
    let mut done = run();
    for _ in 0..100 {
        // Not found.
        if done.status.code() != Some(4) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        done = run();
    }
    done
}
