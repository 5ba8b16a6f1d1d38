//! What the source files must not say, how long they may be and what they may be called.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::direction::PURE;
use crate::workspace::{Package, Workspace, root};

/// A file longer than this is two files.
const LINES_MAX: usize = 500;

/// What a pure crate may not touch, outside its tests.
const IMPURE_WORDS: &[&str] = &[
    "async fn",
    "std::env::",
    "std::fs",
    "std::io::std",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "manager", "misc", "mod", "types", "util", "utils",
];

/// Plurals that are no second name for the same noun.
const PLURALS: &[&str] = &[
    "codes", // the code lists of `model`, beside a store's `code.rs` that turns rows into values
    "tests", // the test file beside a file, and the command `xtask test`
];

struct Source {
    path: PathBuf,
    shown: String,
    text: String,
}

/// Every breach in the Rust and SQL files of the workspace.
pub(super) fn breaches(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in workspace.members() {
        for source in sources(package)? {
            found.extend(length(&source));
            if PURE.contains(&package.name.as_str()) {
                found.extend(impure(&source));
            }
            if let Some(stem) = source.path.file_stem() {
                let stem = stem.to_string_lossy().into_owned();
                if EMPTY_NAMES.contains(&stem.as_str()) {
                    found.push(format!("{}: a file is named after its noun", source.shown));
                }
                names.entry(stem).or_default().insert(source.shown);
            }
        }
        found.extend(stray_sql(package)?);
    }
    found.extend(plurals(&names));
    Ok(found)
}

/// The crate's Rust files: its source, tests, benches and examples.
fn sources(package: &Package) -> anyhow::Result<Vec<Source>> {
    files(package.folder(), "rs")?
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("failed to read {}", path.display()))?;
            Ok(Source {
                shown: shown(&path),
                path,
                text,
            })
        })
        .collect()
}

fn length(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > LINES_MAX).then(|| format!("{}: {lines} lines, at most {LINES_MAX}", source.shown))
}

/// Words of the outside world in a pure crate. Comments may have them, and so may tests: a folder `tests`, a file
/// `tests.rs`, what follows `#[cfg(test)]` at the foot of a file, and a whole file
/// that begins with `#![cfg(test)]`.
fn impure(source: &Source) -> Vec<String> {
    let in_tests = source
        .path
        .components()
        .any(|part| part.as_os_str() == "tests");
    if in_tests || source.path.ends_with("tests.rs") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        if line.starts_with("#[cfg(test)]") || line.starts_with("#![cfg(test)]") {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        let words = IMPURE_WORDS.iter().filter(|word| line.contains(**word));
        found.extend(
            words.map(|word| format!("{}:{}: a pure crate has no {word}", source.shown, at + 1)),
        );
    }
    found
}

/// The same noun has the same file name in every crate: no plural where another crate has the singular.
fn plurals(names: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for (stem, paths) in names {
        let singulars = [
            stem.strip_suffix("ies").map(|rest| format!("{rest}y")),
            stem.strip_suffix("es").map(str::to_owned),
            stem.strip_suffix('s').map(str::to_owned),
        ];
        let twin = singulars
            .into_iter()
            .flatten()
            .find(|singular| names.contains_key(singular));
        if let Some(singular) = twin
            && !PLURALS.contains(&stem.as_str())
        {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            found.push(format!(
                "{}: elsewhere this noun is {singular}.rs",
                paths.join(", ")
            ));
        }
    }
    found
}

/// SQL lives in `store/queries` and in the migrations of a backend.
fn stray_sql(package: &Package) -> anyhow::Result<Vec<String>> {
    let home = match package.name.as_str() {
        "store" => "queries",
        "store-sqlite" | "store-postgres" => "migrations",
        _ => "",
    };
    let allowed = package.folder().join(home);
    Ok(files(package.folder(), "sql")?
        .into_iter()
        .filter(|path| home.is_empty() || !path.starts_with(&allowed))
        .map(|path| format!("{}: SQL lives in store/queries", shown(&path)))
        .collect())
}

/// The files beneath `folder` with this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("failed to read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            shown: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_clock_in_a_pure_crate_is_found_by_line() {
        let found = impure(&source("src/a.rs", "fn a() {\n    Instant::now();\n}\n"));
        assert_eq!(found, ["src/a.rs:2: a pure crate has no Instant::now"]);
    }

    #[test]
    fn comments_and_tests_may_speak_of_files() {
        let text = "// std::fs is for others\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        assert!(impure(&source("src/a.rs", text)).is_empty());
        assert!(impure(&source("tests/a.rs", "use std::fs;")).is_empty());
    }

    #[test]
    fn a_file_of_501_lines_is_flagged() {
        assert!(length(&source("a.rs", &"\n".repeat(500))).is_none());
        assert!(length(&source("a.rs", &"\n".repeat(501))).is_some());
    }

    #[test]
    fn a_plural_beside_its_singular_is_flagged() {
        let names = |stems: &[&str]| {
            stems
                .iter()
                .map(|stem| ((*stem).to_owned(), BTreeSet::from([format!("{stem}.rs")])))
                .collect()
        };
        assert_eq!(plurals(&names(&["delivery", "deliveries"])).len(), 1);
        assert_eq!(plurals(&names(&["dispatch", "dispatches"])).len(), 1);
        assert!(plurals(&names(&["ids", "address"])).is_empty());
    }
}
