//! The home of one node: its keys, the acts that make them known, its configuration.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use envelope::key::{SealingKey, SigningKey};
use minicbor::bytes::{ByteArray, ByteVec};
use model::address::Address;
use model::ids::NodeId;
use model::time::Timestamp;
use node::keyring::{NODE_LINK, NODE_SIGNING, put, sealing_name, signing_name};
use register::act::Body;
use register::key::{Key, KeyPurpose};
use register::node::{Node, NodeRole};
use register::signed::SignedAct;
use store::act::ActRow;
use store::{Change, Store as _, Write};
use store_sqlite::{Options, RootKey, SqliteStore};

use crate::layout::Home as Layout;
use crate::local::signers::Signers;

/// One node's private half.
pub(crate) struct Home {
    pub(crate) node: NodeId,
    /// Where it will listen. Held until the node is started, so that nobody else takes it.
    pub(crate) listener: TcpListener,
    layout: Layout,
    /// Offices, sorted.
    hosts: Vec<Address>,
    /// Offices and desks.
    holders: Vec<Holder>,
    roles: Vec<NodeRole>,
    signing: SigningKey,
    link: SigningKey,
}

/// An office or a desk with its keys.
struct Holder {
    address: Address,
    signing: SigningKey,
    sealing: SealingKey,
}

impl Home {
    /// New keys for a node under `dir` and for what it hosts. Nothing is written yet.
    pub(crate) fn new(
        dir: &Path,
        node: NodeId,
        holders: Vec<Address>,
        roles: Vec<NodeRole>,
    ) -> anyhow::Result<Self> {
        let mut hosts: Vec<Address> = holders.iter().map(Address::to_office).collect();
        hosts.sort();
        hosts.dedup();
        let holders = holders
            .into_iter()
            .map(|address| {
                Ok(Holder {
                    address,
                    signing: SigningKey::generate()?,
                    sealing: SealingKey::generate()?,
                })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            layout: Layout::new(dir.join(node.as_str())),
            listener: listen()?,
            node,
            hosts,
            holders,
            roles,
            signing: SigningKey::generate()?,
            link: SigningKey::generate()?,
        })
    }

    /// Where it listens, as others dial it.
    pub(crate) fn address(&self) -> anyhow::Result<String> {
        Ok(self.listener.local_addr()?.to_string())
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.layout.dir().to_owned()
    }

    /// Makes the keys and the node known.
    pub(crate) fn announce(
        &self,
        signers: &mut Signers,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<()> {
        for holder in &self.holders {
            let keys: [(KeyPurpose, &[u8]); 2] = [
                (KeyPurpose::Signing, holder.signing.public().as_bytes()),
                (KeyPurpose::Sealing, holder.sealing.public().as_bytes()),
            ];
            for (purpose, public) in keys {
                let key = Key {
                    holder: holder.address.clone(),
                    purpose,
                    public: ByteVec::from(public.to_vec()),
                    from,
                    until,
                };
                signers.add(Body::Key(key), None)?;
            }
        }
        let state = self.hosts.first().context("a node hosts an office")?;
        let node = Node {
            id: self.node.clone(),
            state: state.state.clone(),
            hosts: self.hosts.clone(),
            roles: self.roles.clone(),
            signing_key: ByteArray::from(*self.signing.public().as_bytes()),
            link_key: ByteArray::from(*self.link.public().as_bytes()),
            // Who dials whom is in each node's configuration.
            endpoints: Vec::new(),
        };
        signers.add(Body::Node(node), Some(&self.link))
    }

    /// Writes the root key and a store with the private keys and all acts.
    pub(crate) async fn write(&self, acts: &[Vec<u8>], now: Timestamp) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.layout.dir())?;
        let root = RootKey::create_file(&self.layout.root_key())?;
        let store = SqliteStore::create(&self.layout.store(), root, Options::default())?;
        let mut changes = vec![
            put(NODE_SIGNING.to_owned(), self.signing.seed()),
            put(NODE_LINK.to_owned(), self.link.seed()),
        ];
        for holder in &self.holders {
            let sealing = sealing_name(&holder.address, &holder.sealing.public().key_id());
            changes.push(put(signing_name(&holder.address), holder.signing.seed()));
            changes.push(put(sealing, holder.sealing.seed()));
        }
        for act in acts {
            changes.push(Change::AddAct(ActRow {
                id: SignedAct::parse(act)?.id(),
                received: now,
                bytes: act.clone(),
            }));
        }
        let write = Write {
            name: "local_home",
            changes,
        };
        store.write(write).await?;
        Ok(())
    }
}

/// Listens on a port below those that systems give to outgoing connections: while a node is away for a moment, nobody
/// else gets its port by chance.
fn listen() -> anyhow::Result<TcpListener> {
    for _ in 0..TRIES {
        let mut dice = [0; 2];
        aws_lc_rs::rand::fill(&mut dice)?;
        let port = PORTS_FROM.saturating_add(u16::from_be_bytes(dice) % PORTS);
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return Ok(listener);
        }
    }
    anyhow::bail!("no port is free")
}

const PORTS_FROM: u16 = 20_000;
const PORTS: u16 = 12_000;
const TRIES: u32 = 1_000;
