//! The region as published reports describe it: what its acts say, without the keys and signatures that only its
//! states have.
//!
//! The caller founds a network with [`Region::founding`], then makes an act of each of [`Region::bodies`] in their
//! order and has it signed by whom [`Act::required`](crate::act::Act::required) names. Keys of offices and acts about
//! nodes are its own to make: nothing about a machine is in the region.
//!
//! What is here is for the demo and for exercises. A real network begins with the acts of its own states.

use std::collections::BTreeMap;

use minicbor::bytes::ByteArray;
use model::address::StateCode;
use thiserror::Error;

use crate::act::Body;
use crate::authority::Authority;
use crate::coupling::Coupling;
use crate::crossing::Crossing;
use crate::desk::Desk;
use crate::membership::Membership;
use crate::names::Names;
use crate::network::{Founder, Founding, NetworkKind, is_centre};
use crate::office::Office;
use crate::state::State;

mod seed;

use seed::{File, StateSeed};

/// The public register keys of states, and of the centre as `INT`.
pub type StateKeys = BTreeMap<StateCode, [u8; 32]>;

macro_rules! file {
    ($name:literal) => {
        (
            concat!("data/region/", $name),
            include_str!(concat!("../../../data/region/", $name)),
        )
    };
}

/// The files, as they were built in.
const FILES: [(&str, &str); 5] = [
    file!("state.toml"),
    file!("authority.toml"),
    file!("crossing.toml"),
    file!("office.toml"),
    file!("coupling.toml"),
];

/// Why the region is of no use.
#[derive(Debug, Error)]
pub enum RegionError {
    /// A test of this crate keeps it from happening to the files that are built in.
    #[error("{name} cannot be read: {source}")]
    Unreadable {
        name: &'static str,
        source: toml::de::Error,
    },
    #[error("{what} has no midnight in zone {zone}")]
    NoMidnight {
        what: String,
        zone: String,
        #[source]
        source: jiff::Error,
    },
    #[error("{state} is spoken of, but is not among the states")]
    NoSuchState { state: StateCode },
    #[error("no network without the register key of its centre")]
    NoCentre,
}

/// States, authorities, crossings, offices and couplings, each with its period.
#[derive(Debug, Clone)]
pub struct Region {
    states: Vec<StateSeed>,
    memberships: Vec<Membership>,
    authorities: Vec<Authority>,
    crossings: Vec<Crossing>,
    offices: Vec<Office>,
    desks: Vec<Desk>,
    couplings: Vec<Coupling>,
}

impl Region {
    /// The region that comes with this version.
    pub fn builtin() -> Result<Self, RegionError> {
        let mut whole = File::default();
        for (name, text) in FILES {
            whole = whole.and(File::read(name, text)?);
        }
        whole.region()
    }

    /// A region that somebody wrote into one file, in the form of the files in `data/region`. It names the states that
    /// it speaks of.
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        File::read("the file", text)?.region()
    }

    /// The states, and the centre as `INT`.
    pub fn states(&self) -> impl Iterator<Item = &StateCode> {
        self.states.iter().map(|state| &state.code)
    }

    /// What a state, or the centre, is called.
    pub fn names(&self, state: &StateCode) -> Option<&Names> {
        let mut states = self.states.iter();
        states.find(|own| own.code == *state).map(|own| &own.names)
    }

    pub fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    pub fn crossings(&self) -> &[Crossing] {
        &self.crossings
    }

    pub fn offices(&self) -> &[Office] {
        &self.offices
    }

    pub fn desks(&self) -> &[Desk] {
        &self.desks
    }

    pub fn couplings(&self) -> &[Coupling] {
        &self.couplings
    }

    /// A network that the centre and all states with a key found.
    pub fn founding(
        &self,
        name: &str,
        kind: NetworkKind,
        quorum: u8,
        keys: &StateKeys,
    ) -> Result<Founding, RegionError> {
        let founder = |state: &StateSeed| {
            keys.get(&state.code).map(|key| Founder {
                code: state.code.clone(),
                names: state.names.clone(),
                key: ByteArray::from(*key),
            })
        };
        let (centre, mut states): (Vec<Founder>, Vec<Founder>) = self
            .states
            .iter()
            .filter_map(founder)
            .partition(|founder| is_centre(&founder.code));
        states.sort_by(|one, other| one.code.cmp(&other.code));
        let centre = centre.into_iter().next().ok_or(RegionError::NoCentre)?;
        Ok(Founding {
            name: name.to_owned(),
            kind,
            states,
            centre,
            quorum,
        })
    }

    /// What is said of the states with a key, each after what it depends on. Of the rest nothing is said: nobody could
    /// sign it.
    pub fn bodies(&self, keys: &StateKeys) -> Vec<Body> {
        let has = |state: &StateCode| keys.contains_key(state);
        let has_centre = keys.keys().any(is_centre);
        let mut bodies: Vec<Body> = self
            .states
            .iter()
            .filter(|state| !is_centre(&state.code))
            .filter_map(|state| Some(Body::State(state.with_key(*keys.get(&state.code)?))))
            .collect();
        bodies.extend(
            said(&self.memberships, |member| has_centre && has(&member.state))
                .map(Body::Membership),
        );
        bodies.extend(said(&self.authorities, |own| has(&own.state)).map(Body::Authority));
        bodies.extend(said(&self.crossings, |own| has(&own.state)).map(Body::Crossing));
        bodies.extend(said(&self.offices, |own| has(&own.address.state)).map(Body::Office));
        bodies.extend(said(&self.desks, |own| has(&own.address.state)).map(Body::Desk));
        bodies.extend(
            said(&self.couplings, |coupling| {
                has(&coupling.pair.first.state) && has(&coupling.pair.second.state)
            })
            .map(Body::Coupling),
        );
        bodies
    }
}

impl StateSeed {
    fn with_key(&self, key: [u8; 32]) -> State {
        State {
            code: self.code.clone(),
            names: self.names.clone(),
            key: ByteArray::from(key),
            from: self.from,
            statute_from: self.statute_from,
            statute_until: None,
            statute: self.statute.clone(),
        }
    }
}

fn said<T: Clone>(list: &[T], may_sign: impl Fn(&T) -> bool) -> impl Iterator<Item = T> {
    list.iter().filter(move |one| may_sign(one)).cloned()
}
