//! A scanner image goes beside the text: sealed, in ranges, and what is saved at the other end is what was attached.

use model::delivery::DeliveryState;
use model::ids::{AttachmentId, DispatchId};
use node::api::{Request, Response};
use serde_json::json;

use super::{FOTEHOBOD, OYBEK};
use crate::demo::paper::{draft, with};
use crate::demo::stage::{Stage, until};
use crate::demo::story::{Facts, Story, check};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("attachment")?;
    story.begin("sent");
    let mut image = vec![0; IMAGE_BYTES];
    aws_lc_rs::rand::fill(&mut image)?;
    let file = stage.network.dir.join("scan-0312.jpg");
    std::fs::write(&file, &image)?;
    let note = json!({ "note": { "text": "Снимок сканера, см. правый борт.", "language": "ru" } });
    let note = with(
        draft(OYBEK, &[FOTEHOBOD], "ROUTINE", note),
        json!({ "attachments": [&file] }),
    );
    let sent = stage.send(note).await?;
    let line = stage
        .reached(OYBEK, sent.id, DeliveryState::Delivered)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;

    story.begin("saved");
    let saved = save(stage, FOTEHOBOD, sent.id).await?;
    check(saved == image, || {
        format!(
            "{} bytes were attached, {} others saved",
            image.len(),
            saved.len()
        )
    })?;
    story.done(&Facts::bytes(u64::try_from(saved.len())?))
}

/// Waits for the one attachment of a dispatch, saves it as an officer does, and reads the file.
pub(super) async fn save(stage: &Stage, office: &str, id: DispatchId) -> anyhow::Result<Vec<u8>> {
    let what = format!("{office} has the whole file of {id}");
    let attachment: AttachmentId = until(&what, || async {
        let item = stage.show(office, id).await?;
        let mut attachments = item.attachments.into_iter();
        let whole = attachments.find(|attachment| attachment.state == "complete");
        Ok(whole.map(|attachment| attachment.id))
    })
    .await?;
    let file = stage.network.dir.join(format!("{attachment}.saved"));
    let request = Request::AttachmentSave {
        id: attachment,
        file: file.clone(),
        officer: None,
        reason: Some("demo".to_owned()),
    };
    let node = stage.network.node_of(&office.parse()?)?;
    match stage.ask(node, &request).await? {
        Response::Saved { .. } => Ok(std::fs::read(&file)?),
        other => anyhow::bail!("not saved: {other:?}"),
    }
}

const IMAGE_BYTES: usize = 3 << 20;
