//! A node: a machine that hosts offices, and the keys by which others know it.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use model::address::{Address, StateCode};
use model::ids::NodeId;
use serde::{Deserialize, Serialize};

use crate::names::check_text;
use crate::refusal::Invalid;
use crate::signature;

/// What a node does besides hosting.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum NodeRole {
    /// Keeps sealed mail for nodes that are away.
    #[n(0)]
    Relay,
}

/// Signed by its state, and by the node's link key: nobody can claim a key that he does not hold. The act that was
/// issued last holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Node {
    /// Begins with the state's code in small letters and a hyphen.
    #[n(0)]
    pub id: NodeId,
    #[n(1)]
    pub state: StateCode,
    /// Offices, sorted, each once. Desks live where their office does.
    #[n(2)]
    pub hosts: Vec<Address>,
    #[n(3)]
    pub roles: Vec<NodeRole>,
    /// Ed25519: outer headers and receipts.
    #[n(4)]
    pub signing_key: ByteArray<32>,
    /// Ed25519: the raw public key of its links.
    #[n(5)]
    pub link_key: ByteArray<32>,
    /// `host:port`, first choice first. None: others cannot dial it.
    #[n(6)]
    pub endpoints: Vec<String>,
}

impl Node {
    pub fn is_relay(&self) -> bool {
        self.roles.contains(&NodeRole::Relay)
    }

    /// Says whether the node's name is its state's to give.
    pub fn is_in_prefix(&self) -> bool {
        let prefix = format!("{}-", self.state.as_str().to_ascii_lowercase());
        self.id.as_str().len() > prefix.len() && self.id.as_str().starts_with(&prefix)
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.hosts.len() > 64 || !self.hosts.is_sorted_by(|a, b| a < b) {
            return Err(Invalid::new("hosts", "at most 64, sorted, each once"));
        }
        if self.hosts.iter().any(|office| office.desk.is_some()) {
            return Err(Invalid::new(
                "hosts",
                "names a desk: it lives where its office does",
            ));
        }
        if !self.roles.is_sorted_by(|a, b| a < b) {
            return Err(Invalid::new("roles", "must be sorted, each once"));
        }
        signature::check_public("signing_key", self.signing_key.as_slice())?;
        signature::check_public("link_key", self.link_key.as_slice())?;
        if self.signing_key == self.link_key {
            return Err(Invalid::new(
                "link_key",
                "is the signing key: one key, one purpose",
            ));
        }
        if self.endpoints.len() > 8 {
            return Err(Invalid::new("endpoints", "at most 8"));
        }
        for endpoint in &self.endpoints {
            check_text("endpoints", endpoint, 255)?;
            if !is_endpoint(endpoint) {
                return Err(Invalid::new("endpoints", "must be host:port"));
            }
        }
        Ok(())
    }
}

fn is_endpoint(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && !host.contains(char::is_whitespace)
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_is_host_and_port() {
        for good in ["10.1.2.3:7400", "node.example:1", "[2001:db8::1]:7400"] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in [
            "",
            ":7400",
            "host",
            "host:",
            "host:0",
            "host:70000",
            "a b:1",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }
}
