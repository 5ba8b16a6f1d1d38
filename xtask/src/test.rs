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
        // What a passing test prints is wanted too: a test that cannot run here says so in a line.
        cargo().args(["test", "--workspace", "--", "--show-output"]),
        |line| {
            not_run.take(line);
            if shown.wants(line) {
                println!("{line}");
            }
        },
    )?;
    differential::run(&workspace.target_directory, not_run)
}

/// Leaves out what passing tests printed, and keeps the rest of the harness's output.
#[derive(Debug, Default)]
struct Shown {
    among_successes: bool,
}

impl Shown {
    fn wants(&mut self, line: &str) -> bool {
        match line {
            "successes:" => self.among_successes = true,
            "failures:" => self.among_successes = false,
            _ if line.starts_with("test result:") => self.among_successes = false,
            _ => {}
        }
        !self.among_successes || line.starts_with(MARK)
    }
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
            "test result: FAILED",
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
                "test result: FAILED"
            ]
        );
    }
}
