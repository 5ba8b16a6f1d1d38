//! From a draft as JSON to a sealed dispatch. Whatever fails on the way, the draft stays as a file.

use std::path::PathBuf;

use model::draft::Draft;
use node::api::{Request, Response};
use serde_json::Value;

use crate::complete::complete;
use crate::context::Context;
use crate::draft::KeptDraft;
use crate::exit::Class;
use crate::failed::{Failed, Kept, ProblemExt as _, problem};
use crate::render::sent::sent;
use crate::session::{self, Session};

/// Where a draft came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file of the officer's own: it is left as it is.
    File(PathBuf),
    /// Flags or standard input: kept in a file before anything else is done.
    Typed,
}

/// Sends a draft, and prints what became of it.
pub(crate) async fn submit(context: &Context, draft: Value, source: &Source) -> Result<(), Failed> {
    // Without a home there is no place to keep anything, and nobody to send.
    session::config(context)?;
    let kept = match source {
        Source::File(file) => KeptDraft::find(&context.home, file),
        Source::Typed => Some(KeptDraft::write(&context.home, &draft, context.now())?),
    };
    let file = match (&kept, source) {
        (Some(kept), _) => Some(kept.file.clone()),
        (None, Source::File(file)) => Some(file.clone()),
        (None, Source::Typed) => None,
    };
    let token = kept.as_ref().map(KeptDraft::token);
    match Box::pin(send(context, draft, token)).await {
        Ok(()) => {
            if let Some(kept) = kept {
                kept.remove();
            }
            Ok(())
        }
        // Sent, but nobody could be told: the token keeps a second try harmless.
        Err(failed) => Err(match file {
            Some(file) => failed.keeping(Kept::Draft(file)),
            None => failed,
        }),
    }
}

async fn send(context: &Context, draft: Value, token: Option<String>) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let answer = Box::pin(ask(context, &mut session, draft, token)).await;
    let carried = session.is_running();
    session.close().await;
    let (response, exercise) = answer?;
    context.print(&response, |words| match &response {
        Response::Sent(answer) => sent(words, answer, words.mark(exercise), carried),
        other => format!("{other:?}"),
    })
}

async fn ask(
    context: &Context,
    session: &mut Session,
    draft: Value,
    token: Option<String>,
) -> Result<(Response, bool), Failed> {
    let draft = complete(context, session, draft).await?;
    let draft = parse(draft)?;
    let exercise = draft.exercise.is_some();
    let request = Request::Send {
        draft: Box::new(draft),
        token,
    };
    session
        .ask(&request)
        .await
        .map(|response| (response, exercise))
}

/// The first value that cannot be read, with the way to it.
pub(crate) fn parse(draft: Value) -> Result<Draft, Failed> {
    serde_path_to_error::deserialize(draft).map_err(|error| {
        let field = error.path().to_string();
        let field = if field == "." {
            "draft".to_owned()
        } else {
            field
        };
        let what = error.inner().to_string();
        Failed::one(
            Class::Input,
            problem("malformed").field(field).arg("what", what),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_value_is_named_by_its_way() {
        let draft = json!({
            "content": { "alert": {
                "crime": "drugs", "subject": "vehicle", "asked": "search",
                "window": { "earliest": "2024-13", "about": false, "zone": "Asia/Tashkent" },
            }},
            "from": "UZ/CUSTOMS/OYBEK",
            "to": ["TJ/CUSTOMS/FOTEHOBOD"],
            "urgency": "ROUTINE",
            "handling": { "code": "project-states", "purpose": "crime-detection" },
        });
        let failed = parse(draft).unwrap_err();

        assert_eq!(failed.class, Class::Input);
        assert_eq!(
            failed.problems[0].field.as_deref(),
            Some("content.alert.window.earliest")
        );
        assert!(failed.problems[0].args["what"].contains("2024-13"));
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let failed = parse(json!({ "conten": {} })).unwrap_err();
        assert!(failed.problems[0].args["what"].contains("conten"));
    }
}
