//! Asking the node: the one that runs on this home, or one that is opened for this command alone.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use node::api::{Request, Response};
use node::clock::SystemClock;
use node::config::{Config, ConfigError};
use node::control::Client;
use node::{Node, OpenError};
use store_sqlite::{Options, RootKey, RootKeyError, SqliteStore};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::passphrase::{self, Purpose};

/// A node that answers.
#[derive(Debug)]
pub(crate) enum Session {
    /// The server, over its control socket.
    Running(Box<Client>),
    /// Opened in this process, under the store's lock. It has no links: what it sends waits.
    Own(Node),
}

impl Session {
    /// The running node if there is one; else the home is opened.
    pub(crate) async fn open(context: &Context) -> Result<Self, Failed> {
        let mut tries: u32 = 0;
        loop {
            if let Some(client) = running(context.home.dir()).await? {
                return Ok(Self::Running(Box::new(client)));
            }
            match open_node(context).await {
                // Another command has it for a moment, or a server is starting.
                Err(failed) if is_locked(&failed) && tries < LOCK_TRIES => {
                    tries = tries.saturating_add(1);
                    tokio::time::sleep(LOCK_WAIT).await;
                }
                opened => return opened.map(Self::Own),
            }
        }
    }

    pub(crate) const fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    /// One question, one answer. A failure that the node reports is an error.
    pub(crate) async fn ask(&mut self, request: &Request) -> Result<Response, Failed> {
        let response = match self {
            Self::Running(client) => client.ask(request).await.map_err(|error| lost(&error))?,
            Self::Own(node) => node.handle(request.clone()).await,
        };
        match response {
            Response::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }

    /// Ends the node that was opened here; a running one goes on.
    pub(crate) async fn close(self) {
        if let Self::Own(node) = self {
            node.stop().await;
        }
    }
}

/// Asks one question of whatever node there is.
pub(crate) async fn ask(context: &Context, request: &Request) -> Result<Response, Failed> {
    let mut session = Session::open(context).await?;
    let answer = session.ask(request).await;
    session.close().await;
    answer
}

/// The node that runs on this home, if one does.
pub(crate) async fn running(home: &Path) -> Result<Option<Client>, Failed> {
    match Client::connect(home).await {
        Ok(client) => Ok(Some(client)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failed::one(
            Class::Broken,
            problem("no_control_socket")
                .arg("file", node::control::socket(home).display())
                .arg("what", error),
        )),
    }
}

/// Opens the node of this home in this process.
pub(crate) async fn open_node(context: &Context) -> Result<Node, Failed> {
    let config = config(context)?;
    let store = open_store(context).await?;
    Node::open(config, context.home.dir(), store, Arc::new(SystemClock))
        .await
        .map_err(node_failed)
}

pub(crate) fn config(context: &Context) -> Result<Config, Failed> {
    let dir = context.home.dir();
    Config::load(dir).map_err(|error| match &error {
        ConfigError::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            Failed::one(
                Class::NotFound,
                problem("no_home").arg("home", dir.display()),
            )
        }
        _ => Failed::input(problem("bad_config").arg("what", full(&error))),
    })
}

/// Opens the store of this home with its root key.
pub(crate) async fn open_store(context: &Context) -> Result<Arc<SqliteStore>, Failed> {
    let key = root_key(context)?;
    let dir = context.home.store();
    let opened =
        tokio::task::spawn_blocking(move || SqliteStore::open(&dir, key, Options::default())).await;
    match opened {
        Ok(Ok(store)) => Ok(store),
        Ok(Err(error)) => Err(store_failed(context, &error)),
        Err(error) => Err(Failed::one(
            Class::Broken,
            problem("store_broken").arg("what", error),
        )),
    }
}

/// The store of a home whose node does not run. Another command may have it for a moment.
pub(crate) async fn open_idle_store(context: &Context) -> Result<Arc<SqliteStore>, Failed> {
    config(context)?;
    let mut tries: u32 = 0;
    loop {
        let dir = context.home.dir();
        if running(dir).await?.is_some() {
            let problem = problem("node_runs").arg("home", dir.display());
            return Err(Failed::one(Class::Later, problem));
        }
        match open_store(context).await {
            Err(failed) if is_locked(&failed) && tries < LOCK_TRIES => {
                tries = tries.saturating_add(1);
                tokio::time::sleep(LOCK_WAIT).await;
            }
            opened => return opened,
        }
    }
}

fn root_key(context: &Context) -> Result<RootKey, Failed> {
    let file = context.home.root_key();
    let is_wrapped = RootKey::is_wrapped(&file).map_err(|error| key_failed(&error))?;
    if !is_wrapped {
        return RootKey::open_file(&file).map_err(|error| key_failed(&error));
    }
    let passphrase = passphrase::ask(
        context,
        Purpose::RootKey,
        context.passphrase_file.as_deref(),
    )?;
    RootKey::open_wrapped(&file, &passphrase.0).map_err(|error| key_failed(&error))
}

pub(crate) fn key_failed(error: &RootKeyError) -> Failed {
    match error {
        RootKeyError::Passphrase { path } => Failed::input(
            problem("wrong_passphrase")
                .field("passphrase")
                .arg("file", path.display()),
        ),
        RootKeyError::Open { path, mode } => Failed::one(
            Class::Broken,
            problem("key_file_open")
                .arg("file", path.display())
                .arg("mode", format!("{mode:o}")),
        ),
        RootKeyError::Io { path, source } if source.kind() == io::ErrorKind::NotFound => {
            Failed::one(
                Class::NotFound,
                problem("no_root_key").arg("file", path.display()),
            )
        }
        error => Failed::one(
            Class::Broken,
            problem("bad_root_key").arg("what", full(error)),
        ),
    }
}

pub(crate) fn store_failed(context: &Context, error: &store_sqlite::OpenError) -> Failed {
    use store_sqlite::OpenError as E;
    let home = context.home.dir().display();
    match error {
        E::Locked { .. } => Failed::one(Class::Later, problem(LOCKED).arg("home", home)),
        E::Missing { .. } => Failed::one(Class::NotFound, problem("no_home").arg("home", home)),
        E::Exists { .. } => Failed::input(problem("home_exists").arg("home", home)),
        E::WrongRootKey => Failed::one(Class::Broken, problem("wrong_root_key").arg("home", home)),
        E::NewerSchema { .. } => Failed::one(
            Class::Broken,
            problem("newer_store").arg("what", full(error)),
        ),
        _ => Failed::one(
            Class::Broken,
            problem("store_broken").arg("what", full(error)),
        ),
    }
}

pub(crate) fn node_failed(error: OpenError) -> Failed {
    match error {
        OpenError::NoNetwork => Failed::one(Class::NotFound, problem("no_network")),
        OpenError::Keyring(error) => Failed::one(
            Class::Broken,
            problem("keys_broken").arg("what", full(&error)),
        ),
        OpenError::Register { position, what } => Failed::one(
            Class::Broken,
            problem("register_broken")
                .arg("position", position)
                .arg("what", what),
        ),
        OpenError::Control { file, source } => Failed::one(
            Class::Broken,
            problem("no_control_socket")
                .arg("file", file.display())
                .arg("what", source),
        ),
        OpenError::Link(error) => {
            Failed::one(Class::Later, problem("no_link").arg("what", full(&error)))
        }
        OpenError::Store(error) => Failed::one(
            Class::Broken,
            problem("store_broken").arg("what", full(&error)),
        ),
    }
}

/// An error with all its sources, on one line.
pub(crate) fn full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        // Some errors repeat their source in their own text.
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = error.source();
    }
    text
}

fn is_locked(failed: &Failed) -> bool {
    failed.problems.iter().any(|problem| problem.code == LOCKED)
}

/// The server went away while it worked: whether it did what was asked is not known.
fn lost(error: &io::Error) -> Failed {
    Failed::one(Class::Later, problem("server_lost").arg("what", error))
}

const LOCKED: &str = "home_locked";
const LOCK_WAIT: Duration = Duration::from_millis(50);
/// Five seconds.
const LOCK_TRIES: u32 = 100;
