//! What the documentation says about itself and about the tree, as far as a machine can hold it to that.

mod page;
mod reference;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use self::page::Page;
use crate::step;
use crate::workspace::{Workspace, root};

/// Folders that hold no documentation of ours.
const FOREIGN: &[&str] = &["corpus", "target"];

/// Prints each breach and fails if there is one.
///
/// # Errors
/// If a rule is broken or a file cannot be read.
pub(crate) fn run() -> anyhow::Result<()> {
    step::heading("docs");
    let pages = pages(root())?;
    let mut breaches = links(&pages);
    breaches.extend(summary(&pages));
    breaches.extend(crates(&pages, &Workspace::read()?));
    breaches.extend(reference::breaches(&pages)?);
    for breach in &breaches {
        eprintln!("   {breach}");
    }
    if !breaches.is_empty() {
        bail!("docs: {} rule(s) broken", breaches.len());
    }
    Ok(())
}

/// Every Markdown file of the tree.
fn pages(root: &Path) -> anyhow::Result<Vec<Page>> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("failed to read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                if is_ours(&path) {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("failed to read {}", path.display()))?;
                let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
                found.push(Page::new(path, &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn is_ours(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && !FOREIGN.contains(&name.as_ref())
}

/// Each relative link leads to a file or folder of the tree, and to a heading of it where it names one.
fn links(pages: &[Page]) -> Vec<String> {
    let mut found = Vec::new();
    for page in pages {
        for link in page.relative_links() {
            let goal = page.goal(&link.path);
            let there = pages.iter().find(|page| page.path == goal);
            let breach = match (there, &link.anchor) {
                (None, _) if !root().join(&goal).exists() => "leads nowhere",
                (Some(there), Some(anchor)) if !there.has_anchor(anchor) => {
                    "names a heading that is not there"
                }
                _ => continue,
            };
            found.push(format!(
                "{}:{}: {} {breach}",
                page.path.display(),
                link.line,
                link.text
            ));
        }
    }
    found
}

/// The manual's contents list every page of it.
fn summary(pages: &[Page]) -> Vec<String> {
    let contents = Path::new("docs/SUMMARY.md");
    let Some(summary) = pages.iter().find(|page| page.path == contents) else {
        return vec!["docs/SUMMARY.md: is missing".to_owned()];
    };
    let listed: BTreeSet<PathBuf> = summary
        .relative_links()
        .map(|link| summary.goal(&link.path))
        .collect();
    pages
        .iter()
        .filter(|page| page.path.starts_with("docs") && page.path != contents)
        .filter(|page| !listed.contains(&page.path))
        .map(|page| format!("docs/SUMMARY.md: does not list {}", page.path.display()))
        .collect()
}

/// The table of crates in ARCHITECTURE.md has those of the workspace, and no other.
fn crates(pages: &[Page], workspace: &Workspace) -> Vec<String> {
    let listed = pages
        .iter()
        .find(|page| page.path == Path::new("ARCHITECTURE.md"))
        .map(|page| page.table_names("crate"))
        .unwrap_or_default();
    let members: BTreeSet<String> = workspace
        .members()
        .map(|package| package.name.clone())
        .collect();
    differences(&listed, &members)
}

fn differences(listed: &BTreeSet<String>, members: &BTreeSet<String>) -> Vec<String> {
    let missing = members
        .difference(listed)
        .map(|name| format!("ARCHITECTURE.md: the table of crates lacks {name}"));
    let alien = listed
        .difference(members)
        .map(|name| format!("ARCHITECTURE.md: no crate of the workspace is called {name}"));
    missing.chain(alien).collect()
}

#[cfg(test)]
mod tests;
