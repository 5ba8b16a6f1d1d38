//! A region as it is written in a file: days instead of instants, no keys.

use jiff::civil::Date;
use model::address::{Address, AuthorityCode, DeskCode, StateCode};
use model::code::Code;
use model::time::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Region, RegionError};
use crate::authority::Authority;
use crate::coupling::Coupling;
use crate::crossing::Crossing;
use crate::desk::Desk;
use crate::membership::{Circle, Membership};
use crate::names::Names;
use crate::office::{Office, OfficeKind};

/// A state without its key.
#[derive(Debug, Clone)]
pub(super) struct StateSeed {
    pub(super) code: StateCode,
    pub(super) names: Names,
    pub(super) zone: String,
    pub(super) from: Timestamp,
    pub(super) statute_from: Option<Timestamp>,
    pub(super) statute: Option<String>,
}

/// What one file, or all of them, say.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    state: Vec<StateEntry>,
    authority: Vec<AuthorityEntry>,
    crossing: Vec<Crossing>,
    office: Vec<OfficeEntry>,
    coupling: Vec<CouplingEntry>,
}

impl File {
    pub(super) fn read(name: &'static str, text: &str) -> Result<Self, RegionError> {
        toml::from_str(text).map_err(|source| RegionError::Unreadable { name, source })
    }

    /// Both files as one.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.state.extend(other.state);
        self.authority.extend(other.authority);
        self.crossing.extend(other.crossing);
        self.office.extend(other.office);
        self.coupling.extend(other.coupling);
        self
    }

    pub(super) fn region(self) -> Result<Region, RegionError> {
        let (states, memberships) = states(self.state)?;
        let authorities = authorities(self.authority, &states)?;
        let (offices, desks) = offices(self.office, &authorities)?;
        Ok(Region {
            memberships,
            crossings: self.crossing,
            offices,
            desks,
            couplings: couplings(self.coupling, &states)?,
            authorities,
            states,
        })
    }
}

fn states(entries: Vec<StateEntry>) -> Result<(Vec<StateSeed>, Vec<Membership>), RegionError> {
    let mut states = Vec::new();
    let mut memberships = Vec::new();
    for state in entries {
        let at = |day: Day| day.begin(&state.zone, &state.code);
        for member in state.members {
            memberships.push(Membership {
                state: state.code.clone(),
                circle: member.circle,
                from: at(member.from)?,
                until: member.until.map(at).transpose()?,
            });
        }
        let statute_from = state.statute.as_ref().map(|statute| at(statute.from));
        states.push(StateSeed {
            from: at(state.from)?,
            statute_from: statute_from.transpose()?,
            statute: state.statute.map(|statute| statute.title),
            code: state.code,
            names: state.names,
            zone: state.zone,
        });
    }
    Ok((states, memberships))
}

fn authorities(
    entries: Vec<AuthorityEntry>,
    states: &[StateSeed],
) -> Result<Vec<Authority>, RegionError> {
    let made = entries.into_iter().map(|authority| {
        let zone = zone(states, &authority.state)?;
        let at = |day: Day| day.begin(zone, &authority.code);
        Ok(Authority {
            from: at(authority.from)?,
            until: authority.until.map(at).transpose()?,
            state: authority.state,
            code: authority.code,
            names: authority.names,
            successor: authority.successor,
        })
    });
    made.collect()
}

/// Offices and their desks. A desk is called what its authority is called when the office opens.
fn offices(
    entries: Vec<OfficeEntry>,
    authorities: &[Authority],
) -> Result<(Vec<Office>, Vec<Desk>), RegionError> {
    let mut offices = Vec::new();
    let mut desks = Vec::new();
    for office in entries {
        let at = |day: Day| day.begin(&office.zone, &office.address);
        let (from, until) = (at(office.from)?, office.until.map(at).transpose()?);
        for code in office.desks {
            desks.push(Desk {
                names: authority_names(authorities, &office.address.state, &code, from),
                address: Address {
                    desk: Some(code.desk),
                    ..office.address.clone()
                },
                authority: code.authority,
                from,
                until,
            });
        }
        offices.push(Office {
            address: office.address,
            kind: office.kind,
            names: office.names,
            crossing: office.crossing,
            zone: office.zone,
            languages: office.languages,
            from,
            until,
        });
    }
    Ok((offices, desks))
}

/// A coupling begins and ends once the day has begun on both sides.
fn couplings(
    entries: Vec<CouplingEntry>,
    states: &[StateSeed],
) -> Result<Vec<Coupling>, RegionError> {
    let made = entries.into_iter().map(|coupling| {
        let (one, other, copies) = (&coupling.one, &coupling.other, coupling.copies.as_slice());
        let at = |day: Day| -> Result<Timestamp, RegionError> {
            let here = day.begin(zone(states, &one.state)?, one)?;
            Ok(here.max(day.begin(zone(states, &other.state)?, other)?))
        };
        let mut made = Coupling::new((one, copies), (other, copies), at(coupling.from)?);
        made.until = coupling.until.map(at).transpose()?;
        Ok(made)
    });
    made.collect()
}

fn zone<'a>(states: &'a [StateSeed], code: &StateCode) -> Result<&'a str, RegionError> {
    let state = states.iter().find(|state| state.code == *code);
    state
        .map(|state| state.zone.as_str())
        .ok_or_else(|| RegionError::NoSuchState {
            state: code.clone(),
        })
}

fn authority_names(
    authorities: &[Authority],
    state: &StateCode,
    code: &DeskSeed,
    at: Timestamp,
) -> Names {
    authorities
        .iter()
        .filter(|own| own.state == *state && own.code == code.authority && own.from <= at)
        .max_by_key(|own| own.from)
        .map_or_else(Names::default, |own| own.names.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateEntry {
    code: StateCode,
    names: Names,
    zone: String,
    from: Day,
    statute: Option<StatuteEntry>,
    #[serde(default)]
    members: Vec<MemberEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatuteEntry {
    from: Day,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    circle: Circle,
    from: Day,
    until: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityEntry {
    state: StateCode,
    code: AuthorityCode,
    names: Names,
    from: Day,
    until: Option<Day>,
    successor: Option<AuthorityCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeEntry {
    address: Address,
    kind: OfficeKind,
    names: Names,
    crossing: Option<Code>,
    zone: String,
    languages: Vec<String>,
    from: Day,
    until: Option<Day>,
    #[serde(default)]
    desks: Vec<DeskSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CouplingEntry {
    one: Address,
    other: Address,
    from: Day,
    until: Option<Day>,
    copies: Vec<Address>,
}

/// One word for both: a desk has the code of its authority.
struct DeskSeed {
    authority: AuthorityCode,
    desk: DeskCode,
}

impl<'de> Deserialize<'de> for DeskSeed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self {
            authority: text.parse().map_err(D::Error::custom)?,
            desk: text.parse().map_err(D::Error::custom)?,
        })
    }
}

/// A calendar day at its place.
#[derive(Clone, Copy)]
struct Day(Date);

impl Day {
    /// Midnight at which the day begins there.
    fn begin(self, zone: &str, what: &dyn ToString) -> Result<Timestamp, RegionError> {
        self.0
            .in_tz(zone)
            .map(|midnight| Timestamp::from_micros(midnight.timestamp().as_microsecond()))
            .map_err(|source| RegionError::NoMidnight {
                what: what.to_string(),
                zone: zone.to_owned(),
                source,
            })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        if written.time.is_some() {
            return Err(D::Error::custom("a day has no time in it"));
        }
        written
            .to_string()
            .parse()
            .map(Self)
            .map_err(D::Error::custom)
    }
}
