//! Acts that gather signatures: founding, and what a registrar writes into a plan.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use model::address::StateCode;
use node::api::Response;
use node::enroll::{self, Fingerprint, FounderFile, FoundingPlan, ProposalFile};
use register::act::{Act, Body, Signer};
use register::network::NetworkKind;
use register::region::{Region, StateKeys};
use serde::Serialize;

use crate::context::{Context, absolute};
use crate::enrolment::{self, failed};
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::session;

/// Found a network: the act is signed here, then by every other founder
#[derive(Debug, clap::Args)]
pub(super) struct Found {
    /// New file, for the other founders
    file: PathBuf,
    /// What the network is called
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// What it is for
    #[arg(long, value_enum, default_value_t = KindFlag::Exercise)]
    kind: KindFlag,
    /// How many member states must sign the accession of another
    #[arg(long, value_name = "N")]
    quorum: u8,
    /// A founder's file and its fingerprint as it was read aloud, FILE=DIGITS; one for each, the centre too
    #[arg(long, value_name = "FILE=DIGITS", required = true)]
    founder: Vec<FounderFlag>,
}

/// Make acts from a plan: what needs no other's signature holds at once, the rest is a proposal
#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    /// The plan, in the form of data/region: states, authorities, crossings, offices, couplings
    plan: PathBuf,
    /// New file, for the others who must sign
    file: PathBuf,
}

/// Sign the acts of a proposal for the states of this home
#[derive(Debug, clap::Args)]
pub(super) struct Sign {
    /// The proposal
    proposal: PathBuf,
    /// New file, with this signature
    file: PathBuf,
    /// Fingerprint of the proposal, as its maker read it aloud; asked if absent
    #[arg(long, value_name = "DIGITS")]
    fingerprint: Option<Fingerprint>,
}

/// Bring a proposal that all have signed into the register
#[derive(Debug, clap::Args)]
pub(super) struct Publish {
    /// The proposal; several copies, where several signed at the same time
    #[arg(required = true, value_name = "FILE")]
    proposal: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindFlag {
    Live,
    Exercise,
    Demo,
}

impl From<KindFlag> for NetworkKind {
    fn from(flag: KindFlag) -> Self {
        match flag {
            KindFlag::Live => Self::Live,
            KindFlag::Exercise => Self::Exercise,
            KindFlag::Demo => Self::Demo,
        }
    }
}

/// A file, and what was read aloud.
#[derive(Debug, Clone)]
struct FounderFlag {
    file: PathBuf,
    fingerprint: Fingerprint,
}

impl FromStr for FounderFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, digits) = text
            .rsplit_once('=')
            .ok_or_else(|| "FILE=DIGITS is needed".to_owned())?;
        let fingerprint = digits
            .parse()
            .map_err(|error: enroll::ParseFingerprintError| error.to_string())?;
        Ok(Self {
            file: file.into(),
            fingerprint,
        })
    }
}

/// A proposal that was written.
#[derive(Debug, Serialize)]
struct Proposed<'a> {
    answer: &'static str,
    /// What holds here already.
    applied: usize,
    /// None where nobody else has to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    network: String,
    acts: Vec<String>,
}

pub(super) async fn found(context: &Context, args: Found) -> Result<(), Failed> {
    session::config(context)?;
    let mut founders = Vec::new();
    for flag in &args.founder {
        let founder = FounderFile::from_bytes(&enrolment::read(&flag.file)?)
            .map_err(|error| failed(&error))?;
        founders.push((founder, flag.fingerprint));
    }
    let plan = FoundingPlan {
        name: args.name,
        kind: args.kind.into(),
        quorum: args.quorum,
        founders,
    };
    let store = session::open_idle_store(context).await?;
    let proposal = enroll::found(&*store, &plan, context.now())
        .await
        .map_err(|error| failed(&error))?;
    write(context, "register_found", 0, (&args.file, &proposal))
}

pub(super) async fn plan(context: &Context, args: Plan) -> Result<(), Failed> {
    session::config(context)?;
    let text = String::from_utf8_lossy(&enrolment::read(&args.plan)?).into_owned();
    let region = Region::parse(&text).map_err(|error| {
        Failed::input(
            problem("bad_plan")
                .field("plan")
                .arg("what", session::full(&error)),
        )
    })?;
    let store = session::open_idle_store(context).await?;
    let now = context.now();
    let register = enroll::register(&*store)
        .await
        .map_err(|error| failed(&error))?;
    let keys: StateKeys = register
        .states(now)
        .map(|state| (state.code.clone(), *state.key))
        .collect();
    let own: BTreeSet<StateCode> = enroll::registrar_states(&*store)
        .await
        .map_err(|error| failed(&error))?
        .into_iter()
        .collect();
    let said: Vec<&Body> = register.acts().map(|act| &act.act().body).collect();
    let (mut alone, mut shared) = (Vec::new(), Vec::new());
    for body in region.bodies(&keys) {
        let signers = signers(&Act::new(now, body.clone()), &keys);
        if said.contains(&&body) || signers.is_disjoint(&own) {
            continue;
        }
        if signers.is_subset(&own) {
            alone.push(body);
        } else {
            shared.push(body);
        }
    }
    if alone.is_empty() && shared.is_empty() {
        return Err(failed(&enroll::EnrollError::NothingToSign));
    }
    let applied = alone.len();
    if applied > 0 {
        enroll::declare(&*store, alone, now)
            .await
            .map_err(|error| failed(&error))?;
    }
    if shared.is_empty() {
        let network = register.network();
        return print(
            context,
            &Proposed {
                answer: "register_plan",
                applied,
                file: None,
                fingerprint: None,
                network: Fingerprint::of_network(network).to_string(),
                acts: Vec::new(),
            },
        );
    }
    let proposal = enroll::propose(&*store, shared, now)
        .await
        .map_err(|error| failed(&error))?;
    write(context, "register_plan", applied, (&args.file, &proposal))
}

/// The states that must sign; the holder of a state's own key is that state.
fn signers(act: &Act, keys: &StateKeys) -> BTreeSet<StateCode> {
    let holder = match &act.body {
        Body::State(state) => Some(state.code.clone()),
        _ => None,
    };
    let states = act
        .required()
        .into_iter()
        .filter_map(|signer| match signer {
            Signer::State(state) | Signer::StateOrOffice(state, _) => Some(state),
            Signer::Holder(_) | Signer::Quorum | Signer::StatesOf(_) => None,
        });
    let mut signers: BTreeSet<StateCode> = states.collect();
    signers.extend(holder.filter(|state| keys.contains_key(state)));
    signers
}

pub(super) async fn sign(context: &Context, args: Sign) -> Result<(), Failed> {
    let proposal = proposal(&args.proposal)?;
    let store = session::open_idle_store(context).await?;
    let digits = enrolment::read_aloud(context, args.fingerprint, &proposal.summaries())?;
    let signed = enroll::countersign(&*store, &proposal, digits, context.now())
        .await
        .map_err(|error| failed(&error))?;
    write(context, "register_sign", 0, (&args.file, &signed))
}

pub(super) async fn publish(context: &Context, args: Publish) -> Result<(), Failed> {
    let mut copies = args.proposal.iter();
    let Some(first) = copies.next() else {
        return Err(failed(&enroll::EnrollError::NothingToSign));
    };
    let mut whole = proposal(first)?;
    for copy in copies {
        whole
            .merge(&proposal(copy)?)
            .map_err(|error| failed(&error))?;
    }
    let store = session::open_idle_store(context).await?;
    let adopted = enroll::publish(&*store, &whole, context.now())
        .await
        .map_err(|error| failed(&error))?;
    let response = Response::Applied {
        applied: adopted.applied,
        known: adopted.known,
        waiting: 0,
    };
    super::applied(context, &response)
}

fn proposal(file: &Path) -> Result<ProposalFile, Failed> {
    ProposalFile::from_bytes(&enrolment::read(file)?).map_err(|error| failed(&error))
}

fn write(
    context: &Context,
    answer: &'static str,
    applied: usize,
    proposal: (&Path, &ProposalFile),
) -> Result<(), Failed> {
    let (file, proposal) = proposal;
    let file = absolute(file);
    enrolment::save(&file, &proposal.to_bytes())?;
    print(
        context,
        &Proposed {
            answer,
            applied,
            file: Some(&file),
            fingerprint: Some(proposal.fingerprint().to_string()),
            network: Fingerprint::of_network(proposal.network()).to_string(),
            acts: proposal.summaries(),
        },
    )
}

fn print(context: &Context, proposed: &Proposed<'_>) -> Result<(), Failed> {
    context.print(proposed, |words| {
        let language = words.language;
        let mut lines: Vec<String> = proposed
            .acts
            .iter()
            .map(|act| format!("  {}", crate::render::clean::line(act)))
            .collect();
        if proposed.applied > 0 {
            let count = proposed.applied.to_string();
            lines.push(language.fill("register.declared", &[("count", &count)]));
        }
        let network = [("fingerprint", proposed.network.as_str())];
        lines.push(language.fill("register.network", &network));
        if let (Some(file), Some(fingerprint)) = (proposed.file, &proposed.fingerprint) {
            let file = file.display().to_string();
            lines.push(language.fill("register.proposed", &[("file", &file)]));
            let args = [("fingerprint", fingerprint.as_str())];
            lines.push(language.fill("init.fingerprint", &args));
            let next = language.text("register.next");
            lines.push(format!("{} {next}", language.text("word.next")));
        }
        lines.join("\n")
    })
}
