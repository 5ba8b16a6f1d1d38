//! Stations, wires, time: what happens in a simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use model::content::Content;
use model::delivery::DeliveryState;
use model::dispatch::Handling;
use model::draft::Draft;
use model::ids::DispatchId;
use model::lane::Urgency;
use model::note::Note;
use model::step::StepKind;
use model::time::Timestamp;
use node::Node;
use node::api::{BundleDone, Failure, Name, Sent};
use node::clock::Clock as _;
use store::counter::Counters as _;
use store::delivery::Deliveries as _;
use store::dispatch::Dispatches as _;
use store::{Change, Store as _, Write};
use tempfile::TempDir;

use crate::clock::{DAY, HOUR, Hand};
use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::post::Post;
use crate::region;
use crate::station::Station;
use crate::wire::Wire;

pub use crate::wire::Faults;

/// Time of one round of all wires.
const ROUND: Duration = Duration::from_millis(50);

/// Longer than any deferral, stall or silence after which a node asks again.
const PATIENCE: Duration = Duration::from_secs(130);

/// Rounds without a frame after which only time brings something new.
const QUIET: u32 = 24;

/// Rounds, and waits, after which a network that does not settle is broken.
const ROUNDS_MAX: u32 = 20_000;
const WAITS_MAX: u32 = 8;

/// A link that may be up comes up within a round so many times of a thousand.
const DIALS: u32 = 700;

/// The whole simulated network.
pub struct World {
    /// On a disk in memory where there is one: a simulation syncs often.
    dir: TempDir,
    pub(crate) hand: Hand,
    pub(crate) dice: Dice,
    pub faults: Faults,
    pub(crate) stations: BTreeMap<Post, Station>,
    wires: Vec<Wire>,
    pub(crate) ledger: Ledger,
    /// Posts that were restored from a backup.
    pub(crate) restored: BTreeSet<Post>,
    /// The latest that each post's clock has ever shown.
    pub(crate) latest: BTreeMap<Post, Timestamp>,
    files: u32,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.hand.now())
            .field("sends", &self.ledger.entries.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// All stations run and all wires are whole; nothing goes wrong until [`Self::faults`] says so.
    pub async fn new(seed: u64) -> anyhow::Result<Self> {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() {
            tempfile::tempdir_in(memory)?
        } else {
            tempfile::tempdir()?
        };
        let hand = Hand::default();
        let region = region::make(hand.now())?;
        let mut stations = BTreeMap::new();
        for (post, keys) in &region.posts {
            let mut station = Station::new(dir.path(), *post, keys, &region.acts, &hand).await?;
            station.start().await?;
            stations.insert(*post, station);
        }
        Ok(Self {
            dir,
            hand,
            dice: Dice::new(seed),
            faults: Faults::default(),
            stations,
            wires: Post::LINES.into_iter().map(Wire::new).collect(),
            ledger: Ledger::default(),
            restored: BTreeSet::new(),
            latest: BTreeMap::new(),
            files: 0,
        })
    }

    pub fn node(&self, post: Post) -> anyhow::Result<&Node> {
        self.station(post)?.node()
    }

    pub fn runs(&self, post: Post) -> bool {
        self.stations.get(&post).is_some_and(Station::is_running)
    }

    pub fn has_backup(&self, post: Post) -> bool {
        let station = self.stations.get(&post);
        station.is_some_and(|station| station.backup.is_some())
    }

    /// A note from one office to another; the coupling may add a copy.
    pub async fn send(
        &mut self,
        from: Post,
        to: Post,
        urgency: Urgency,
    ) -> anyhow::Result<DispatchId> {
        let draft = draft(from, to, urgency)?;
        let sent = self.node(from)?.submit(draft, None).await;
        self.acknowledged(from, sent, None).await
    }

    /// The same with a file of that many bytes.
    pub async fn send_file(
        &mut self,
        from: Post,
        to: Post,
        bytes: usize,
    ) -> anyhow::Result<DispatchId> {
        let file = self.scratch("file");
        let content: Vec<u8> = (0..bytes)
            .map(|_| u8::try_from(self.dice.below(256)).unwrap_or(0))
            .collect();
        std::fs::write(&file, content)?;
        let mut draft = draft(from, to, Urgency::Routine)?;
        draft.attachments = vec![file.display().to_string()];
        let sent = self.node(from)?.submit(draft, None).await;
        self.acknowledged(from, sent, None).await
    }

    /// A step of one who received it.
    pub async fn step(
        &mut self,
        at: Post,
        of: DispatchId,
        step: StepKind,
    ) -> anyhow::Result<DispatchId> {
        let name = Name(of.to_string());
        let sent = self.node(at)?.step(&name, step, None, None).await;
        self.acknowledged(at, sent, Some((of, step))).await
    }

    async fn acknowledged(
        &mut self,
        from: Post,
        sent: Result<Sent, Failure>,
        step: Option<(DispatchId, StepKind)>,
    ) -> anyhow::Result<DispatchId> {
        let sent = match sent {
            Ok(sent) => sent,
            Err(failure) => bail!("{from:?} refused a draft: {:?}", failure.problems),
        };
        let store = self.station(from)?.store()?;
        let line = store.dispatch_line(sent.id).await?;
        let line = line.with_context(|| format!("{} is not in its sender's store", sent.id))?;
        let to = sent.deliveries.iter();
        let to = to
            .map(|delivery| Post::of(&delivery.node))
            .collect::<anyhow::Result<Vec<Post>>>()?;
        self.ledger.add((sent.id, line.expires), from, to, step);
        Ok(sent.id)
    }

    /// A number to that post is given and lost in a failed commit, as the sender's store has it then.
    pub async fn lose_number(&mut self, from: Post, to: Post) -> anyhow::Result<()> {
        let node = to.id()?;
        let store = self.station(from)?.store()?;
        let name = format!("sequence/{node}");
        let counters = store.counters().await?;
        let last = counters.iter().find(|(counter, _)| *counter == name);
        let seq = last.map_or(0, |(_, last)| *last).saturating_add(1);
        let write = Write {
            name: "void",
            changes: vec![
                Change::RaiseCounter { name, value: seq },
                Change::AddVoid { node, seq },
            ],
        };
        store.write(write).await?;
        self.stop(from).await?;
        self.start(from).await
    }

    /// Where the delivery to that post stands, as the sender knows it.
    pub async fn state(
        &self,
        from: Post,
        id: DispatchId,
        to: Post,
    ) -> anyhow::Result<DeliveryState> {
        let rows = self.station(from)?.store()?.deliveries(id).await?;
        let office = to.office()?;
        let row = rows.into_iter().find(|row| row.office == office);
        Ok(row.with_context(|| format!("no delivery to {to:?}"))?.state)
    }

    /// Whether that post has the dispatch.
    pub async fn has(&self, post: Post, id: DispatchId) -> anyhow::Result<bool> {
        let line = self.station(post)?.store()?.dispatch_line(id).await?;
        Ok(line.is_some())
    }

    /// No link between the two until [`Self::join`].
    pub async fn cut(&mut self, one: Post, other: Post) {
        for wire in &mut self.wires {
            if wire.touches(one) && wire.touches(other) {
                wire.is_cut = true;
                wire.disconnect().await;
            }
        }
    }

    pub fn join(&mut self, one: Post, other: Post) {
        for wire in &mut self.wires {
            if wire.touches(one) && wire.touches(other) {
                wire.is_cut = false;
            }
        }
    }

    /// No link to anybody.
    pub async fn isolate(&mut self, post: Post) {
        for other in Post::ALL {
            if other != post {
                self.cut(post, other).await;
            }
        }
    }

    /// Power off: whatever was on a link is lost.
    pub async fn stop(&mut self, post: Post) -> anyhow::Result<()> {
        for wire in &mut self.wires {
            if wire.touches(post) {
                wire.disconnect().await;
            }
        }
        self.station_mut(post)?.stop().await;
        Ok(())
    }

    pub async fn start(&mut self, post: Post) -> anyhow::Result<()> {
        self.station_mut(post)?.start().await
    }

    pub async fn back_up(&mut self, post: Post) -> anyhow::Result<()> {
        self.station_mut(post)?.back_up().await
    }

    /// Puts the last backup in the place of what the post has now. It runs after that.
    pub async fn restore(&mut self, post: Post) -> anyhow::Result<()> {
        self.stop(post).await?;
        let station = self.station_mut(post)?;
        station.restore().await?;
        station.start().await?;
        self.restored.insert(post);
        let store = self
            .stations
            .get(&post)
            .context("every post has a station")?
            .store()?;
        for entry in &mut self.ledger.entries {
            if entry.from == post {
                entry.forgotten |= store.dispatch_line(entry.id).await?.is_none();
                entry.forget_states();
            }
        }
        Ok(())
    }

    /// The post's clock jumps.
    pub fn jump(&mut self, post: Post, days: i64) -> anyhow::Result<()> {
        self.station_mut(post)?.clock.jump(days.saturating_mul(DAY));
        self.note_latest();
        Ok(())
    }

    /// What waits at one post for another goes there on a stick.
    pub async fn carry(&mut self, from: Post, to: Post) -> anyhow::Result<BundleDone> {
        let file = self.scratch("stick");
        let told = |failure: Failure| anyhow::anyhow!("bundle: {:?}", failure.problems);
        let nodes = [to.id()?];
        self.node(from)?
            .bundle_export(&file, &nodes)
            .await
            .map_err(told)?;
        self.node(to)?.bundle_import(&file).await.map_err(told)
    }

    /// Time goes on, in steps of some hours; what is due happens in each.
    pub async fn pass(&mut self, hours: u32) -> anyhow::Result<()> {
        let mut left = i64::from(hours);
        while left > 0 {
            let step = left.min(6);
            left = left.saturating_sub(step);
            self.hand
                .advance_us(step.saturating_mul(HOUR).saturating_mul(1_000_000));
            self.note_latest();
            // One look of each node at its clock.
            self.rounds(11).await?;
        }
        Ok(())
    }

    /// So many turns of all wires.
    pub async fn rounds(&mut self, count: u32) -> anyhow::Result<()> {
        for _ in 0..count {
            self.round().await?;
        }
        Ok(())
    }

    /// Until nothing moves any more, and would not if everybody waited longer.
    pub async fn settle(&mut self) -> anyhow::Result<()> {
        let mut quiet: u32 = 0;
        let mut has_waited = false;
        let mut waits: u32 = 0;
        let mut last = String::new();
        for _ in 0..ROUNDS_MAX {
            if self.round().await? {
                quiet = 0;
                has_waited = false;
                last = self.said();
            } else {
                quiet = quiet.saturating_add(1);
            }
            if quiet < QUIET {
                continue;
            }
            if has_waited {
                return self.observe().await;
            }
            if waits >= WAITS_MAX {
                break;
            }
            self.wait(PATIENCE).await;
            waits = waits.saturating_add(1);
            has_waited = true;
            quiet = 0;
        }
        bail!("the network does not come to rest; at last: {last}")
    }

    /// What the wires carried in the last round.
    fn said(&self) -> String {
        let said = self.wires.iter().map(|wire| (wire.ends, &wire.said));
        let said: Vec<_> = said.filter(|(_, said)| !said.is_empty()).collect();
        format!("{said:?}")
    }

    /// Everybody runs, every wire is whole, every clock is right, nothing goes wrong any more.
    pub async fn mend(&mut self) -> anyhow::Result<()> {
        self.faults = Faults::default();
        for wire in &mut self.wires {
            wire.is_cut = false;
        }
        for station in self.stations.values_mut() {
            station.clock.set_right();
            station.start().await?;
        }
        Ok(())
    }

    /// Whether anything moved.
    async fn round(&mut self) -> anyhow::Result<bool> {
        let mut moved = false;
        for wire in &mut self.wires {
            let (one, other) = (
                self.stations.get(&wire.ends.0),
                self.stations.get(&wire.ends.1),
            );
            let (Some(one), Some(other)) = (one, other) else {
                bail!("every wire has two stations");
            };
            let may_be_up = !wire.is_cut && one.is_running() && other.is_running();
            if may_be_up && !wire.is_up() && self.dice.happens(DIALS) {
                wire.connect(one.node()?, other.node()?).await?;
                moved = true;
            }
            moved |= wire.turn(&mut self.dice, self.faults).await?;
        }
        self.wait(ROUND).await;
        Ok(moved)
    }

    /// Resolves when no node has anything to do before that time.
    async fn wait(&mut self, time: Duration) {
        let us = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        self.hand.advance_us(us);
        tokio::time::sleep(time).await;
        self.note_latest();
    }

    /// No delivery may have gone down since the last look.
    pub(crate) async fn observe(&mut self) -> anyhow::Result<()> {
        for entry in &mut self.ledger.entries {
            let station = self.stations.get(&entry.from);
            let Some(station) = station.filter(|station| station.is_running()) else {
                continue;
            };
            let rows = station.store()?.deliveries(entry.id).await?;
            entry.observe(rows)?;
        }
        Ok(())
    }

    fn note_latest(&mut self) {
        for (post, station) in &self.stations {
            let now = station.clock.now();
            let latest = self.latest.entry(*post).or_insert(now);
            *latest = now.max(*latest);
        }
    }

    pub(crate) fn station(&self, post: Post) -> anyhow::Result<&Station> {
        self.stations.get(&post).context("every post has a station")
    }

    fn station_mut(&mut self, post: Post) -> anyhow::Result<&mut Station> {
        self.stations
            .get_mut(&post)
            .context("every post has a station")
    }

    fn scratch(&mut self, what: &str) -> std::path::PathBuf {
        self.files = self.files.saturating_add(1);
        self.dir.path().join(format!("{what}-{}", self.files))
    }
}

fn draft(from: Post, to: Post, urgency: Urgency) -> anyhow::Result<Draft> {
    Ok(Draft {
        content: Content::Note(Note {
            text: format!("{from:?} to {to:?}: a lorry is late."),
            language: None,
        }),
        from: from.office()?,
        to: vec![to.office()?],
        urgency,
        urgency_reason: match urgency {
            Urgency::Flash => Some("lane-waiting".parse()?),
            Urgency::Priority | Urgency::Routine => None,
        },
        handling: Handling {
            code: "office-only".parse()?,
            purpose: "exercise".parse()?,
            persons_released: false,
            public_from: None,
        },
        case: None,
        parents: Vec::new(),
        reply_by: None,
        expires_in_s: None,
        exercise: Some("Simulation".to_owned()),
        attachments: Vec::new(),
        officer: None,
    })
}
