//! The wire format read and written by an independent implementation, in Python.
//!
//! The packages come from `requirements.txt` into a virtual environment under the target folder, so that nothing of
//! the machine is changed and a second run needs no network.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use anyhow::Context as _;

use crate::notrun::NotRun;
use crate::step;
use crate::workspace::root;

const FOLDER: &str = "crates/envelope/tests/differential";

/// Runs `check.py` over the golden files.
///
/// # Errors
/// If the two implementations differ, or the virtual environment cannot be written.
pub(crate) fn run(target: &Path, not_run: &mut NotRun) -> anyhow::Result<()> {
    let folder = root().join(FOLDER);
    let python = match environment(&folder.join("requirements.txt"), target)? {
        Environment::Ready(python) => python,
        Environment::Lacks(needs) => {
            not_run.add("differential", &needs);
            return Ok(());
        }
    };
    step::run(
        "differential",
        Command::new(python)
            .arg(folder.join("check.py"))
            .current_dir(root())
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}

enum Environment {
    /// The interpreter that has the packages.
    Ready(PathBuf),
    /// What has to be installed first.
    Lacks(String),
}

fn environment(requirements: &Path, target: &Path) -> anyhow::Result<Environment> {
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("failed to read {}", requirements.display()))?;
    let venv = target.join("differential-venv");
    let python = venv.join("bin/python");
    let stamp = venv.join("requirements.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Environment::Ready(python));
    }
    if !step::succeeds(Command::new("python3").arg("--version")) {
        return Ok(Environment::Lacks(
            "python3 is missing: apt-get install python3 python3-venv".to_owned(),
        ));
    }
    step::heading("differential: packages");
    remove(&venv)?;
    if !step::succeeds(Command::new("python3").args(["-m", "venv"]).arg(&venv)) {
        return Ok(Environment::Lacks(
            "`python3 -m venv` failed: apt-get install python3-venv".to_owned(),
        ));
    }
    let installed = Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(requirements)
        .status()
        .context("failed to start pip")?;
    if !installed.success() {
        return Ok(Environment::Lacks(format!(
            "pip could not install {FOLDER}/requirements.txt (its message is above): give this machine PyPI or a mirror (PIP_INDEX_URL)"
        )));
    }
    fs::write(&stamp, wanted).with_context(|| format!("failed to write {}", stamp.display()))?;
    Ok(Environment::Ready(python))
}

/// Removes an environment that an earlier run left half made.
fn remove(venv: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(venv) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", venv.display()))
        }
        _ => Ok(()),
    }
}
