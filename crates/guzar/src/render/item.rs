//! The whole of one dispatch.

use model::dispatch::Statement;
use node::api::{AttachmentLine, Item};

use crate::render::clean;
use crate::render::content::content;
use crate::render::list;
use crate::render::page::Page;
use crate::render::time;
use crate::render::words::{self, Words};

/// Times by UTC and by the author's place.
pub(crate) fn item(words: Words<'_>, item: &Item) -> String {
    let statement = &item.statement;
    let zone = &statement.zone;
    let mut page = Page::new();
    page.mark(words.mark(statement.exercise.is_some()));
    head(&mut page, words, item);
    recipients(&mut page, words, statement);
    page.blank();
    content(&mut page, words, &item.content, zone);
    attachments(&mut page, words, &item.attachments);
    page.blank();
    follow_up(&mut page, words, item);
    page.finish()
}

fn head(page: &mut Page, words: Words<'_>, item: &Item) {
    let statement = &item.statement;
    let zone = &statement.zone;
    page.line(
        0,
        &format!(
            "{}  {}  {}",
            statement.reference,
            words.kind(statement.kind),
            words.urgency(statement.urgency)
        ),
    );
    if let Some(exercise) = &statement.exercise {
        page.field(2, words.text("field.exercise"), &clean::line(exercise));
    }
    page.field(2, words.text("field.id"), &item.line.id.to_string());
    let officer = statement.author.officer.as_ref();
    let officer = officer.map(|officer| format!(", {officer}"));
    page.field(
        2,
        words.text("field.author"),
        &format!("{}{}", statement.author.office, officer.unwrap_or_default()),
    );
    let instants = [
        ("field.created", Some(statement.created)),
        ("field.stored", Some(item.line.stored)),
        ("field.reply_by", statement.reply_by),
        ("field.expires", Some(statement.expires)),
        ("field.public_from", statement.handling.public_from),
    ];
    for (label, at) in instants {
        if let Some(at) = at {
            page.field(2, words.text(label), &time::instant(at, zone));
        }
    }
    if let Some(offset) = item
        .clock_offset_ms
        .filter(|offset| offset.abs() > OFFSET_WORTH_A_LINE_MS)
    {
        let seconds = (offset / 1_000).to_string();
        page.line(
            2,
            &words.language.fill("item.late", &[("seconds", &seconds)]),
        );
    }
    page.field(
        2,
        words.text("field.handling"),
        &format!(
            "{}; {}",
            words.label("handling", &statement.handling.code),
            words.label("purpose", &statement.handling.purpose)
        ),
    );
    if let Some(case) = &statement.case {
        page.field(2, words.text("field.case"), case.as_str());
    }
    for parent in &statement.parents {
        page.field(2, words.text("field.parent"), &parent.short());
    }
}

fn recipients(page: &mut Page, words: Words<'_>, statement: &Statement) {
    page.line(2, words.text("item.recipients"));
    for recipient in &statement.recipients {
        let copy = if recipient.copy {
            format!("  ({})", words.text("item.copy"))
        } else {
            String::new()
        };
        page.line(4, &format!("{}{copy}", recipient.office));
    }
}

fn attachments(page: &mut Page, words: Words<'_>, attachments: &[AttachmentLine]) {
    if attachments.is_empty() {
        return;
    }
    page.line(2, words.text("item.attachments"));
    let rows: Vec<Vec<String>> = attachments
        .iter()
        .map(|line| {
            let mut state = words.language.word("attachment", &line.state);
            if line.state == "wanted" {
                let percent = percent(line.have, line.sealed_size);
                state = format!("{state} {percent} %");
            }
            vec![
                line.id.short(),
                words::size(line.size),
                state,
                clean::line(&line.name),
            ]
        })
        .collect();
    page.rows(4, &rows);
}

/// Deliveries, steps, receipts and dispatches that came of it.
fn follow_up(page: &mut Page, words: Words<'_>, item: &Item) {
    list::deliveries(page, words, &item.line.deliveries);
    list::progress(page, words, &item.line.progress);
    for receipt in &item.receipts {
        let verdict = words.language.word("verdict", &receipt.verdict);
        page.line(
            4,
            &format!(
                "{} {}: {}, {}",
                words.text("item.receipt"),
                receipt.node,
                clean::line(&verdict),
                time::utc(receipt.at)
            ),
        );
    }
    for child in &item.children {
        page.line(
            4,
            &format!("{} {}", words.text("item.child"), child.short()),
        );
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    let part = u128::from(part).saturating_mul(100);
    let percent = part.checked_div(u128::from(whole)).unwrap_or(100);
    u64::try_from(percent).unwrap_or(100)
}

/// Less is the way and the machine.
const OFFSET_WORTH_A_LINE_MS: i64 = 60_000;
