//! The scenes, in the order in which they are played.
//!
//! Incidents are as published, persons are invented. Where a report leaves something out, the draft leaves it out too,
//! or says so in words.

use model::delivery::DeliveryState;
use model::dispatch::Reference;
use node::api::Sent;
use serde_json::Value;

use crate::demo::paper;
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

mod alert;
mod attachment;
mod book;
mod bundle;
mod chain;
mod correction;
mod embargo;
mod evidence;
mod followup;
mod mandate;
mod relay;
mod seizure;

/// Plays all of them; the first check that does not hold ends the play.
pub(super) async fn play(stage: &mut Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    let loop_closed = alert::play(stage, story).await?;
    chain::play(stage, story).await?;
    seizure::play(stage, story).await?;
    correction::play(stage, story).await?;
    followup::play(stage, story).await?;
    mandate::play(stage, story).await?;
    embargo::play(stage, story).await?;
    attachment::play(stage, story).await?;
    evidence::play(stage, story, &loop_closed).await?;
    relay::play(stage, story).await?;
    bundle::play(stage, story).await?;
    book::play(stage, story).await
}

/// Sends, waits until everybody has it on disk, and reads it back from `readers`: what they have is what was typed.
async fn deliver(
    stage: &Stage,
    story: &mut Story<'_>,
    step: &'static str,
    draft: Value,
    readers: &[&str],
) -> anyhow::Result<Sent> {
    story.begin(step);
    let sender = paper::sender(&draft)?;
    let typed = paper::content(&draft)?;
    let sent = stage.send(draft).await?;
    let line = stage
        .reached(&sender, sent.id, DeliveryState::Delivered)
        .await?;
    for reader in readers {
        stage.arrived(reader, sent.id).await?;
        let item = stage.show(reader, sent.id).await?;
        equal(&format!("content at {reader}"), &item.content, &typed)?;
    }
    story.done(&Facts::of(&line.reference, &line.deliveries))?;
    Ok(sent)
}

/// A draft that must not go is refused for that reason, on that field, and nothing of it is kept.
async fn refuse(
    stage: &Stage,
    story: &mut Story<'_>,
    step: &'static str,
    draft: Value,
    (field, code): (&str, &str),
) -> anyhow::Result<()> {
    story.begin(step);
    let sender = paper::sender(&draft)?;
    let before = references(stage, &sender).await?;
    let failure = stage.refused(draft).await?;
    let named = failure
        .problems
        .iter()
        .any(|problem| problem.code == code && problem.field.as_deref() == Some(field));
    check(named, || {
        format!("no {code} on {field} in {:?}", failure.problems)
    })?;
    equal(
        "what was sent before",
        &references(stage, &sender).await?,
        &before,
    )?;
    story.done(&Facts::refusal(&failure))
}

async fn references(stage: &Stage, office: &str) -> anyhow::Result<Vec<Reference>> {
    let lines = stage.outbox(office, crate::demo::stage::all()).await?;
    Ok(lines.into_iter().map(|line| line.reference).collect())
}

const AYRITOM: &str = "UZ/CUSTOMS/AYRITOM";
const BOR_DOBO: &str = "KG/BORDER/BOR-DOBO";
const CENTRE: &str = "INT/CARICC/ALMATY";
const DOSTLIK: &str = "UZ/CUSTOMS/DOSTLIK";
const DOSTUK: &str = "KG/BORDER/DOSTUK";
const DUSTI: &str = "TJ/BORDER/DUSTI";
const FOTEHOBOD: &str = "TJ/CUSTOMS/FOTEHOBOD";
const KG_CENTRE: &str = "KG/BORDER/COORDINATION";
const KG_UNIT: &str = "KG/CNS/ANALYSIS";
const KONYSBAYEV: &str = "KZ/BORDER/KONYSBAYEV";
const KUDUKLI: &str = "UZ/CUSTOMS/KUDUKLI";
const KZ_CENTRE: &str = "KZ/BORDER/SITUATION";
const NIJNIY_PYANJ: &str = "TJ/BORDER/NIJNIY-PYANJ";
const OYBEK: &str = "UZ/CUSTOMS/OYBEK";
const PAKHTAOBOD: &str = "TJ/CUSTOMS/PAKHTAOBOD";
const SARIOSIYO: &str = "UZ/CUSTOMS/SARIOSIYO";
const TJ_UNIT: &str = "TJ/DCA/ANALYSIS";
const UZ_CENTRE: &str = "UZ/CUSTOMS/SITUATION";
const UZ_UNIT: &str = "UZ/NIACDC/ANALYSIS";
const YALLAMA: &str = "UZ/CUSTOMS/YALLAMA";
