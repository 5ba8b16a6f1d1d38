//! What lies where in a node's home.
//!
//! ```text
//! guzar.toml     configuration
//! root.key       opens the store; locked by a passphrase if its owner wished so
//! store/         store.db, its log, its lock, attachments/
//! drafts/        what could not be sent, as JSON
//! guzar.sock     while the node runs
//! ```

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A node's home folder.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) const fn new(dir: PathBuf) -> Self {
        Self(dir)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.0
    }

    /// Makes the folder, for this user alone.
    pub(crate) fn create(&self) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.0.join(node::config::FILE)
    }

    pub(crate) fn root_key(&self) -> PathBuf {
        self.0.join("root.key")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    pub(crate) fn drafts(&self) -> PathBuf {
        self.0.join("drafts")
    }
}
