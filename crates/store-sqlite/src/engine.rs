//! The writing connection: groups of writes, each committed whole or not at all.

use std::sync::Arc;

use rusqlite::Connection;
use store::{StoreError, Write, WriteError};

use crate::audit::Chain;
use crate::crypter::Crypter;
use crate::names::Names;
use crate::row;
use crate::scope::Scope;

pub(crate) struct Engine {
    conn: Connection,
    crypter: Arc<Crypter>,
    names: Names,
    chain: Chain,
    /// An fsync failed: what the disk holds is not known any more.
    lost: bool,
}

/// What became of each write of a group, in its order.
pub(crate) type Answers = Vec<Result<(), WriteError>>;

impl Engine {
    pub(crate) fn new(conn: Connection, crypter: Arc<Crypter>) -> Result<Self, StoreError> {
        Ok(Self {
            chain: Chain::read(&conn)?,
            conn,
            crypter,
            names: Names::default(),
            lost: false,
        })
    }

    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// Commits a group. On disk when it returns.
    ///
    /// A write that is refused is undone alone. If the disk or the database fails, the group is undone and
    /// each of its writes gets a transaction of its own: what fits is kept, and who fails is told.
    pub(crate) fn commit(&mut self, group: &[Write]) -> Answers {
        if self.lost {
            return group.iter().map(|_| Err(lost())).collect();
        }
        match self.group(group) {
            Ok(answers) => answers,
            Err(error) if group.len() == 1 => vec![Err(error)],
            Err(_) => group
                .iter()
                .map(|write| {
                    self.group(std::slice::from_ref(write))
                        .and_then(|answers| answers.into_iter().next().unwrap_or(Ok(())))
                })
                .collect(),
        }
    }

    /// One transaction. An error means that nothing of the group was kept.
    ///
    /// A savepoint copies every page that its write changes, a sixth of the whole work, and hardly a write is
    /// refused. So refusals are looked for before a write begins; one that shows only later undoes the group,
    /// which is then done anew with savepoints.
    fn group(&mut self, group: &[Write]) -> Result<Answers, WriteError> {
        match self.attempt(group, Guard::Look) {
            Err(error) if is_own(&error) => self.attempt(group, Guard::Savepoint),
            done => done,
        }
    }

    /// Moves pages from the log into the database as far as readers allow.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        self.log("pragma wal_checkpoint(passive)").map(|_| ())
    }

    /// Pages in the log, and how many of them were moved.
    pub(crate) fn log_pages(&self) -> Result<(i64, i64), StoreError> {
        self.log("pragma wal_checkpoint(noop)")
    }

    fn log(&self, sql: &str) -> Result<(i64, i64), StoreError> {
        self.conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row((), |row| Ok((row.get(1)?, row.get(2)?))))
            .map_err(|error| row::broken(&error))
    }

    fn attempt(&mut self, group: &[Write], guard: Guard) -> Result<Answers, WriteError> {
        if self.lost {
            return Err(lost());
        }
        self.statement("begin immediate")?;
        let before = self.chain;
        match self.in_transaction(group, guard) {
            Ok(answers) => Ok(answers),
            Err(error) => {
                self.names.clear();
                self.chain = before;
                if !self.conn.is_autocommit() {
                    self.statement("rollback")?;
                }
                Err(error)
            }
        }
    }

    fn in_transaction(&mut self, group: &[Write], guard: Guard) -> Result<Answers, WriteError> {
        let mut answers = Vec::with_capacity(group.len());
        for write in group {
            answers.push(match guard {
                Guard::Look => self.looked_at(write)?,
                Guard::Savepoint => match self.isolated(write) {
                    Ok(()) => Ok(()),
                    Err(error) if is_own(&error) => Err(error),
                    Err(error) => return Err(error),
                },
            });
        }
        self.statement("commit")?;
        Ok(answers)
    }

    /// Applies one write, unless it is seen to be refused. An error leaves a part of it behind.
    fn looked_at(&mut self, write: &Write) -> Result<Result<(), WriteError>, WriteError> {
        let mut scope = self.scope();
        match scope.refusal(write) {
            Ok(()) => {
                scope.apply(write)?;
                self.names.keep();
                Ok(Ok(()))
            }
            Err(error) if is_own(&error) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }

    /// Applies one write behind a savepoint.
    fn isolated(&mut self, write: &Write) -> Result<(), WriteError> {
        self.statement("savepoint one")?;
        let chain = self.chain;
        match self.scope().apply(write) {
            Ok(()) => {
                self.names.keep();
                self.statement("release one")
            }
            Err(error) => {
                if is_own(&error) {
                    self.names.undo();
                    self.chain = chain;
                    self.statement("rollback to one")?;
                    self.statement("release one")?;
                }
                Err(error)
            }
        }
    }

    fn scope(&mut self) -> Scope<'_> {
        Scope {
            conn: &self.conn,
            crypter: &self.crypter,
            names: &mut self.names,
            chain: &mut self.chain,
            digests: Vec::new(),
            sort: None,
            sent: None,
        }
    }

    fn statement(&mut self, sql: &str) -> Result<(), WriteError> {
        self.conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(()))
            .map_err(|error| {
                if row::is_lost_sync(&error) {
                    self.lost = true;
                    tracing::error!(%error, "an fsync failed: the store takes no more writes");
                }
                row::refused(&error)
            })?;
        Ok(())
    }
}

/// How a write that is refused is kept from harming the others of its group.
#[derive(Debug, Clone, Copy)]
enum Guard {
    /// It is looked at before it begins.
    Look,
    /// It can be undone alone.
    Savepoint,
}

/// The write itself is at fault, not what is under it.
fn is_own(error: &WriteError) -> bool {
    matches!(
        error,
        WriteError::KnownDispatch(_)
            | WriteError::KnownSubmission(_)
            | WriteError::Store(StoreError::Corrupt { .. })
    )
}

fn lost() -> WriteError {
    StoreError::Broken(
        "an fsync failed; stop the node, check the disk, and start it again".to_owned(),
    )
    .into()
}
