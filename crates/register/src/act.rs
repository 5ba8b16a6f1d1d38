//! An act: one thing said about the network, with the day on which it was said.

use std::fmt;

use envelope::canonical;
use minicbor::{Decode, Encode};
use model::address::{Address, StateCode};
use model::ids::{ActId, KeyId};
use model::time::Timestamp;

use crate::authority::Authority;
use crate::coupling::Coupling;
use crate::crossing::Crossing;
use crate::desk::Desk;
use crate::key::{Key, KeyPurpose};
use crate::membership::Membership;
use crate::network::{CENTRE, Founding, is_centre};
use crate::node::Node;
use crate::office::Office;
use crate::refusal::{Invalid, RegisterError};
use crate::signature;
use crate::state::State;
use crate::suspension::{Lifting, Suspension};

/// The version of acts that this product makes.
pub const VERSION: u8 = 1;

/// Longest payload. The longest lawful act, a founding by 64 states, has under 60 KiB.
pub const PAYLOAD_BYTES: usize = 64 << 10;

/// What is signed. Numbers are for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Act {
    #[n(0)]
    pub version: u8,
    /// When it was made, by its maker's clock. Of two acts about one thing and one day, the later holds.
    #[n(1)]
    pub issued: Timestamp,
    #[n(2)]
    pub body: Body,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    #[n(0)]
    Founding(#[n(0)] Founding),
    #[n(1)]
    State(#[n(0)] State),
    #[n(2)]
    Membership(#[n(0)] Membership),
    #[n(3)]
    Authority(#[n(0)] Authority),
    #[n(4)]
    Crossing(#[n(0)] Crossing),
    #[n(5)]
    Office(#[n(0)] Office),
    #[n(6)]
    Desk(#[n(0)] Desk),
    #[n(7)]
    Node(#[n(0)] Node),
    #[n(8)]
    Coupling(#[n(0)] Coupling),
    #[n(9)]
    Key(#[n(0)] Key),
    #[n(10)]
    Suspension(#[n(0)] Suspension),
    #[n(11)]
    Lifting(#[n(0)] Lifting),
}

/// Who must sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// This state's register key; `INT` is the centre.
    State(StateCode),
    /// The holder of a key that the act makes known.
    Holder(KeyId),
    /// The state's register key, or a signing key of the office.
    StateOrOffice(StateCode, Address),
    /// For a state that is not in the register yet: as many member states as the founding act says.
    Quorum,
    /// Both states of the suspension that is lifted.
    StatesOf(ActId),
}

impl Act {
    pub const fn new(issued: Timestamp, body: Body) -> Self {
        Self {
            version: VERSION,
            issued,
            body,
        }
    }

    /// A stable word for the kind.
    pub const fn kind(&self) -> &'static str {
        match &self.body {
            Body::Founding(_) => "founding",
            Body::State(_) => "state",
            Body::Membership(_) => "membership",
            Body::Authority(_) => "authority",
            Body::Crossing(_) => "crossing",
            Body::Office(_) => "office",
            Body::Desk(_) => "desk",
            Body::Node(_) => "node",
            Body::Coupling(_) => "coupling",
            Body::Key(_) => "key",
            Body::Suspension(_) => "suspension",
            Body::Lifting(_) => "lifting",
        }
    }

    /// Who must sign. A state's own act may need [`Signer::Quorum`] and the new key's holder besides: that depends on
    /// what the register already says about the state.
    pub fn required(&self) -> Vec<Signer> {
        match &self.body {
            Body::Founding(founding) => founding
                .founders()
                .map(|founder| Signer::State(founder.code.clone()))
                .collect(),
            Body::State(state) => vec![Signer::Holder(signature::key_id(state.key.as_slice()))],
            Body::Membership(membership) => {
                let mut signers = vec![Signer::State(membership.state.clone())];
                signers.extend(CENTRE.parse().ok().map(Signer::State));
                signers
            }
            Body::Authority(authority) => vec![Signer::State(authority.state.clone())],
            Body::Crossing(crossing) => vec![Signer::State(crossing.state.clone())],
            Body::Office(office) => vec![Signer::State(office.address.state.clone())],
            Body::Desk(desk) => vec![Signer::State(desk.address.state.clone())],
            Body::Node(node) => vec![
                Signer::State(node.state.clone()),
                Signer::Holder(signature::key_id(node.link_key.as_slice())),
            ],
            Body::Coupling(coupling) => vec![
                Signer::State(coupling.pair.first.state.clone()),
                Signer::State(coupling.pair.second.state.clone()),
            ],
            Body::Key(key) => match key.purpose {
                KeyPurpose::Signing => vec![Signer::State(key.holder.state.clone())],
                KeyPurpose::Sealing => vec![Signer::StateOrOffice(
                    key.holder.state.clone(),
                    key.holder.clone(),
                )],
            },
            Body::Suspension(suspension) => vec![Signer::State(suspension.by.clone())],
            Body::Lifting(lifting) => vec![Signer::StatesOf(lifting.suspension)],
        }
    }

    /// The bytes to sign: deterministic CBOR.
    pub fn to_payload(&self) -> Result<Vec<u8>, RegisterError> {
        minicbor::to_vec(self).map_err(RegisterError::malformed)
    }

    /// Reads a payload. What this version does not know is refused: a rule that one does not understand cannot be
    /// kept.
    pub fn from_payload(payload: &[u8]) -> Result<Self, RegisterError> {
        if payload.len() > PAYLOAD_BYTES {
            return Err(RegisterError::malformed("longer than 64 KiB"));
        }
        canonical::check(payload).map_err(RegisterError::malformed)?;
        let version = minicbor::decode::<Head>(payload)
            .map_err(RegisterError::malformed)?
            .version;
        if version != VERSION {
            return Err(RegisterError::UnknownVersion { version });
        }
        let act: Self = minicbor::decode(payload).map_err(RegisterError::malformed)?;
        // The decoder skips fields that it does not know; what was skipped is missing here.
        if act.to_payload()? != payload {
            return Err(RegisterError::malformed(
                "has a field that is not known here",
            ));
        }
        Ok(act)
    }

    /// Refuses what no register could make true.
    pub fn check(&self) -> Result<(), RegisterError> {
        self.check_body().map_err(|source| RegisterError::Invalid {
            kind: self.kind(),
            source,
        })?;
        self.check_prefix()
    }

    fn check_body(&self) -> Result<(), Invalid> {
        match &self.body {
            Body::Founding(founding) => founding.check(),
            Body::State(state) => state.check(),
            Body::Membership(membership) => membership.check(),
            Body::Authority(authority) => authority.check(),
            Body::Crossing(crossing) => crossing.check(),
            Body::Office(office) => office.check(),
            Body::Desk(desk) => desk.check(),
            Body::Node(node) => node.check(),
            Body::Coupling(coupling) => coupling.check(),
            Body::Key(key) => key.check(),
            Body::Suspension(suspension) => suspension.check(),
            Body::Lifting(_) => Ok(()),
        }
    }

    /// A state speaks for what is in its own prefix. Addresses carry it; these need a look.
    fn check_prefix(&self) -> Result<(), RegisterError> {
        let outside = |state: &StateCode, what: &dyn fmt::Display| {
            Err(RegisterError::OutsidePrefix {
                state: state.clone(),
                what: what.to_string(),
            })
        };
        match &self.body {
            Body::Node(node) if !node.is_in_prefix() => outside(&node.state, &node.id),
            Body::Node(node) => node
                .hosts
                .iter()
                .find(|office| office.state != node.state)
                .map_or(Ok(()), |office| outside(&node.state, office)),
            Body::Membership(membership) if is_centre(&membership.state) => {
                outside(&membership.state, &membership.circle)
            }
            Body::Founding(_)
            | Body::State(_)
            | Body::Membership(_)
            | Body::Authority(_)
            | Body::Crossing(_)
            | Body::Office(_)
            | Body::Desk(_)
            | Body::Coupling(_)
            | Body::Key(_)
            | Body::Suspension(_)
            | Body::Lifting(_) => Ok(()),
        }
    }
}

impl fmt::Display for Act {
    /// One line for people: what is said, with periods in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::Founding(founding) => {
                write!(f, "network {:?} founded by", founding.name)?;
                founding
                    .states
                    .iter()
                    .try_for_each(|state| write!(f, " {}", state.code))
            }
            Body::State(state) => match state.statute_from {
                Some(from) => write!(f, "state {}, statute from {from}", state.code),
                None => write!(f, "state {}, no statute", state.code),
            },
            Body::Membership(membership) => write!(
                f,
                "{} member of the {} from {}",
                membership.state, membership.circle, membership.from
            ),
            Body::Authority(authority) => write!(
                f,
                "authority {}/{}: {}",
                authority.state,
                authority.code,
                authority.names.best("en")
            ),
            Body::Crossing(crossing) => {
                let name = crossing.names.best("en");
                write!(f, "crossing {}/{}: {name}", crossing.state, crossing.code)
            }
            Body::Office(office) => write!(
                f,
                "office {} ({}) from {}",
                office.address,
                office.kind.as_str(),
                office.from
            ),
            Body::Desk(desk) => write!(f, "desk {} from {}", desk.address, desk.from),
            Body::Node(node) => {
                write!(f, "node {} hosts", node.id)?;
                node.hosts.iter().try_for_each(|host| write!(f, " {host}"))
            }
            Body::Coupling(coupling) => {
                write!(f, "coupling {} from {}", coupling.pair, coupling.from)?;
                coupling
                    .until
                    .iter()
                    .try_for_each(|until| write!(f, " until {until}"))
            }
            Body::Key(key) => write!(
                f,
                "{} key {} of {} from {} until {}",
                key.purpose,
                key.id().short(),
                key.holder,
                key.from,
                key.until
            ),
            Body::Suspension(suspension) => write!(
                f,
                "{} suspends exchange with {} from {}",
                suspension.by, suspension.against, suspension.from
            ),
            Body::Lifting(lifting) => write!(
                f,
                "suspension {} lifted from {}",
                lifting.suspension.short(),
                lifting.from
            ),
        }
    }
}

/// What every version of an act begins with.
#[derive(Decode)]
#[cbor(map)]
struct Head {
    #[n(0)]
    version: u8,
}
