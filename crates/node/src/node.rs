//! A running node: its parts, its start and its end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use model::codes::Codes;
use model::time::Timestamp;
use register::Register;
use store::{Store, StoreError};
use thiserror::Error;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::{Event, Request, Response};
use crate::clock::Clock;
use crate::config::Config;
use crate::courier::Courier;
use crate::keyring::{Keyring, KeyringError};
use crate::link::{LinkError, Links};
use crate::recipient::RecipientKeys;
use crate::register::PendingActs;
use crate::sequence::Sequences;
use crate::transfer::Transfers;

/// How many dispatches are opened, verified and stored at once. Bounds memory: each may hold 1 MiB.
const WORK_AT_ONCE: usize = 256;

/// Events kept for a watcher that is slow.
const EVENTS_KEPT: usize = 16_384;

/// Why a node cannot start.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("act {position} of the register cannot be replayed: {what}")]
    Register { position: u64, what: String },
    #[error("this home belongs to no network yet: `guzar enroll` first")]
    NoNetwork,
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("cannot open the control socket {}: {source}", file.display())]
    Control {
        file: PathBuf,
        source: std::io::Error,
    },
}

/// The node of one organisation. Cheap to clone: all clones are the same node.
#[derive(Debug, Clone)]
pub struct Node {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) home: PathBuf,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) codes: Codes,
    keyring: RwLock<Arc<Keyring>>,
    register: RwLock<Arc<Register>>,
    pub(crate) pending_acts: PendingActs,
    /// Acts are applied one list at a time.
    pub(crate) register_turn: tokio::sync::Mutex<()>,
    pub(crate) recipient_keys: RecipientKeys,
    pub(crate) sequences: Sequences,
    pub(crate) courier: Courier,
    pub(crate) transfers: Transfers,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) work: Arc<Semaphore>,
    pub(crate) tracker: TaskTracker,
    pub(crate) cancel: CancellationToken,
    pub(crate) links: OnceLock<Links>,
}

impl Node {
    /// Loads keys and register from the store. Nothing runs before [`Node::start`].
    pub async fn open(
        config: Config,
        home: &Path,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let keyring = Keyring::load(store.as_ref()).await?;
        let register = crate::register::replay(store.as_ref()).await?;
        let sequences = Sequences::new(store.counters().await?);
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let inner = Inner {
            config,
            home: home.to_owned(),
            store,
            clock,
            codes: Codes::builtin(),
            keyring: RwLock::new(Arc::new(keyring)),
            register: RwLock::new(Arc::new(register)),
            pending_acts: PendingActs::default(),
            register_turn: tokio::sync::Mutex::new(()),
            recipient_keys: RecipientKeys::default(),
            sequences,
            courier: Courier::default(),
            transfers: Transfers::default(),
            events,
            work: Arc::new(Semaphore::new(WORK_AT_ONCE)),
            tracker: TaskTracker::new(),
            cancel: CancellationToken::new(),
            links: OnceLock::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Starts links, courier, attachments and the control socket.
    pub async fn start(&self) -> Result<(), OpenError> {
        crate::control::serve(self)?;
        let links = Links::start(
            Arc::new(self.clone()),
            self.inner.link_config(),
            self.inner.tracker.clone(),
            self.inner.cancel.clone(),
        )
        .await?;
        // A second start of the same node would find the store's lock and the socket taken before this.
        drop(self.inner.links.set(links));
        self.start_simulated();
        Ok(())
    }

    /// Starts what needs neither socket nor network: a simulation carries the frames itself, by
    /// [`SimulatedEnd`](crate::link::SimulatedEnd).
    pub fn start_simulated(&self) {
        self.inner.spawn(crate::courier::watch(self.clone()));
    }

    /// Answers one request; every failure is an answer too.
    pub async fn handle(&self, request: Request) -> Response {
        crate::control::answer(self, request).await
    }

    /// Lets work under way end, closes links, and returns when nothing runs any more.
    pub async fn stop(&self) {
        self.inner.cancel.cancel();
        self.inner.tracker.close();
        self.inner.tracker.wait().await;
        crate::control::remove(&self.inner.home);
    }

    /// Resolves when somebody asked the node to stop.
    pub async fn stopped(&self) {
        self.inner.cancel.cancelled().await;
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("id", &self.config.node)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&read(&self.keyring))
    }

    pub(crate) fn register(&self) -> Arc<Register> {
        Arc::clone(&read(&self.register))
    }

    pub(crate) fn replace_register(&self, register: Register) {
        *write(&self.register) = Arc::new(register);
    }

    /// Nobody watching is no error.
    pub(crate) fn tell(&self, event: Event) {
        drop(self.events.send(event));
    }

    pub(crate) fn spawn<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(work);
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
