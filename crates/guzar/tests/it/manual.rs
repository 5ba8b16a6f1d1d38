//! Every command line in the manual is one that this program takes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::network::guzar;

/// The command lines in the code blocks of a page: continued lines joined, remarks behind three spaces left out. Those
/// with a gap to be filled (`…`, `[`) are for people only.
fn command_lines(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    let mut begun = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            begun.push_str(line.trim());
            if let Some(rest) = begun.strip_suffix('\\') {
                begun = rest.to_owned();
                continue;
            }
            let whole = std::mem::take(&mut begun);
            let commands = whole.split(" && ").map(str::trim);
            found.extend(
                commands
                    .filter(|command| command.starts_with("guzar "))
                    .filter_map(|command| command.split("   ").next())
                    .filter(|command| !command.contains(['…', '[']))
                    .map(str::to_owned),
            );
        }
    }
    found
}

/// As a shell takes it apart, double quotes being all that the manual uses.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The pages of a folder and of all beneath it.
fn pages_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                pages_of(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

#[test]
fn each_command_line_of_the_manual_is_taken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut wrong = Vec::new();
    let mut tried = 0;
    let mut pages = pages_of(&root.join("docs"));
    pages.push(root.join("README.md"));
    for page in pages {
        for line in command_lines(&fs::read_to_string(&page).unwrap()) {
            let mut words = words(&line);
            words.remove(0);
            // Parsed up to here, and nothing done.
            words.push("--help".to_owned());
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = guzar(Path::new("nowhere"), &words).output().unwrap();
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                wrong.push(format!("{}: {line}: {said}", page.display()));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 40, "{tried}");
}

#[test]
fn a_flag_that_is_none_would_be_found() {
    let page = "```\nguzar send alert --to X \\\n    --urgency soon   a remark\nguzar inbox … x\n```\nguzar y\n";
    let lines = command_lines(page);
    assert_eq!(lines, ["guzar send alert --to X --urgency soon"]);
    let mut args = words(&lines[0]);
    args.remove(0);
    args.push("--help".to_owned());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = guzar(Path::new("nowhere"), &args).output().unwrap();
    assert!(!output.status.success());
}
