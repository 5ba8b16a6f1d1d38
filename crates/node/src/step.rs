//! Steps: opened, accepted, credited, ... Each is a small dispatch to those who got what it is about.

use model::address::Address;
use model::content::Content;
use model::dispatch::Statement;
use model::draft::Draft;
use model::ids::{DispatchId, OfficerId};
use model::step::{Step, StepKind};

/// The draft of a step on a dispatch, from one of its recipients.
pub(crate) fn draft(
    of: &Statement,
    id: DispatchId,
    from: Address,
    step: StepKind,
    officer: Option<OfficerId>,
    note: Option<String>,
) -> Draft {
    let mut to = vec![of.author.office.clone()];
    for recipient in &of.recipients {
        if recipient.office != from && !to.contains(&recipient.office) {
            to.push(recipient.office.clone());
        }
    }
    to.retain(|office| *office != from);
    Draft {
        content: Content::Step(Step {
            of: id,
            step,
            officer: officer.clone(),
            note,
        }),
        from,
        to,
        urgency: of.urgency,
        urgency_reason: None,
        handling: of.handling.clone(),
        case: of.case.clone(),
        parents: vec![id],
        reply_by: None,
        expires_in_s: None,
        exercise: of.exercise.clone(),
        attachments: Vec::new(),
        officer,
    }
}
