//! Small pages, each with one thing wrong.

use super::reference::commands;
use super::*;

#[test]
fn the_pages_of_this_tree_hold() {
    let pages = pages(root()).unwrap();
    assert!(pages.len() > 40, "{} pages", pages.len());
    assert_eq!(links(&pages), Vec::<String>::new());
    assert_eq!(summary(&pages), Vec::<String>::new());
    assert_eq!(reference::breaches(&pages).unwrap(), Vec::<String>::new());
    let workspace = Workspace::read().unwrap();
    assert_eq!(crates(&pages, &workspace), Vec::<String>::new());
}

fn page(path: &str, text: &str) -> Page {
    Page::new(path.into(), text)
}

#[test]
fn a_link_that_leads_nowhere_is_named_with_its_line() {
    let pages = [page("docs/a.md", "# A\n\nsee [b](b.md)\n")];
    assert_eq!(links(&pages), ["docs/a.md:3: b.md leads nowhere"]);
}

#[test]
fn links_lead_up_and_to_headings() {
    let pages = [
        page(
            "docs/b/a.md",
            "[c](../c.md#what-is-c) [self](#here)\n\n## Here\n",
        ),
        page("docs/c.md", "## What is `C`?\n"),
    ];
    assert_eq!(links(&pages), Vec::<String>::new());

    let pages = [
        page("docs/b/a.md", "[c](../c.md#elsewhere)"),
        page("docs/c.md", "## What is C\n"),
    ];
    assert_eq!(
        links(&pages),
        ["docs/b/a.md:1: ../c.md#elsewhere names a heading that is not there"]
    );
}

#[test]
fn code_and_other_machines_are_no_links_of_ours() {
    let text = "```\n[a](nowhere.md)\n```\n`[a](nowhere.md)` [rust](https://rust-lang.org)\n";
    assert_eq!(links(&[page("README.md", text)]), Vec::<String>::new());
}

#[test]
fn a_page_that_is_not_in_the_contents_is_named() {
    let pages = [
        page("README.md", ""),
        page("docs/SUMMARY.md", "- [A](a.md)\n"),
        page("docs/a.md", ""),
        page("docs/b/c.md", ""),
    ];
    assert_eq!(
        summary(&pages),
        ["docs/SUMMARY.md: does not list docs/b/c.md"]
    );
    assert_eq!(summary(&pages[..1]), ["docs/SUMMARY.md: is missing"]);
}

#[test]
fn the_table_of_crates_is_that_of_the_workspace() {
    let text = "| crate | one line |\n| --- | --- |\n| `a` | x |\n| `b`, `c` | y |\n\n| d | |\n";
    let listed = page("ARCHITECTURE.md", text).table_names("crate");
    let names = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(listed, names(&["a", "b", "c"]));
    assert_eq!(
        differences(&listed, &names(&["a", "b", "e"])),
        [
            "ARCHITECTURE.md: the table of crates lacks e",
            "ARCHITECTURE.md: no crate of the workspace is called c"
        ]
    );
}

#[test]
fn commands_are_read_from_their_list() {
    let source = "struct A;\npub(crate) enum Command {\n    Init(commands::init::Args),\n    CheckRequest(X),\n}\nenum B {\n    C(D),\n}\n";
    assert_eq!(commands(source), ["init", "check-request"]);
}

#[test]
fn a_command_in_a_block_of_code_is_said() {
    let reference = page("docs/cli.md", "```\nguzar init\n```\n");
    assert!(reference.says("guzar init"));
    assert!(!reference.says("guzar serve"));
}
