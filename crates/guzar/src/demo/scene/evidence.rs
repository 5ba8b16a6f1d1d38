//! Evidence of case 1: a file that proves the result to somebody who has nothing of ours, and names the byte that was
//! touched in an altered copy.

use anyhow::{Context as _, bail};
use envelope::evidence::{EvidenceError, read};
use node::api::{Name, Request, Response};

use super::alert::Loop;
use super::{FOTEHOBOD, OYBEK};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(
    stage: &Stage,
    story: &mut Story<'_>,
    loop_closed: &Loop,
) -> anyhow::Result<()> {
    story.scene("evidence")?;
    for (step, office, id) in [
        ("alert", OYBEK, loop_closed.alert),
        ("result", FOTEHOBOD, loop_closed.result),
    ] {
        story.begin(step);
        let file = stage.network.dir.join(format!("{step}.gz-evidence"));
        let request = Request::EvidenceExport {
            name: Name(id.to_string()),
            file: file.clone(),
            officer: None,
            reason: "demo".to_owned(),
        };
        let node = stage.network.node_of(&office.parse()?)?;
        let bytes = match stage.ask(node, &request).await? {
            Response::Saved { bytes, .. } => bytes,
            other => bail!("not exported: {other:?}"),
        };
        let mut copy = std::fs::read(&file)?;
        read(&copy).context("the file proves nothing")?;
        let touched = copy.len() / 3;
        let byte = copy.get_mut(touched).context("the file is empty")?;
        *byte ^= 1;
        match read(&copy) {
            Err(EvidenceError::Touched(damage)) => {
                equal("the byte touched", &damage.at, &u64::try_from(touched)?)?;
            }
            other => check(false, || {
                format!("an altered copy was not found out: {other:?}")
            })?,
        }
        story.done(&Facts::bytes(bytes))?;
    }
    Ok(())
}
