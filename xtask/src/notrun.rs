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

    /// Prints the lines, or nothing if all ran.
    pub(crate) fn print(&self) {
        if self.lines.is_empty() {
            return;
        }
        println!("\n== passed, but {} could not run here", self.lines.len());
        for line in &self.lines {
            println!("{line}");
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
}
