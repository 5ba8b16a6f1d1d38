//! A page of text: wrapped lines, `label: value` pairs, columns.

/// Columns of a page.
pub(crate) const WIDTH: usize = 80;

/// Text that grows line by line. With a mark, each line begins with it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
    mark: Option<String>,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// From here on, each line begins with this word; `None` ends it.
    pub(crate) fn mark(&mut self, mark: Option<&str>) {
        self.mark = mark.map(str::to_owned);
    }

    pub(crate) fn blank(&mut self) {
        self.push(0, "");
    }

    /// A line that is wrapped where it is too long; what follows is indented by two more.
    pub(crate) fn line(&mut self, indent: usize, text: &str) {
        let mut first = true;
        for part in text.lines() {
            let hanging = indent.saturating_add(2);
            let width = self.width();
            for piece in wrap(
                part,
                width.saturating_sub(indent),
                width.saturating_sub(hanging),
            ) {
                self.push(if first { indent } else { hanging }, &piece);
                first = false;
            }
        }
    }

    pub(crate) fn field(&mut self, indent: usize, label: &str, value: &str) {
        self.line(indent, &format!("{label}: {value}"));
    }

    /// Rows in columns as wide as their widest cell; the last column is wrapped.
    pub(crate) fn rows(&mut self, indent: usize, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let last = columns.saturating_sub(1);
        let widths: Vec<usize> = (0..last)
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width_of(cell)).max().unwrap_or(0)
            })
            .collect();
        let before: usize = widths.iter().map(|width| width.saturating_add(GAP)).sum();
        let start = indent.saturating_add(before);
        let room = self.width().saturating_sub(start);
        for row in rows {
            let mut head = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                head.push_str(cell);
                let fill = width.saturating_sub(width_of(cell)).saturating_add(GAP);
                head.extend(std::iter::repeat_n(' ', fill));
            }
            let tail = row.get(last).map_or("", String::as_str);
            if room < NARROW {
                // No room beside the others: below them.
                self.push(indent, head.trim_end());
                self.line(indent.saturating_add(2), tail);
                continue;
            }
            let mut pieces = wrap(tail, room, room).into_iter();
            let first = pieces.next().unwrap_or_default();
            self.push(indent, format!("{head}{first}").trim_end());
            for piece in pieces {
                self.push(start, &piece);
            }
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn width(&self) -> usize {
        let mark = self
            .mark
            .as_ref()
            .map_or(0, |mark| width_of(mark).saturating_add(1));
        WIDTH.saturating_sub(mark)
    }

    fn push(&mut self, indent: usize, text: &str) {
        let mut line = String::new();
        if let Some(mark) = &self.mark {
            line.push_str(mark);
            line.push(' ');
        }
        line.extend(std::iter::repeat_n(' ', indent));
        line.push_str(text);
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Cuts at spaces; a word that is longer than a line stays whole, so that ids and paths can be copied.
fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut room = first;
    for word in text.split(' ') {
        let wanted = width_of(&line)
            .saturating_add(width_of(word))
            .saturating_add(1);
        if !line.is_empty() && wanted > room {
            lines.push(std::mem::take(&mut line));
            room = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Our languages need one column for a letter.
fn width_of(text: &str) -> usize {
    text.chars().count()
}

/// Spaces between columns.
const GAP: usize = 2;
/// A last column of fewer letters is not readable.
const NARROW: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn widest(text: &str) -> usize {
        text.lines().map(width_of).max().unwrap_or(0)
    }

    #[test]
    fn marked_lines_all_begin_with_the_mark_and_fit() {
        let mut page = Page::new();
        page.mark(Some("УЧЕНИЕ"));
        page.line(0, &"слово ".repeat(60));
        page.field(2, "Место", &"КПП ".repeat(40));
        let text = page.finish();

        assert!(
            text.lines().all(|line| line.starts_with("УЧЕНИЕ")),
            "{text}"
        );
        assert!(widest(&text) <= WIDTH, "{text}");
    }

    #[test]
    fn columns_line_up_and_the_last_one_wraps() {
        let mut page = Page::new();
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        page.rows(
            2,
            &[
                row(["UZ/CUSTOMS/OYBEK", &"word ".repeat(30)]),
                row(["TJ/X/Y", "short"]),
            ],
        );
        let text = page.finish();

        assert!(widest(&text) <= WIDTH, "{text}");
        let last = text.lines().last().unwrap();
        assert_eq!(last, "  TJ/X/Y            short");
    }

    #[test]
    fn a_long_word_stays_whole() {
        let mut page = Page::new();
        let path = format!("/{}", "x".repeat(100));
        page.line(0, &format!("Kept: {path}"));
        assert!(page.finish().contains(&path));
    }
}
