//! Steps: small dispatches that say what an office did with one that it received.

use model::step::StepKind;
use node::api::{Name, Request, Response};

use crate::context::Context;
use crate::failed::Failed;
use crate::render::sent::sent;
use crate::session::Session;

/// Takes one step, and prints the dispatch that tells the others.
pub(super) async fn take(
    context: &Context,
    name: String,
    step: StepKind,
    note: Option<String>,
) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let request = Request::Step {
        of: Name(name),
        step,
        officer: context.officer.clone(),
        note,
    };
    let answer = session.ask(&request).await;
    let carried = session.is_running();
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Sent(answer) => sent(words, answer, None, carried),
        other => format!("{other:?}"),
    })
}
