//! What is shown: lists, one dispatch, status. Reading content is audited.

use model::content::Content;
use model::ids::{DispatchId, OfficerId};
use model::step::StepKind;
use store::Write;
use store::attachment::AttachmentState;
use store::dispatch::{Direction, DispatchLine, DispatchQuery, DispatchRow};

use crate::api::{
    AttachmentLine, Failure, Item, Line, ListQuery, Name, Problem, ProgressLine, ReceiptLine,
};
use crate::audit::{Actor, on_dispatch};
use crate::dispatch::line as delivery_line;
use crate::node::Node;

const DEFAULT_LIMIT: u32 = 50;
const MOST: u32 = 1_000;

impl Node {
    /// What arrived here, newest first; sent dispatches too where an office of this node is a recipient.
    pub async fn inbox(&self, query: &ListQuery) -> Result<Vec<Line>, Failure> {
        let lines = self.list(query, None).await?;
        let mut inbox = Vec::new();
        for line in lines {
            let deliveries = self.inner.store.deliveries(line.id).await?;
            let local = deliveries
                .iter()
                .any(|delivery| delivery.node == self.inner.config.node);
            if line.direction == Direction::In || (line.direction == Direction::Out && local) {
                inbox.extend(self.line(line).await?);
            }
        }
        Ok(inbox)
    }

    /// What was sent from here, newest first.
    pub async fn outbox(&self, query: &ListQuery) -> Result<Vec<Line>, Failure> {
        let mut outbox = Vec::new();
        for line in self.list(query, Some(Direction::Out)).await? {
            outbox.extend(self.line(line).await?);
        }
        Ok(outbox)
    }

    async fn list(
        &self,
        query: &ListQuery,
        direction: Option<Direction>,
    ) -> Result<Vec<DispatchLine>, Failure> {
        let query = DispatchQuery {
            direction,
            kind: query.kind,
            case: query.case.clone(),
            before: query.before,
            limit: query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST),
        };
        Ok(self.inner.store.dispatches(&query).await?)
    }

    /// `None` for what this node only relays.
    async fn line(&self, line: DispatchLine) -> Result<Option<Line>, Failure> {
        let Some(read) = line.read else {
            return Ok(None);
        };
        let store = &self.inner.store;
        let deliveries = store.deliveries(line.id).await?;
        let progress = store.progress(line.id).await?;
        Ok(Some(Line {
            id: line.id,
            reference: read.reference,
            kind: read.kind,
            lane: line.lane,
            author: read.author,
            case: read.case,
            created: read.created,
            stored: line.stored,
            reply_by: read.reply_by,
            exercise: read.exercise,
            size: line.size,
            deliveries: deliveries.into_iter().map(delivery_line).collect(),
            progress: progress
                .into_iter()
                .map(|row| ProgressLine {
                    office: row.office,
                    step: row.step,
                    at: row.at,
                    by: row.by,
                })
                .collect(),
        }))
    }

    /// The whole of one dispatch. The view is audited before it is shown.
    pub async fn show(
        &self,
        name: &Name,
        officer: Option<OfficerId>,
        reason: Option<String>,
    ) -> Result<Item, Failure> {
        let id = self.find(name).await?;
        let (row, opened) = self.reopen(id).await?;
        let mut statement = opened.statement;
        let content = Content::decode(statement.kind, &statement.body)
            .map_err(|error| Failure::broken("content_broken", error))?;
        statement.body = Vec::new().into();
        let audit = on_dispatch(
            self.inner.now(),
            Actor::Officer(officer.as_ref()),
            "view",
            id,
            reason,
            statement.case.clone(),
        );
        self.inner
            .store
            .write(Write {
                name: "view",
                changes: vec![audit],
            })
            .await?;
        let missing = || not_found(name);
        let stored = row.line.stored;
        let offset =
            (row.line.direction == Direction::In).then(|| stored.millis_since(statement.created));
        Ok(Item {
            line: self.line(row.line).await?.ok_or_else(missing)?,
            receipts: self
                .inner
                .store
                .receipts(id)
                .await?
                .into_iter()
                .map(|row| ReceiptLine {
                    node: row.node,
                    verdict: row.verdict,
                    at: row.at,
                })
                .collect(),
            children: self.inner.store.children(id).await?,
            attachments: self.attachment_lines(id, &statement.attachments).await?,
            statement,
            content,
            clock_offset_ms: offset,
        })
    }

    async fn attachment_lines(
        &self,
        id: DispatchId,
        manifests: &[model::dispatch::Manifest],
    ) -> Result<Vec<AttachmentLine>, Failure> {
        let rows = self.inner.store.attachments_of(id).await?;
        Ok(manifests
            .iter()
            .map(|manifest| {
                let row = rows.iter().find(|row| row.id == manifest.id);
                let state = row.map_or(AttachmentState::Wanted, |row| row.state);
                AttachmentLine {
                    id: manifest.id,
                    name: manifest.name.clone(),
                    media_type: manifest.media_type.clone(),
                    size: manifest.size,
                    sealed_size: manifest.sealed_size,
                    have: self
                        .inner
                        .transfers
                        .have(&manifest.id)
                        .unwrap_or_else(|| row.map_or(0, |row| row.have)),
                    state: state_code(state).to_owned(),
                }
            })
            .collect())
    }

    /// The id that a person means: a reference, an id, or its first digits.
    pub(crate) async fn find(&self, name: &Name) -> Result<DispatchId, Failure> {
        let text = name.0.trim();
        let store = &self.inner.store;
        if let Ok(id) = text.parse() {
            return store
                .dispatch_line(id)
                .await?
                .map(|line| line.id)
                .ok_or_else(|| not_found(name));
        }
        let ids = if let Ok(reference) = text.parse() {
            store.dispatches_by_reference(&reference).await?
        } else if text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            store
                .dispatches_by_prefix(&text.to_ascii_lowercase())
                .await?
        } else {
            return Err(Failure::input(Problem::new("bad_name").arg("name", text)));
        };
        match ids.as_slice() {
            [] => Err(not_found(name)),
            [id] => Ok(*id),
            several => Err(Failure::input(
                Problem::new("ambiguous_name").arg("name", text).arg(
                    "ids",
                    several
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
            )),
        }
    }

    /// Opens a kept dispatch again from the archive.
    pub(crate) async fn reopen(
        &self,
        id: DispatchId,
    ) -> Result<(DispatchRow, envelope::open::Opened), Failure> {
        let row = self
            .inner
            .store
            .dispatch(id)
            .await?
            .ok_or_else(|| not_found(&Name(id.to_string())))?;
        let key = row.content_key.as_ref().ok_or_else(|| {
            Failure::new(
                crate::api::FailureClass::NotAllowed,
                vec![Problem::new("not_addressed_here").arg("id", id)],
            )
        })?;
        let broken = |what: String| Failure::broken("archive_broken", format!("{id}: {what}"));
        let parsed =
            envelope::open::parse(&row.bytes).map_err(|error| broken(error.to_string()))?;
        let key = envelope::key::ContentKey::new(**key);
        let opened = parsed
            .reopen(&key)
            .map_err(|error| broken(error.to_string()))?;
        Ok((row, opened))
    }

    /// A step on a dispatch that was received: goes to its author and to everybody who got it.
    pub async fn step(
        &self,
        of: &Name,
        step: StepKind,
        officer: Option<OfficerId>,
        note: Option<String>,
    ) -> Result<crate::api::Sent, Failure> {
        let id = self.find(of).await?;
        let (_, opened) = self.reopen(id).await?;
        let statement = opened.statement;
        let keyring = self.inner.keyring();
        let from = statement
            .recipients
            .iter()
            .find(|recipient| !recipient.copy && keyring.hosts(&recipient.office))
            .or_else(|| {
                statement
                    .recipients
                    .iter()
                    .find(|recipient| keyring.hosts(&recipient.office))
            })
            .map(|recipient| recipient.office.clone())
            .ok_or_else(|| {
                Failure::input(Problem::new("not_a_recipient").field("of").arg("id", id))
            })?;
        let draft = crate::step::draft(&statement, id, from, step, officer, note);
        self.submit(draft, None).await
    }
}

pub(crate) fn not_found(name: &Name) -> Failure {
    Failure::not_found(Problem::new("no_such_dispatch").arg("name", &name.0))
}

pub(crate) const fn state_code(state: AttachmentState) -> &'static str {
    match state {
        AttachmentState::Wanted => "wanted",
        AttachmentState::Complete => "complete",
        AttachmentState::Failed => "failed",
    }
}
