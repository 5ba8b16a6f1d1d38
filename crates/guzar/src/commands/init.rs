//! `guzar init`: a home for a node, with its first keys; for a state's registrar its register key too.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use model::address::StateCode;
use model::ids::NodeId;
use node::config::{Config, Relay};
use node::enroll::{self, FounderFile, NodeKeys};
use register::names::Names;
use register::region::Region;
use serde::Serialize;
use store_sqlite::{KdfCost, Options, RootKey, SqliteStore};

use crate::context::{Context, absolute};
use crate::enrolment;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::passphrase::{self, Purpose};
use crate::session::{self, full};

/// Make keys and a home for a node
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The node's name, such as uz-oybek: its state's code in small letters, a hyphen, a word
    node: NodeId,
    /// Time zone of the node's place, such as Asia/Tashkent
    #[arg(long, value_name = "ZONE", default_value = "Etc/UTC")]
    zone: String,
    /// Address to listen on, such as 10.20.0.1:7400; may be repeated. None: the node only dials
    #[arg(long, value_name = "HOST:PORT")]
    listen: Vec<String>,
    /// A relay to use when the direct way is down; may be repeated
    #[arg(long = "via", value_name = "NODE")]
    via: Vec<NodeId>,
    /// Relay for other nodes
    #[arg(long)]
    relay: bool,
    /// Lock the root key by the passphrase given with --passphrase-file, or asked
    #[arg(long)]
    lock: bool,
    /// Make the register key of this state too (INT: of the centre), and a file with its public half
    #[arg(long, value_name = "STATE")]
    registrar: Option<StateCode>,
    /// New file for the public half of the register key; in the home if absent
    #[arg(long, value_name = "FILE", requires = "registrar")]
    founder_file: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Answer {
    answer: &'static str,
    home: PathBuf,
    node: NodeId,
    /// Over the node's public keys.
    fingerprint: String,
    /// Says whether a passphrase locks the root key.
    locked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    founder: Option<Founder>,
}

#[derive(Debug, Serialize)]
struct Founder {
    state: StateCode,
    file: PathBuf,
    fingerprint: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let home = &context.home;
    let dir = home.dir().display();
    for taken in [home.root_key(), home.store(), home.config()] {
        if taken.exists() {
            return Err(Failed::input(problem("home_exists").arg("home", dir)));
        }
    }
    if !model::time::is_zone(&args.zone) {
        return Err(Failed::input(
            problem("no_such_zone")
                .field("--zone")
                .arg("zone", &args.zone),
        ));
    }
    let root = root_key(context, args.lock)?;
    let made = make(context, &args, root).await;
    let (keys, founder) = match made {
        Ok(made) => made,
        Err(failed) => {
            undo(context);
            return Err(failed);
        }
    };
    let founder = founder.map(|(file, founder)| Founder {
        state: founder.state.clone(),
        file,
        fingerprint: founder.fingerprint().to_string(),
    });
    let answer = Answer {
        answer: "init",
        home: home.dir().to_owned(),
        node: args.node,
        fingerprint: keys.fingerprint().to_string(),
        locked: args.lock,
        founder,
    };
    context.print(&answer, |words| text(words.language, &answer))
}

fn text(language: &crate::language::Language, answer: &Answer) -> String {
    let home = answer.home.display().to_string();
    let node = answer.node.to_string();
    let mut lines = vec![
        language.fill("init.done", &[("home", &home), ("node", &node)]),
        language.fill("init.fingerprint", &[("fingerprint", &answer.fingerprint)]),
    ];
    if let Some(founder) = &answer.founder {
        let state = founder.state.to_string();
        let file = founder.file.display().to_string();
        let args = [("state", state.as_str()), ("file", &file)];
        lines.push(language.fill("init.founder", &args));
        let args = [("fingerprint", founder.fingerprint.as_str())];
        lines.push(language.fill("init.founder_fingerprint", &args));
    }
    let next = language.text("init.next");
    lines.push(format!("{} {next}", language.text("word.next")));
    lines.join("\n")
}

/// The root key in its file. Everything else of the home is closed by it.
fn root_key(context: &Context, lock: bool) -> Result<RootKey, Failed> {
    let home = &context.home;
    let passphrase = lock
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
    let file = home.root_key();
    let made = match passphrase {
        Some(passphrase) => RootKey::create_wrapped(&file, &passphrase.0, KdfCost::STRONG),
        None => RootKey::create_file(&file),
    };
    made.map_err(|error| session::key_failed(&error))
}

type Made = (NodeKeys, Option<(PathBuf, FounderFile)>);

async fn make(context: &Context, args: &Args, root: RootKey) -> Result<Made, Failed> {
    let home = &context.home;
    let dir = home.store();
    let created =
        tokio::task::spawn_blocking(move || SqliteStore::create(&dir, root, Options::default()));
    let store: Arc<SqliteStore> = created
        .await
        .map_err(|error| Failed::one(Class::Broken, problem("store_broken").arg("what", error)))?
        .map_err(|error| session::store_failed(context, &error))?;
    let now = context.now();
    let keys = enroll::init(&*store, now)
        .await
        .map_err(|error| enrolment::failed(&error))?;
    let founder = match &args.registrar {
        Some(state) => {
            let founder = enroll::init_registrar(&*store, state, names(state), now)
                .await
                .map_err(|error| enrolment::failed(&error))?;
            let file = args
                .founder_file
                .as_deref()
                .map_or_else(|| home.dir().join(format!("{state}.founder")), absolute);
            enrolment::save(&file, &founder.to_bytes())?;
            Some((file, founder))
        }
        None => None,
    };
    let mut config = Config::new(args.node.clone());
    config.zone.clone_from(&args.zone);
    config.listen.clone_from(&args.listen);
    config.relays.clone_from(&args.via);
    config.relay = args.relay.then(Relay::default);
    config.save(home.dir()).map_err(|error| {
        Failed::one(
            Class::Later,
            problem("bad_config").arg("what", full(&error)),
        )
    })?;
    Ok((keys, founder))
}

/// What the state is called, if it is of the region.
fn names(state: &StateCode) -> Names {
    let code = state.as_str();
    Region::builtin()
        .ok()
        .and_then(|region| region.names(state).cloned())
        .unwrap_or_else(|| Names::new([("en", code), ("ru", code)]))
}

/// Nothing of it was there before.
fn undo(context: &Context) {
    let home = &context.home;
    let removed = [
        fs::remove_dir_all(home.store()),
        fs::remove_file(home.root_key()),
        fs::remove_file(home.config()),
    ];
    for left in removed.into_iter().filter_map(Result::err) {
        tracing::debug!("unfinished home: {left}");
    }
}
