//! Links between hosts that know nothing but keys: streams, batches, strangers.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use envelope::key::SigningKey;
use exchange::frame::VERSION;
use model::dispatch::Checkpoint;
use model::ids::NetworkId;
use model::lane::Lane;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::status::Carrier;
use super::*;
use crate::clock::{Clock as _, SystemClock};
use crate::sequence::lock;

const PATIENCE: Duration = Duration::from_secs(20);
const A: [u8; 32] = [1; 32];
const B: [u8; 32] = [2; 32];
const STRANGER: [u8; 32] = [3; 32];

/// What a host was told.
#[derive(Debug)]
enum Told {
    Up(Outbox),
    Frame(Frame),
    Down,
}

#[derive(Debug)]
struct KeyHost {
    node: NodeId,
    keys: BTreeMap<Vec<u8>, NodeId>,
    dial: Mutex<Vec<Peer>>,
    told: mpsc::UnboundedSender<Told>,
}

#[async_trait]
impl Host for KeyHost {
    fn hello(&self) -> Hello {
        Hello {
            version: VERSION,
            node: self.node.clone(),
            network: NetworkId::new([7; 16]),
            register: Checkpoint {
                count: 0,
                root: [0; 32].into(),
            },
            clock: SystemClock.now(),
            features: Vec::new(),
        }
    }

    fn peer_by_link_key(&self, key: &[u8]) -> Option<NodeId> {
        self.keys.get(key).cloned()
    }

    fn endpoints(&self) -> Vec<Peer> {
        lock(&self.dial).clone()
    }

    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn waits(&self, _peer: &NodeId) -> bool {
        true
    }

    async fn connected(&self, _peer: &NodeId, _hello: Hello, outbox: Outbox) {
        drop(self.told.send(Told::Up(outbox)));
    }

    async fn receive(&self, _peer: &NodeId, frames: Vec<Frame>) {
        for frame in frames {
            drop(self.told.send(Told::Frame(frame)));
        }
    }

    async fn disconnected(&self, _peer: &NodeId) {
        drop(self.told.send(Told::Down));
    }
}

/// A running host.
struct Side {
    host: Arc<KeyHost>,
    links: Links,
    told: mpsc::UnboundedReceiver<Told>,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

impl Side {
    async fn start(name: &str, seed: [u8; 32], knows: &[(&str, [u8; 32])]) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let keys = knows.iter().map(|(node, seed)| {
            let key = SigningKey::from_seed(seed).unwrap();
            (key.public().as_bytes().to_vec(), node.parse().unwrap())
        });
        let host = Arc::new(KeyHost {
            node: name.parse().unwrap(),
            keys: keys.collect(),
            dial: Mutex::default(),
            told: tell,
        });
        let (tracker, cancel) = (TaskTracker::new(), CancellationToken::new());
        let config = LinkConfig {
            listen: vec!["127.0.0.1:0".to_owned()],
            seed: Zeroizing::new(seed),
        };
        let as_host: Arc<dyn Host> = Arc::<KeyHost>::clone(&host);
        let links = Links::start(as_host, config, tracker.clone(), cancel.clone());
        Self {
            links: links.await.unwrap(),
            host,
            told,
            tracker,
            cancel,
        }
    }

    fn dial(&self, peer: &Self, batch: bool) {
        lock(&self.host.dial).push(Peer {
            node: peer.host.node.clone(),
            addresses: peer.links.listening(),
            batch,
        });
    }

    async fn next(&mut self) -> Told {
        timeout(PATIENCE, self.told.recv()).await.unwrap().unwrap()
    }

    async fn up(&mut self) -> Outbox {
        match self.next().await {
            Told::Up(outbox) => outbox,
            other => panic!("{other:?}"),
        }
    }

    async fn frame(&mut self) -> Frame {
        match self.next().await {
            Told::Frame(frame) => frame,
            other => panic!("{other:?}"),
        }
    }

    async fn stop(self) {
        self.cancel.cancel();
        self.tracker.close();
        timeout(PATIENCE, self.tracker.wait()).await.unwrap();
    }
}

fn dispatch(len: usize) -> Frame {
    Frame::Dispatch {
        lane: Lane::Priority,
        bytes: Bytes::from(vec![5; len]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_go_both_ways_over_a_stream() {
    let mut a = Side::start("tj-a", A, &[("uz-b", B)]).await;
    let mut b = Side::start("uz-b", B, &[("tj-a", A)]).await;
    a.dial(&b, false);
    let (to_b, to_a) = (a.up().await, b.up().await);

    to_b.push(dispatch(300_000));
    to_a.push(Frame::ActsWant {});

    assert_eq!(b.frame().await, dispatch(300_000));
    assert_eq!(a.frame().await, Frame::ActsWant {});
    let status = a.links.status();
    assert!(status.iter().any(|link| link.up && link.dialled));
    assert!(status.iter().all(|link| link.sent_bytes > 300_000));
    b.stop().await;
    assert!(matches!(a.next().await, Told::Down));
    a.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_may_dial_and_one_link_stays() {
    let mut a = Side::start("tj-a", A, &[("uz-b", B)]).await;
    let mut b = Side::start("uz-b", B, &[("tj-a", A)]).await;
    a.dial(&b, false);
    b.dial(&a, false);
    let mut to_b = a.up().await;
    to_b.push(dispatch(1));
    loop {
        match b.next().await {
            Told::Frame(frame) => {
                assert_eq!(frame, dispatch(1));
                break;
            }
            Told::Up(_) | Told::Down => {
                // The first connection was replaced before the frame was taken: again over the other.
                if let Ok(Told::Down) = a.told.try_recv() {
                    to_b = a.up().await;
                    to_b.push(dispatch(1));
                }
            }
        }
    }
    assert_eq!(a.links.status().iter().filter(|link| link.up).count(), 1);
    a.stop().await;
    b.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_pinned_gets_no_link() {
    let mut a = Side::start("tj-a", A, &[("uz-b", B)]).await;
    // Knows A, and calls itself B, with a key that A does not have for B.
    let mut impostor = Side::start("uz-b", STRANGER, &[("tj-a", A)]).await;
    a.dial(&impostor, false);
    impostor.dial(&a, false);

    let told = timeout(Duration::from_secs(2), a.told.recv()).await;
    assert!(told.is_err(), "{told:?}");
    let told = timeout(Duration::from_millis(10), impostor.told.recv()).await;
    assert!(told.is_err(), "{told:?}");
    a.stop().await;
    impostor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_carry_what_a_stream_cannot() {
    let mut a = Side::start("tj-a", A, &[("uz-b", B)]).await;
    let mut b = Side::start("uz-b", B, &[("tj-a", A)]).await;
    // Streams to B have ended at once, again and again.
    let entry = a.links.table.entry(&b.host.node);
    for _ in 0..3 {
        entry.stream_lasted(Duration::ZERO);
    }
    a.dial(&b, true);
    let (to_b, to_a) = (a.up().await, b.up().await);
    let carrier = |side: &Side| side.links.status().first().map(|link| link.carrier);
    assert_eq!(carrier(&a), Some(Carrier::Batch));
    assert_eq!(carrier(&b), Some(Carrier::Batch));

    to_b.push(dispatch(900_000));
    to_a.push(Frame::ActsWant {});
    assert_eq!(b.frame().await, dispatch(900_000));
    assert_eq!(a.frame().await, Frame::ActsWant {});
    // The request that waits is answered at once when something comes up.
    to_a.push(dispatch(10));
    assert_eq!(a.frame().await, dispatch(10));
    b.stop().await;
    assert!(matches!(a.next().await, Told::Down));
    a.stop().await;
}
