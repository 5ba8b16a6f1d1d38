//! Inbox and outbox: newest first, a few lines each.

use node::api::{DeliveryLine, Line, ProgressLine};

use crate::render::clean;
use crate::render::page::Page;
use crate::render::time;
use crate::render::words::Words;

/// A list of dispatches, times by UTC and by the clock of this zone.
pub(crate) fn list(words: Words<'_>, items: &[Line], zone: &str) -> String {
    let mut page = Page::new();
    if items.is_empty() {
        page.line(0, words.text("list.empty"));
    }
    for item in items {
        page.mark(words.mark(item.exercise));
        head(&mut page, words, item, zone);
        deliveries(&mut page, words, &item.deliveries);
        progress(&mut page, words, &item.progress);
    }
    page.finish()
}

fn head(page: &mut Page, words: Words<'_>, item: &Line, zone: &str) {
    page.line(
        0,
        &format!(
            "{}  {}  {}  {}",
            item.reference,
            words.kind(item.kind),
            words.lane(item.lane),
            item.id.short()
        ),
    );
    page.line(
        2,
        &format!("{}  {}", item.author, time::instant(item.created, zone)),
    );
    if let Some(reply_by) = item.reply_by {
        page.field(
            2,
            words.text("field.reply_by"),
            &time::instant(reply_by, zone),
        );
    }
    if let Some(case) = &item.case {
        page.field(2, words.text("field.case"), case.as_str());
    }
}

/// Where each delivery stands.
pub(crate) fn deliveries(page: &mut Page, words: Words<'_>, deliveries: &[DeliveryLine]) {
    let rows: Vec<Vec<String>> = deliveries
        .iter()
        .map(|delivery| {
            let mut state = words.state(delivery.state);
            if let Some(detail) = &delivery.detail {
                let detail = words.language.word("detail", detail);
                state = format!("{state}: {}", clean::line(&detail));
            }
            vec![
                delivery.office.to_string(),
                format!("{state}, {}", time::utc(delivery.since)),
            ]
        })
        .collect();
    page.rows(4, &rows);
}

/// Who did what with it.
pub(crate) fn progress(page: &mut Page, words: Words<'_>, progress: &[ProgressLine]) {
    let rows: Vec<Vec<String>> = progress
        .iter()
        .map(|line| {
            vec![
                line.office.to_string(),
                format!(
                    "{}, {} [{}]",
                    words.step(&line.step),
                    time::utc(line.at),
                    line.by.short()
                ),
            ]
        })
        .collect();
    page.rows(4, &rows);
}
