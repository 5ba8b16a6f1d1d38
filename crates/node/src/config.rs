//! `guzar.toml`: how this node is set up. Whom it may talk to is in the register, not here.

use std::path::{Path, PathBuf};

use model::ids::NodeId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Name of the file in the node's home.
pub const FILE: &str = "guzar.toml";

#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("cannot read {}: {source}", file.display())]
    Read {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not a valid configuration: {source}", file.display())]
    Parse {
        file: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("cannot write {}: {what}", file.display())]
    Write { file: PathBuf, what: String },
}

/// The whole file.
///
/// ```
/// let config: node::config::Config = toml::from_str(r#"
///     node = "uz-oybek"
///     zone = "Asia/Tashkent"
///     listen = ["127.0.0.1:7400"]
///     relays = ["int-caricc"]
///
///     [[dial]]
///     node = "tj-fotehobod"
///     addresses = ["10.20.0.2:7400"]
/// "#).unwrap();
/// assert_eq!(config.dial.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub node: NodeId,
    /// IANA zone of the place where the node stands.
    #[serde(default = "utc")]
    pub zone: String,
    /// Addresses to listen on, `host:port`. None: this node only dials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listen: Vec<String>,
    /// Relays that this node uses when the direct way is down, first choice first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relays: Vec<NodeId>,
    /// Addresses that hold instead of those in the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dial: Vec<Dial>,
    /// Set on a node that relays for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Relay>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    pub node: NodeId,
    pub addresses: Vec<String>,
    /// Also try HTTPS batches on these addresses when a stream cannot be held.
    #[serde(default)]
    pub batch: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// How many MiB of sealed bytes each node may have in custody here.
    #[serde(default = "default_quota_mib")]
    pub quota_mib: u64,
    /// The longest custody in days, whatever a dispatch's own expiry says.
    #[serde(default = "default_days")]
    pub days: u32,
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            quota_mib: default_quota_mib(),
            days: default_days(),
        }
    }
}

impl Config {
    /// A node that listens nowhere and dials nobody.
    pub fn new(node: NodeId) -> Self {
        Self {
            node,
            zone: utc(),
            listen: Vec::new(),
            relays: Vec::new(),
            dial: Vec::new(),
            relay: None,
        }
    }

    /// Reads the file in that home.
    pub fn load(home: &Path) -> Result<Self, ConfigError> {
        let file = home.join(FILE);
        let text = std::fs::read_to_string(&file).map_err(|source| ConfigError::Read {
            file: file.clone(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse {
            file,
            source: Box::new(source),
        })
    }

    /// Writes the file in that home, whole or not at all.
    pub fn save(&self, home: &Path) -> Result<(), ConfigError> {
        let file = home.join(FILE);
        let failed = |what: String| ConfigError::Write {
            file: file.clone(),
            what,
        };
        let text = toml::to_string_pretty(self).map_err(|error| failed(error.to_string()))?;
        let draft = home.join("guzar.toml.new");
        std::fs::write(&draft, text)
            .and_then(|()| std::fs::rename(&draft, &file))
            .map_err(|error| failed(error.to_string()))
    }
}

fn utc() -> String {
    "Etc/UTC".to_owned()
}

const fn default_quota_mib() -> u64 {
    4096
}

const fn default_days() -> u32 {
    30
}
