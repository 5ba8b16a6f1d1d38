//! `cargo xtask test`: the checks, every test, and the list of what could not run.

use crate::check;
use crate::differential;
use crate::notrun::{MARK, NotRun};
use crate::step;
use crate::workspace::{Workspace, cargo};

/// Runs the checks, the tests of the workspace and the differential test of the wire format.
///
/// # Errors
/// The first part that failed.
pub(crate) fn run(not_run: &mut NotRun) -> anyhow::Result<()> {
    let workspace = Workspace::read()?;
    check::run(not_run)?;
    let mut shown = Shown::default();
    step::run_lines(
        "test",
        // One crate that fails hides nothing of the others. What a passing test prints is wanted too: a test that
        // cannot run here says so in a line.
        cargo().args([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--",
            "--show-output",
        ]),
        |line| {
            not_run.take(line);
            if shown.wants(line) {
                println!("{line}");
            }
        },
    )?;
    println!("   {} tests passed", shown.passed);
    differential::run(&workspace.target_directory, not_run)
}

/// Leaves out what passing tests printed, keeps the rest of the harness's output, and counts.
#[derive(Debug, Default)]
struct Shown {
    among_successes: bool,
    passed: u64,
}

impl Shown {
    fn wants(&mut self, line: &str) -> bool {
        match line {
            "successes:" => self.among_successes = true,
            "failures:" => self.among_successes = false,
            _ => {
                if let Some(result) = line.strip_prefix("test result:") {
                    self.among_successes = false;
                    self.passed = self.passed.saturating_add(passed(result).unwrap_or(0));
                }
            }
        }
        !self.among_successes || line.starts_with(MARK)
    }
}

/// The count in ` ok. 12 passed; 0 failed; ...`.
fn passed(result: &str) -> Option<u64> {
    let (before, _) = result.split_once(" passed")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_passing_tests_is_left_out_but_for_marked_lines() {
        let mut shown = Shown::default();
        let kept: Vec<&str> = [
            "test a ... ok",
            "successes:",
            "noise",
            "not run: a: needs root",
            "failures:",
            "reason",
            "test result: FAILED. 7 passed; 1 failed; 0 ignored",
        ]
        .into_iter()
        .filter(|line| shown.wants(line))
        .collect();
        assert_eq!(
            kept,
            [
                "test a ... ok",
                "not run: a: needs root",
                "failures:",
                "reason",
                "test result: FAILED. 7 passed; 1 failed; 0 ignored"
            ]
        );
    }

    #[test]
    fn passed_tests_of_all_crates_are_counted() {
        let mut shown = Shown::default();
        for line in [
            "test result: ok. 31 passed; 0 failed; 0 ignored; 0 measured",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured",
            "test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured",
            "test result: what is this",
        ] {
            assert!(shown.wants(line));
        }
        assert_eq!(shown.passed, 40);
    }
}
