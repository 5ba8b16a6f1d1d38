//! `cargo xtask layers`: the rules of ARCHITECTURE.md that a compiler does not hold.

mod dependency;
mod direction;
mod licence;
mod source;

use anyhow::bail;

use crate::step;
use crate::workspace::Workspace;

/// Prints each breach and fails if there is one.
///
/// # Errors
/// If a rule is broken or a file cannot be read.
pub(crate) fn run() -> anyhow::Result<()> {
    step::heading("layers");
    let workspace = Workspace::read()?;
    let mut breaches = direction::breaches(&workspace);
    breaches.extend(source::breaches(&workspace)?);
    breaches.extend(dependency::breaches(&workspace)?);
    for breach in &breaches {
        eprintln!("   {breach}");
    }
    if !breaches.is_empty() {
        bail!("layers: {} rule(s) broken", breaches.len());
    }
    Ok(())
}
