//! The network of the demo: which nodes there are, what they host, whom each of them dials.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::address::Address;
use model::ids::NodeId;
use model::time::Timestamp;
use node::config::{Config, Dial, Relay};
use register::act::Body;
use register::network::NetworkKind;
use register::node::NodeRole;
use register::region::Region;

use crate::local::home::Home;
use crate::local::signers::{Signers, generate, public};

/// The regional centre's node, which relays.
pub(super) const CENTRE: &str = "int-caricc";

/// States whose nodes run here, and the centre.
const STATES: [&str; 5] = ["INT", "KG", "KZ", "TJ", "UZ"];

/// A node of the play.
struct Cast {
    node: &'static str,
    offices: &'static [&'static str],
    /// Besides the regional centre.
    dials: &'static [&'static str],
}

const fn cast(
    node: &'static str,
    offices: &'static [&'static str],
    dials: &'static [&'static str],
) -> Cast {
    Cast {
        node,
        offices,
        dials,
    }
}

/// An office dials its own state's node, its counterpart and, in Kyrgyzstan and Tajikistan, the next office of the
/// transit chain. To the other state's analytical unit it has no link: those copies take the relay.
const CASTS: [Cast; 18] = [
    cast(CENTRE, &["INT/CARICC/ALMATY"], &[]),
    cast(
        "kg-national",
        &["KG/BORDER/COORDINATION", "KG/CNS/ANALYSIS"],
        &[],
    ),
    cast(
        "kz-national",
        &["KZ/BORDER/SITUATION", "KZ/MIA/ANALYSIS"],
        &[],
    ),
    cast("tj-national", &["TJ/DCA/ANALYSIS"], &[]),
    cast(
        "uz-national",
        &["UZ/CUSTOMS/SITUATION", "UZ/NIACDC/ANALYSIS"],
        &[],
    ),
    cast(
        "kg-bor-dobo",
        &["KG/BORDER/BOR-DOBO"],
        &["kg-national", "kg-dostuk"],
    ),
    cast(
        "kg-dostuk",
        &["KG/BORDER/DOSTUK"],
        &["kg-national", "uz-dostlik"],
    ),
    cast(
        "kz-konysbayev",
        &["KZ/BORDER/KONYSBAYEV"],
        &["kz-national", "uz-yallama"],
    ),
    cast(
        "tj-dusti",
        &["TJ/BORDER/DUSTI"],
        &["tj-national", "uz-sariosiyo"],
    ),
    cast(
        "tj-fotehobod",
        &["TJ/CUSTOMS/FOTEHOBOD"],
        &["tj-national", "uz-oybek"],
    ),
    cast(
        "tj-nijniy-pyanj",
        &["TJ/BORDER/NIJNIY-PYANJ"],
        &["tj-national", "tj-dusti"],
    ),
    cast(
        "tj-pakhtaobod",
        &["TJ/CUSTOMS/PAKHTAOBOD"],
        &["tj-national", "uz-kudukli"],
    ),
    cast("uz-ayritom", &["UZ/CUSTOMS/AYRITOM"], &["uz-national"]),
    cast(
        "uz-dostlik",
        &["UZ/CUSTOMS/DOSTLIK"],
        &["uz-national", "kg-dostuk"],
    ),
    cast(
        "uz-kudukli",
        &["UZ/CUSTOMS/KUDUKLI"],
        &["uz-national", "tj-pakhtaobod"],
    ),
    cast(
        "uz-oybek",
        &["UZ/CUSTOMS/OYBEK"],
        &["uz-national", "tj-fotehobod"],
    ),
    cast(
        "uz-sariosiyo",
        &["UZ/CUSTOMS/SARIOSIYO"],
        &["uz-national", "tj-dusti"],
    ),
    cast(
        "uz-yallama",
        &["UZ/CUSTOMS/YALLAMA"],
        &["uz-national", "kz-konysbayev"],
    ),
];

/// A node that is ready for `guzar serve`.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) home: PathBuf,
    pub(super) config: Config,
    /// Keeps the node's port until it is started.
    pub(super) port: Option<TcpListener>,
}

/// The nodes, and where each office lives.
#[derive(Debug)]
pub(super) struct Network {
    /// The homes' folder; what officers attach and save lies there too.
    pub(super) dir: PathBuf,
    pub(super) places: BTreeMap<NodeId, Place>,
    pub(super) nodes: BTreeMap<Address, NodeId>,
}

impl Network {
    /// Makes keys, acts and homes under `dir`.
    pub(super) async fn make(dir: &Path, now: Timestamp) -> anyhow::Result<Self> {
        let region = Region::builtin()?;
        let homes = homes(dir, &region)?;
        let acts = acts(&region, homes.values(), now)?;
        let mut network = Self {
            dir: dir.to_owned(),
            places: BTreeMap::new(),
            nodes: BTreeMap::new(),
        };
        for cast in &CASTS {
            let home = homes.get(cast.node).context("every node has a home")?;
            home.write(&acts, now).await?;
            let config = config(cast, &homes, &region)?;
            config.save(&home.dir())?;
            for office in cast.offices {
                network.nodes.insert(office.parse()?, home.node.clone());
            }
            let place = Place {
                home: home.dir(),
                config,
                port: None,
            };
            network.places.insert(home.node.clone(), place);
        }
        for home in homes.into_values() {
            if let Some(place) = network.places.get_mut(&home.node) {
                place.port = Some(home.listener);
            }
        }
        Ok(network)
    }

    /// The node of an office, or of one of its desks.
    pub(super) fn node_of(&self, office: &Address) -> anyhow::Result<&NodeId> {
        self.nodes
            .get(&office.to_office())
            .with_context(|| format!("{office} has no node in this play"))
    }

    pub(super) fn place(&self, node: &NodeId) -> anyhow::Result<&Place> {
        self.places
            .get(node)
            .with_context(|| format!("{node} has no home in this play"))
    }
}

fn homes(dir: &Path, region: &Region) -> anyhow::Result<BTreeMap<&'static str, Home>> {
    CASTS
        .iter()
        .map(|cast| {
            let mut holders = Vec::new();
            for office in cast.offices {
                let office: Address = office.parse()?;
                let desks = region.desks().iter().map(|desk| &desk.address);
                holders.extend(desks.filter(|desk| desk.is_same_office(&office)).cloned());
                holders.push(office);
            }
            let roles = if cast.node == CENTRE {
                vec![NodeRole::Relay]
            } else {
                Vec::new()
            };
            Ok((
                cast.node,
                Home::new(dir, cast.node.parse()?, holders, roles)?,
            ))
        })
        .collect()
}

fn acts<'a>(
    region: &Region,
    homes: impl Iterator<Item = &'a Home>,
    now: Timestamp,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let from = now.plus_seconds(-3_600);
    let until = now.plus_seconds(30 * 86_400);
    let keys = generate(&STATES)?;
    let shown = public(&keys);
    let founding = region.founding("Guzar demo", NetworkKind::Demo, 3, &shown)?;
    let mut signers = Signers::found(keys, Body::Founding(founding), from)?;
    for body in region.bodies(&shown) {
        signers.add(body, None)?;
    }
    for home in homes {
        home.announce(&mut signers, from, until)?;
    }
    Ok(signers.into_acts())
}

fn config(
    cast: &Cast,
    homes: &BTreeMap<&'static str, Home>,
    region: &Region,
) -> anyhow::Result<Config> {
    let home = homes.get(cast.node).context("every node has a home")?;
    let mut config = Config::new(home.node.clone());
    config.listen = vec![home.address()?];
    let first: Address = cast
        .offices
        .first()
        .context("a node hosts an office")?
        .parse()?;
    if let Some(office) = region
        .offices()
        .iter()
        .find(|office| office.address == first)
    {
        config.zone.clone_from(&office.zone);
    }
    if cast.node == CENTRE {
        config.relay = Some(Relay::default());
        return Ok(config);
    }
    config.relays = vec![CENTRE.parse()?];
    for peer in cast.dials.iter().chain([&CENTRE]) {
        let peer = homes.get(peer).context("every node has a home")?;
        config.dial.push(Dial {
            node: peer.node.clone(),
            addresses: vec![peer.address()?],
            batch: false,
        });
    }
    Ok(config)
}
