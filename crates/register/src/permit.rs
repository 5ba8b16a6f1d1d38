//! May this office send that to that office now? Yes, with the acts that it rests on; or no, with the act that is
//! missing.

use std::collections::BTreeSet;

use model::address::{Address, StateCode};
use model::ids::ActId;
use model::kind::DispatchKind;
use model::time::Timestamp;

use crate::coupling::{Coupling, Pair};
use crate::history::Entry;
use crate::membership::Circle;
use crate::network::is_centre;
use crate::office::{Office, OfficeKind};
use crate::register::Register;

mod missing;

pub use missing::Missing;

/// One sender, one recipient, one dispatch.
#[derive(Debug, Clone, Copy)]
pub struct SendQuery<'a> {
    /// An office or a desk.
    pub from: &'a Address,
    pub to: &'a Address,
    pub kind: DispatchKind,
    /// Training traffic.
    pub exercise: bool,
    /// Whether it is about drugs, if its content says.
    pub drug_related: Option<bool>,
    pub now: Timestamp,
}

/// By which way a dispatch is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Inside one state: the transit chain, analytical units, the national centre.
    InCountry,
    /// Two states coupled these offices.
    Coupling,
    /// Between a member state and the regional centre.
    Centre,
    /// Acts of the register go to everybody: without them nobody could be told of a coupling.
    Register,
}

/// The dispatch may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    pub way: Way,
    /// The acts that it rests on, for the audit row.
    pub acts: BTreeSet<ActId>,
}

impl Register {
    /// Decides. The same rule holds for what is sent and for what arrives.
    pub fn may_send(&self, query: &SendQuery<'_>) -> Result<Permit, Missing> {
        let mut acts = BTreeSet::new();
        let from = self.open_office(query.from, query.now)?;
        let to = self.open_office(query.to, query.now)?;
        acts.extend([from.act, to.act]);
        let way = self.way(query, &from.value, &to.value, &mut acts)?;
        acts.extend(self.reach(query)?);
        Ok(Permit { way, acts })
    }

    /// The office, if it is open then; for a desk's address, the desk too.
    fn open_office(&self, address: &Address, now: Timestamp) -> Result<&Entry<Office>, Missing> {
        let none = || Missing::NoSuchOffice {
            office: address.clone(),
        };
        let history = self.offices.get(&address.to_office()).ok_or_else(none)?;
        let entry = history.at(now).ok_or_else(|| {
            history
                .first()
                .map_or_else(none, |first| Missing::OfficeNotOpen {
                    office: address.clone(),
                    from: first.from,
                })
        })?;
        let mut until = entry.value.until;
        if address.desk.is_some() {
            let desk = self.desks.get(address).and_then(|desk| desk.at(now));
            let desk = desk.ok_or_else(none)?;
            until = until.into_iter().chain(desk.value.until).min();
        }
        match until {
            Some(since) if since <= now => Err(Missing::OfficeClosed {
                office: address.clone(),
                since,
            }),
            _ => Ok(entry),
        }
    }

    fn way(
        &self,
        query: &SendQuery<'_>,
        from: &Office,
        to: &Office,
        acts: &mut BTreeSet<ActId>,
    ) -> Result<Way, Missing> {
        let (one, other) = (&query.from.state, &query.to.state);
        if one == other {
            return Ok(Way::InCountry);
        }
        if query.kind == DispatchKind::RegisterActs {
            return Ok(Way::Register);
        }
        if is_centre(one) || is_centre(other) {
            return self.centre_way(query, from, to, acts);
        }
        // The pair before the statutes: what two states have not agreed is not a matter of dates.
        acts.insert(self.coupling_between(query)?);
        for state in [one, other] {
            self.require_statute(state, query, acts)?;
        }
        Ok(Way::Coupling)
    }

    /// Between a member and the centre. The statute is that of the liaison offices, so it is asked of those alone: the
    /// centre's own agreement holds for the rest.
    fn centre_way(
        &self,
        query: &SendQuery<'_>,
        from: &Office,
        to: &Office,
        acts: &mut BTreeSet<ActId>,
    ) -> Result<Way, Missing> {
        let (state, office) = if is_centre(&query.to.state) {
            // The centre's mandate is drugs, psychotropics and precursors.
            if query.drug_related == Some(false) {
                return Err(Missing::NotForCentre);
            }
            (&query.from.state, from)
        } else {
            (&query.to.state, to)
        };
        let member = self
            .membership_act(state, Circle::Centre, query.now)
            .ok_or_else(|| Missing::Membership {
                state: state.clone(),
            })?;
        acts.insert(member);
        if office.kind == OfficeKind::Blo {
            self.require_statute(state, query, acts)?;
        }
        Ok(Way::Centre)
    }

    fn require_statute(
        &self,
        state: &StateCode,
        query: &SendQuery<'_>,
        acts: &mut BTreeSet<ActId>,
    ) -> Result<(), Missing> {
        if query.exercise {
            return Ok(());
        }
        let entry = self
            .states
            .get(state)
            .and_then(|history| history.at(query.now));
        match entry {
            Some(entry) if entry.value.has_statute(query.now) => {
                acts.insert(entry.act);
                Ok(())
            }
            _ => Err(Missing::StatuteNotInForce {
                state: state.clone(),
                from: entry
                    .and_then(|entry| entry.value.statute_from)
                    .filter(|from| query.now < *from),
            }),
        }
    }

    /// The coupling of the two offices, or else one that gives one of them copies of what the other sends.
    fn coupling_between(&self, query: &SendQuery<'_>) -> Result<ActId, Missing> {
        let direct = Pair::of(query.from, query.to);
        self.require_no_suspension(&direct, query.now)?;
        let mut refusal = None;
        let copies = self
            .parties
            .get(&query.from.to_office())
            .into_iter()
            .flatten();
        for pair in std::iter::once(&direct).chain(copies) {
            let act = self.coupling_act(pair, query).and_then(|act| {
                self.require_no_suspension(pair, query.now)?;
                Ok(act)
            });
            match act {
                Ok(act) => return Ok(act),
                Err(missing) => refusal = refusal.or(missing),
            }
        }
        Err(refusal.unwrap_or(Missing::Coupling { pair: direct }))
    }

    fn require_no_suspension(&self, pair: &Pair, now: Timestamp) -> Result<(), Missing> {
        self.suspension(pair, now).map_or(Ok(()), |(act, by)| {
            Err(Missing::Suspended {
                pair: pair.clone(),
                by: by.clone(),
                act,
            })
        })
    }

    /// The act of this coupling if it is in force and joins the two; `None` if it has nothing to do with them.
    fn coupling_act(&self, pair: &Pair, query: &SendQuery<'_>) -> Result<ActId, Option<Missing>> {
        let history = self.couplings.get(pair).ok_or(None)?;
        let joins = |coupling: &Coupling| coupling.joins(query.from, query.to);
        match history.at(query.now) {
            Some(entry) if joins(&entry.value) => match entry.value.until {
                Some(since) if since <= query.now => Err(Some(Missing::CouplingExpired {
                    pair: pair.clone(),
                    since,
                    act: entry.act,
                })),
                _ => Ok(entry.act),
            },
            Some(_) => Err(None),
            None => Err(history
                .first()
                .filter(|entry| joins(&entry.value))
                .map(|entry| Missing::CouplingNotYet {
                    pair: pair.clone(),
                    from: entry.from,
                    act: entry.act,
                })),
        }
    }

    /// The node that takes it and the key that seals it.
    fn reach(&self, query: &SendQuery<'_>) -> Result<[ActId; 2], Missing> {
        let office = query.to;
        let node = self
            .node_of(office)
            .and_then(|id| self.node_act(id))
            .ok_or_else(|| Missing::NoNode {
                office: office.clone(),
            })?;
        let key = self
            .sealing_key(office, query.now)
            .ok_or_else(|| Missing::NoSealingKey {
                office: office.clone(),
            })?;
        Ok([node, key.act])
    }
}
