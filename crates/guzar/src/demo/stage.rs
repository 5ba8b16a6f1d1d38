//! The nodes while they run, and what is asked of them: everything over their control sockets, as officers do.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use exchange::delivery::predecessors;
use model::address::Address;
use model::delivery::DeliveryState;
use model::draft::Draft;
use model::ids::{DispatchId, NodeId};
use model::step::StepKind;
use node::api::{Failure, Item, Line, ListQuery, Name, Request, Response, Sent};
use node::config::Config;
use node::control::Client;
use serde_json::Value;

use crate::demo::network::Network;
use crate::local::child::Server;

/// The running network.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) network: Network,
    servers: BTreeMap<NodeId, Server>,
}

impl Stage {
    /// Starts every node, all at once.
    pub(super) async fn open(mut network: Network) -> anyhow::Result<Self> {
        let mut servers = BTreeMap::new();
        for (node, place) in &mut network.places {
            drop(place.port.take());
            servers.insert(node.clone(), Server::spawn(&place.home)?);
        }
        for server in servers.values_mut() {
            server.ready().await?;
        }
        Ok(Self { network, servers })
    }

    /// Stops every node in order; the relay goes last.
    pub(super) async fn close(mut self) -> anyhow::Result<()> {
        let relays = |node: &NodeId| {
            let place = self.network.places.get(node);
            place.is_some_and(|place| place.config.relay.is_some())
        };
        let (last, first): (Vec<NodeId>, Vec<NodeId>) =
            self.servers.keys().cloned().partition(relays);
        for nodes in [first, last] {
            for node in &nodes {
                self.server(node)?.tell_to_stop().await?;
            }
            for node in nodes {
                if let Some(server) = self.servers.remove(&node) {
                    server.ended().await?;
                }
            }
        }
        Ok(())
    }

    /// Stops one node and waits until it has gone.
    pub(super) async fn stop(&mut self, node: &NodeId) -> anyhow::Result<()> {
        let server = self
            .servers
            .remove(node)
            .with_context(|| format!("{node} does not run"))?;
        server.tell_to_stop().await?;
        server.ended().await
    }

    /// Starts one node again, as it is configured or as `change` has it this time.
    pub(super) async fn start(
        &mut self,
        node: &NodeId,
        change: impl FnOnce(&mut Config),
    ) -> anyhow::Result<()> {
        let place = self.network.place(node)?;
        let mut config = place.config.clone();
        change(&mut config);
        config.save(&place.home)?;
        let mut server = Server::spawn(&place.home)?;
        server.ready().await?;
        self.servers.insert(node.clone(), server);
        Ok(())
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &NodeId> {
        self.network.places.keys()
    }

    /// Whatever the node answers, a failure too.
    pub(super) async fn ask(&self, node: &NodeId, request: &Request) -> anyhow::Result<Response> {
        let place = self.network.place(node)?;
        let mut client = Client::connect(&place.home)
            .await
            .with_context(|| format!("{node} cannot be asked"))?;
        Ok(client.ask(request).await?)
    }

    /// Sends a draft from its own office's node.
    pub(super) async fn send(&self, draft: Value) -> anyhow::Result<Sent> {
        match self.submit(draft).await? {
            Response::Sent(sent) => Ok(sent),
            other => bail!("not sent: {other:?}"),
        }
    }

    /// A draft that must not go: its reasons. Nothing of it is kept.
    pub(super) async fn refused(&self, draft: Value) -> anyhow::Result<Failure> {
        match self.submit(draft).await? {
            Response::Failed(failure) => Ok(failure),
            other => bail!("was not refused: {other:?}"),
        }
    }

    async fn submit(&self, draft: Value) -> anyhow::Result<Response> {
        let draft: Draft = serde_json::from_value(draft).context("the play has a draft wrong")?;
        let node = self.network.node_of(&draft.from)?.clone();
        let request = Request::Send {
            draft: Box::new(draft),
            token: None,
        };
        self.ask(&node, &request).await
    }

    /// An office takes a step on a dispatch that it received.
    pub(super) async fn step(
        &self,
        office: &str,
        of: DispatchId,
        step: StepKind,
    ) -> anyhow::Result<Sent> {
        let node = self.network.node_of(&office.parse()?)?.clone();
        let request = Request::Step {
            of: Name(of.to_string()),
            step,
            officer: None,
            note: None,
        };
        match self.ask(&node, &request).await? {
            Response::Sent(sent) => Ok(sent),
            other => bail!("{step} was not sent: {other:?}"),
        }
    }

    /// The whole dispatch, as that office's node has it.
    pub(super) async fn show(&self, office: &str, id: DispatchId) -> anyhow::Result<Item> {
        let node = self.network.node_of(&office.parse()?)?.clone();
        let request = Request::Show {
            name: Name(id.to_string()),
            officer: None,
            reason: Some("demo".to_owned()),
        };
        match self.ask(&node, &request).await? {
            Response::Item(item) => Ok(*item),
            other => bail!("{office} does not show {id}: {other:?}"),
        }
    }

    pub(super) async fn inbox(&self, office: &str, query: ListQuery) -> anyhow::Result<Vec<Line>> {
        self.list(office, Request::Inbox(query)).await
    }

    pub(super) async fn outbox(&self, office: &str, query: ListQuery) -> anyhow::Result<Vec<Line>> {
        self.list(office, Request::Outbox(query)).await
    }

    async fn list(&self, office: &str, request: Request) -> anyhow::Result<Vec<Line>> {
        let node = self.network.node_of(&office.parse()?)?.clone();
        match self.ask(&node, &request).await? {
            Response::List { items } => Ok(items),
            other => bail!("{office} has no list: {other:?}"),
        }
    }

    /// Waits until that office's node has received the dispatch.
    pub(super) async fn arrived(&self, office: &str, id: DispatchId) -> anyhow::Result<Line> {
        let what = format!("{id} arrives at {office}");
        until(&what, || async {
            let lines = self.inbox(office, all()).await?;
            Ok(lines.into_iter().find(|line| line.id == id))
        })
        .await
    }

    /// Waits until the sender knows that every delivery of the dispatch has come at least to `state`, and gives the
    /// line as it stands then.
    pub(super) async fn reached(
        &self,
        sender: &str,
        id: DispatchId,
        state: DeliveryState,
    ) -> anyhow::Result<Line> {
        self.reached_by(sender, id, state, |_| true).await
    }

    /// The same for the delivery to one office.
    pub(super) async fn reached_at(
        &self,
        sender: &str,
        id: DispatchId,
        state: DeliveryState,
        office: &str,
    ) -> anyhow::Result<Line> {
        let office: Address = office.parse()?;
        self.reached_by(sender, id, state, |one| *one == office)
            .await
    }

    async fn reached_by(
        &self,
        sender: &str,
        id: DispatchId,
        state: DeliveryState,
        counts: impl Fn(&Address) -> bool + Send + Sync,
    ) -> anyhow::Result<Line> {
        let what = format!("{sender} knows {id} as {state}");
        until(&what, || async {
            let lines = self.outbox(sender, all()).await?;
            Ok(lines.into_iter().find(|line| {
                line.id == id
                    && line
                        .deliveries
                        .iter()
                        .filter(|delivery| counts(&delivery.office))
                        .all(|delivery| has_come_to(delivery.state, state))
            }))
        })
        .await
    }

    /// Waits until that office's node has noted a step on a dispatch by an office.
    pub(super) async fn noted(
        &self,
        office: &str,
        id: DispatchId,
        step: &str,
        by: &str,
    ) -> anyhow::Result<()> {
        let by: Address = by.parse()?;
        let what = format!("{office} knows that {by} has {step} {id}");
        until(&what, || async {
            let mut lines = self.inbox(office, all()).await?;
            lines.extend(self.outbox(office, all()).await?);
            let noted = lines.iter().any(|line| {
                let mut progress = line.progress.iter();
                line.id == id && progress.any(|row| row.step == step && row.office == by)
            });
            Ok(noted.then_some(()))
        })
        .await
    }

    fn server(&self, node: &NodeId) -> anyhow::Result<&Server> {
        self.servers
            .get(node)
            .with_context(|| format!("{node} does not run"))
    }
}

/// A list without a filter, as long as a list may be.
pub(super) fn all() -> ListQuery {
    ListQuery {
        limit: Some(1_000),
        ..ListQuery::default()
    }
}

/// Says whether a delivery stands there or further up the ladder.
fn has_come_to(stands: DeliveryState, state: DeliveryState) -> bool {
    stands == state || predecessors(stands).contains(&state)
}

/// Looks until there is an answer.
pub(super) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            bail!(
                "in {} s it did not come about that {what}",
                PATIENCE.as_secs()
            );
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What takes longer does not work.
const PATIENCE: Duration = Duration::from_secs(30);

const LOOK: Duration = Duration::from_millis(20);
