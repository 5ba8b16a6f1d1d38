//! Programs: what people, links and machines do, by the dice of a seed.

use anyhow::Context as _;
use model::ids::DispatchId;
use model::lane::Urgency;
use model::step::StepKind;

use crate::book;
use crate::dice::Dice;
use crate::post::Post;
use crate::world::{Faults, World};

/// One thing that happens. What cannot be at that moment (a dead node sends nothing) is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Send {
        from: Post,
        to: Post,
        urgency: Urgency,
    },
    Attach {
        from: Post,
        to: Post,
        bytes: usize,
    },
    /// A step on something that has arrived there.
    Step {
        at: Post,
        step: StepKind,
    },
    Cut(Post, Post),
    Join(Post, Post),
    Stop(Post),
    Start(Post),
    Restart(Post),
    JumpClock {
        at: Post,
        days: i64,
    },
    PassTime {
        hours: u32,
    },
    Rounds(u32),
    Backup(Post),
    Restore(Post),
    Carry {
        from: Post,
        to: Post,
    },
}

const LENGTH: usize = 70;

const URGENCIES: [Urgency; 3] = [Urgency::Flash, Urgency::Priority, Urgency::Routine];

const STEPS: [StepKind; 4] = [
    StepKind::Opened,
    StepKind::Accepted,
    StepKind::Acted,
    StepKind::Answered,
];

/// The program of a seed.
pub fn program(seed: u64) -> Vec<Op> {
    let mut dice = Dice::new(seed);
    (0..LENGTH).map(|_| op(&mut dice)).collect()
}

fn op(dice: &mut Dice) -> Op {
    let (from, to) = pair(dice);
    let (one, other) = dice.pick(&Post::LINES).copied().unwrap_or((from, to));
    let at = dice.pick(&Post::ALL).copied().unwrap_or(from);
    match dice.below(100) {
        0..35 => Op::Send {
            from,
            to,
            urgency: dice.pick(&URGENCIES).copied().unwrap_or(Urgency::Routine),
        },
        35..38 => Op::Attach {
            from,
            to,
            bytes: dice.below(150_000).saturating_add(1),
        },
        38..53 => Op::Step {
            at: from,
            step: dice.pick(&STEPS).copied().unwrap_or(StepKind::Opened),
        },
        53..60 => Op::Cut(one, other),
        60..66 => Op::Join(one, other),
        66..68 => Op::Stop(at),
        68..72 => Op::Start(at),
        72..75 => Op::Restart(at),
        75..78 => Op::JumpClock {
            at,
            days: i64::try_from(dice.below(5)).unwrap_or(0).saturating_sub(2),
        },
        78..84 => Op::PassTime {
            hours: u32::try_from(dice.below(30)).unwrap_or(0).saturating_add(1),
        },
        84..93 => Op::Rounds(u32::try_from(dice.below(20)).unwrap_or(0)),
        93..95 => Op::Backup(at),
        95..97 => Op::Restore(at),
        _ => Op::Carry { from, to },
    }
}

/// Two different offices.
fn pair(dice: &mut Dice) -> (Post, Post) {
    let from = dice.below(Post::OFFICES.len());
    let to = from.saturating_add(1).saturating_add(dice.below(2)) % Post::OFFICES.len();
    let post = |at: usize| Post::OFFICES.get(at).copied().unwrap_or(Post::Oybek);
    (post(from), post(to))
}

/// Runs the program of a seed, mends everything and checks the books.
pub async fn run(seed: u64) -> anyhow::Result<()> {
    let mut world = World::new(seed).await?;
    world.faults = Faults {
        lost: 15,
        doubled: 50,
        late: 100,
        mixed: seed.is_multiple_of(2),
    };
    let program = program(seed);
    for (number, op) in program.iter().enumerate() {
        let done = match apply(&mut world, *op).await {
            Ok(()) => world.observe().await,
            Err(error) => Err(error),
        };
        done.with_context(|| format!("seed {seed}, operation {number}: {op:?}"))?;
    }
    let ended = match world.mend().await {
        Ok(()) => world.settle().await,
        Err(error) => Err(error),
    };
    ended.with_context(|| format!("seed {seed}, after its program"))?;
    book::check(&world)
        .await
        .with_context(|| format!("seed {seed}, the books after {program:#?}"))
}

async fn apply(world: &mut World, op: Op) -> anyhow::Result<()> {
    match op {
        Op::Send { from, to, urgency } if world.runs(from) => {
            world.send(from, to, urgency).await?;
        }
        Op::Attach { from, to, bytes } if world.runs(from) => {
            world.send_file(from, to, bytes).await?;
        }
        Op::Step { at, step } if world.runs(at) => {
            if let Some(of) = something_at(world, at).await? {
                world.step(at, of, step).await?;
            }
        }
        Op::Cut(one, other) => world.cut(one, other).await,
        Op::Join(one, other) => world.join(one, other),
        Op::Stop(post) => world.stop(post).await?,
        Op::Start(post) => world.start(post).await?,
        Op::Restart(post) => {
            world.stop(post).await?;
            world.start(post).await?;
        }
        Op::JumpClock { at, days } => world.jump(at, days)?,
        Op::PassTime { hours } => world.pass(hours).await?,
        Op::Rounds(count) => world.rounds(count).await?,
        Op::Backup(post) if world.runs(post) => world.back_up(post).await?,
        Op::Restore(post) if world.has_backup(post) => world.restore(post).await?,
        Op::Carry { from, to } if world.runs(from) && world.runs(to) => {
            world.carry(from, to).await?;
        }
        Op::Send { .. }
        | Op::Attach { .. }
        | Op::Step { .. }
        | Op::Backup(_)
        | Op::Restore(_)
        | Op::Carry { .. } => {}
    }
    Ok(())
}

/// A dispatch that has arrived there and is no step itself.
async fn something_at(world: &mut World, at: Post) -> anyhow::Result<Option<DispatchId>> {
    let mut here = Vec::new();
    for entry in &world.ledger.entries {
        if entry.step.is_none() && entry.to.contains(&at) && world.has(at, entry.id).await? {
            here.push(entry.id);
        }
    }
    Ok(world.dice.pick(&here).copied())
}
