//! The network as the register has it.

use node::api::{CouplingLine, OfficeLine};

use crate::render::clean;
use crate::render::page::Page;
use crate::render::words::Words;

pub(crate) fn offices(words: Words<'_>, offices: &[OfficeLine]) -> String {
    let mut page = Page::new();
    if offices.is_empty() {
        page.line(0, words.text("list.empty"));
    }
    let rows: Vec<Vec<String>> = offices.iter().map(|line| office(words, line)).collect();
    page.rows(0, &rows);
    page.finish()
}

fn office(words: Words<'_>, line: &OfficeLine) -> Vec<String> {
    let lang = words.language.lang().to_string();
    let state = if !line.open {
        "register.closed"
    } else if line.reachable {
        "register.reachable"
    } else {
        "register.unreachable"
    };
    vec![
        line.address.to_string(),
        line.node
            .as_ref()
            .map_or_else(|| "-".to_owned(), ToString::to_string),
        words.text(state).to_owned(),
        clean::line(line.names.best(&lang)),
    ]
}

pub(crate) fn couplings(words: Words<'_>, couplings: &[CouplingLine]) -> String {
    let mut page = Page::new();
    if couplings.is_empty() {
        page.line(0, words.text("list.empty"));
    }
    for line in couplings {
        let state = match &line.suspended_by {
            Some(by) => words
                .language
                .fill("register.suspended", &[("state", by.as_str())]),
            None if line.in_force => words.text("register.in_force").to_owned(),
            None => words.text("register.not_in_force").to_owned(),
        };
        page.line(0, &format!("{} – {}: {state}", line.first, line.second));
        let copies: Vec<String> = line.copies.iter().map(ToString::to_string).collect();
        if !copies.is_empty() {
            page.field(2, words.text("register.copies"), &copies.join(", "));
        }
    }
    page.finish()
}
