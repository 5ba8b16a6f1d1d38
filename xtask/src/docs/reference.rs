//! Every command of the binary is in its reference.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::page::Page;
use crate::workspace::root;

/// Where the commands are listed, and where they must be described.
const SOURCE: &str = "crates/guzar/src/cli.rs";
const REFERENCE: &str = "docs/cli.md";

/// The commands that the reference does not name.
pub(super) fn breaches(pages: &[Page]) -> anyhow::Result<Vec<String>> {
    let source = fs::read_to_string(root().join(SOURCE))
        .with_context(|| format!("failed to read {SOURCE}"))?;
    let commands = commands(&source);
    if commands.is_empty() {
        bail!("{SOURCE}: no commands were found in it");
    }
    let Some(page) = pages.iter().find(|page| page.path == Path::new(REFERENCE)) else {
        return Ok(vec![format!("{REFERENCE}: is missing")]);
    };
    Ok(commands
        .iter()
        .filter(|command| !page.says(&format!("guzar {command}")))
        .map(|command| format!("{REFERENCE}: says nothing of guzar {command}"))
        .collect())
}

/// The variants of `enum Command`, as they are typed.
pub(super) fn commands(source: &str) -> Vec<String> {
    source
        .lines()
        .skip_while(|line| !line.contains("enum Command {"))
        .skip(1)
        .take_while(|line| !line.starts_with('}'))
        .filter_map(|line| line.trim().split_once('('))
        .map(|(variant, _)| typed(variant))
        .collect()
}

/// `CheckRequest` is typed `check-request`.
fn typed(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
