//! `guzar verify`: what an evidence file proves, checked offline. It needs no home.

use std::path::PathBuf;

use envelope::evidence::check::{Check, Keys, Report};
use envelope::evidence::{self, Certainty, Evidence, EvidenceError};
use envelope::key::VerifyingKey;
use envelope::receipt::Verdict;
use model::address::Address;
use model::ids::{DispatchId, KeyId, NetworkId, NodeId};
use model::time::Timestamp;
use node::enroll::Fingerprint;
use register::act::Body;
use register::{Register, RegisterError};
use serde::Serialize;

use crate::context::Context;
use crate::enrolment;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, Told, problem};
use crate::render;
use crate::session::full;

/// Check an evidence file, offline and without a home
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file
    file: PathBuf,
    /// Fingerprint of the network that it must be of, as somebody who knows it read it aloud
    #[arg(long, value_name = "DIGITS")]
    network: Option<Fingerprint>,
}

/// Keys are for ever; docs/cli.md lists them.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    answer: &'static str,
    file: PathBuf,
    pub(crate) good: bool,
    /// What the network calls itself, and its fingerprint: only who knows that one knows whose acts these are.
    pub(crate) network: String,
    pub(crate) network_fingerprint: String,
    pub(crate) exercise: bool,
    /// The node that wrote the file, and when.
    pub(crate) exporter: NodeId,
    pub(crate) made: Timestamp,
    pub(crate) dispatch: Option<DispatchId>,
    pub(crate) reference: Option<String>,
    pub(crate) author: Option<Address>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) checks: Vec<CheckLine>,
    pub(crate) receipts: Vec<ReceiptLine>,
    /// The exporter's own audit entries: only it vouches for them.
    pub(crate) audit: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CheckLine {
    /// What was checked.
    pub(crate) check: String,
    pub(crate) ok: bool,
    /// A stable word for what is wrong.
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReceiptLine {
    pub(crate) node: NodeId,
    pub(crate) at: Timestamp,
    pub(crate) verdict: &'static str,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let bytes = enrolment::read(&args.file)?;
    let read = tokio::task::spawn_blocking(move || evidence::read(&bytes)).await;
    let evidence = read
        .map_err(|error| Failed::one(Class::Broken, problem("no_threads").arg("what", error)))?
        .map_err(|error| unproved(&args, &error))?;
    let network = Network::replay(&evidence.content().acts).map_err(|error| {
        Failed::one(
            Class::Unproved,
            problem("evidence_register").arg("what", full(&error)),
        )
    })?;
    if let Some(expected) = args.network
        && expected.to_network() != network.0.network()
    {
        let found = Fingerprint::of_network(network.0.network());
        return Err(Failed::one(
            Class::Unproved,
            problem("other_network")
                .field("--network")
                .arg("ours", expected)
                .arg("theirs", found),
        ));
    }
    let answer = answer(args.file, &evidence, &network);
    context.print(&answer, |words| render::evidence::verified(words, &answer))?;
    if answer.good {
        return Ok(());
    }
    let bad = answer.checks.iter().filter(|check| !check.ok).count();
    Err(Failed::one(Class::Unproved, problem("unproved").arg("count", bad)).told(Told::Json))
}

fn answer(file: PathBuf, evidence: &Evidence, network: &Network) -> Answer {
    let content = evidence.content();
    let report = evidence.check(network);
    let statement = report.statement.as_ref();
    Answer {
        answer: "verified",
        file,
        good: report.is_good(),
        network: network.0.name().to_owned(),
        network_fingerprint: Fingerprint::of_network(network.0.network()).to_string(),
        exercise: network.0.is_exercise(),
        exporter: content.node.clone(),
        made: content.made,
        dispatch: report.dispatch,
        reference: statement.map(|statement| statement.reference.to_string()),
        author: statement.map(|statement| statement.author.office.clone()),
        created: statement.map(|statement| statement.created),
        checks: lines(&report),
        receipts: report
            .receipts
            .iter()
            .map(|receipt| ReceiptLine {
                node: receipt.node.clone(),
                at: receipt.received,
                verdict: match receipt.verdict {
                    Verdict::Custody { .. } => "custody",
                    Verdict::Refused { .. } => "refused",
                    Verdict::Stored => "stored",
                },
            })
            .collect(),
        audit: content.audit.clone(),
    }
}

fn lines(report: &Report) -> Vec<CheckLine> {
    let line = |check: &Check| {
        let fault = check.result.as_ref().err();
        CheckLine {
            check: check.subject.to_string(),
            ok: fault.is_none(),
            code: fault.map(|fault| fault.code().to_owned()),
            detail: fault.map(|fault| full(fault)),
        }
    };
    report.checks.iter().map(line).collect()
}

/// The first byte that was touched, where that is what is wrong.
fn unproved(args: &Args, error: &EvidenceError) -> Failed {
    let mut told = match error {
        EvidenceError::Touched(damage) if damage.certainty == Certainty::Byte => {
            problem("evidence_touched")
        }
        EvidenceError::Touched(_) => problem("evidence_touched_near"),
        EvidenceError::NotEvidence => problem("not_evidence"),
        EvidenceError::Malformed(_) | EvidenceError::Seal | EvidenceError::Version(_) => {
            problem("evidence_unreadable")
        }
    }
    .arg("file", args.file.display())
    .arg("what", full(error));
    if let EvidenceError::Touched(damage) = error {
        told = told
            .arg("at", damage.at)
            .arg("certainty", damage.certainty.code());
    }
    let class = match error {
        EvidenceError::NotEvidence => Class::Input,
        _ => Class::Unproved,
    };
    Failed::one(class, told)
}

/// The register that the file's acts make.
struct Network(Register);

impl Network {
    /// In whatever order they stand, after the founding act.
    fn replay(acts: &[Vec<u8>]) -> Result<Self, RegisterError> {
        let mut acts = acts.iter();
        let founding = acts.next().map_or(&[][..], Vec::as_slice);
        let mut register = Register::found(founding)?;
        let mut waiting: Vec<&Vec<u8>> = acts.collect();
        loop {
            let before = waiting.len();
            let mut left = Vec::new();
            let mut missing = None;
            for act in waiting {
                match register.apply(act) {
                    Ok(_) => {}
                    Err(error @ RegisterError::Missing { .. }) => {
                        missing = Some(error);
                        left.push(act);
                    }
                    Err(error) => return Err(error),
                }
            }
            match missing {
                None => return Ok(Self(register)),
                Some(error) if left.len() == before => return Err(error),
                Some(_) => waiting = left,
            }
        }
    }
}

impl Keys for Network {
    fn network(&self) -> NetworkId {
        self.0.network()
    }

    fn node_keys(&self, node: &NodeId) -> Vec<VerifyingKey> {
        self.0
            .acts()
            .filter_map(|act| match &act.act().body {
                Body::Node(own) if own.id == *node => {
                    VerifyingKey::from_bytes(own.signing_key.as_slice()).ok()
                }
                _ => None,
            })
            .collect()
    }

    fn signing_key(&self, holder: &Address, key: &KeyId, at: Timestamp) -> Option<VerifyingKey> {
        self.0.signing_key_at(holder, key, at)
    }
}
