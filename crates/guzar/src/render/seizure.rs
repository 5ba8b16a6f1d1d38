//! A seizure: what, how much, by which test, and where it was hidden.

use model::seizure::{Concealment, Item, Packages, Seizure};

use crate::render::clean;
use crate::render::page::Page;
use crate::render::parts;
use crate::render::words::Words;

pub(crate) fn seizure(page: &mut Page, words: Words<'_>, seizure: &Seizure) {
    let version = seizure.version.to_string();
    let event = clean::line(&seizure.event);
    let head = [("event", &*event), ("version", &*version)];
    page.line(
        2,
        &format!(
            "{} {}",
            words.language.fill("seizure.head", &head),
            words.label("seizure-status", &seizure.status)
        ),
    );
    page.field(2, words.text("field.at"), &parts::occurred(&seizure.at));
    page.field(2, words.text("field.place"), &parts::place(&seizure.place));
    if !seizure.agencies.is_empty() {
        let agencies = clean::line(&seizure.agencies.join(", "));
        page.field(2, words.text("field.agency"), &agencies);
    }
    if seizure.joint {
        page.line(2, words.text("seizure.joint"));
    }
    let rows: Vec<Vec<String>> = seizure.items.iter().map(|item| row(words, item)).collect();
    page.rows(4, &rows);
    if let Some(total) = &seizure.total {
        page.field(2, words.text("field.total"), &words.quantity(total));
    }
    if let Some(all) = &seizure.packages {
        page.field(2, words.text("field.packages"), &packages(words, all));
    }
    if let Some(trigger) = &seizure.trigger {
        let label = words.label("trigger", trigger);
        page.field(2, words.text("field.trigger"), &label);
    }
    if let Some(hidden) = &seizure.concealment {
        page.field(
            2,
            words.text("field.concealment"),
            &concealment(words, hidden),
        );
    }
    parts::conveyances(page, words, &seizure.conveyances);
    if let Some(route) = &seizure.route {
        page.field(2, words.text("field.corridor"), &parts::corridor(route));
    }
    parts::persons(page, words, &seizure.persons);
    parts::optional(
        page,
        words,
        "field.case_opened",
        seizure.case_opened.as_deref(),
    );
    if let Some(corrects) = seizure.corrects {
        page.field(2, words.text("field.corrects"), &corrects.short());
    }
    parts::optional(page, words, "field.text", seizure.text.as_deref());
}

fn row(words: Words<'_>, item: &Item) -> Vec<String> {
    let mut more = vec![
        words.label("weighing", &item.weighing),
        words.label("basis", &item.basis),
    ];
    more.extend(item.form.as_ref().map(|form| words.label("form", form)));
    more.extend(item.packages.as_ref().map(|all| packages(words, all)));
    if let Some(value) = &item.value {
        let market = value.market.as_deref().map(clean::line);
        let market = market.map(|market| format!(" ({market})"));
        more.push(format!(
            "{} {}{}",
            value.amount,
            clean::line(&value.currency),
            market.unwrap_or_default()
        ));
    }
    vec![
        words.label("substance", &item.substance),
        words.quantity(&item.quantity),
        more.join(", "),
    ]
}

fn packages(words: Words<'_>, packages: &Packages) -> String {
    let mut parts = vec![packages.count.to_string()];
    parts.extend(
        packages
            .kind
            .as_ref()
            .map(|kind| words.label("package", kind)),
    );
    parts.extend(packages.colour.as_deref().map(clean::line));
    parts.extend(packages.marks.as_deref().map(clean::line));
    parts.join(" ")
}

fn concealment(words: Words<'_>, hidden: &Concealment) -> String {
    let mut parts = vec![words.label("concealment", &hidden.place)];
    parts.extend(
        hidden
            .method
            .as_ref()
            .map(|method| words.label("concealment-method", method)),
    );
    parts.extend(hidden.words.as_deref().map(clean::line));
    parts.join(", ")
}
