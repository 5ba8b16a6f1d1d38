//! One Markdown file: its links, headings and tables. As much Markdown as our pages have, and no more.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// A file with what is outside of its code blocks.
#[derive(Debug)]
pub(super) struct Page {
    /// From the root of the tree.
    pub(super) path: PathBuf,
    /// Line numbers from 1.
    lines: Vec<(usize, String)>,
    /// The same with code blocks.
    whole: String,
}

/// A link to a file of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) line: usize,
    /// As written.
    pub(super) text: String,
    /// Empty where it is a heading of the same page.
    pub(super) path: String,
    pub(super) anchor: Option<String>,
}

impl Page {
    pub(super) fn new(path: PathBuf, text: &str) -> Self {
        let mut lines = Vec::new();
        let mut in_block = false;
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim_start().starts_with("```") {
                in_block = !in_block;
            } else if !in_block {
                lines.push((number, line.to_owned()));
            }
        }
        Self {
            path,
            lines,
            whole: text.to_owned(),
        }
    }

    /// Links that name no other machine.
    pub(super) fn relative_links(&self) -> impl Iterator<Item = Link> {
        self.lines.iter().flat_map(|(line, text)| {
            let prose = without_code(text);
            let links: Vec<Link> = prose
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split_once(')'))
                .map(|(goal, _)| goal)
                .filter(|goal| !goal.contains("://") && !goal.starts_with("mailto:"))
                .map(|goal| Link::of(*line, goal))
                .collect();
            links
        })
    }

    /// Where a path leads from this page, from the root of the tree.
    pub(super) fn goal(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            return self.path.clone();
        }
        let folder = self.path.parent().unwrap_or_else(|| Path::new(""));
        let mut goal = PathBuf::new();
        for part in folder.join(path).components() {
            match part {
                Component::ParentDir => {
                    goal.pop();
                }
                Component::CurDir => {}
                other => goal.push(other),
            }
        }
        goal
    }

    pub(super) fn has_anchor(&self, anchor: &str) -> bool {
        self.lines
            .iter()
            .filter(|(_, line)| line.starts_with('#'))
            .any(|(_, line)| slug(line.trim_start_matches('#').trim()) == *anchor)
    }

    /// Names in the first column of the table whose first heading is `title`.
    pub(super) fn table_names(&self, title: &str) -> BTreeSet<String> {
        let head = format!("| {title} |");
        self.lines
            .iter()
            .map(|(_, line)| line.as_str())
            .skip_while(|line| !line.starts_with(&head))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .filter_map(|line| line.split('|').nth(1))
            .flat_map(|cell| cell.split(','))
            .map(|name| name.trim().trim_matches('`').to_owned())
            .collect()
    }

    /// Says whether the page has these words, code blocks included.
    pub(super) fn says(&self, words: &str) -> bool {
        self.whole.contains(words)
    }
}

impl Link {
    fn of(line: usize, goal: &str) -> Self {
        let (path, anchor) = goal
            .split_once('#')
            .map_or((goal, None), |(path, anchor)| (path, Some(anchor)));
        Self {
            line,
            text: goal.to_owned(),
            path: path.to_owned(),
            anchor: anchor.map(str::to_owned),
        }
    }
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The name that a renderer gives a heading.
fn slug(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}
