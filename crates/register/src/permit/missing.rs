//! Which act is missing for a dispatch to go.

use model::address::{Address, StateCode};
use model::ids::ActId;
use model::time::Timestamp;
use thiserror::Error;

use crate::coupling::Pair;

/// Why the register does not let a dispatch go.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Missing {
    #[error("no act registers {office}")]
    NoSuchOffice { office: Address },
    #[error("{office} opens only on {from}")]
    OfficeNotOpen { office: Address, from: Timestamp },
    #[error("{office} is closed since {since}")]
    OfficeClosed { office: Address, since: Timestamp },
    #[error("no coupling joins {pair}")]
    Coupling { pair: Pair },
    #[error("the coupling {pair} ended on {since}")]
    CouplingExpired {
        pair: Pair,
        since: Timestamp,
        act: ActId,
    },
    #[error("the coupling {pair} begins only on {from}")]
    CouplingNotYet {
        pair: Pair,
        from: Timestamp,
        act: ActId,
    },
    #[error("{by} has suspended {pair}")]
    Suspended {
        pair: Pair,
        by: StateCode,
        act: ActId,
    },
    /// Only training traffic may go.
    #[error("the statute of {state} on liaison offices is not in force")]
    StatuteNotInForce {
        state: StateCode,
        /// From when it will be, if that is known.
        from: Option<Timestamp>,
    },
    #[error("{state} is not a member of the regional centre")]
    Membership { state: StateCode },
    /// No act can allow it: the centre's mandate is drugs.
    #[error("what is not about drugs does not go to the regional centre")]
    NotForCentre,
    #[error("no node hosts {office}")]
    NoNode { office: Address },
    #[error("{office} has no sealing key in force")]
    NoSealingKey { office: Address },
}

impl Missing {
    /// A stable word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchOffice { .. } => "no_such_office",
            Self::OfficeNotOpen { .. } => "office_not_open",
            Self::OfficeClosed { .. } => "office_closed",
            Self::Coupling { .. } => "no_coupling",
            Self::CouplingExpired { .. } => "coupling_expired",
            Self::CouplingNotYet { .. } => "coupling_not_in_force",
            Self::Suspended { .. } => "suspended",
            Self::StatuteNotInForce { .. } => "statute_not_in_force",
            Self::Membership { .. } => "not_a_member",
            Self::NotForCentre => "not_for_centre",
            Self::NoNode { .. } => "no_node",
            Self::NoSealingKey { .. } => "no_sealing_key",
        }
    }

    /// What it is about, by name, for a message in any language.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let office = |office: &Address| ("office", office.to_string());
        let offices = |pair: &Pair| {
            [
                ("first", pair.first.to_string()),
                ("second", pair.second.to_string()),
            ]
        };
        match self {
            Self::NoSuchOffice { office: address }
            | Self::NoNode { office: address }
            | Self::NoSealingKey { office: address } => vec![office(address)],
            Self::OfficeNotOpen {
                office: address,
                from,
            } => vec![office(address), ("from", from.to_string())],
            Self::OfficeClosed {
                office: address,
                since,
            } => vec![office(address), ("since", since.to_string())],
            Self::Coupling { pair } => offices(pair).into(),
            Self::CouplingExpired { pair, since, act } => {
                let mut args = Vec::from(offices(pair));
                args.extend([("since", since.to_string()), ("act", act.short())]);
                args
            }
            Self::CouplingNotYet { pair, from, act } => {
                let mut args = Vec::from(offices(pair));
                args.extend([("from", from.to_string()), ("act", act.short())]);
                args
            }
            Self::Suspended { pair, by, act } => {
                let mut args = Vec::from(offices(pair));
                args.extend([("by", by.to_string()), ("act", act.short())]);
                args
            }
            Self::StatuteNotInForce { state, from } => {
                let mut args = vec![("state", state.to_string())];
                args.extend(from.map(|from| ("from", from.to_string())));
                args
            }
            Self::Membership { state } => vec![("state", state.to_string())],
            Self::NotForCentre => Vec::new(),
        }
    }

    /// Says whether an act that is still on its way could allow it. A recipient whose register lags behind then waits
    /// instead of refusing for good.
    pub const fn may_mend(&self) -> bool {
        !matches!(self, Self::NotForCentre | Self::OfficeClosed { .. })
    }
}
