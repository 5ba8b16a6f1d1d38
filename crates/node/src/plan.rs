//! Who gets a dispatch, and whether the register lets it go: the same rule for every way in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envelope::key::SealingPublicKey;
use model::address::Address;
use model::content::Content;
use model::draft::Draft;
use model::ids::{KeyId, NodeId};
use model::time::Timestamp;
use register::{Register, SendQuery};

use crate::api::{Failure, FailureClass, Problem};
use crate::keyring::Keyring;
use crate::recipient::RecipientKeys;

/// An office that will get the dispatch.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) office: Address,
    pub(crate) node: NodeId,
    pub(crate) key: KeyId,
    pub(crate) public: Arc<SealingPublicKey>,
    /// For information only.
    pub(crate) copy: bool,
}

/// All who will get it, and the acts that allow it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) recipients: Vec<Planned>,
    pub(crate) reason: String,
}

impl Plan {
    /// The nodes that host a recipient, each once.
    pub(crate) fn nodes(&self) -> BTreeSet<NodeId> {
        self.recipients
            .iter()
            .map(|planned| planned.node.clone())
            .collect()
    }
}

/// Asks the register about every recipient; all refusals are named together.
pub(crate) fn plan(
    register: &Register,
    keyring: &Keyring,
    keys: &RecipientKeys,
    draft: &Draft,
    now: Timestamp,
) -> Result<Plan, Failure> {
    if !keyring.hosts(&draft.from) {
        let hosted: Vec<String> = keyring.offices().map(ToString::to_string).collect();
        return Err(Failure::input(
            Problem::new("not_hosted_here")
                .field("from")
                .arg("office", &draft.from)
                .arg("hosted", hosted.join(", ")),
        ));
    }
    let mut problems = Vec::new();
    let mut recipients = Vec::new();
    let mut acts = BTreeSet::new();
    let wanted = wanted(register, draft, now);
    if draft.to.is_empty() {
        problems.push(Problem::new("no_recipient").field("to"));
    }
    for (office, wish) in wanted {
        match reach(register, keys, draft, &office, now) {
            Ok((planned, permit)) => {
                acts.extend(permit);
                recipients.push(Planned {
                    copy: wish.copy,
                    ..planned
                });
            }
            Err(problem) => problems.push(match wish.field {
                Some(index) => problem.field(format!("to[{index}]")),
                None => problem.field("copies"),
            }),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::new(FailureClass::NotAllowed, problems));
    }
    let acts: Vec<String> = acts.into_iter().collect();
    Ok(Plan {
        recipients,
        reason: format!("purpose:{} acts:{}", draft.handling.purpose, acts.join(",")),
    })
}

/// Why an office is in the list.
#[derive(Debug, Clone, Copy)]
struct Wish {
    /// Its place in the draft; `None` for a copy that a coupling asks for.
    field: Option<usize>,
    copy: bool,
}

/// The offices named in the draft and the copies that their couplings ask for, without the author.
fn wanted(register: &Register, draft: &Draft, now: Timestamp) -> BTreeMap<Address, Wish> {
    let mut wanted = BTreeMap::new();
    for (index, office) in draft.to.iter().enumerate() {
        wanted.entry(office.clone()).or_insert(Wish {
            field: Some(index),
            copy: false,
        });
    }
    if takes_copies(&draft.content) {
        for to in &draft.to {
            for office in register.copies(&draft.from, to, now) {
                wanted.entry(office).or_insert(Wish {
                    field: None,
                    copy: true,
                });
            }
        }
    }
    wanted.remove(&draft.from);
    wanted
}

/// Steps go to whoever got what they are about; register acts and presence have no content to analyse.
fn takes_copies(content: &Content) -> bool {
    !matches!(
        content,
        Content::Step(_) | Content::PresenceChange(_) | Content::RegisterActs(_)
    )
}

fn reach(
    register: &Register,
    keys: &RecipientKeys,
    draft: &Draft,
    office: &Address,
    now: Timestamp,
) -> Result<(Planned, Vec<String>), Problem> {
    let query = SendQuery {
        from: &draft.from,
        to: office,
        kind: draft.content.kind(),
        exercise: draft.exercise.is_some(),
        drug_related: draft.content.drug_related(),
        now,
    };
    let permit = register.may_send(&query).map_err(|missing| {
        let mut problem = Problem::new(missing.code()).arg("office", office);
        for (name, value) in missing.args() {
            problem = problem.arg(name, value);
        }
        problem
    })?;
    let node = register
        .node_of(office)
        .ok_or_else(|| Problem::new("no_node").arg("office", office))?;
    let key = register
        .sealing_key(office, now)
        .ok_or_else(|| Problem::new("no_sealing_key").arg("office", office))?;
    let public = keys
        .parsed(key.id, &key.public)
        .map_err(|_error| Problem::new("bad_sealing_key").arg("office", office))?;
    let acts = permit.acts.iter().map(model::ids::ActId::short).collect();
    Ok((
        Planned {
            office: office.clone(),
            node: node.clone(),
            key: key.id,
            public,
            copy: false,
        },
        acts,
    ))
}
