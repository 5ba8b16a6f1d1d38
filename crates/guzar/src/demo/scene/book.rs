//! At the end the books agree: nothing waits, nothing lies in quarantine, and every node finds itself well.

use anyhow::bail;
use node::api::{Request, Response, Status};

use crate::demo::stage::{Stage, until};
use crate::demo::story::{Facts, Story, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("books")?;
    story.begin("agree");
    for node in stage.nodes() {
        let what = format!("nothing waits at {node}");
        let status: Status = until(&what, || async {
            match stage.ask(node, &Request::Status).await? {
                Response::Status(status) => Ok(status.waiting.is_empty().then_some(*status)),
                other => bail!("{node} has no status: {other:?}"),
            }
        })
        .await?;
        equal(&format!("in quarantine at {node}"), &status.quarantine, &0)?;
    }
    story.done(&Facts::default())?;

    story.begin("well");
    for node in stage.nodes() {
        // Whoever dials a node that was away a moment ago tries again by and by.
        until(&format!("{node} finds itself well"), || async {
            let checks = match stage.ask(node, &Request::Doctor).await? {
                Response::Doctor { checks } => checks,
                other => bail!("{node} has no findings: {other:?}"),
            };
            let well = !checks.is_empty() && checks.iter().all(|check| check.ok);
            Ok(well.then_some(()))
        })
        .await?;
    }
    story.done(&Facts::default())
}
