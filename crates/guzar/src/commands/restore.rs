//! `guzar restore`: from a backup to a home, proved before it takes its name.

use std::path::{Path, PathBuf};

use model::ids::{DispatchId, NodeId};
use node::config::Config;
use serde::Serialize;
use store_sqlite::{KdfCost, Options, RestoreError, Restored, SqliteStore};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::passphrase::{self, Purpose};
use crate::progress;
use crate::session::{self, full};

/// Restore a backup into a new home, and prove it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The backup
    file: PathBuf,
    /// The node's name; needed where the home has no guzar.toml
    #[arg(long, value_name = "NODE")]
    node: Option<NodeId>,
    /// Time zone of the node's place, where the home has no guzar.toml
    #[arg(long, value_name = "ZONE", default_value = "Etc/UTC")]
    zone: String,
    /// File whose first line is the passphrase of the backup; asked if absent
    #[arg(long, value_name = "FILE")]
    backup_passphrase_file: Option<PathBuf>,
    /// Lock the root key by the passphrase given with --passphrase-file, or asked
    #[arg(long)]
    lock: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    answer: &'static str,
    home: PathBuf,
    dispatches: u64,
    acts: u64,
    bytes: u64,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let home = &context.home;
    for taken in [home.root_key(), home.store()] {
        if taken.exists() {
            let home = home.dir().display();
            return Err(Failed::input(problem("home_exists").arg("home", home)));
        }
    }
    let config = config(context, &args)?;
    let passphrase = passphrase::ask(
        context,
        Purpose::Backup,
        args.backup_passphrase_file.as_deref(),
    )?;
    let lock = args
        .lock
        .then(|| {
            passphrase::choose(
                context,
                Purpose::RootKey,
                context.passphrase_file.as_deref(),
            )
        })
        .transpose()?;
    home.create()
        .map_err(|error| Failed::file("cannot_write", home.dir(), &error))?;

    let restored = unpack(context, args.file, passphrase.0).await?;
    let key_file = home.root_key();
    let saved = match lock {
        Some(passphrase) => restored
            .root
            .save_wrapped(&key_file, &passphrase.0, KdfCost::STRONG),
        None => restored.root.save_file(&key_file),
    };
    saved.map_err(|error| session::key_failed(&error))?;
    config.save(home.dir()).map_err(|error| {
        Failed::one(
            Class::Later,
            problem("bad_config").arg("what", full(&error)),
        )
    })?;
    let totals = restored.totals;
    skip_numbers(context, restored.root).await?;
    let answer = Answer {
        answer: "restored",
        home: home.dir().to_owned(),
        dispatches: totals.dispatches,
        acts: totals.acts,
        bytes: totals.disk,
    };
    context.print(&answer, |words| {
        let home = home.dir().display().to_string();
        let count = answer.dispatches.to_string();
        words
            .language
            .fill("restore.done", &[("home", &home), ("count", &count)])
    })
}

/// The configuration is not in the backup: what is there stays, else a plain one is written.
fn config(context: &Context, args: &Args) -> Result<Config, Failed> {
    if context.home.config().exists() {
        return session::config(context);
    }
    let node = args
        .node
        .clone()
        .ok_or_else(|| Failed::input(problem("node_missing").field("--node")))?;
    let mut config = Config::new(node);
    config.zone.clone_from(&args.zone);
    Ok(config)
}

async fn unpack(context: &Context, file: PathBuf, passphrase: String) -> Result<Restored, Failed> {
    let store = context.home.store();
    let bar = progress::counted(context, "progress.restore");
    let work = tokio::task::spawn_blocking(move || {
        let restored =
            store_sqlite::restore(&file, &passphrase, &store, &mut check, &mut |done, all| {
                bar.set(done, all);
            });
        bar.end();
        restored.map_err(|error| failed(&file, &error))
    });
    work.await
        .map_err(|error| Failed::one(Class::Broken, problem("store_broken").arg("what", error)))?
}

/// Each dispatch is what its id says.
fn check(id: DispatchId, bytes: &[u8]) -> Result<(), String> {
    let parsed = envelope::open::parse(bytes).map_err(|error| full(&error))?;
    if parsed.id == id {
        Ok(())
    } else {
        Err("its bytes have another id".to_owned())
    }
}

/// What was given after the backup is not known here: no reference and no number may be given twice.
async fn skip_numbers(context: &Context, root: store_sqlite::RootKey) -> Result<(), Failed> {
    let store = SqliteStore::open(&context.home.store(), root, Options::default())
        .map_err(|error| session::store_failed(context, &error))?;
    node::restore::skip_numbers(store.as_ref())
        .await
        .map_err(|error| {
            Failed::one(
                Class::Broken,
                problem("store_broken").arg("what", full(&error)),
            )
        })
}

fn failed(file: &Path, error: &RestoreError) -> Failed {
    let (class, code) = match error {
        RestoreError::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            (Class::NotFound, "cannot_read")
        }
        RestoreError::Read { .. } => (Class::Input, "cannot_read"),
        RestoreError::Write { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            (Class::Later, "disk_full")
        }
        RestoreError::Write { .. } => (Class::Later, "cannot_write"),
        RestoreError::Occupied { .. } => (Class::Input, "home_exists"),
        RestoreError::Passphrase { .. } | RestoreError::Kdf(_) => {
            (Class::Input, "wrong_passphrase")
        }
        RestoreError::Format { .. } => (Class::Unproved, "no_backup"),
        RestoreError::Damaged { .. } | RestoreError::Proof(_) => {
            (Class::Unproved, "backup_damaged")
        }
        RestoreError::Open(_) | RestoreError::Store(_) => (Class::Broken, "store_broken"),
    };
    let mut problem = problem(code)
        .arg("file", file.display())
        .arg("what", full(error));
    if let RestoreError::Occupied { path } = error {
        problem = problem.arg("home", path.display());
    }
    Failed::one(class, problem)
}
