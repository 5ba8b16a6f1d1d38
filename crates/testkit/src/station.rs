//! One node with its home: started, stopped, killed, restored from an old backup.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use node::Node;
use node::clock::Clock;
use node::config::{Config, Relay};
use store::maintenance::Maintenance as _;
use store_sqlite::{KdfCost, Options, RootKey, SqliteStore};
use zeroize::Zeroizing;

use crate::clock::{Hand, StationClock};
use crate::post::Post;
use crate::region::Keys;

const PASSPHRASE: &str = "uch ming to'qqiz yuz";

/// A post's node, running or not.
pub(crate) struct Station {
    pub(crate) post: Post,
    pub(crate) clock: Arc<StationClock>,
    dir: PathBuf,
    running: Option<Running>,
    backups: u32,
    pub(crate) backup: Option<PathBuf>,
}

struct Running {
    node: Node,
    store: Arc<SqliteStore>,
}

impl Station {
    /// A new home under `dir`. The node does not run yet.
    pub(crate) async fn new(
        dir: &Path,
        post: Post,
        keys: &Keys,
        acts: &[Vec<u8>],
        hand: &Hand,
    ) -> anyhow::Result<Self> {
        let station = Self {
            post,
            clock: Arc::new(StationClock::new(hand.clone())),
            dir: dir.join(post.name()),
            running: None,
            backups: 0,
            backup: None,
        };
        fs::create_dir_all(&station.dir)?;
        let root = RootKey::create_file(&station.root_key())?;
        let store = SqliteStore::open_inline(&station.store_dir(), root, options())?;
        keys.keep(store.as_ref(), acts, hand.now()).await?;
        Ok(station)
    }

    pub(crate) const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(crate) fn node(&self) -> anyhow::Result<&Node> {
        let running = self.running.as_ref();
        Ok(&running
            .with_context(|| format!("{:?} does not run", self.post))?
            .node)
    }

    pub(crate) fn store(&self) -> anyhow::Result<&Arc<SqliteStore>> {
        let running = self.running.as_ref();
        Ok(&running
            .with_context(|| format!("{:?} does not run", self.post))?
            .store)
    }

    pub(crate) async fn start(&mut self) -> anyhow::Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let store = self.open()?;
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let node = Node::open(self.config()?, &self.dir, Arc::clone(&store) as _, clock).await?;
        node.start_simulated();
        self.running = Some(Running { node, store });
        Ok(())
    }

    /// What is under way is finished; its links have to be down.
    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.node.stop().await;
        }
    }

    /// An encrypted copy of everything, as `guzar backup` makes it.
    pub(crate) async fn back_up(&mut self) -> anyhow::Result<()> {
        self.backups = self.backups.saturating_add(1);
        let file = self.dir.join(format!("backup-{}", self.backups));
        let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
        self.store()?.backup(&file, passphrase, &|_, _| {}).await?;
        self.backup = Some(file);
        Ok(())
    }

    /// From the last backup, as `guzar restore` does it. The node must not run.
    pub(crate) async fn restore(&self) -> anyhow::Result<()> {
        let file = self.backup.clone().context("there is a backup")?;
        fs::remove_dir_all(self.store_dir())?;
        fs::remove_file(self.root_key())?;
        let mut check = |id, bytes: &[u8]| match envelope::open::parse(bytes) {
            Ok(parsed) if parsed.id == id => Ok(()),
            Ok(_) => Err("its bytes have another id".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let restored = store_sqlite::restore(
            &file,
            PASSPHRASE,
            &self.store_dir(),
            &mut check,
            &mut |_, _| {},
        )?;
        restored.root.save_file(&self.root_key())?;
        let store = self.open()?;
        Ok(node::restore::skip_numbers(store.as_ref()).await?)
    }

    fn open(&self) -> anyhow::Result<Arc<SqliteStore>> {
        let root = RootKey::open_file(&self.root_key())?;
        Ok(SqliteStore::open_inline(
            &self.store_dir(),
            root,
            options(),
        )?)
    }

    fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::new(self.post.id()?);
        match self.post {
            Post::Centre => config.relay = Some(Relay::default()),
            _ => config.relays = vec![Post::Centre.id()?],
        }
        Ok(config)
    }

    fn store_dir(&self) -> PathBuf {
        self.dir.join("store")
    }

    fn root_key(&self) -> PathBuf {
        self.dir.join("root.key")
    }
}

fn options() -> Options {
    Options {
        backup_kdf: KdfCost::DANGEROUS_FAST,
        ..Options::default()
    }
}
