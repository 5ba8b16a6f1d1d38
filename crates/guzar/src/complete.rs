//! Completes a draft: the office that speaks, names of dispatches as ids, and what an answer takes over from
//! the dispatch that it answers. `follows` names a dispatch that a draft belongs to without answering it. Nothing
//! that was typed is changed.

use model::address::Address;
use model::ids::DispatchId;
use model::lane::Urgency;
use node::api::{Item, Name, Request, Response};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::session::Session;

/// Fills in what the node knows.
pub(crate) async fn complete(
    context: &Context,
    session: &mut Session,
    draft: Value,
) -> Result<Value, Failed> {
    let Value::Object(mut draft) = draft else {
        return Err(Failed::input(problem("not_a_draft").field("draft")));
    };
    let offices = offices(session).await?;
    let mut of = None;
    for path in NAMES {
        let pointer = format!("/content/{path}");
        let mut whole = Value::Object(std::mem::take(&mut draft));
        if let Some(name) = whole.pointer_mut(&pointer) {
            let field = format!("content.{}", path.replace('/', "."));
            if let Some(item) = resolve(context, session, name, &field).await? {
                of.get_or_insert_with(|| (kind(path), item));
            }
        }
        if let Value::Object(map) = whole {
            draft = map;
        }
    }
    if let Some(mut name) = draft.remove("follows")
        && let Some(item) = resolve(context, session, &mut name, "follows").await?
    {
        of.get_or_insert(("note", item));
    }
    if let Some(Value::Array(parents)) = draft.get_mut("parents") {
        for (index, parent) in parents.iter_mut().enumerate() {
            resolve(context, session, parent, &format!("parents[{index}]")).await?;
        }
    }
    if let Some((kind, item)) = &of {
        inherit(&mut draft, kind, item, &offices);
    }
    fill_from(&mut draft, &offices)?;
    fill_defaults(&mut draft);
    Ok(Value::Object(draft))
}

/// Fields that name another dispatch, the answered one first.
const NAMES: [&str; 7] = [
    "reply/of",
    "action/of",
    "outcome/of",
    "correction/of",
    "recall/of",
    "outcome/credit/dispatch",
    "seizure/corrects",
];

fn kind(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

async fn offices(session: &mut Session) -> Result<Vec<Address>, Failed> {
    match session.ask(&Request::Status).await? {
        Response::Status(status) => Ok(status.offices),
        other => Err(unexpected(&other)),
    }
}

/// Replaces a reference or the first digits of an id by the id, and returns the dispatch.
async fn resolve(
    context: &Context,
    session: &mut Session,
    name: &mut Value,
    field: &str,
) -> Result<Option<Item>, Failed> {
    // A value of another shape is for the parser to refuse.
    let Value::String(text) = name else {
        return Ok(None);
    };
    let request = Request::Show {
        name: Name(text.clone()),
        officer: context.officer.clone(),
        reason: Some("answer".to_owned()),
    };
    match session.ask(&request).await {
        Ok(Response::Item(item)) => {
            *name = Value::from(item.line.id.to_string());
            Ok(Some(*item))
        }
        Ok(other) => Err(unexpected(&other)),
        // A correction of what another node holds is the sender's business: a whole id needs no look-up.
        Err(failed) if failed.class == Class::NotFound && text.parse::<DispatchId>().is_ok() => {
            Ok(None)
        }
        Err(mut failed) => {
            for problem in &mut failed.problems {
                problem.field.get_or_insert_with(|| field.to_owned());
            }
            Err(failed)
        }
    }
}

/// An answer goes back to the author; a correction or a recall to everybody who got the first.
fn inherit(draft: &mut Map<String, Value>, kind: &str, item: &Item, offices: &[Address]) {
    let statement = &item.statement;
    let own = matches!(kind, "correction" | "recall") || offices.contains(&statement.author.office);
    let mut put = |name: &str, value: Value| {
        draft.entry(name).or_insert(value);
    };
    if own {
        put("from", json!(statement.author.office));
        let to: Vec<&Address> = statement
            .recipients
            .iter()
            .map(|recipient| &recipient.office)
            .filter(|office| **office != statement.author.office)
            .collect();
        put("to", json!(to));
    } else {
        let hosted = |recipient: &&model::dispatch::Recipient| offices.contains(&recipient.office);
        let recipients = &statement.recipients;
        let office = recipients
            .iter()
            .find(|recipient| !recipient.copy && hosted(recipient))
            .or_else(|| recipients.iter().find(hosted));
        if let Some(office) = office {
            put("from", json!(office.office));
        }
        put("to", json!([statement.author.office]));
    }
    // FLASH wants a reason of its own; an answer to one is at least urgent.
    let urgency = match statement.urgency {
        Urgency::Flash => Urgency::Priority,
        other => other,
    };
    put("urgency", json!(urgency));
    if let Some(case) = &statement.case {
        put("case", json!(case));
    }
    if let Some(exercise) = &statement.exercise {
        put("exercise", json!(exercise));
    }
    put("parents", json!([item.line.id]));
    let Some(handling) = draft
        .entry("handling")
        .or_insert_with(|| json!({}))
        .as_object_mut()
    else {
        return;
    };
    let first = &statement.handling;
    handling.entry("code").or_insert(json!(first.code));
    handling.entry("purpose").or_insert(json!(first.purpose));
    if let Some(public_from) = first.public_from {
        handling.entry("public_from").or_insert(json!(public_from));
    }
}

/// The one office speaks, unless `--as` names one of its desks.
fn fill_from(draft: &mut Map<String, Value>, hosted: &[Address]) -> Result<(), Failed> {
    if draft.contains_key("from") {
        return Ok(());
    }
    let offices: Vec<&Address> = hosted.iter().filter(|one| one.desk.is_none()).collect();
    match offices.as_slice() {
        [office] => {
            draft.insert("from".to_owned(), json!(office));
            Ok(())
        }
        [] => Err(Failed::input(problem("no_office_here").field("from"))),
        _ => {
            let hosted: Vec<String> = hosted.iter().map(ToString::to_string).collect();
            Err(Failed::input(
                problem("which_office")
                    .field("from")
                    .arg("hosted", hosted.join(", ")),
            ))
        }
    }
}

/// The cautious way, where nothing was said.
fn fill_defaults(draft: &mut Map<String, Value>) {
    let purpose = if draft.contains_key("exercise") {
        "exercise"
    } else {
        "crime-detection"
    };
    draft.entry("to").or_insert_with(|| json!([]));
    draft.entry("urgency").or_insert_with(|| json!("ROUTINE"));
    let handling = draft.entry("handling").or_insert_with(|| json!({}));
    if let Some(handling) = handling.as_object_mut() {
        handling
            .entry("code")
            .or_insert_with(|| json!("originator-consent"));
        handling.entry("purpose").or_insert_with(|| json!(purpose));
    }
}

/// An answer of another kind: the two sides are of different versions.
pub(crate) fn unexpected(response: &Response) -> Failed {
    let text = format!("{response:?}");
    let name: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    Failed::one(
        Class::Broken,
        problem("unexpected_answer").arg("what", name),
    )
}
