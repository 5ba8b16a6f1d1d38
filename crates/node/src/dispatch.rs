//! Submit: from a draft to a sealed dispatch that is durable and on its way.

use std::collections::BTreeMap;

use envelope::header::Destination;
use envelope::seal::{SealRecipient, SealRequest, Sealed, seal};
use model::delivery::DeliveryState;
use model::dispatch::{Author, Manifest, Recipient, Reference, Statement};
use model::draft::Draft;
use model::ids::{KeyId, NodeId};
use model::lane::{Lane, Urgency};
use model::time::Timestamp;
use store::delivery::DeliveryRow;
use store::dispatch::{Direction, DispatchLine, DispatchRow, ReadLine};
use store::{Change, Write, WriteError};
use zeroize::Zeroizing;

use crate::api::{DeliveryLine, Failure, Problem, Sent};
use crate::audit::{self, Actor};
use crate::effect;
use crate::inbox::read_line;
use crate::node::Node;
use crate::plan::{Plan, plan};
use crate::sequence::Taken;
use crate::transfer;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// A relay sees when a dispatch expires: rounded up, so that the instant tells it less.
const EXPIRY_STEP: i64 = 6 * HOUR;

/// What was sealed, and the changes that keep it.
#[derive(Debug)]
struct Made {
    sealed: Sealed,
    reference: Reference,
    deliveries: Vec<DeliveryRow>,
    destinations: Vec<Destination>,
    changes: Vec<Change>,
}

impl Node {
    /// Checks, seals and stores a draft. When it returns, the dispatch is on disk and queued.
    pub async fn submit(&self, draft: Draft, token: Option<String>) -> Result<Sent, Failure> {
        if let Some(token) = &token
            && let Some(id) = self.inner.store.submission(token).await?
        {
            return self.sent(id, true).await;
        }
        let now = self.inner.now();
        self.check(&draft, now)?;
        let register = self.inner.register();
        let keyring = self.inner.keyring();
        let plan = plan(&register, &keyring, &self.inner.recipient_keys, &draft, now)?;
        let manifests = transfer::seal_files(&self.inner, &draft.attachments).await?;
        let made = self.make(&draft, &plan, manifests, token.as_deref(), now)?;
        self.keep(made, token).await
    }

    fn check(&self, draft: &Draft, now: Timestamp) -> Result<(), Failure> {
        let problems: Vec<Problem> = draft
            .check(&self.inner.codes, now)
            .into_iter()
            .map(Problem::from)
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(crate::api::FailureClass::Input, problems))
        }
    }

    /// Numbers it, seals it, and says what keeps it.
    fn make(
        &self,
        draft: &Draft,
        plan: &Plan,
        manifests: Vec<Manifest>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Made, Failure> {
        let inner = &self.inner;
        let keyring = inner.keyring();
        let author = keyring.signing(&draft.from).ok_or_else(|| {
            Failure::input(Problem::new("not_hosted_here").arg("office", &draft.from))
        })?;
        let (reference, counted) = self.number(draft, now)?;
        let numbers: BTreeMap<NodeId, Taken> = plan
            .nodes()
            .into_iter()
            .map(|node| {
                let number = inner.sequences.to_node(&node);
                (node, number)
            })
            .collect();
        let destinations = destinations(&numbers);
        let key = author.public().key_id();
        let mut statement = self.statement(draft, plan, key, reference.clone(), now);
        statement.attachments = manifests;
        let read = read_line(&statement);
        let files = statement.attachments.clone();
        let sealed = seal(SealRequest {
            statement,
            author,
            origin: &inner.config.node,
            node: &keyring.node,
            destinations: destinations.clone(),
            recipients: &seal_recipients(plan),
            lane: Lane::from(draft.urgency),
        })
        .map_err(|error| Failure::broken("seal_failed", error))?;

        let deliveries: Vec<DeliveryRow> = plan
            .recipients
            .iter()
            .map(|planned| self.delivery(&sealed, planned, &numbers, now))
            .collect();
        let mut changes = vec![counted];
        changes.extend(numbers.into_values().map(|taken| taken.change));
        changes.push(Change::AddDispatch(Box::new(
            self.row(&sealed, draft, read, now),
        )));
        changes.extend(deliveries.iter().cloned().map(Change::AddDelivery));
        changes.extend(effect::of_own(&draft.from, &draft.content, sealed.id, now));
        changes.extend(transfer::keep_own(
            &inner.config.node,
            sealed.id,
            &files,
            now,
        ));
        changes.push(audit::on_dispatch(
            now,
            Actor::Officer(draft.officer.as_ref()),
            "submit",
            sealed.id,
            Some(plan.reason.clone()),
            draft.case.clone(),
        ));
        changes.extend(token.map(|token| Change::AddSubmission {
            token: token.to_owned(),
            dispatch: sealed.id,
        }));
        Ok(Made {
            sealed,
            reference,
            deliveries,
            destinations,
            changes,
        })
    }

    /// What is signed, but for its files.
    fn statement(
        &self,
        draft: &Draft,
        plan: &Plan,
        key: KeyId,
        reference: Reference,
        now: Timestamp,
    ) -> Statement {
        let inner = &self.inner;
        let register = inner.register();
        let zone = register
            .office(&draft.from)
            .map_or_else(|| inner.config.zone.clone(), |office| office.zone.clone());
        Statement {
            version: 1,
            kind: draft.content.kind(),
            network: register.network(),
            nonce: [0; 32].into(),
            binding: [0; 56].into(),
            author: Author {
                office: draft.from.clone(),
                officer: draft.officer.clone(),
                key,
            },
            created: now,
            zone,
            reference,
            recipients: plan
                .recipients
                .iter()
                .map(|planned| Recipient {
                    office: planned.office.clone(),
                    key: planned.key,
                    copy: planned.copy,
                })
                .collect(),
            handling: draft.handling.clone(),
            case: draft.case.clone(),
            parents: draft.parents.clone(),
            reply_by: draft.reply_by,
            urgency: draft.urgency,
            expires: expiry(draft, now),
            exercise: draft.exercise.clone(),
            attachments: Vec::new(),
            register: register.checkpoint(),
            body: draft.content.encode().into(),
        }
    }

    fn row(&self, sealed: &Sealed, draft: &Draft, read: ReadLine, now: Timestamp) -> DispatchRow {
        DispatchRow {
            line: DispatchLine {
                id: sealed.id,
                direction: Direction::Out,
                origin: self.inner.config.node.clone(),
                seq: None,
                lane: sealed.header.lane,
                expires: sealed.header.expires,
                stored: now,
                size: u64::try_from(sealed.bytes.len()).unwrap_or(u64::MAX),
                read: Some(read),
            },
            parents: draft.parents.clone(),
            content_key: Some(Zeroizing::new(*sealed.content_key.as_bytes())),
            bytes: sealed.bytes.clone(),
        }
    }

    /// A recipient hosted on this node has it as soon as it is stored.
    fn delivery(
        &self,
        sealed: &Sealed,
        planned: &crate::plan::Planned,
        numbers: &BTreeMap<NodeId, Taken>,
        now: Timestamp,
    ) -> DeliveryRow {
        let local = planned.node == self.inner.config.node;
        DeliveryRow {
            dispatch: sealed.id,
            office: planned.office.clone(),
            node: planned.node.clone(),
            seq: numbers.get(&planned.node).map_or(0, |taken| taken.number),
            state: if local {
                DeliveryState::Delivered
            } else {
                DeliveryState::Queued
            },
            since: now,
            detail: None,
        }
    }

    async fn keep(&self, made: Made, token: Option<String>) -> Result<Sent, Failure> {
        let inner = &self.inner;
        let write = Write {
            name: "submit",
            changes: made.changes,
        };
        match inner.store.write(write).await {
            Ok(()) => {}
            Err(WriteError::KnownSubmission(id)) => {
                self.give_up_numbers(&made.destinations).await;
                return self.sent(id, true).await;
            }
            Err(error) => {
                tracing::error!(token, "submit was not kept: {error}");
                self.give_up_numbers(&made.destinations).await;
                return Err(error.into());
            }
        }
        let size = u64::try_from(made.sealed.bytes.len()).unwrap_or(u64::MAX);
        self.offer(
            &made.sealed.header,
            made.sealed.id,
            &made.sealed.bytes.into(),
        );
        Ok(Sent {
            id: made.sealed.id,
            reference: made.reference,
            size,
            deliveries: made.deliveries.into_iter().map(line).collect(),
            repeated: false,
        })
    }

    /// Numbers of a dispatch that was not kept: the others are told not to wait for them.
    async fn give_up_numbers(&self, destinations: &[Destination]) {
        let changes = destinations
            .iter()
            .map(|destination| Change::AddVoid {
                node: destination.node.clone(),
                seq: destination.seq,
            })
            .collect();
        let write = Write {
            name: "void",
            changes,
        };
        if let Err(error) = self.inner.store.write(write).await {
            // The gap stays visible on the other side until the next start announces it.
            tracing::warn!("voided numbers were not kept: {error}");
        }
    }

    /// `UZ-OYBEK-2026-000417`: counted by the office alone, by the year at its place.
    fn number(&self, draft: &Draft, now: Timestamp) -> Result<(Reference, Change), Failure> {
        let year = now
            .year_in(&self.inner.config.zone)
            .unwrap_or_else(|| now.year_utc());
        let prefix = format!("{}-{}-{year}", draft.from.state, draft.from.office);
        let taken = self.inner.sequences.reference(&prefix);
        Reference::new(&draft.from.state, &draft.from.office, year, taken.number)
            .map(|reference| (reference, taken.change))
            .map_err(|error| Failure::broken("reference_failed", error))
    }

    /// What a repeat of an accepted submission is answered with.
    async fn sent(&self, id: model::ids::DispatchId, repeated: bool) -> Result<Sent, Failure> {
        let missing = || Failure::broken("store_broken", format!("dispatch {id} is gone"));
        let line = self
            .inner
            .store
            .dispatch_line(id)
            .await?
            .ok_or_else(missing)?;
        let read = line.read.ok_or_else(missing)?;
        let deliveries = self.inner.store.deliveries(id).await?;
        Ok(Sent {
            id,
            reference: read.reference,
            size: line.size,
            deliveries: deliveries.into_iter().map(self::line).collect(),
            repeated,
        })
    }
}

fn destinations(numbers: &BTreeMap<NodeId, Taken>) -> Vec<Destination> {
    numbers
        .iter()
        .map(|(node, taken)| Destination {
            node: node.clone(),
            seq: taken.number,
        })
        .collect()
}

fn seal_recipients(plan: &Plan) -> Vec<SealRecipient<'_>> {
    plan.recipients
        .iter()
        .map(|planned| SealRecipient {
            office: &planned.office,
            key: planned.key,
            public: &planned.public,
        })
        .collect()
}

/// A delivery as it is shown.
pub(crate) fn line(row: DeliveryRow) -> DeliveryLine {
    DeliveryLine {
        office: row.office,
        node: row.node,
        state: row.state,
        since: row.since,
        detail: row.detail,
    }
}

/// The draft's own wish, or by urgency: a FLASH that is three days old warns nobody.
fn expiry(draft: &Draft, now: Timestamp) -> Timestamp {
    let seconds = draft.expires_in_s.map_or(
        match draft.urgency {
            Urgency::Flash => 3 * DAY,
            Urgency::Priority => 14 * DAY,
            Urgency::Routine => 30 * DAY,
        },
        i64::from,
    );
    let wish = now.plus_seconds(seconds);
    if seconds < DAY {
        return wish;
    }
    let step = EXPIRY_STEP.saturating_mul(1_000_000);
    let over = wish.as_micros().rem_euclid(step);
    if over == 0 {
        wish
    } else {
        Timestamp::from_micros(wish.as_micros().saturating_add(step.saturating_sub(over)))
    }
}
