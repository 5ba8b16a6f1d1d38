//! Drafts on disk: written before they are sent, removed when they are. Whatever happens in between, what an
//! officer typed is not lost, and sending the file again never sends twice.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use model::time::Timestamp;
use serde_json::Value;

use crate::failed::Failed;
use crate::layout::Home;

/// A draft in `drafts/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptDraft {
    pub(crate) file: PathBuf,
}

impl KeptDraft {
    /// Writes the draft to a new file, readable by its owner only.
    pub(crate) fn write(home: &Home, draft: &Value, now: Timestamp) -> Result<Self, Failed> {
        let dir = home.drafts();
        let failed = |error: io::Error| Failed::file("cannot_write", &dir, &error);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)
            .map_err(failed)?;
        let mut text = serde_json::to_vec_pretty(draft).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        for number in 0..TRIES {
            let file = dir.join(format!("{}-{number}.json", stamp(now)));
            let opened = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&file);
            let mut out = match opened {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                opened => opened.map_err(failed)?,
            };
            return match out.write_all(&text).and_then(|()| out.sync_all()) {
                Ok(()) => Ok(Self { file }),
                Err(error) => {
                    // Half a draft would be worse than none.
                    drop(fs::remove_file(&file));
                    Err(Failed::file("cannot_write", &file, &error))
                }
            };
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    /// The file as a kept draft, if it lies in this home's `drafts/`.
    pub(crate) fn find(home: &Home, file: &Path) -> Option<Self> {
        let file = fs::canonicalize(file).ok()?;
        let dir = fs::canonicalize(home.drafts()).ok()?;
        (file.parent() == Some(dir.as_path())).then_some(Self { file })
    }

    /// Names the submission: the same draft sent again is answered with the first dispatch.
    pub(crate) fn token(&self) -> String {
        let name = self.file.file_stem().unwrap_or_default();
        format!("draft-{}", name.to_string_lossy())
    }

    /// It was sent.
    pub(crate) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.file) {
            tracing::warn!(file = %self.file.display(), "a draft that was sent stays behind: {error}");
        }
    }
}

/// `20240307T033000.123456Z`.
fn stamp(now: Timestamp) -> String {
    now.to_string().replace(['-', ':'], "")
}

/// Drafts that one process could write in one microsecond.
const TRIES: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drafts_of_one_moment_are_two_files() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().to_owned());
        let now = Timestamp::from_micros(1_709_764_200_000_000);
        let draft = serde_json::json!({ "to": ["nobody"] });

        let first = KeptDraft::write(&home, &draft, now).unwrap();
        let second = KeptDraft::write(&home, &draft, now).unwrap();

        assert_ne!(first.file, second.file);
        assert_ne!(first.token(), second.token());
        let found = KeptDraft::find(&home, &first.file).unwrap();
        assert_eq!(found.token(), first.token());
        let read: Value = serde_json::from_slice(&fs::read(&first.file).unwrap()).unwrap();
        assert_eq!(read, draft);
    }

    #[test]
    fn a_file_elsewhere_is_no_kept_draft() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"));
        let file = dir.path().join("draft.json");
        fs::write(&file, "{}").unwrap();

        assert_eq!(KeptDraft::find(&home, &file), None);
    }
}
