//! The store as its users see it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use rusqlite::Connection;
use store::{Store, StoreError, Write, WriteError};
use tokio::sync::mpsc;

use crate::checkpointer::Checkpointer;
use crate::crypter::Crypter;
use crate::engine::Engine;
use crate::file::Files;
use crate::open::{self, Home, OpenError};
use crate::options::Options;
use crate::reader::{self, Readers};
use crate::root_key::RootKey;
use crate::writer;

/// Everything that a node keeps, in one folder: `store.db` and `attachments/`.
///
/// What [`Store::write`] has answered is seen by every read that starts after.
pub struct SqliteStore {
    work: Work,
    files: Arc<Files>,
    crypter: Arc<Crypter>,
    root: RootKey,
    options: Options,
    /// Dropped last: only then may another process open the folder.
    home: Home,
}

/// Who does the work.
enum Work {
    /// Threads: one writes, some read, one moves the log.
    Threads {
        writes: Option<mpsc::Sender<writer::Job>>,
        readers: Option<Readers>,
        handles: Vec<JoinHandle<()>>,
    },
    /// The caller, at once.
    Inline(Box<Mutex<Engine>>),
}

impl SqliteStore {
    /// Opens the store in a folder. Takes a moment: not on a thread that serves others.
    pub fn open(dir: &Path, root: RootKey, options: Options) -> Result<Arc<Self>, OpenError> {
        Self::with_threads(open::existing(dir)?, root, options)
    }

    /// Makes a new store in a folder that has none.
    pub fn create(dir: &Path, root: RootKey, options: Options) -> Result<Arc<Self>, OpenError> {
        Self::with_threads(open::create(dir)?, root, options)
    }

    /// Opens the store in a folder, or makes one, without any threads: every call does its work before it
    /// returns, so that a simulation runs the same each time. Never in a node that serves people.
    pub fn open_inline(
        dir: &Path,
        root: RootKey,
        options: Options,
    ) -> Result<Arc<Self>, OpenError> {
        let home = if open::database(dir).exists() {
            open::existing(dir)?
        } else {
            open::create(dir)?
        };
        let database = home.database();
        Self::inline(home, Some(&database), root, options)
    }

    /// Like [`Self::open_inline`], with a database in memory that is gone with the store. Attachments are files
    /// in `dir`.
    pub fn open_memory(
        dir: &Path,
        root: RootKey,
        options: Options,
    ) -> Result<Arc<Self>, OpenError> {
        Self::inline(open::create(dir)?, None, root, options)
    }

    fn inline(
        home: Home,
        database: Option<&Path>,
        root: RootKey,
        options: Options,
    ) -> Result<Arc<Self>, OpenError> {
        let crypter = Arc::new(Crypter::new(&root)?);
        let conn = open::writer(database, &crypter, &options)?;
        let engine = Engine::new(conn, Arc::clone(&crypter))?;
        Ok(Arc::new(Self {
            work: Work::Inline(Box::new(Mutex::new(engine))),
            files: files(&home)?,
            crypter,
            root,
            options,
            home,
        }))
    }

    fn with_threads(home: Home, root: RootKey, options: Options) -> Result<Arc<Self>, OpenError> {
        let crypter = Arc::new(Crypter::new(&root)?);
        let database = home.database();
        let conn = open::writer(Some(&database), &crypter, &options)?;
        let engine = Engine::new(conn, Arc::clone(&crypter))?;
        let mut handles = Vec::new();

        let (checkpointer, moving) = Checkpointer::new(open::checkpointer(&database)?);
        handles.push(spawn("guzar-log", moving)?);
        let (writes, jobs) = mpsc::channel(writer::JOBS_MAX);
        handles.push(spawn("guzar-write", move || {
            writer::run(engine, jobs, &checkpointer);
        })?);
        let (readers, asked) = Readers::new();
        for _ in 0..options.readers.clamp(1, 16) {
            let conn = open::reader(&database, &options)?;
            let asked = Arc::clone(&asked);
            handles.push(spawn("guzar-read", move || reader::run(&conn, &asked))?);
        }
        Ok(Arc::new(Self {
            work: Work::Threads {
                writes: Some(writes),
                readers: Some(readers),
                handles,
            },
            files: files(&home)?,
            crypter,
            root,
            options,
            home,
        }))
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.work {
            Work::Threads { readers, .. } => {
                let readers = readers.as_ref().ok_or(StoreError::Closed)?;
                readers.ask(question).await
            }
            Work::Inline(engine) => {
                question(engine.lock().unwrap_or_else(PoisonError::into_inner).conn())
            }
        }
    }

    /// Work on files, on a thread that may wait for the disk.
    pub(crate) async fn file_work<T, E>(
        &self,
        work: impl FnOnce(&Files) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if self.is_inline() {
            return work(&self.files);
        }
        let files = Arc::clone(&self.files);
        tokio::task::spawn_blocking(move || work(&files))
            .await
            .map_err(|error| StoreError::Broken(format!("work on a file stopped: {error}")))?
    }

    pub(crate) fn is_inline(&self) -> bool {
        matches!(self.work, Work::Inline(_))
    }

    pub(crate) fn crypter(&self) -> Arc<Crypter> {
        Arc::clone(&self.crypter)
    }

    pub(crate) fn files(&self) -> Arc<Files> {
        Arc::clone(&self.files)
    }

    pub(crate) fn root(&self) -> &RootKey {
        &self.root
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn write(&self, write: Write) -> Result<(), WriteError> {
        match &self.work {
            Work::Threads { writes, .. } => {
                let writes = writes.as_ref().ok_or(StoreError::Closed)?;
                writer::write(writes, write).await
            }
            Work::Inline(engine) => {
                let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
                let answers = engine.commit(std::slice::from_ref(&write));
                answers.into_iter().next().unwrap_or(Ok(()))
            }
        }
    }
}

impl Drop for SqliteStore {
    /// Commits what was handed over, and closes the files.
    fn drop(&mut self) {
        if let Work::Threads {
            writes,
            readers,
            handles,
        } = &mut self.work
        {
            drop(writes.take());
            drop(readers.take());
            for handle in handles.drain(..) {
                if handle.join().is_err() {
                    tracing::error!("a thread of the store had panicked");
                }
            }
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("dir", &self.home.dir)
            .finish_non_exhaustive()
    }
}

fn files(home: &Home) -> Result<Arc<Files>, OpenError> {
    Files::open(&home.dir)
        .map(Arc::new)
        .map_err(|source| OpenError::Io {
            path: home.dir.clone(),
            source,
        })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK)
        .spawn(work)
        .map_err(|error| StoreError::Broken(format!("thread {name}: {error}")))
}

/// SQLite and a list of rows need some 100 KiB.
const STACK: usize = 1024 * 1024;
