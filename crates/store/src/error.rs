//! What can go wrong with a store, by who can do something about it.

use model::ids::DispatchId;
use thiserror::Error;

/// Why something could not be read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The machine under the store: disk, file system, database engine.
    #[error("the store cannot work: {0}")]
    Broken(String),
    /// A row contradicts the schema: name table and column, never the content.
    #[error("the store holds a row that contradicts itself: {table}.{column}: {what}")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        what: String,
    },
    /// The store was closed; a new one has to be opened.
    #[error("the store is closed")]
    Closed,
}

/// Why a write was not committed. Nothing of it was kept.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A dispatch with that id is in the store already.
    #[error("dispatch {0} is kept already")]
    KnownDispatch(DispatchId),
    /// The submission token was used for that dispatch before.
    #[error("this submission was accepted before, as dispatch {0}")]
    KnownSubmission(DispatchId),
    /// No space left, or a quota of the file system is reached.
    #[error("the disk is full: nothing of this was kept; free some space and send it again")]
    Full,
    #[error(transparent)]
    Store(#[from] StoreError),
}
