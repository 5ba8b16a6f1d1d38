//! Content by its kind, as labelled lines. What an officer wrote stands as it was written.

use model::action::Action;
use model::alert::Alert;
use model::check_request::CheckRequest;
use model::content::Content;
use model::correction::Correction;
use model::outcome::Outcome;
use model::reply::Reply;

use crate::render::page::Page;
use crate::render::parts::{self, optional};
use crate::render::seizure::seizure;
use crate::render::time;
use crate::render::words::Words;

/// The content; instants by the clock of that zone too.
pub(crate) fn content(page: &mut Page, words: Words<'_>, content: &Content, zone: &str) {
    let coded = |page: &mut Page, label: &str, value: String| {
        page.field(2, words.text(label), &value);
    };
    match content {
        Content::Alert(alert) => self::alert(page, words, alert),
        Content::CheckRequest(request) => check_request(page, words, request),
        Content::Reply(reply) => self::reply(page, words, reply, zone),
        Content::Action(action) => self::action(page, words, action),
        Content::Outcome(outcome) => self::outcome(page, words, outcome),
        Content::Seizure(one) => seizure(page, words, one),
        Content::Note(note) => optional(page, words, "field.text", Some(&note.text)),
        Content::Correction(correction) => self::correction(page, words, correction),
        Content::Recall(recall) => {
            coded(page, "field.of", recall.of.short());
            coded(
                page,
                "field.reason",
                words.label("recall-reason", &recall.reason),
            );
            optional(page, words, "field.text", recall.text.as_deref());
        }
        Content::Step(step) => {
            coded(page, "field.of", step.of.short());
            coded(page, "field.step", words.step(step.step.code()));
            if let Some(officer) = &step.officer {
                coded(page, "field.officer", officer.to_string());
            }
            optional(page, words, "field.text", step.note.as_deref());
        }
        Content::PresenceChange(change) => {
            coded(
                page,
                "field.presence",
                words.label("presence", &change.presence),
            );
            if let Some(until) = change.until {
                coded(page, "field.until", time::instant(until, zone));
            }
            optional(page, words, "field.text", change.text.as_deref());
        }
        Content::RegisterActs(acts) => {
            coded(page, "field.acts", acts.len().to_string());
        }
    }
}

fn alert(page: &mut Page, words: Words<'_>, alert: &Alert) {
    let coded = [
        ("field.crime", "crime", &alert.crime),
        ("field.subject", "subject", &alert.subject),
        ("field.asked", "asked", &alert.asked),
    ];
    for (label, list, code) in coded {
        page.field(2, words.text(label), &words.label(list, code));
    }
    if let Some(corridor) = &alert.corridor {
        page.field(2, words.text("field.corridor"), &parts::corridor(corridor));
    }
    if let Some(window) = &alert.window {
        page.field(2, words.text("field.window"), &parts::window(words, window));
    }
    parts::conveyances(page, words, &alert.conveyances);
    parts::persons(page, words, &alert.persons);
    if let Some(grade) = &alert.source_grade {
        let label = words.label("source-grade", grade);
        page.field(2, words.text("field.source_grade"), &label);
    }
    optional(page, words, "field.text", alert.text.as_deref());
}

fn check_request(page: &mut Page, words: Words<'_>, request: &CheckRequest) {
    let crime = words.label("crime", &request.crime);
    page.field(2, words.text("field.crime"), &crime);
    optional(page, words, "field.question", Some(&request.question));
    parts::conveyances(page, words, &request.conveyances);
    parts::persons(page, words, &request.persons);
}

fn reply(page: &mut Page, words: Words<'_>, reply: &Reply, zone: &str) {
    page.field(2, words.text("field.of"), &reply.of.short());
    let result = words.label("reply", &reply.result);
    page.field(2, words.text("field.result"), &result);
    if let Some(ground) = &reply.ground {
        let label = words.label("refusal-ground", ground);
        page.field(2, words.text("field.ground"), &label);
    }
    if let Some(holding) = &reply.holding {
        let will = words.yes_no(holding.will_answer);
        page.field(2, words.text("field.will_answer"), will);
        optional(page, words, "field.how", holding.how.as_deref());
        if let Some(when) = holding.when {
            page.field(2, words.text("field.when"), &time::instant(when, zone));
        }
    }
    parts::persons(page, words, &reply.persons);
    optional(page, words, "field.text", reply.text.as_deref());
}

fn action(page: &mut Page, words: Words<'_>, action: &Action) {
    page.field(2, words.text("field.of"), &action.of.short());
    let done = words.label("action", &action.action);
    page.field(2, words.text("field.action"), &done);
    optional(page, words, "field.agency", action.agency.as_deref());
    if let Some(at) = &action.at {
        page.field(2, words.text("field.at"), &parts::occurred(at));
    }
    if let Some(place) = &action.place {
        page.field(2, words.text("field.place"), &parts::place(place));
    }
    optional(page, words, "field.text", action.text.as_deref());
}

fn outcome(page: &mut Page, words: Words<'_>, outcome: &Outcome) {
    if let Some(of) = outcome.of {
        page.field(2, words.text("field.of"), &of.short());
    }
    let result = words.label("outcome", &outcome.result);
    page.field(2, words.text("field.result"), &result);
    optional(page, words, "field.agency", outcome.agency.as_deref());
    if let Some(credit) = &outcome.credit {
        let share = credit
            .share
            .as_ref()
            .map(|share| format!(", {}", words.label("credit", share)));
        let text = format!("{}{}", credit.dispatch.short(), share.unwrap_or_default());
        page.field(2, words.text("field.credit"), &text);
    }
    optional(page, words, "field.text", outcome.text.as_deref());
    if let Some(one) = &outcome.seizure {
        seizure(page, words, one);
    }
}

fn correction(page: &mut Page, words: Words<'_>, correction: &Correction) {
    page.field(2, words.text("field.of"), &correction.of.short());
    let reason = words.label("correction-reason", &correction.reason);
    page.field(2, words.text("field.reason"), &reason);
    optional(page, words, "field.text", Some(&correction.text));
    if let Some(one) = &correction.seizure {
        seizure(page, words, one);
    }
}
