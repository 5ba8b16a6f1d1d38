//! Everything that somebody signed about the dispatch, checked one by one.

use std::fmt;

use model::address::Address;
use model::dispatch::Statement;
use model::ids::{DispatchId, KeyId, NetworkId, NodeId};
use model::time::Timestamp;
use thiserror::Error;

use crate::error::{BadSignature, Malformed, OpenError};
use crate::evidence::{Evidence, EvidenceContent};
use crate::key::VerifyingKey;
use crate::open::{self, Parsed};
use crate::receipt::{self, Receipt, Verdict};
use crate::{canonical, cose, labels, wire};

/// The keys of a network, from the acts in the file or from a register that the reader trusts more.
pub trait Keys {
    /// The network whose acts these are: the hash of its founding act.
    fn network(&self) -> NetworkId;

    /// Every key that the node ever signed headers and receipts with.
    fn node_keys(&self, node: &NodeId) -> Vec<VerifyingKey>;

    /// A signing key of an office or desk, if it was in force then.
    fn signing_key(&self, holder: &Address, key: &KeyId, at: Timestamp) -> Option<VerifyingKey>;
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the order in which they were made. What depends on one that failed is not tried.
    pub checks: Vec<Check>,
    /// The dispatch, if its bytes are one.
    pub dispatch: Option<DispatchId>,
    /// What the author said, if all checks on it passed.
    pub statement: Option<Statement>,
    /// The receipts that passed.
    pub receipts: Vec<Receipt>,
}

impl Report {
    /// Says whether every check was made and passed.
    pub fn is_good(&self) -> bool {
        self.statement.is_some() && self.checks.iter().all(|check| check.result.is_ok())
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub subject: Subject,
    /// What is wrong with it.
    pub result: Result<(), CheckFault>,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The key that signed the file is the node's that the file names.
    Exporter,
    /// The sealed dispatch is well-formed, and its slots and body are those of its header.
    Dispatch,
    /// The origin's node signed the header.
    Node,
    /// The statement is well-formed.
    Statement,
    /// The author's office signed the statement, with a key that was in force.
    Author,
    /// The statement names this envelope: network, nonce, binding, recipients, expiry, attachments.
    Link,
    /// The sealed body opens to this very statement.
    Body,
    /// The receipt speaks of this dispatch, and its node signed it.
    Receipt(
        /// Its number in the file, from 0.
        usize,
    ),
}

impl Subject {
    /// Stable, for messages and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exporter => "exporter",
            Self::Dispatch => "dispatch",
            Self::Node => "node",
            Self::Statement => "statement",
            Self::Author => "author",
            Self::Link => "link",
            Self::Body => "body",
            Self::Receipt(_) => "receipt",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receipt(number) => write!(f, "receipt {number}"),
            Self::Exporter
            | Self::Dispatch
            | Self::Node
            | Self::Statement
            | Self::Author
            | Self::Link
            | Self::Body => f.write_str(self.code()),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckFault {
    /// The signature is not by the key that the register has.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// Not in the one form that it may have.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Signed by a node that the dispatch was not sent to, or with a number that it did not have there.
    #[error("{0} is no destination of the dispatch, or under another number")]
    NotDestination(NodeId),
    /// The body opens to another statement, or the statement is another envelope's.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// About another dispatch.
    #[error("about another dispatch, {0}")]
    OtherDispatch(DispatchId),
    /// Of another network than the keys.
    #[error("of another network, {0}")]
    OtherNetwork(NetworkId),
    /// The body opens, but to a statement that is not the one in the file.
    #[error("the body holds another statement")]
    OtherStatement,
    /// The register has no such key, or it was not in force.
    #[error("the register has no such key of {0}")]
    UnknownKey(String),
}

impl CheckFault {
    /// Stable, for messages and JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadSignature(_) => "bad_signature",
            Self::Malformed(malformed) => malformed.code(),
            Self::NotDestination(_) => "not_destination",
            Self::Open(error) => error.code(),
            Self::OtherDispatch(_) => "other_dispatch",
            Self::OtherNetwork(_) => "other_network",
            Self::OtherStatement => "other_statement",
            Self::UnknownKey(_) => "unknown_key",
        }
    }
}

pub(super) fn check(evidence: &Evidence, keys: &dyn Keys) -> Report {
    let mut report = Report {
        checks: Vec::new(),
        dispatch: None,
        statement: None,
        receipts: Vec::new(),
    };
    report.note(Subject::Exporter, exporter(evidence, keys));
    let Some(parsed) = report.note(Subject::Dispatch, parse(evidence)) else {
        return report;
    };
    report.dispatch = Some(parsed.id);
    report.note(Subject::Node, node(&parsed, keys));
    report.statement = author(&mut report, evidence, &parsed, keys);
    for (number, bytes) in evidence.content.receipts.iter().enumerate() {
        let receipt = receipt(bytes, &parsed, keys);
        let receipt = report.note(Subject::Receipt(number), receipt);
        report.receipts.extend(receipt);
    }
    report
}

impl Report {
    fn note<T>(&mut self, subject: Subject, result: Result<T, CheckFault>) -> Option<T> {
        let (result, value) = match result {
            Ok(value) => (Ok(()), Some(value)),
            Err(fault) => (Err(fault), None),
        };
        self.checks.push(Check { subject, result });
        value
    }
}

fn exporter(evidence: &Evidence, keys: &dyn Keys) -> Result<(), CheckFault> {
    let node = &evidence.content.node;
    if keys.node_keys(node).contains(&evidence.key) {
        Ok(())
    } else {
        Err(CheckFault::UnknownKey(node.to_string()))
    }
}

fn parse(evidence: &Evidence) -> Result<Parsed<'_>, CheckFault> {
    Ok(open::parse(&evidence.content.dispatch)?)
}

fn node(parsed: &Parsed<'_>, keys: &dyn Keys) -> Result<(), CheckFault> {
    let origin = &parsed.header.origin;
    any(&keys.node_keys(origin), origin, |key| {
        parsed.check_node(key)
    })
}

/// The statement, if its author signed it for this envelope, and this envelope holds it.
fn author(
    report: &mut Report,
    evidence: &Evidence,
    parsed: &Parsed<'_>,
    keys: &dyn Keys,
) -> Option<Statement> {
    let content = &evidence.content;
    let (signed, statement) = report.note(Subject::Statement, statement(&content.cose))?;
    let author = &statement.author;
    let key = keys
        .signing_key(&author.office, &author.key, statement.created)
        .ok_or_else(|| CheckFault::UnknownKey(author.office.to_string()));
    let is_signed = key.and_then(|key| Ok(signed.verify(labels::STATEMENT, &key)?));
    let is_signed = report.note(Subject::Author, is_signed.map(|_| ()));
    let is_linked = report.note(Subject::Link, link(parsed, &statement, keys));
    let is_body = report.note(Subject::Body, body(parsed, content));
    is_signed.and(is_linked).and(is_body)?;
    Some(statement)
}

fn statement(cose: &[u8]) -> Result<(cose::Sign1<'_>, Statement), CheckFault> {
    let signed = cose::Sign1::parse(cose)?;
    let statement: Statement = wire::decode(signed.payload, "statement")?;
    canonical::check(&statement.body)?;
    Ok((signed, statement))
}

fn body(parsed: &Parsed<'_>, content: &EvidenceContent) -> Result<(), CheckFault> {
    if parsed.reopen(&content.content_key)?.cose == content.cose {
        Ok(())
    } else {
        Err(CheckFault::OtherStatement)
    }
}

fn link(parsed: &Parsed<'_>, statement: &Statement, keys: &dyn Keys) -> Result<(), CheckFault> {
    parsed.belongs(statement)?;
    if statement.network == keys.network() {
        Ok(())
    } else {
        Err(CheckFault::OtherNetwork(statement.network))
    }
}

fn receipt(bytes: &[u8], parsed: &Parsed<'_>, keys: &dyn Keys) -> Result<Receipt, CheckFault> {
    let unverified = receipt::read(bytes)?;
    let signer = unverified.node().clone();
    let receipt = any(&keys.node_keys(&signer), &signer, |key| {
        unverified.clone().verify(key)
    })?;
    if receipt.dispatch != parsed.id {
        return Err(CheckFault::OtherDispatch(receipt.dispatch));
    }
    let is_relay = matches!(receipt.verdict, Verdict::Custody { .. });
    let expected = parsed.header.seq_for(&signer);
    if !is_relay && (expected.is_none() || receipt.seq.is_some_and(|seq| Some(seq) != expected)) {
        return Err(CheckFault::NotDestination(signer));
    }
    Ok(receipt)
}

/// What one of the node's keys verifies: keys change, and what was signed under an earlier one stays good.
fn any<T>(
    keys: &[VerifyingKey],
    node: &NodeId,
    verify: impl Fn(&VerifyingKey) -> Result<T, BadSignature>,
) -> Result<T, CheckFault> {
    if keys.is_empty() {
        return Err(CheckFault::UnknownKey(node.to_string()));
    }
    keys.iter()
        .find_map(|key| verify(key).ok())
        .ok_or(CheckFault::BadSignature(BadSignature))
}
