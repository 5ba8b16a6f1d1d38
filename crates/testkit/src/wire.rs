//! A line between two stations: frames in both directions, with the dice's faults.
//!
//! A stream loses nothing without breaking: where the dice lose a frame, the session ends, and all that was on its way
//! in it is gone. Doubled frames come again later in the same session or in the next one.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use exchange::frame::{Frame, FrameReader, Hello};
use model::lane::Lane;
use node::Node;
use node::link::{Host as _, SimulatedEnd};

use crate::dice::Dice;
use crate::post::Post;

/// Bytes taken from an outbox in one turn.
const TURN: usize = 64 << 10;

/// Longer frames go in pieces, so that others get between.
const PIECE: usize = 1 << 10;

/// What goes wrong, in parts of a thousand for each frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// The frame is lost and the session ends.
    pub lost: u32,
    /// The frame comes once more, later.
    pub doubled: u32,
    /// The rest of the turn waits for the next one.
    pub late: u32,
    /// Frames overtake each other, within their lane too.
    pub mixed: bool,
}

/// A line, with or without a session on it.
pub(crate) struct Wire {
    pub(crate) ends: (Post, Post),
    pub(crate) is_cut: bool,
    session: Option<Session>,
    /// Frames of the last turn, by name.
    pub(crate) said: Vec<&'static str>,
    /// Doubled frames that are still to come.
    again: [VecDeque<Frame>; 2],
}

struct Session {
    /// To the first station, and to the second.
    ways: [Way; 2],
}

/// One direction: out of one end's outbox, into the other's host.
struct Way {
    end: SimulatedEnd,
    /// Reads what the other end sends.
    reader: FrameReader,
    flying: VecDeque<Frame>,
}

impl Wire {
    pub(crate) const fn new(ends: (Post, Post)) -> Self {
        Self {
            ends,
            is_cut: false,
            session: None,
            said: Vec::new(),
            again: [VecDeque::new(), VecDeque::new()],
        }
    }

    pub(crate) const fn is_up(&self) -> bool {
        self.session.is_some()
    }

    pub(crate) fn touches(&self, post: Post) -> bool {
        self.ends.0 == post || self.ends.1 == post
    }

    pub(crate) async fn connect(&mut self, first: &Node, second: &Node) -> anyhow::Result<()> {
        let hellos = (spoken(first)?, spoken(second)?);
        let (one, other) = (Arc::new(first.clone()), Arc::new(second.clone()));
        let refused = |reason: exchange::frame::ByeReason| anyhow::anyhow!(reason.code());
        let to_first = SimulatedEnd::connect(one, self.ends.1.id()?, hellos.1)
            .await
            .map_err(refused)?;
        let to_second = SimulatedEnd::connect(other, self.ends.0.id()?, hellos.0)
            .await
            .map_err(refused)?;
        self.session = Some(Session {
            ways: [Way::new(to_first), Way::new(to_second)],
        });
        Ok(())
    }

    pub(crate) async fn disconnect(&mut self) {
        if let Some(Session {
            ways: [first, second],
        }) = self.session.take()
        {
            first.end.disconnect().await;
            second.end.disconnect().await;
        }
    }

    /// Carries what waits; says whether anything moved that matters.
    pub(crate) async fn turn(&mut self, dice: &mut Dice, faults: Faults) -> anyhow::Result<bool> {
        self.said.clear();
        let Some(session) = &mut self.session else {
            return Ok(false);
        };
        session.fly(dice, faults)?;
        let mut is_broken = false;
        for (way, again) in session.ways.iter_mut().zip(&mut self.again) {
            way.flying.extend(again.drain(..));
            while let Some(frame) = way.flying.pop_front() {
                self.said.push(frame.name());
                if dice.happens(faults.lost) {
                    is_broken = true;
                    break;
                }
                // What a session says of itself is never repeated; what is signed may come at any time.
                let may_repeat = matches!(frame, Frame::Dispatch { .. } | Frame::Receipt { .. });
                if may_repeat && dice.happens(faults.doubled) {
                    again.push_back(frame.clone());
                }
                way.end.receive(vec![frame]).await;
                if dice.happens(faults.late) {
                    break;
                }
            }
        }
        if is_broken {
            self.disconnect().await;
        }
        // A file whose source has lost it is asked for in vain for ever.
        let in_vain = ["attachment_want", "attachment_gone"];
        Ok(self.said.iter().any(|name| !in_vain.contains(name)))
    }
}

impl Session {
    /// From the outboxes into the air, through the bytes of the protocol.
    fn fly(&mut self, dice: &mut Dice, faults: Faults) -> anyhow::Result<()> {
        let [first, second] = &mut self.ways;
        let to_first = second.end.take(PIECE, TURN);
        let to_second = first.end.take(PIECE, TURN);
        for (way, bytes) in [(first, to_first), (second, to_second)] {
            way.reader.push(&bytes);
            let mut frames = Vec::new();
            while let Some(frame) = way.reader.next()? {
                frames.push(frame);
            }
            way.flying.extend(riffle(frames, dice, faults.mixed));
        }
        Ok(())
    }
}

impl Way {
    fn new(end: SimulatedEnd) -> Self {
        Self {
            end,
            reader: FrameReader::default(),
            flying: VecDeque::new(),
        }
    }
}

/// Lanes overtake each other; within a lane the order stays, unless all is to be mixed.
fn riffle(frames: Vec<Frame>, dice: &mut Dice, mixed: bool) -> Vec<Frame> {
    let mut stacks: Vec<(Lane, VecDeque<Frame>)> = Vec::new();
    for frame in frames {
        let lane = frame.lane();
        // Pieces of a file and what a session begins with make sense in their order only.
        let loose = mixed && matches!(frame, Frame::Dispatch { .. } | Frame::Receipt { .. });
        match stacks.iter_mut().find(|(of, _)| *of == lane && !loose) {
            Some((_, stack)) => stack.push_back(frame),
            None => stacks.push((lane, VecDeque::from([frame]))),
        }
    }
    let mut order = Vec::new();
    while !stacks.is_empty() {
        let at = dice.below(stacks.len());
        match stacks.get_mut(at).and_then(|(_, stack)| stack.pop_front()) {
            Some(frame) => order.push(frame),
            None => drop(stacks.swap_remove(at)),
        }
    }
    order
}

/// A node's hello, as its peer reads it.
fn spoken(node: &Node) -> anyhow::Result<Hello> {
    let mut bytes = Vec::new();
    Frame::Hello(Box::new(node.hello())).encode(&mut bytes);
    let mut reader = FrameReader::default();
    reader.push(&bytes);
    match reader.next()?.context("a hello is whole")? {
        Frame::Hello(hello) => Ok(*hello),
        other => bail!("{} instead of a hello", other.name()),
    }
}
