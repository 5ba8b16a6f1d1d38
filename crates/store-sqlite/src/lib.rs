//! The store in one SQLite file: the default, and enough for a state of a few hundred offices.
//!
//! ```text
//!  write() ---> channel ---> one writer thread: begin immediate, a savepoint each, commit (fsync), answers
//!  reads   ---> channel ---> two reader threads, each with its own connection
//!                            one thread that moves the write-ahead log into the database
//! ```
//! Everything lies in one folder: `store.db` with its log, `store.lock`, `attachments/`. Private keys and
//! the keys of dispatches are encrypted under the [`RootKey`]; sealed dispatches and attachments are
//! ciphertext anyway. What a list shows (who, when, which kind, which reference) is in clear: put the folder on an
//! encrypted disk.

mod act;
mod arrival;
mod attachment;
mod audit;
mod backup;
mod checkpointer;
mod code;
mod counter;
mod crypter;
mod custody;
mod delivery;
mod dispatch;
mod engine;
mod file;
mod kdf;
mod maintenance;
mod names;
mod open;
mod options;
mod piece;
mod progress;
mod quarantine;
mod reader;
mod receipt;
mod restore;
mod root_key;
mod row;
mod schema;
mod scope;
mod secret;
mod sqlite_store;
mod stream;
mod writer;

pub use crate::kdf::{KdfCost, KdfError};
pub use crate::open::OpenError;
pub use crate::options::Options;
pub use crate::restore::{CheckDispatch, RestoreError, Restored, restore};
pub use crate::root_key::{RootKey, RootKeyError};
pub use crate::sqlite_store::SqliteStore;
