//! Both languages are complete: the same keys, the same gaps, and a sentence for every code that can occur.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

fn table(source: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    flatten("", &source.parse::<toml::Table>().unwrap(), &mut texts);
    texts
}

#[test]
fn both_languages_have_the_same_keys_and_gaps() {
    // Help in English stands beside the flags.
    let keys = |texts: &BTreeMap<String, String>| -> BTreeSet<String> {
        texts
            .keys()
            .filter(|key| !key.starts_with("help."))
            .cloned()
            .collect()
    };
    let (en, ru) = (table(EN), table(RU));
    let only_en: Vec<_> = keys(&en).difference(&keys(&ru)).cloned().collect();
    let only_ru: Vec<_> = keys(&ru).difference(&keys(&en)).cloned().collect();
    assert!(
        only_en.is_empty() && only_ru.is_empty(),
        "{only_en:?} {only_ru:?}"
    );
    for key in keys(&en) {
        assert_eq!(gaps(&en[&key]), gaps(&ru[&key]), "{key}");
        assert!(!ru[&key].trim().is_empty(), "{key}");
    }
}

#[test]
fn gaps_are_filled_once() {
    let language = Language::new(Lang::En);
    let text = language.fill("problem.no_such_dispatch.says", &[("name", "{name}")]);
    assert_eq!(text, "{name} is not here.");
}

#[test]
fn a_locale_names_a_language() {
    assert_eq!(of_locale(Some("ru_RU.UTF-8")), Lang::Ru);
    assert_eq!(of_locale(Some("uz_UZ@cyrillic")), Lang::Uz);
    assert_eq!(of_locale(Some("C.UTF-8")), Lang::En);
    assert_eq!(of_locale(None), Lang::En);
}

/// Codes are string literals beside the call that makes a problem of them. Reading the sources finds each, also
/// those that no test provokes.
#[test]
fn every_problem_code_has_its_sentence() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned();
    let mut codes = BTreeSet::new();
    for (folder, marks) in [
        ("guzar", &["problem(\"", "Failed::file(\""][..]),
        (
            "node",
            &["Problem::new(\"", "Failure::broken(\"", "\"disk_full\""],
        ),
        ("model", &["error(\"\", \"", ".error(field, \""]),
    ] {
        for file in sources(&crates.join(folder).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for mark in marks {
                collect(&flat, mark, &mut codes);
            }
            if folder == "model" {
                model_codes(&flat, &mut codes);
            }
        }
    }
    assert!(codes.len() > 60, "the search finds nothing: {codes:?}");
    // Errors of other crates carry their codes as the right sides of a match.
    for file in ["node/src/enroll/error.rs", "register/src/permit/missing.rs"] {
        let text = std::fs::read_to_string(crates.join(file)).unwrap();
        let text = text.split("fn args").next().unwrap();
        let before = codes.len();
        collect(text, "=> \"", &mut codes);
        assert!(codes.len() > before, "{file} has no codes");
    }
    let texts = table(EN);
    let missing: Vec<_> = codes
        .iter()
        .filter(|code| !texts.contains_key(&format!("problem.{code}.says")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn collect(text: &str, mark: &str, codes: &mut BTreeSet<String>) {
    for (at, _) in text.match_indices(mark) {
        let (_, rest) = text.split_at(at + mark.len());
        let code: String = rest
            .chars()
            .take_while(|letter| letter.is_ascii_lowercase() || *letter == '_')
            .collect();
        if !code.is_empty() && rest.split_at(code.len()).1.starts_with('"') {
            codes.insert(code);
        }
    }
}

/// `checker.error("field", "code", ...)`: the second literal is the code.
fn model_codes(text: &str, codes: &mut BTreeSet<String>) {
    for mark in ["checker.error(", "self.error("] {
        for (at, _) in text.match_indices(mark) {
            let call: String = text.split_at(at + mark.len()).1.chars().take(160).collect();
            let call = call.split("&[").next().unwrap_or_default().to_owned();
            // The first argument is a field; all later literals are codes.
            let Some((_, rest)) = call.split_once(',') else {
                continue;
            };
            let mut literals = rest.split('"').skip(1).step_by(2);
            if let Some(code) = literals.next() {
                codes.insert(code.to_owned());
            }
            codes.extend(literals.map(str::to_owned));
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs")
            && path.file_name().is_none_or(|name| name != "tests.rs")
        {
            found.push(path);
        }
    }
    found
}
