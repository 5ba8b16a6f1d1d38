//! Nothing is up: the warning crosses on a memory stick, and the stick brings receipt and acceptance back.

use anyhow::bail;
use model::delivery::DeliveryState;
use model::ids::NodeId;
use model::step::StepKind;
use node::api::{BundleDone, Request, Response};
use node::config::Config;
use serde_json::{Value, json};

use super::{DUSTI, SARIOSIYO, references};
use crate::demo::paper::{content, draft, with};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(stage: &mut Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("bundle")?;
    let sender = stage.network.node_of(&SARIOSIYO.parse()?)?.clone();
    let recipient = stage.network.node_of(&DUSTI.parse()?)?.clone();
    restart(stage, [&sender, &recipient], without_links).await?;

    story.begin("waits");
    let sent = stage.send(warning()).await?;
    let line = stage
        .reached(SARIOSIYO, sent.id, DeliveryState::Queued)
        .await?;
    let moved = line
        .deliveries
        .iter()
        .any(|delivery| delivery.state != DeliveryState::Queued);
    check(!moved, || "something got out without a link".to_owned())?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;

    story.begin("on_the_stick");
    let out = export(stage, &sender, &recipient, "there").await?;
    equal("dispatches on the stick", &out.dispatches, &1)?;
    story.done(&Facts::bytes(out.bytes))?;

    story.begin("taken_in");
    import(stage, &recipient, "there").await?;
    stage.arrived(DUSTI, sent.id).await?;
    let item = stage.show(DUSTI, sent.id).await?;
    let typed = content(&warning())?;
    equal("the warning", &item.content, &typed)?;
    stage.step(DUSTI, sent.id, StepKind::Accepted).await?;
    story.done(&Facts::default())?;

    story.begin("brought_back");
    export(stage, &recipient, &sender, "back").await?;
    import(stage, &sender, "back").await?;
    let line = stage
        .reached_at(SARIOSIYO, sent.id, DeliveryState::Accepted, DUSTI)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;

    story.begin("twice_is_once");
    let before = references(stage, SARIOSIYO).await?;
    let again = import(stage, &sender, "back").await?;
    equal("new dispatches", &again.dispatches, &0)?;
    check(again.repeated > 0, || {
        "nothing was known as repeated".to_owned()
    })?;
    equal(
        "what was sent",
        &references(stage, SARIOSIYO).await?,
        &before,
    )?;
    story.done(&Facts::default())?;

    story.begin("links_are_back");
    restart(stage, [&sender, &recipient], |_| {}).await?;
    let line = stage
        .reached(SARIOSIYO, sent.id, DeliveryState::Delivered)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

fn warning() -> Value {
    let alert = json!({ "alert": {
        "crime": "drugs",
        "subject": "consignment",
        "asked": "check",
        "text": "Связи нет, передаём на носителе: проверьте груз пряжи.",
        "language": "ru",
    }});
    let draft = draft(SARIOSIYO, &[DUSTI], "FLASH", alert);
    with(draft, json!({ "urgency_reason": "at-the-crossing" }))
}

async fn restart(
    stage: &mut Stage,
    nodes: [&NodeId; 2],
    change: fn(&mut Config),
) -> anyhow::Result<()> {
    for node in nodes {
        stage.stop(node).await?;
    }
    for node in nodes {
        stage.start(node, change).await?;
    }
    Ok(())
}

fn without_links(config: &mut Config) {
    config.listen.clear();
    config.dial.clear();
}

async fn export(
    stage: &Stage,
    from: &NodeId,
    to: &NodeId,
    name: &str,
) -> anyhow::Result<BundleDone> {
    let request = Request::BundleExport {
        file: stick(stage, name),
        nodes: vec![to.clone()],
    };
    done(stage.ask(from, &request).await?)
}

async fn import(stage: &Stage, node: &NodeId, name: &str) -> anyhow::Result<BundleDone> {
    let request = Request::BundleImport {
        file: stick(stage, name),
    };
    let done = done(stage.ask(node, &request).await?)?;
    check(done.refused.is_empty(), || {
        format!("refused: {:?}", done.refused)
    })?;
    equal("where the stick is broken", &done.broken_at, &None)?;
    Ok(done)
}

fn done(response: Response) -> anyhow::Result<BundleDone> {
    match response {
        Response::Bundle(done) => Ok(done),
        other => bail!("no bundle: {other:?}"),
    }
}

fn stick(stage: &Stage, name: &str) -> std::path::PathBuf {
    stage.network.dir.join(format!("{name}.guzar-bundle"))
}
