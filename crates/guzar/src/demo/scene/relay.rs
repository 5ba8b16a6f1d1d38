//! The direct link is cut: the warning goes through the regional centre's relay, which cannot read it. Sender and
//! recipient are never up together, so there is no other way.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::delivery::DeliveryState;
use model::ids::DispatchId;
use serde_json::{Value, json};

use super::{FOTEHOBOD, OYBEK, attachment};
use crate::demo::network::CENTRE;
use crate::demo::paper::{content, draft, with};
use crate::demo::stage::{Stage, until};
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(stage: &mut Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("relay")?;
    let sender = stage.network.node_of(&OYBEK.parse()?)?.clone();
    let recipient = stage.network.node_of(&FOTEHOBOD.parse()?)?.clone();

    story.begin("in_custody");
    stage.stop(&recipient).await?;
    let file = stage.network.dir.join("list.txt");
    let list = format!("{IN_THE_FILE}\n").repeat(2_000);
    std::fs::write(&file, &list)?;
    let sent = stage.send(warning(&file)).await?;
    let line = stage
        .reached_at(OYBEK, sent.id, DeliveryState::Relayed, FOTEHOBOD)
        .await?;
    let attached = stage.show(OYBEK, sent.id).await?.attachments;
    let attached = attached.first().context("the file is not attached")?.id;
    let relay = stage.network.place(&CENTRE.parse()?)?.home.clone();
    let whole = relay.join("store/attachments").join(attached.to_string());
    until("the relay has the whole file", || async {
        Ok(whole.exists().then_some(()))
    })
    .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;

    story.begin("cannot_read");
    let bytes = nothing_readable(&relay, sent.id)?;
    story.done(&Facts::bytes(bytes))?;

    story.begin("carried");
    stage.stop(&sender).await?;
    stage.start(&recipient, |_| {}).await?;
    stage.arrived(FOTEHOBOD, sent.id).await?;
    read_at_recipient(stage, sent.id, &file).await?;
    let saved = attachment::save(stage, FOTEHOBOD, sent.id).await?;
    check(saved == list.as_bytes(), || {
        "the file that arrived is another".to_owned()
    })?;
    story.done(&Facts::bytes(u64::try_from(saved.len())?))?;

    story.begin("receipted");
    stage.start(&sender, |_| {}).await?;
    let line = stage
        .reached(OYBEK, sent.id, DeliveryState::Delivered)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

fn warning(file: &Path) -> Value {
    let alert = json!({ "alert": {
        "crime": "drugs",
        "subject": "vehicle",
        "asked": "search",
        "text": IN_THE_TEXT,
        "language": "ru",
        "conveyances": [{ "kind": "truck", "plate": PLATE, "country": "UZ" }],
    }});
    with(
        draft(OYBEK, &[FOTEHOBOD], "FLASH", alert),
        json!({ "urgency_reason": "lane-waiting", "attachments": [file] }),
    )
}

async fn read_at_recipient(stage: &Stage, id: DispatchId, file: &Path) -> anyhow::Result<()> {
    let item = stage.show(FOTEHOBOD, id).await?;
    let typed = content(&warning(file))?;
    equal("the warning", &item.content, &typed)
}

/// Looks through every file of the relay's home, byte by byte, for the words of the warning and of its attachment. That
/// it looks where the dispatch lies is shown by its id, which must be there. Gives the bytes read.
fn nothing_readable(home: &Path, id: DispatchId) -> anyhow::Result<u64> {
    let mut files = Vec::new();
    list(home, &mut files)?;
    let mut bytes = 0_u64;
    let mut is_there = false;
    for file in files {
        let content = std::fs::read(&file)?;
        bytes = bytes.saturating_add(u64::try_from(content.len())?);
        is_there |= holds(&content, id.as_bytes());
        for word in [IN_THE_TEXT, IN_THE_FILE, PLATE] {
            check(!holds(&content, word.as_bytes()), || {
                format!(
                    "the relay can read {word:?}: it stands in {}",
                    file.display()
                )
            })?;
        }
    }
    check(is_there, || {
        "the dispatch is in no file of the relay".to_owned()
    })?;
    Ok(bytes)
}

/// Files under a folder; sockets are none.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn holds(content: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else {
        return true;
    };
    content
        .iter()
        .enumerate()
        .filter(|(_, byte)| *byte == first)
        .any(|(at, _)| content.get(at..).is_some_and(|rest| rest.starts_with(word)))
}

const IN_THE_TEXT: &str = "Грузовик стоит на полосе, под сиденьем свёртки.";
const IN_THE_FILE: &str = "Ведомость груза: сухофрукты, 412 мест.";
const PLATE: &str = "01 777 QQQ";

#[cfg(test)]
mod tests {
    use super::*;

    const ID: DispatchId = DispatchId::new([7; 32]);

    fn home(content: &[u8]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("store")).unwrap();
        std::fs::write(home.path().join("store/store.db-wal"), content).unwrap();
        home
    }

    #[test]
    fn a_word_in_any_file_is_found() {
        let mut content = vec![7; 40];
        assert_eq!(nothing_readable(home(&content).path(), ID).unwrap(), 40);

        content.extend(IN_THE_FILE.as_bytes());
        let found = nothing_readable(home(&content).path(), ID).unwrap_err();
        assert!(found.to_string().contains("store.db-wal"), "{found}");
    }

    #[test]
    fn a_search_where_the_dispatch_is_not_proves_nothing() {
        assert!(nothing_readable(home(&[7; 31]).path(), ID).is_err());
    }
}
