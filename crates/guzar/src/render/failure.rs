//! Failures: what is wrong, what was kept, what to do next.

use std::collections::BTreeMap;

use node::api::Problem;
use serde::Serialize;

use crate::failed::{Failed, Kept};
use crate::language::Language;
use crate::render::clean;
use crate::render::page::Page;

/// For people, on standard error.
pub(crate) fn failure(language: &Language, failed: &Failed) -> String {
    let mut page = Page::new();
    page.line(
        0,
        &format!("guzar: {}", language.text(&class_key(failed, "says"))),
    );
    let mut nexts: Vec<String> = Vec::new();
    for problem in &failed.problems {
        let says = clean::block(&sentence(language, problem));
        match &problem.field {
            Some(field) => page.line(2, &format!("{}: {says}", clean::line(field))),
            None => page.line(2, &says),
        }
        let next = next(language, problem).map(|next| clean::block(&next));
        nexts.extend(next.filter(|next| !nexts.contains(next)));
    }
    match &failed.kept {
        Kept::Nothing => {}
        Kept::Draft(file) => {
            let file = file.display().to_string();
            page.line(0, &language.fill("kept.draft", &[("file", &file)]));
            nexts.push(language.fill("kept.draft_next", &[("file", &file)]));
        }
        Kept::Other(code) => page.line(0, &language.word("kept", code)),
    }
    if nexts.is_empty() {
        nexts.extend(language.find(&class_key(failed, "next")).map(str::to_owned));
    }
    for next in nexts {
        page.line(0, &format!("{} {next}", language.text("word.next")));
    }
    page.finish()
}

fn class_key(failed: &Failed, part: &str) -> String {
    format!("class.{}.{part}", failed.class.as_str())
}

/// One sentence; a code without one is shown with its values.
pub(crate) fn sentence(language: &Language, problem: &Problem) -> String {
    let key = format!("problem.{}.says", problem.code);
    if language.find(&key).is_some() {
        return language.fill(&key, &args(problem));
    }
    let args: Vec<String> = problem
        .args
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{} {}", problem.code, args.join(", "))
        .trim_end()
        .to_owned()
}

fn next(language: &Language, problem: &Problem) -> Option<String> {
    let key = format!("problem.{}.next", problem.code);
    language.find(&key)?;
    Some(language.fill(&key, &args(problem)))
}

fn args(problem: &Problem) -> Vec<(&str, &str)> {
    problem
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// For programs, on standard output. The keys are documented and stay.
#[derive(Debug, Serialize)]
pub(crate) struct FailedJson<'a> {
    answer: &'static str,
    class: &'static str,
    exit: u8,
    problems: Vec<ProblemJson<'a>>,
    /// `nothing`, `draft`, or a code of the node's own.
    kept: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
}

#[derive(Debug, Serialize)]
struct ProblemJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    code: &'a str,
    args: &'a BTreeMap<String, String>,
    /// The sentence in the chosen language.
    says: String,
}

impl<'a> FailedJson<'a> {
    pub(crate) fn new(language: &Language, failed: &'a Failed) -> Self {
        let (kept, draft) = match &failed.kept {
            Kept::Draft(file) => ("draft", Some(file.display().to_string())),
            Kept::Nothing => ("nothing", None),
            Kept::Other(code) => (code.as_str(), None),
        };
        Self {
            answer: "failed",
            class: failed.class.as_str(),
            exit: failed.class.exit_code(),
            problems: failed
                .problems
                .iter()
                .map(|problem| ProblemJson {
                    field: problem.field.as_deref(),
                    code: &problem.code,
                    args: &problem.args,
                    says: sentence(language, problem),
                })
                .collect(),
            kept,
            draft,
        }
    }
}
