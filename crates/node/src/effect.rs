//! What a dispatch does to the records that it is about: steps noted, deliveries moved.
//!
//! Records are immutable and states are derived: each effect names the dispatch that says so, and the
//! same dispatch has the same effect on both sides.

use exchange::delivery::predecessors;
use model::address::Address;
use model::content::Content;
use model::delivery::DeliveryState;
use model::dispatch::Statement;
use model::ids::DispatchId;
use model::step::StepKind;
use model::time::Timestamp;
use store::Change;
use store::progress::ProgressRow;

use crate::api::Event;

/// One step that a dispatch takes on another.
struct Effect {
    of: DispatchId,
    step: &'static str,
    /// Where the other's delivery to the author's office stands from then on.
    delivery: Option<DeliveryState>,
}

/// The effects of one content, in the order in which they hold.
fn effects(content: &Content) -> Vec<Effect> {
    let one = |of, step, delivery| vec![Effect { of, step, delivery }];
    match content {
        Content::Step(step) => one(step.of, step.step.code(), delivery_of(step.step)),
        Content::Action(action) => one(action.of, "acted", Some(DeliveryState::Acted)),
        Content::Reply(reply) if reply.is_holding() => one(reply.of, "holding", None),
        Content::Reply(reply) => one(reply.of, "answered", Some(DeliveryState::Answered)),
        Content::Outcome(outcome) => {
            let mut effects = Vec::new();
            if let Some(of) = outcome.of {
                effects.push(Effect {
                    of,
                    step: "answered",
                    delivery: Some(DeliveryState::Answered),
                });
            }
            if let Some(credit) = &outcome.credit {
                effects.push(Effect {
                    of: credit.dispatch,
                    step: "credit_claimed",
                    delivery: None,
                });
            }
            effects
        }
        Content::Correction(correction) => one(correction.of, "corrected", None),
        Content::Recall(recall) => one(recall.of, "recalled", Some(DeliveryState::Recalled)),
        Content::Alert(_)
        | Content::CheckRequest(_)
        | Content::Seizure(_)
        | Content::Note(_)
        | Content::PresenceChange(_)
        | Content::RegisterActs(_) => Vec::new(),
    }
}

const fn delivery_of(step: StepKind) -> Option<DeliveryState> {
    match step {
        StepKind::Opened => Some(DeliveryState::Opened),
        StepKind::Accepted => Some(DeliveryState::Accepted),
        StepKind::Acted => Some(DeliveryState::Acted),
        StepKind::Answered => Some(DeliveryState::Answered),
        StepKind::Declined | StepKind::Credited | StepKind::Closed => None,
    }
}

/// Of a dispatch that an office of this node sends. What it is about may have been sent from this node too: by one
/// desk of an office to another.
pub(crate) fn of_own(
    from: &Address,
    content: &Content,
    by: DispatchId,
    at: Timestamp,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for effect in effects(content) {
        changes.push(progress(&effect, from, by, at));
        if let Some(to) = effect.delivery
            && !matches!(content, Content::Recall(_))
        {
            changes.push(Change::MoveDelivery {
                dispatch: effect.of,
                office: from.clone(),
                from: predecessors(to).to_vec(),
                to,
                at,
                detail: None,
            });
        }
    }
    changes
}

/// Of a dispatch that arrived: the author's step, and where our delivery to the author stands.
pub(crate) fn of_received(statement: &Statement, content: &Content, by: DispatchId) -> Vec<Change> {
    of_own(&statement.author.office, content, by, statement.created)
}

/// The same, told to those who watch.
pub(crate) fn events(statement: &Statement, content: &Content, at: Timestamp) -> Vec<Event> {
    effects(content)
        .into_iter()
        .map(|effect| Event::Progress {
            of: effect.of,
            at,
            office: statement.author.office.clone(),
            step: effect.step.to_owned(),
        })
        .collect()
}

fn progress(effect: &Effect, office: &Address, by: DispatchId, at: Timestamp) -> Change {
    Change::AddProgress(ProgressRow {
        of: effect.of,
        office: office.clone(),
        step: effect.step.to_owned(),
        at,
        by,
    })
}

#[cfg(test)]
mod tests {
    use model::step::Step;

    use super::*;

    /// The delivery that the changes move, and where to.
    fn moved(changes: &[Change]) -> Option<(DispatchId, String, DeliveryState)> {
        changes.iter().find_map(|change| match change {
            Change::MoveDelivery {
                dispatch,
                office,
                to,
                ..
            } => Some((*dispatch, office.to_string(), *to)),
            _ => None,
        })
    }

    #[test]
    fn a_desk_moves_the_delivery_of_its_own_office() {
        let of = DispatchId::new([1; 32]);
        let step = Content::Step(Step {
            of,
            step: StepKind::Accepted,
            officer: None,
            note: None,
        });
        let desk: Address = "TJ/BORDER/DUSTI/CUSTOMS".parse().unwrap();

        let changes = of_own(
            &desk,
            &step,
            DispatchId::new([2; 32]),
            Timestamp::from_micros(3),
        );

        assert_eq!(
            moved(&changes),
            Some((of, desk.to_string(), DeliveryState::Accepted))
        );
    }

    #[test]
    fn a_credit_leaves_deliveries_where_they_are() {
        let step = Content::Step(Step {
            of: DispatchId::new([1; 32]),
            step: StepKind::Credited,
            officer: None,
            note: None,
        });
        let office: Address = "UZ/CUSTOMS/OYBEK".parse().unwrap();

        let changes = of_own(
            &office,
            &step,
            DispatchId::new([2; 32]),
            Timestamp::from_micros(3),
        );

        assert_eq!(changes.len(), 1);
        assert_eq!(moved(&changes), None);
    }
}
