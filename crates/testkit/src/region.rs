//! Keys of the posts, and the acts that make them known.

use std::collections::BTreeMap;

use anyhow::Context as _;
use envelope::key::{SealingKey, SigningKey};
use minicbor::bytes::{ByteArray, ByteVec};
use model::address::Address;
use model::ids::NetworkId;
use model::time::Timestamp;
use node::keyring::{NODE_LINK, NODE_SIGNING, put, sealing_name, signing_name};
use register::act::{Act, Body};
use register::authority::Authority;
use register::coupling::Coupling;
use register::key::{Key, KeyPurpose};
use register::names::Names;
use register::network::{Founder, Founding, NetworkKind};
use register::node::{Node, NodeRole};
use register::office::{Office, OfficeKind};
use register::signed::SignedAct;
use register::state::State;
use store::act::ActRow;
use store::{Change, Store, Write};

use crate::clock::DAY;
use crate::post::Post;

const STATES: [&str; 3] = ["INT", "TJ", "UZ"];

/// All acts are older than any clock of a simulation is slow.
const AGE: i64 = 3 * 365 * DAY;

/// Everybody's keys, and all acts.
pub(crate) struct Region {
    pub(crate) posts: BTreeMap<Post, Keys>,
    pub(crate) acts: Vec<Vec<u8>>,
}

/// A post's private keys.
pub(crate) struct Keys {
    office: Address,
    signing: SigningKey,
    sealing: SealingKey,
    node: SigningKey,
    link: SigningKey,
}

impl Keys {
    fn new(post: Post) -> anyhow::Result<Self> {
        Ok(Self {
            office: post.office()?,
            signing: SigningKey::generate()?,
            sealing: SealingKey::generate()?,
            node: SigningKey::generate()?,
            link: SigningKey::generate()?,
        })
    }

    /// Writes the keys and all acts into a new store.
    pub(crate) async fn keep(
        &self,
        store: &dyn Store,
        acts: &[Vec<u8>],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let sealing = sealing_name(&self.office, &self.sealing.public().key_id());
        let mut changes = vec![
            put(NODE_SIGNING.to_owned(), self.node.seed()),
            put(NODE_LINK.to_owned(), self.link.seed()),
            put(signing_name(&self.office), self.signing.seed()),
            put(sealing, self.sealing.seed()),
        ];
        for act in acts {
            changes.push(Change::AddAct(ActRow {
                id: SignedAct::parse(act)?.id(),
                received: now,
                bytes: act.clone(),
            }));
        }
        let write = Write {
            name: "simulated_home",
            changes,
        };
        Ok(store.write(write).await?)
    }
}

/// The states' keys in one hand, and what was signed.
struct Signers {
    network: NetworkId,
    issued: Timestamp,
    states: BTreeMap<&'static str, SigningKey>,
    acts: Vec<Vec<u8>>,
}

impl Signers {
    fn found(issued: Timestamp) -> anyhow::Result<Self> {
        let mut states = BTreeMap::new();
        for state in STATES {
            states.insert(state, SigningKey::generate()?);
        }
        let founder = |state: &str| -> anyhow::Result<Founder> {
            let key = states.get(state).context("every state has a key")?;
            Ok(Founder {
                code: state.parse()?,
                names: names(state),
                key: ByteArray::from(*key.public().as_bytes()),
            })
        };
        let founding = Founding {
            name: "Simulation".to_owned(),
            kind: NetworkKind::Demo,
            states: vec![founder("TJ")?, founder("UZ")?],
            centre: founder("INT")?,
            quorum: 1,
        };
        let mut act = SignedAct::unsigned(Act::new(issued, Body::Founding(founding)))?;
        let network = act.founds().context("the first act founds a network")?;
        for key in states.values() {
            act.sign(&network, key);
        }
        Ok(Self {
            network,
            issued,
            states,
            acts: vec![act.to_bytes()],
        })
    }

    /// Signs as these states, and with a key that the act itself makes known.
    fn add(
        &mut self,
        body: Body,
        states: &[&str],
        holder: Option<&SigningKey>,
    ) -> anyhow::Result<()> {
        let mut act = SignedAct::unsigned(Act::new(self.issued, body))?;
        for state in states {
            let key = self.states.get(state).context("every state has a key")?;
            act.sign(&self.network, key);
        }
        if let Some(key) = holder {
            act.sign(&self.network, key);
        }
        self.acts.push(act.to_bytes());
        Ok(())
    }

    fn add_states(&mut self) -> anyhow::Result<()> {
        for state in ["TJ", "UZ"] {
            let key = self.states.get(state).context("every state has a key")?;
            let body = Body::State(State {
                code: state.parse()?,
                names: names(state),
                key: ByteArray::from(*key.public().as_bytes()),
                from: self.issued,
                statute_from: Some(self.issued),
                statute_until: None,
                statute: None,
            });
            self.add(body, &[state], None)?;
        }
        Ok(())
    }

    fn add_post(&mut self, post: Post, keys: &Keys) -> anyhow::Result<()> {
        let from = self.issued;
        let office = &keys.office;
        let state = office.state.as_str();
        let authority = Authority {
            state: office.state.clone(),
            code: office.authority.clone(),
            names: names(office.authority.as_str()),
            from,
            until: None,
            successor: None,
        };
        self.add(Body::Authority(authority), &[state], None)?;
        let described = Office {
            address: office.clone(),
            kind: match post {
                Post::Centre => OfficeKind::RegionalCentre,
                Post::Dushanbe => OfficeKind::AnalyticalUnit,
                Post::Fotehobod | Post::Oybek => OfficeKind::Blo,
            },
            names: names(office.office.as_str()),
            crossing: None,
            zone: "Asia/Dushanbe".to_owned(),
            languages: vec!["ru".to_owned()],
            from,
            until: None,
        };
        self.add(Body::Office(described), &[state], None)?;
        let publics: [(KeyPurpose, &[u8]); 2] = [
            (KeyPurpose::Signing, keys.signing.public().as_bytes()),
            (KeyPurpose::Sealing, keys.sealing.public().as_bytes()),
        ];
        for (purpose, public) in publics {
            let key = Key {
                holder: office.clone(),
                purpose,
                public: ByteVec::from(public.to_vec()),
                from,
                until: from.plus_seconds(3 * AGE),
            };
            self.add(Body::Key(key), &[state], None)?;
        }
        let node = Node {
            id: post.id()?,
            state: office.state.clone(),
            hosts: vec![office.clone()],
            roles: match post {
                Post::Centre => vec![NodeRole::Relay],
                _ => Vec::new(),
            },
            signing_key: ByteArray::from(*keys.node.public().as_bytes()),
            link_key: ByteArray::from(*keys.link.public().as_bytes()),
            endpoints: Vec::new(),
        };
        self.add(Body::Node(node), &[state], Some(&keys.link))
    }

    /// Oybek with Fotehobod, with copies to Dushanbe of what Oybek sends; and Oybek with Dushanbe itself.
    fn add_couplings(&mut self) -> anyhow::Result<()> {
        let (oybek, dushanbe) = (Post::Oybek.office()?, Post::Dushanbe.office()?);
        let fotehobod = Post::Fotehobod.office()?;
        let copies = std::slice::from_ref(&dushanbe);
        let border = Coupling::new((&oybek, copies), (&fotehobod, &[]), self.issued);
        let units = Coupling::new((&oybek, &[]), (&dushanbe, &[]), self.issued);
        for coupling in [border, units] {
            self.add(Body::Coupling(coupling), &["TJ", "UZ"], None)?;
        }
        Ok(())
    }
}

/// New keys for every post, and the acts of the network that they make up.
pub(crate) fn make(now: Timestamp) -> anyhow::Result<Region> {
    let mut signers = Signers::found(now.plus_seconds(-AGE))?;
    signers.add_states()?;
    let mut posts = BTreeMap::new();
    for post in Post::ALL {
        let keys = Keys::new(post)?;
        signers.add_post(post, &keys)?;
        posts.insert(post, keys);
    }
    signers.add_couplings()?;
    Ok(Region {
        posts,
        acts: signers.acts,
    })
}

fn names(code: &str) -> Names {
    Names::new([("en", code), ("ru", code)])
}
