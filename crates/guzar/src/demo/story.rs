//! What is told of the play: one line a step, for people or as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use model::address::Address;
use model::delivery::DeliveryState;
use model::dispatch::Reference;
use model::time::Timestamp;
use node::api::{DeliveryLine, Failure};
use node::clock::{Clock as _, SystemClock};
use serde::Serialize;

use crate::language::Language;
use crate::output::Output;

/// Tells the steps as they are done, and counts them.
#[derive(Debug)]
pub(super) struct Story<'a> {
    language: &'a Language,
    output: Output,
    scene: &'static str,
    step: &'static str,
    steps: u64,
}

/// What one step shows besides its sentence.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
    /// Where the deliveries stand, by recipient.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    states: BTreeMap<Address, DeliveryState>,
    /// Why something was refused: stable codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

impl Facts {
    pub(super) fn of(reference: &Reference, deliveries: &[DeliveryLine]) -> Self {
        let states = deliveries
            .iter()
            .map(|line| (line.office.clone(), line.state))
            .collect();
        Self {
            reference: Some(reference.clone()),
            states,
            ..Self::default()
        }
    }

    pub(super) fn refusal(failure: &Failure) -> Self {
        Self {
            refused: failure
                .problems
                .iter()
                .map(|problem| problem.code.clone())
                .collect(),
            ..Self::default()
        }
    }

    pub(super) fn bytes(bytes: u64) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::default()
        }
    }
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    time: Timestamp,
    scene: &'a str,
    step: &'a str,
    #[serde(flatten)]
    facts: &'a Facts,
}

impl<'a> Story<'a> {
    pub(super) const fn new(language: &'a Language, output: Output) -> Self {
        Self {
            language,
            output,
            scene: "",
            step: "",
            steps: 0,
        }
    }

    pub(super) const fn steps(&self) -> u64 {
        self.steps
    }

    /// Where the play stands: the scene, and the step that is being done.
    pub(super) const fn at(&self) -> (&'static str, &'static str) {
        (self.scene, self.step)
    }

    /// A scene begins. Its steps have their sentences under `demo.<scene>`.
    pub(super) fn scene(&mut self, scene: &'static str) -> anyhow::Result<()> {
        self.scene = scene;
        self.step = "";
        if !self.output.json {
            let title = self
                .language
                .text(&format!("demo.{scene}.title"))
                .to_owned();
            self.output.text(&format!("\n{title}"))?;
        }
        Ok(())
    }

    /// A step begins: whatever fails from here on is its failure.
    pub(super) const fn begin(&mut self, step: &'static str) {
        self.step = step;
    }

    /// The step that was begun is done, and checked.
    pub(super) fn done(&mut self, facts: &Facts) -> anyhow::Result<()> {
        let time = SystemClock.now();
        // In JSON too: a step without its sentence is found out by whoever plays it first.
        let text = self.text(facts)?;
        self.steps = self.steps.saturating_add(1);
        if self.output.json {
            self.output.json(&Line {
                time,
                scene: self.scene,
                step: self.step,
                facts,
            })?;
            return Ok(());
        }
        self.output.text(&text)?;
        Ok(())
    }

    fn text(&self, facts: &Facts) -> anyhow::Result<String> {
        let reference = facts.reference.as_ref().map_or("", Reference::as_str);
        let refused = facts.refused.join(", ");
        let bytes = crate::render::words::size(facts.bytes.unwrap_or(0));
        let args = [
            ("reference", reference),
            ("refused", &refused),
            ("bytes", &bytes),
        ];
        let key = format!("demo.{}.{}", self.scene, self.step);
        self.language
            .find(&key)
            .with_context(|| format!("no text {key}"))?;
        let mut text = format!("  {}\n", self.language.fill(&key, &args));
        let width = facts
            .states
            .keys()
            .map(|office| office.to_string().len())
            .max()
            .unwrap_or(0);
        for (office, state) in &facts.states {
            let office = office.to_string();
            let state = self.language.word("state", state.as_str());
            writeln!(text, "      {office:width$}  {state}")?;
        }
        Ok(text)
    }
}

/// A check of the play: what was read back from the nodes is what it must be.
pub(super) fn check(holds: bool, what: impl FnOnce() -> String) -> anyhow::Result<()> {
    if holds { Ok(()) } else { bail!("{}", what()) }
}

/// The two are equal.
pub(super) fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> anyhow::Result<()> {
    check(found == expected, || {
        format!("{what}: found {found:?}, expected {expected:?}")
    })
}
