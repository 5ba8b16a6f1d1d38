//! What could not run on this machine, kept for the end of the output.

use std::collections::BTreeSet;

/// The mark by which a test says that it could not run: a printed line that starts so.
///
/// The form of the whole line is `not run: <what>: <what it needs>`.
pub(crate) const MARK: &str = "not run: ";

/// The lines `not run: ...` met so far, each once.
#[derive(Debug, Default)]
pub(crate) struct NotRun {
    lines: BTreeSet<String>,
}

impl NotRun {
    /// Notes that `what` did not run, and what it needs.
    pub(crate) fn add(&mut self, what: &str, needs: &str) {
        let line = format!("{MARK}{what}: {needs}");
        println!("   {line}");
        self.lines.insert(line);
    }

    /// Takes the line if it carries the mark.
    pub(crate) fn take(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with(MARK) {
            self.lines.insert(line.to_owned());
        }
    }

    /// Prints the lines; after a failure too, since what did not run may be its reason.
    pub(crate) fn print(&self) {
        if self.lines.is_empty() {
            return;
        }
        println!("== could not run here");
        for line in &self.lines {
            println!("{line}");
        }
    }

    /// The last line of a command that did not fail.
    pub(crate) fn closing(&self, command: &str) -> String {
        match self.lines.len() {
            0 => format!("== {command}: passed, and everything ran"),
            count => format!("== {command}: passed, but {count} could not run here (listed above)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_lines_are_kept_once_and_others_are_not() {
        let mut not_run = NotRun::default();
        not_run.take("not run: badlink: needs root and /dev/net/tun");
        not_run.take("  not run: badlink: needs root and /dev/net/tun\n");
        not_run.take("test link::cut ... ok");
        assert_eq!(not_run.lines.len(), 1);
    }

    #[test]
    fn the_last_line_says_whether_everything_ran() {
        let mut not_run = NotRun::default();
        assert_eq!(
            not_run.closing("test"),
            "== test: passed, and everything ran"
        );
        not_run.take("not run: badlink: needs root and /dev/net/tun");
        assert_eq!(
            not_run.closing("test"),
            "== test: passed, but 1 could not run here (listed above)"
        );
    }
}
