//! A small network for measurements: a sender, a receiver that hosts three offices, and a relay.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use envelope::key::{SealingKey, SigningKey};
use minicbor::bytes::{ByteArray, ByteVec};
use model::address::Address;
use model::content::Content;
use model::dispatch::Handling;
use model::draft::Draft;
use model::ids::{NetworkId, NodeId};
use model::lane::Urgency;
use model::note::Note;
use model::time::Timestamp;
use node::clock::{Clock as _, SystemClock};
use node::config::{Config, Dial, Relay};
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
use store::{Change, Store as _, Write};
use store_sqlite::{Options, RootKey, SqliteStore};

use crate::layout;

const SENDER: &str = "UZ/CUSTOMS/BENCH";
const RECEIVERS: [&str; 3] = ["TJ/CUSTOMS/BENCH", "TJ/DCA/UNIT", "TJ/MIA/UNIT"];
const CENTRE: &str = "INT/CARICC/CENTRE";

/// Homes of the three nodes, ready for `guzar serve`.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) a: PathBuf,
    pub(crate) b: PathBuf,
    pub(crate) relay: PathBuf,
}

/// Who signs in this network.
struct Signers {
    network: NetworkId,
    now: Timestamp,
    uz: SigningKey,
    tj: SigningKey,
    int: SigningKey,
    acts: Vec<Vec<u8>>,
}

impl Signers {
    fn of(&self, state: &str) -> &SigningKey {
        match state {
            "UZ" => &self.uz,
            "TJ" => &self.tj,
            _ => &self.int,
        }
    }

    fn add(&mut self, body: Body, keys: &[&SigningKey]) -> anyhow::Result<()> {
        let mut act = SignedAct::unsigned(Act::new(self.now, body))?;
        for key in keys {
            act.sign(&self.network, key);
        }
        self.acts.push(act.to_bytes());
        Ok(())
    }

    fn add_by_state(&mut self, state: &str, body: Body) -> anyhow::Result<()> {
        let mut act = SignedAct::unsigned(Act::new(self.now, body))?;
        act.sign(&self.network, self.of(state));
        self.acts.push(act.to_bytes());
        Ok(())
    }
}

/// One node's private half.
struct Home {
    dir: PathBuf,
    node: NodeId,
    signing: SigningKey,
    link: SigningKey,
    offices: Vec<(Address, SigningKey, SealingKey)>,
    address: String,
}

impl Network {
    /// Makes keys, acts and homes under `dir`. The receiver and the relay listen on `host_b`.
    pub(crate) async fn make(dir: &Path, host_a: &str, host_b: &str) -> anyhow::Result<Self> {
        let now = SystemClock.now();
        let a = home(dir, "uz-bench", &[SENDER], host_a)?;
        let b = home(dir, "tj-bench", &RECEIVERS, host_b)?;
        let relay = home(dir, "int-bench", &[CENTRE], host_b)?;
        let acts = acts(now, [&a, &b, &relay])?;
        for home in [&a, &b, &relay] {
            keep(home, &acts, now).await?;
        }
        configure(&a, &[&b, &relay], true)?;
        configure(&b, &[&a, &relay], true)?;
        configure(&relay, &[], false)?;
        Ok(Self {
            a: a.dir,
            b: b.dir,
            relay: relay.dir,
        })
    }
}

fn home(dir: &Path, node: &str, offices: &[&str], host: &str) -> anyhow::Result<Home> {
    let offices = offices
        .iter()
        .map(|office| {
            Ok((
                office.parse()?,
                SigningKey::generate()?,
                SealingKey::generate()?,
            ))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Home {
        dir: dir.join(node),
        node: node.parse()?,
        signing: SigningKey::generate()?,
        link: SigningKey::generate()?,
        offices,
        address: format!("{host}:{}", free_port()?),
    })
}

/// A port that nobody listens on just now, in this or in another network of this machine.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

fn acts(now: Timestamp, homes: [&Home; 3]) -> anyhow::Result<Vec<Vec<u8>>> {
    let from = now.plus_seconds(-3_600);
    let until = now.plus_seconds(30 * 86_400);
    let (uz, tj, int) = (
        SigningKey::generate()?,
        SigningKey::generate()?,
        SigningKey::generate()?,
    );
    let founder = |code: &str, key: &SigningKey| -> anyhow::Result<Founder> {
        Ok(Founder {
            code: code.parse()?,
            names: names(code),
            key: ByteArray::from(*key.public().as_bytes()),
        })
    };
    let founding = Founding {
        name: "Measurements".to_owned(),
        kind: NetworkKind::Demo,
        states: vec![founder("TJ", &tj)?, founder("UZ", &uz)?],
        centre: founder("INT", &int)?,
        quorum: 1,
    };
    let mut founding = SignedAct::unsigned(Act::new(from, Body::Founding(founding)))?;
    let network = founding.founds().context("a founding act founds")?;
    for key in [&uz, &tj, &int] {
        founding.sign(&network, key);
    }
    let mut signers = Signers {
        network,
        now: from,
        uz,
        tj,
        int,
        acts: vec![founding.to_bytes()],
    };
    for (code, statute) in [("UZ", true), ("TJ", true)] {
        let key = ByteArray::from(*signers.of(code).public().as_bytes());
        let state = State {
            code: code.parse()?,
            names: names(code),
            key,
            from,
            statute_from: statute.then_some(from),
            statute_until: None,
            statute: None,
        };
        signers.add_by_state(code, Body::State(state))?;
    }
    for home in homes {
        add_home(&mut signers, home, from, until)?;
    }
    add_coupling(&mut signers, from)?;
    Ok(signers.acts)
}

fn add_home(
    signers: &mut Signers,
    home: &Home,
    from: Timestamp,
    until: Timestamp,
) -> anyhow::Result<()> {
    let mut hosts: Vec<Address> = Vec::new();
    let mut state = String::new();
    for (address, signing, sealing) in &home.offices {
        address.state.as_str().clone_into(&mut state);
        hosts.push(address.clone());
        let authority = Authority {
            state: address.state.clone(),
            code: address.authority.clone(),
            names: names(address.authority.as_str()),
            from,
            until: None,
            successor: None,
        };
        let office = Office {
            address: address.clone(),
            kind: match address.office.as_str() {
                "UNIT" => OfficeKind::AnalyticalUnit,
                "CENTRE" => OfficeKind::RegionalCentre,
                _ => OfficeKind::Blo,
            },
            names: names(address.office.as_str()),
            crossing: None,
            zone: "Asia/Tashkent".to_owned(),
            languages: vec!["ru".to_owned()],
            from,
            until: None,
        };
        signers.add_by_state(&state, Body::Authority(authority))?;
        signers.add_by_state(&state, Body::Office(office))?;
        let keys: [(KeyPurpose, &[u8]); 2] = [
            (KeyPurpose::Signing, signing.public().as_bytes()),
            (KeyPurpose::Sealing, sealing.public().as_bytes()),
        ];
        for (purpose, public) in keys {
            let key = Key {
                holder: address.clone(),
                purpose,
                public: ByteVec::from(public.to_vec()),
                from,
                until,
            };
            signers.add_by_state(&state, Body::Key(key))?;
        }
    }
    hosts.sort();
    let relay = state == "INT";
    let node = Node {
        id: home.node.clone(),
        state: state.parse()?,
        hosts,
        roles: if relay {
            vec![NodeRole::Relay]
        } else {
            Vec::new()
        },
        signing_key: ByteArray::from(*home.signing.public().as_bytes()),
        link_key: ByteArray::from(*home.link.public().as_bytes()),
        endpoints: vec![home.address.clone()],
    };
    let mut act = SignedAct::unsigned(Act::new(from, Body::Node(node)))?;
    act.sign(&signers.network, signers.of(&state));
    act.sign(&signers.network, &home.link);
    signers.acts.push(act.to_bytes());
    Ok(())
}

fn add_coupling(signers: &mut Signers, from: Timestamp) -> anyhow::Result<()> {
    let sender: Address = SENDER.parse()?;
    let [receiver, unit, other] = RECEIVERS;
    let copies: Vec<Address> = vec![unit.parse()?, other.parse()?];
    let coupling = Coupling::new(
        (&sender, copies.as_slice()),
        (&receiver.parse()?, &[]),
        from,
    );
    let mut act = SignedAct::unsigned(Act::new(from, Body::Coupling(coupling)))?;
    act.sign(&signers.network, &signers.uz);
    act.sign(&signers.network, &signers.tj);
    signers.acts.push(act.to_bytes());
    Ok(())
}

async fn keep(home: &Home, acts: &[Vec<u8>], now: Timestamp) -> anyhow::Result<()> {
    std::fs::create_dir_all(&home.dir)?;
    let layout = layout::Home::new(home.dir.clone());
    let root = RootKey::create_file(&layout.root_key())?;
    let store = SqliteStore::create(&layout.store(), root, Options::default())?;
    let mut changes = vec![
        put(NODE_SIGNING.to_owned(), home.signing.seed()),
        put(NODE_LINK.to_owned(), home.link.seed()),
    ];
    for (office, signing, sealing) in &home.offices {
        changes.push(put(signing_name(office), signing.seed()));
        changes.push(put(sealing_name(office, &sealing.key_id()), sealing.seed()));
    }
    for act in acts {
        changes.push(Change::AddAct(ActRow {
            id: SignedAct::parse(act)?.id(),
            received: now,
            bytes: act.clone(),
        }));
    }
    store
        .write(Write {
            name: "bench",
            changes,
        })
        .await?;
    Ok(())
}

fn configure(home: &Home, peers: &[&Home], uses_relay: bool) -> anyhow::Result<()> {
    let mut config = Config::new(home.node.clone());
    config.listen = vec![home.address.clone()];
    config.dial = peers
        .iter()
        .map(|peer| Dial {
            node: peer.node.clone(),
            addresses: vec![peer.address.clone()],
            batch: false,
        })
        .collect();
    if uses_relay {
        config.relays = vec!["int-bench".parse()?];
    } else {
        config.relay = Some(Relay::default());
    }
    config.save(&home.dir)?;
    Ok(())
}

fn names(code: &str) -> Names {
    Names::new([("en", code), ("ru", code)])
}

/// A dispatch of the bound's shape: a text that takes 2 KiB when compressed, to three offices.
pub(crate) fn two_kib() -> anyhow::Result<Draft> {
    draft(&noise(2_730), Urgency::Priority, &RECEIVERS)
}

/// A ROUTINE dispatch to one office that announces a file.
pub(crate) fn with_file(file: &Path) -> anyhow::Result<Draft> {
    Ok(Draft {
        attachments: vec![file.display().to_string()],
        ..draft(&noise(200), Urgency::Routine, &RECEIVERS[..1])?
    })
}

/// A FLASH with 500 bytes of text to one office.
pub(crate) fn flash() -> anyhow::Result<Draft> {
    draft(&noise(500), Urgency::Flash, &RECEIVERS[1..2])
}

fn draft(text: &str, urgency: Urgency, to: &[&str]) -> anyhow::Result<Draft> {
    Ok(Draft {
        content: Content::Note(Note {
            text: text.to_owned(),
            language: None,
        }),
        from: SENDER.parse()?,
        to: to
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()?,
        urgency,
        urgency_reason: match urgency {
            Urgency::Flash => Some("lane-waiting".parse()?),
            Urgency::Priority | Urgency::Routine => None,
        },
        handling: Handling {
            code: "office-only".parse()?,
            purpose: "exercise".parse()?,
            persons_released: false,
            public_from: None,
        },
        case: None,
        parents: Vec::new(),
        reply_by: None,
        expires_in_s: None,
        exercise: Some("Measurements".to_owned()),
        attachments: Vec::new(),
        officer: None,
    })
}

/// Text of that many bytes that no compression makes shorter than three quarters: 64 letters at random.
fn noise(bytes: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let index = usize::try_from(state >> 58).unwrap_or(0);
        LETTERS.get(index).copied().map_or('A', char::from)
    })
    .take(bytes)
    .collect()
}
