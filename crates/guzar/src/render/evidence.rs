//! What an evidence file proves.

use crate::commands::verify::Answer;
use crate::render::clean;
use crate::render::page::Page;
use crate::render::time;
use crate::render::words::Words;

pub(crate) fn verified(words: Words<'_>, answer: &Answer) -> String {
    let mut page = Page::new();
    page.mark(words.mark(answer.exercise));
    for check in &answer.checks {
        let verdict = words.text(if check.ok {
            "doctor.good"
        } else {
            "doctor.bad"
        });
        let (name, number) = check.check.split_once(' ').unwrap_or((&check.check, ""));
        let subject = words.language.word("check", name);
        let mut line = format!("{verdict}  {}", format!("{subject} {number}").trim_end());
        if let Some(detail) = &check.detail {
            line.push_str(": ");
            line.push_str(&clean::line(detail));
        }
        page.line(0, &line);
    }
    if let (true, Some(reference), Some(id)) = (answer.good, &answer.reference, answer.dispatch) {
        let id = id.to_string();
        page.line(
            0,
            &words
                .language
                .fill("verify.good", &[("reference", reference), ("id", &id)]),
        );
    }
    if let Some(author) = &answer.author {
        page.field(2, words.text("field.author"), &author.to_string());
    }
    if let Some(created) = answer.created {
        page.field(2, words.text("field.created"), &time::utc(created));
    }
    for receipt in &answer.receipts {
        let verdict = words.language.word("verdict", receipt.verdict);
        let line = format!("{}, {}, {verdict}", receipt.node, time::utc(receipt.at));
        page.field(2, words.text("item.receipt"), &line);
    }
    let exporter = format!("{}, {}", answer.exporter, time::utc(answer.made));
    page.field(2, words.text("verify.exporter"), &exporter);
    let network = clean::line(&answer.network);
    page.field(2, words.text("field.network"), &network);
    page.field(2, words.text("verify.network"), &answer.network_fingerprint);
    page.finish()
}
