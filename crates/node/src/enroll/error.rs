//! What can go wrong on the way into a network. Nothing is half-done: on every error the store is as it was.

use envelope::key::KeyError;
use model::address::{Address, StateCode};
use model::ids::{NetworkId, NodeId};
use register::RegisterError;
use store::{StoreError, WriteError};
use thiserror::Error;

use super::fingerprint::Fingerprint;

#[derive(Debug, Error)]
pub enum EnrollError {
    /// The digits that were read aloud are not those of the file.
    #[error("the fingerprint of this {file} is {found}, not {expected}: it is another file")]
    Fingerprint {
        file: &'static str,
        expected: Fingerprint,
        found: Fingerprint,
    },
    /// Another kind of file, or no file of this product.
    #[error("this is no {file}: it does not begin with {magic}")]
    WrongFile {
        file: &'static str,
        magic: &'static str,
    },
    #[error("the {file} is damaged: {what}")]
    Damaged { file: &'static str, what: String },
    #[error("this home has node keys already")]
    HasKeys,
    #[error("this home has no node keys yet: `guzar init` first")]
    NoKeys,
    #[error("this home has a register key of {state} already")]
    HasRegistrar { state: StateCode },
    #[error("this home has no register key of {state}: only that state's registrar can sign this")]
    NotRegistrar { state: StateCode },
    #[error("this home belongs to no network yet")]
    NoNetwork,
    #[error("this home belongs to network {ours}, the file to {theirs}")]
    OtherNetwork {
        ours: Fingerprint,
        theirs: Fingerprint,
    },
    #[error("this home has not asked to be enrolled, or has been enrolled since")]
    NoRequest,
    #[error("a request names at least one office")]
    NoOffice,
    #[error("{what} is not of the state of node {node}")]
    ForeignOffice { what: String, node: NodeId },
    /// A request may hold nothing but what an office says of itself.
    #[error("a request cannot hold this act: {act}")]
    ForeignAct { act: String },
    #[error("{office} is hosted by node {node}: say that it moves, or name another office")]
    Hosted { office: Address, node: NodeId },
    #[error(
        "node {node} is registered with another key: say that it is replaced, or name it otherwise"
    )]
    NodeKnown { node: NodeId },
    #[error("a network is founded with its centre: its founder file (INT) is missing")]
    NoCentre,
    #[error("nothing in this file asks for a signature of this home's states")]
    NothingToSign,
    #[error("these are not copies of the same acts")]
    OtherActs,
    #[error("{act}: {source}")]
    Act { act: String, source: RegisterError },
    /// The file names acts that it does not hold.
    #[error("{act}: still {source}")]
    Incomplete { act: String, source: RegisterError },
    #[error("the invitation does not hold this office's own act: {act}")]
    NotIn { act: String },
    #[error("a secret is damaged: {name}; restore it from a backup")]
    DamagedSecret { name: String },
    #[error("no key could be made: {0}")]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl EnrollError {
    /// A stable word; the binary has its sentence in each language.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fingerprint { .. } => "wrong_fingerprint",
            Self::WrongFile { .. } => "wrong_file",
            Self::Damaged { .. } => "damaged_file",
            Self::HasKeys => "has_keys",
            Self::NoKeys => "no_keys",
            Self::HasRegistrar { .. } => "has_registrar",
            Self::NotRegistrar { .. } => "not_registrar",
            Self::NoNetwork => "no_network",
            Self::OtherNetwork { .. } => "other_network",
            Self::NoRequest => "no_request",
            Self::NoOffice => "no_office",
            Self::ForeignOffice { .. } => "foreign_office",
            Self::ForeignAct { .. } => "foreign_act",
            Self::Hosted { .. } => "hosted_elsewhere",
            Self::NodeKnown { .. } => "node_known",
            Self::NoCentre => "no_centre",
            Self::NothingToSign => "nothing_to_sign",
            Self::OtherActs => "other_acts",
            Self::Act { .. } => "act_refused",
            Self::Incomplete { .. } => "acts_incomplete",
            Self::NotIn { .. } => "not_in_invitation",
            Self::DamagedSecret { .. } => "keys_broken",
            Self::Key(_) => "key_failed",
            Self::Write(WriteError::Full) => "disk_full",
            Self::Store(_) | Self::Write(_) => "store_broken",
        }
    }

    /// Values for the gaps of that sentence.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Fingerprint {
                file,
                expected,
                found,
            } => vec![
                ("file", (*file).to_owned()),
                ("expected", expected.to_string()),
                ("found", found.to_string()),
            ],
            Self::WrongFile { file, magic } => {
                vec![("file", (*file).to_owned()), ("magic", (*magic).to_owned())]
            }
            Self::Damaged { file, what } => {
                vec![("file", (*file).to_owned()), ("what", what.clone())]
            }
            Self::HasRegistrar { state } | Self::NotRegistrar { state } => {
                vec![("state", state.to_string())]
            }
            Self::OtherNetwork { ours, theirs } => {
                vec![("ours", ours.to_string()), ("theirs", theirs.to_string())]
            }
            Self::ForeignOffice { what, node } => {
                vec![("what", what.clone()), ("node", node.to_string())]
            }
            Self::Hosted { office, node } => {
                vec![("office", office.to_string()), ("node", node.to_string())]
            }
            Self::NodeKnown { node } => vec![("node", node.to_string())],
            Self::ForeignAct { act } | Self::NotIn { act } => vec![("act", act.clone())],
            Self::Act { act, source } | Self::Incomplete { act, source } => {
                vec![("act", act.clone()), ("what", source.to_string())]
            }
            Self::DamagedSecret { name } => vec![("what", name.clone())],
            Self::Key(error) => vec![("what", error.to_string())],
            Self::Store(error) => vec![("what", error.to_string())],
            Self::Write(error) => vec![("what", error.to_string())],
            Self::HasKeys
            | Self::NoKeys
            | Self::NoNetwork
            | Self::NoRequest
            | Self::NoOffice
            | Self::NoCentre
            | Self::NothingToSign
            | Self::OtherActs => Vec::new(),
        }
    }

    pub(super) const fn other_network(ours: NetworkId, theirs: NetworkId) -> Self {
        Self::OtherNetwork {
            ours: Fingerprint::of_network(ours),
            theirs: Fingerprint::of_network(theirs),
        }
    }
}
