//! Evidence of case 1: `guzar verify` needs nothing of ours to prove the file, and names the byte that was touched in an
//! altered copy.

use std::path::Path;

use anyhow::{Context as _, bail};
use node::api::{Name, Request, Response};
use serde_json::Value;

use super::alert::Loop;
use super::{FOTEHOBOD, OYBEK};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};
use crate::local::child::own_command;

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
        let proved = verify(&file).await?;
        check(proved.pointer("/good") == Some(&Value::Bool(true)), || {
            format!("the file proves nothing: {proved}")
        })?;
        let found = proved.pointer("/dispatch").and_then(Value::as_str);
        equal("dispatch", &found, &Some(id.to_string().as_str()))?;
        altered(&file).await?;
        story.done(&Facts::bytes(bytes))?;
    }
    Ok(())
}

/// One byte is changed in a copy: it is refused, and the byte named.
async fn altered(file: &Path) -> anyhow::Result<()> {
    let mut content = std::fs::read(file)?;
    let touched = content.len() / 3;
    let byte = content.get_mut(touched).context("the file is empty")?;
    *byte ^= 1;
    let copy = file.with_extension("altered");
    std::fs::write(&copy, content)?;
    let refused = verify(&copy).await?;
    let at = refused.pointer("/problems/0/args/at");
    equal(
        "the first byte touched",
        &at.and_then(Value::as_str),
        &Some(touched.to_string().as_str()),
    )
}

/// What `guzar verify` says of a file.
async fn verify(file: &Path) -> anyhow::Result<Value> {
    let mut command = own_command()?;
    command.arg("verify").arg(file).arg("--json");
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    serde_json::from_slice(&output.stdout).context("guzar verify gives no answer")
}
