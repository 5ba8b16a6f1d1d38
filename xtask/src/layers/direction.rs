//! Who may depend on whom.

use std::collections::BTreeSet;

use crate::workspace::{Package, Workspace};

/// A crate, and the crates of ours that it may name in its manifest.
struct Rule {
    name: &'static str,
    uses: &'static [&'static str],
}

/// From the bottom up; a crate may use only what is listed, and nothing that stands below it here.
const RULES: &[Rule] = &[
    Rule {
        name: "model",
        uses: &[],
    },
    Rule {
        name: "envelope",
        uses: &["model"],
    },
    Rule {
        name: "register",
        uses: &["model", "envelope"],
    },
    Rule {
        name: "exchange",
        uses: &["model", "envelope", "register"],
    },
    Rule {
        name: "matching",
        uses: &["model"],
    },
    Rule {
        name: "store",
        uses: &["model"],
    },
    Rule {
        name: "store-sqlite",
        uses: &["model", "store"],
    },
    Rule {
        name: "store-postgres",
        uses: &["model", "store"],
    },
    Rule {
        name: "node",
        uses: &[
            "model", "envelope", "register", "exchange", "matching", "store",
        ],
    },
    Rule {
        name: "web",
        uses: &["model", "node"],
    },
    // Development only, and of no layer: it knows packets, not dispatches.
    Rule {
        name: "badlink",
        uses: &[],
    },
    Rule {
        name: "guzar",
        uses: &[
            "model",
            "envelope",
            "register",
            "exchange",
            "matching",
            "store",
            "store-sqlite",
            "store-postgres",
            "node",
            "web",
            "badlink",
        ],
    },
    Rule {
        name: "testkit",
        uses: &[
            "model",
            "envelope",
            "register",
            "exchange",
            "matching",
            "store",
            "store-sqlite",
            "store-postgres",
            "node",
            "web",
        ],
    },
    Rule {
        name: "xtask",
        uses: &["badlink"],
    },
];

/// Crates that decide without doing: what they must not carry, not even through others.
pub(super) const PURE: &[&str] = &["model", "envelope", "register", "exchange", "matching"];

/// Async runtimes, sockets, databases and HTTP.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "deadpool-postgres",
    "hyper",
    "hyper-util",
    "libsqlite3-sys",
    "mio",
    "reqwest",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-postgres",
];

/// Database drivers, and the crates that may name one.
const DRIVERS: &[&str] = &["rusqlite", "tokio-postgres", "deadpool-postgres", "sqlx"];
const DRIVER_USERS: &[&str] = &["store-sqlite", "store-postgres", "guzar"];

/// Every dependency that points the wrong way.
pub(super) fn breaches(workspace: &Workspace) -> Vec<String> {
    let ours: BTreeSet<&str> = workspace
        .members()
        .map(|package| package.name.as_str())
        .collect();
    let mut found = Vec::new();
    for package in workspace.members() {
        match RULES.iter().find(|rule| rule.name == package.name) {
            Some(rule) => found.extend(upward(package, rule, &ours)),
            None => found.push(format!("{}: no rule says who may use it", package.name)),
        }
        if PURE.contains(&package.name.as_str()) {
            let beneath = workspace.beneath(package);
            let carried = IMPURE.iter().filter(|name| beneath.contains(**name));
            found
                .extend(carried.map(|name| format!("{} is pure and carries {name}", package.name)));
        }
        if !DRIVER_USERS.contains(&package.name.as_str()) {
            let drivers = normal(package).filter(|name| DRIVERS.contains(name));
            found.extend(
                drivers.map(|name| format!("{} names the database driver {name}", package.name)),
            );
        }
    }
    found
}

fn upward(package: &Package, rule: &Rule, ours: &BTreeSet<&str>) -> Vec<String> {
    normal(package)
        .filter(|name| ours.contains(name) && !rule.uses.contains(name))
        .map(|name| format!("{} must not depend on {name}", package.name))
        .collect()
}

/// Tests may reach further: a node's tests run on the real SQLite store.
fn normal(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.is_none())
        .map(|dependency| dependency.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_looks_only_downward() {
        for (at, rule) in RULES.iter().enumerate() {
            for used in rule.uses {
                let below = RULES[..at].iter().any(|lower| lower.name == *used);
                assert!(below, "{} uses {used}, which is not below it", rule.name);
            }
        }
    }
}
