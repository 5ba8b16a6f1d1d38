//! A small network for measurements: a sender, a receiver that hosts three offices, and a relay.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use minicbor::bytes::ByteArray;
use model::address::Address;
use model::content::Content;
use model::dispatch::Handling;
use model::draft::Draft;
use model::lane::Urgency;
use model::note::Note;
use model::time::Timestamp;
use node::clock::{Clock as _, SystemClock};
use node::config::{Config, Dial, Relay};
use register::act::Body;
use register::authority::Authority;
use register::coupling::Coupling;
use register::names::Names;
use register::network::{Founder, Founding, NetworkKind};
use register::node::NodeRole;
use register::office::{Office, OfficeKind};
use register::state::State;

use crate::local::home::Home;
use crate::local::signers::{Signers, generate, public};

const SENDER: &str = "UZ/CUSTOMS/BENCH";
const RECEIVERS: [&str; 3] = ["TJ/CUSTOMS/BENCH", "TJ/DCA/UNIT", "TJ/MIA/UNIT"];
const CENTRE: &str = "INT/CARICC/CENTRE";

/// The regional centre's node.
const RELAY: &str = "int-bench";

/// Homes of the three nodes, ready for `guzar serve`.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) a: PathBuf,
    pub(crate) b: PathBuf,
    pub(crate) relay: PathBuf,
}

/// A node with its offices, before anything is on disk.
struct Place {
    home: Home,
    address: String,
}

impl Network {
    /// Makes keys, acts and homes under `dir`. The receiver and the relay listen on `host_b`.
    pub(crate) async fn make(dir: &Path, host_a: &str, host_b: &str) -> anyhow::Result<Self> {
        let now = SystemClock.now();
        let a = place(dir, "uz-bench", &[SENDER], host_a)?;
        let b = place(dir, "tj-bench", &RECEIVERS, host_b)?;
        let relay = place(dir, RELAY, &[CENTRE], host_b)?;
        let acts = acts(now, [&a.home, &b.home, &relay.home])?;
        for place in [&a, &b, &relay] {
            place.home.write(&acts, now).await?;
        }
        configure(&a, &[&b, &relay])?;
        configure(&b, &[&a, &relay])?;
        configure(&relay, &[])?;
        Ok(Self {
            a: a.home.dir(),
            b: b.home.dir(),
            relay: relay.home.dir(),
        })
    }
}

fn place(dir: &Path, node: &str, offices: &[&str], host: &str) -> anyhow::Result<Place> {
    let offices = offices
        .iter()
        .map(|office| office.parse())
        .collect::<Result<_, _>>()?;
    let roles = if node == RELAY {
        vec![NodeRole::Relay]
    } else {
        Vec::new()
    };
    let home = Home::new(dir, node.parse()?, offices, roles)?;
    let port = home.listener.local_addr()?.port();
    Ok(Place {
        home,
        address: format!("{host}:{port}"),
    })
}

fn acts(now: Timestamp, homes: [&Home; 3]) -> anyhow::Result<Vec<Vec<u8>>> {
    let from = now.plus_seconds(-3_600);
    let until = now.plus_seconds(30 * 86_400);
    let keys = generate(&["INT", "TJ", "UZ"])?;
    let public = public(&keys);
    let key = |code: &str| -> anyhow::Result<ByteArray<32>> {
        let key = public.get(&code.parse()?).context("each state has a key")?;
        Ok(ByteArray::from(*key))
    };
    let founder = |code: &str| -> anyhow::Result<Founder> {
        Ok(Founder {
            code: code.parse()?,
            names: names(code),
            key: key(code)?,
        })
    };
    let founding = Founding {
        name: "Measurements".to_owned(),
        kind: NetworkKind::Demo,
        states: vec![founder("TJ")?, founder("UZ")?],
        centre: founder("INT")?,
        quorum: 1,
    };
    let mut signers = Signers::found(keys, Body::Founding(founding), from)?;
    for code in ["UZ", "TJ"] {
        let state = State {
            code: code.parse()?,
            names: names(code),
            key: key(code)?,
            from,
            statute_from: Some(from),
            statute_until: None,
            statute: None,
        };
        signers.add(Body::State(state), None)?;
    }
    for office in [SENDER, CENTRE].iter().chain(&RECEIVERS) {
        add_office(&mut signers, &office.parse()?, from)?;
    }
    for home in homes {
        home.announce(&mut signers, from, until)?;
    }
    add_coupling(&mut signers, from)?;
    Ok(signers.into_acts())
}

/// An office with its authority.
fn add_office(signers: &mut Signers, address: &Address, from: Timestamp) -> anyhow::Result<()> {
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
    signers.add(Body::Authority(authority), None)?;
    signers.add(Body::Office(office), None)
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
    signers.add(Body::Coupling(coupling), None)
}

/// The node that dials nobody is the relay of the others.
fn configure(place: &Place, peers: &[&Place]) -> anyhow::Result<()> {
    let mut config = Config::new(place.home.node.clone());
    config.listen = vec![place.address.clone()];
    config.dial = peers
        .iter()
        .map(|peer| Dial {
            node: peer.home.node.clone(),
            addresses: vec![peer.address.clone()],
            batch: false,
        })
        .collect();
    if peers.is_empty() {
        config.relay = Some(Relay::default());
    } else {
        config.relays = vec![RELAY.parse()?];
    }
    config.save(&place.home.dir())?;
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
