//! `cargo xtask check`: everything about the source that needs no test.

use crate::docs;
use crate::layers;
use crate::notrun::NotRun;
use crate::step;
use crate::workspace::cargo;

/// Runs each part in turn and stops at the first that fails.
///
/// # Errors
/// The part that failed, by name.
pub(crate) fn run(not_run: &mut NotRun) -> anyhow::Result<()> {
    layers::run()?;
    docs::run()?;
    format(not_run)?;
    clippy(not_run)?;
    step::run(
        "doc",
        cargo()
            .args(["doc", "--quiet", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    deny(not_run)
}

fn format(not_run: &mut NotRun) -> anyhow::Result<()> {
    if !step::succeeds(cargo().args(["fmt", "--version"])) {
        not_run.add("fmt", "rustup component add rustfmt");
        return Ok(());
    }
    step::run("fmt", cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(not_run: &mut NotRun) -> anyhow::Result<()> {
    if !step::succeeds(cargo().args(["clippy", "--version"])) {
        not_run.add("clippy", "rustup component add clippy");
        return Ok(());
    }
    step::run(
        "clippy",
        cargo().args([
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    )
}

/// Bans, licences and sources once more, for all platforms and features; `layers` has looked at those of this build.
/// Advisories need a database from the network, so they are not part of this.
fn deny(not_run: &mut NotRun) -> anyhow::Result<()> {
    if !step::succeeds(cargo().args(["deny", "--version"])) {
        not_run.add("deny", "cargo install --locked cargo-deny");
        return Ok(());
    }
    step::run(
        "deny",
        cargo().args([
            "deny",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ]),
    )
}
