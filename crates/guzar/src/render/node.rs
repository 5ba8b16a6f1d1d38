//! How the node stands: status, links, findings, acts, files that were written.

use std::path::Path;

use node::api::{ActLine, BundleDone, Check, Event, Status};
use node::link::status::LinkStatus;

use crate::render::clean;
use crate::render::page::Page;
use crate::render::time;
use crate::render::words::{self, Words};

pub(crate) fn status(words: Words<'_>, status: &Status, running: bool) -> String {
    let mut page = Page::new();
    page.mark(words.mark(status.exercise_network));
    let state = words.text(if running {
        "status.running"
    } else {
        "status.not_running"
    });
    page.line(
        0,
        &format!("{}  guzar {}  {state}", status.node, status.version),
    );
    page.field(
        2,
        words.text("field.network"),
        &clean::line(&status.network),
    );
    let offices: Vec<String> = status.offices.iter().map(ToString::to_string).collect();
    page.field(2, words.text("field.offices"), &offices.join(", "));
    if status.relay {
        page.line(2, words.text("status.relay"));
    }
    if !status.listening.is_empty() {
        let listening = status.listening.join(", ");
        page.field(2, words.text("field.listening"), &listening);
    }
    let counts = [
        ("field.acts", status.acts.to_string()),
        ("field.dispatches", status.dispatches.to_string()),
        ("field.quarantine", status.quarantine.to_string()),
        ("field.disk", words::size(status.disk_bytes)),
    ];
    for (label, value) in counts {
        page.field(2, words.text(label), &value);
    }
    if let Some(rss) = status.rss_bytes {
        page.field(2, words.text("field.memory"), &words::size(rss));
    }
    let waiting: Vec<String> = status
        .waiting
        .iter()
        .map(|(node, count)| format!("{node} {count}"))
        .collect();
    if !waiting.is_empty() {
        page.field(2, words.text("field.waiting"), &waiting.join(", "));
    }
    page.finish()
}

pub(crate) fn checks(words: Words<'_>, checks: &[Check]) -> String {
    let mut page = Page::new();
    let rows: Vec<Vec<String>> = checks
        .iter()
        .map(|check| {
            let verdict = words.text(if check.ok {
                "doctor.good"
            } else {
                "doctor.bad"
            });
            vec![
                verdict.to_owned(),
                check.check.clone(),
                clean::line(&check.detail),
            ]
        })
        .collect();
    page.rows(0, &rows);
    page.finish()
}

pub(crate) fn acts(words: Words<'_>, acts: &[ActLine]) -> String {
    let mut page = Page::new();
    if acts.is_empty() {
        page.line(0, words.text("list.empty"));
    }
    let rows: Vec<Vec<String>> = acts
        .iter()
        .map(|act| {
            vec![
                act.position.to_string(),
                act.id.short(),
                act.kind.clone(),
                clean::line(&act.summary),
            ]
        })
        .collect();
    page.rows(0, &rows);
    page.finish()
}

pub(crate) fn saved(words: Words<'_>, file: &Path, bytes: u64) -> String {
    let file = file.display().to_string();
    let size = words::size(bytes);
    words
        .language
        .fill("file.saved", &[("file", &file), ("size", &size)])
}

pub(crate) fn bundle(words: Words<'_>, done: &BundleDone, imported: bool) -> String {
    let mut page = Page::new();
    let file = done.file.display().to_string();
    let key = if imported {
        "bundle.imported"
    } else {
        "bundle.exported"
    };
    let size = words::size(done.bytes);
    page.line(
        0,
        &words
            .language
            .fill(key, &[("file", &file), ("size", &size)]),
    );
    let counts = [
        ("field.dispatches", done.dispatches),
        ("field.receipts", done.receipts),
        ("field.acts", done.acts),
    ];
    for (label, count) in counts {
        page.field(2, words.text(label), &count.to_string());
    }
    if done.attachment_bytes > 0 {
        let size = words::size(done.attachment_bytes);
        page.field(2, words.text("field.attachment_bytes"), &size);
    }
    if imported {
        page.field(2, words.text("field.repeated"), &done.repeated.to_string());
    }
    for (code, count) in &done.refused {
        let reason = words.language.word("refused", code);
        let label = words.text("field.refused");
        page.field(2, label, &format!("{count}, {}", clean::line(&reason)));
    }
    page.finish()
}

pub(crate) fn links(words: Words<'_>, links: &[LinkStatus], running: bool) -> String {
    let mut page = Page::new();
    if !running {
        page.line(0, words.text("links.not_running"));
        return page.finish();
    }
    if links.is_empty() {
        page.line(0, words.text("list.empty"));
    }
    let rows: Vec<Vec<String>> = links.iter().map(|link| row(words, link)).collect();
    page.rows(0, &rows);
    page.finish()
}

fn row(words: Words<'_>, link: &LinkStatus) -> Vec<String> {
    let state = words.text(if link.up { "links.up" } else { "links.down" });
    vec![link.peer.to_string(), state.to_owned(), String::new()]
}

/// One line.
pub(crate) fn event(words: Words<'_>, event: &Event) -> String {
    let text = |key: &str| words.text(key).to_owned();
    match event {
        Event::Received { id, at, kind, lane } => format!(
            "{}  {}  {}  {}  {}",
            time::utc(*at),
            text("event.received"),
            id.short(),
            words.kind(*kind),
            words.lane(*lane)
        ),
        Event::Receipted {
            id,
            at,
            node,
            verdict,
        } => format!(
            "{}  {}  {}  {node}  {}",
            time::utc(*at),
            text("event.receipted"),
            id.short(),
            clean::line(&words.language.word("verdict", verdict))
        ),
        Event::Progress {
            of,
            at,
            office,
            step,
        } => format!(
            "{}  {}  {}  {office}  {}",
            time::utc(*at),
            text("event.progress"),
            of.short(),
            clean::line(&words.step(step))
        ),
        Event::Link { node, at, up } => format!(
            "{}  {}  {node}  {}",
            time::utc(*at),
            text("event.link"),
            text(if *up { "links.up" } else { "links.down" })
        ),
        Event::Attachment {
            id,
            at,
            have,
            size,
            state,
        } => format!(
            "{}  {}  {}  {}/{}  {}",
            time::utc(*at),
            text("event.attachment"),
            id.short(),
            words::size(*have),
            words::size(*size),
            clean::line(&words.language.word("attachment", state))
        ),
        Event::Missed { count } => words
            .language
            .fill("event.missed", &[("count", &count.to_string())]),
    }
}
