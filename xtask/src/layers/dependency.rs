//! Licences, sources and bans, as `deny.toml` has them: a machine without cargo-deny checks them too.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Context as _;
use serde::Deserialize;

use super::licence;
use crate::workspace::{Workspace, root};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The parts of `deny.toml` that are looked at here.
#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

/// A crate that nobody may depend on, but for those named.
#[derive(Debug, Deserialize)]
struct Ban {
    name: String,
    #[serde(default)]
    wrappers: BTreeSet<String>,
    reason: String,
}

/// Every dependency that `deny.toml` does not want.
///
/// # Errors
/// If `deny.toml` cannot be read.
pub(super) fn breaches(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let path = root().join("deny.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let deny =
        toml::from_str(&text).with_context(|| format!("failed to read {}", path.display()))?;
    Ok(found(workspace, &deny))
}

fn found(workspace: &Workspace, deny: &Deny) -> Vec<String> {
    let mut found = Vec::new();
    for package in workspace.foreign() {
        let name = format!("{} {}", package.name, package.version);
        if package.source.as_deref() != Some(CRATES_IO) {
            let source = package.source.as_deref().unwrap_or("a folder");
            found.push(format!("{name} comes from {source}, not from crates.io"));
        }
        let Some(expression) = &package.license else {
            found.push(format!("{name} names no licence"));
            continue;
        };
        match licence::is_allowed(expression, &deny.licenses.allow) {
            Some(true) => {}
            Some(false) => found.push(format!("{name} is under {expression}: not in deny.toml")),
            None => found.push(format!("{name}: `{expression}` is no licence expression")),
        }
    }
    for ban in &deny.bans.deny {
        let users = workspace.users(&ban.name);
        let barred = users
            .into_iter()
            .filter(|user| !ban.wrappers.contains(*user));
        found.extend(barred.map(|user| format!("{user} uses {}: {}", ban.name, ban.reason)));
    }
    for package in workspace.members() {
        let free = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.req == "*" && dependency.path.is_none());
        let name = &package.name;
        found.extend(free.map(|wanted| format!("{name} takes any version of {}", wanted.name)));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// `ours` uses `leaf`; what is said of `leaf` is put in.
    fn workspace(leaf: &Value, requirement: &Value, kind: &Value) -> Workspace {
        serde_json::from_value(json!({
            "packages": [
                {
                    "id": "ours", "name": "ours", "version": "0.1.0", "license": null, "source": null,
                    "manifest_path": "/ours/Cargo.toml", "dependencies": [requirement],
                },
                leaf,
            ],
            "workspace_members": ["ours"],
            "target_directory": "/target",
            "resolve": { "nodes": [
                { "id": "ours", "deps": [{ "pkg": "leaf", "dep_kinds": [{ "kind": kind }] }] },
                { "id": "leaf", "deps": [] },
            ]},
        }))
        .unwrap()
    }

    fn leaf(license: &Value, source: &Value) -> Value {
        json!({
            "id": "leaf", "name": "leaf", "version": "1.2.3", "license": license, "source": source,
            "manifest_path": "/leaf/Cargo.toml", "dependencies": [],
        })
    }

    fn requirement(req: &str) -> Value {
        json!({ "name": "leaf", "kind": null, "req": req })
    }

    fn deny(bans: &str) -> Deny {
        toml::from_str(&format!(
            "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{bans}]\n"
        ))
        .unwrap()
    }

    fn good() -> Workspace {
        workspace(
            &leaf(&json!("MIT"), &json!(CRATES_IO)),
            &requirement("^1"),
            &Value::Null,
        )
    }

    #[test]
    fn a_crate_under_a_known_licence_from_crates_io_is_welcome() {
        assert!(found(&good(), &deny("")).is_empty());
    }

    #[test]
    fn other_licences_and_sources_are_named() {
        let with = |license: Value, source: Value| {
            let workspace = workspace(&leaf(&license, &source), &requirement("^1"), &Value::Null);
            found(&workspace, &deny(""))
        };
        assert_eq!(
            with(json!("GPL-3.0"), json!(CRATES_IO)),
            ["leaf 1.2.3 is under GPL-3.0: not in deny.toml"]
        );
        assert_eq!(
            with(Value::Null, json!(CRATES_IO)),
            ["leaf 1.2.3 names no licence"]
        );
        assert_eq!(
            with(json!("MIT OR"), json!(CRATES_IO)),
            ["leaf 1.2.3: `MIT OR` is no licence expression"]
        );
        assert_eq!(
            with(json!("MIT"), json!("git+https://example.org/leaf")),
            ["leaf 1.2.3 comes from git+https://example.org/leaf, not from crates.io"]
        );
        assert_eq!(
            with(json!("MIT"), Value::Null),
            ["leaf 1.2.3 comes from a folder, not from crates.io"]
        );
    }

    #[test]
    fn a_banned_crate_is_for_its_wrappers_alone() {
        let ban = |wrappers: &str| {
            deny(&format!(
                "{{ name = \"leaf\", wrappers = [{wrappers}], reason = \"never\" }}"
            ))
        };
        assert_eq!(found(&good(), &ban("")), ["ours uses leaf: never"]);
        assert!(found(&good(), &ban("\"ours\"")).is_empty());

        let in_tests = workspace(
            &leaf(&json!("MIT"), &json!(CRATES_IO)),
            &requirement("^1"),
            &json!("dev"),
        );
        assert!(found(&in_tests, &ban("")).is_empty());
    }

    #[test]
    fn any_version_is_no_version() {
        let workspace = workspace(
            &leaf(&json!("MIT"), &json!(CRATES_IO)),
            &requirement("*"),
            &Value::Null,
        );
        assert_eq!(
            found(&workspace, &deny("")),
            ["ours takes any version of leaf"]
        );
    }

    #[test]
    fn the_list_of_this_workspace_can_be_read() {
        let text = fs::read_to_string(root().join("deny.toml")).unwrap();
        let deny: Deny = toml::from_str(&text).unwrap();
        assert!(deny.licenses.allow.iter().any(|licence| licence == "MIT"));
        assert!(deny.bans.deny.iter().any(|ban| ban.name == "openssl-sys"));
    }
}
