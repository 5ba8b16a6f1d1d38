//! The one thread that writes: takes all that waits, commits it together, answers after the commit.

use std::time::Duration;

use store::{Change, StoreError, Write, WriteError};
use tokio::sync::mpsc::{self, error::TryRecvError};
use tokio::sync::oneshot;

use crate::checkpointer::Checkpointer;
use crate::engine::Engine;

/// A write that waits for its commit.
pub(crate) struct Job {
    pub(crate) write: Write,
    pub(crate) answer: oneshot::Sender<Result<(), WriteError>>,
}

/// Hands a write to the thread and waits for the commit. A caller who goes away does not undo it.
pub(crate) async fn write(jobs: &mpsc::Sender<Job>, write: Write) -> Result<(), WriteError> {
    let (answer, committed) = oneshot::channel();
    jobs.send(Job { write, answer })
        .await
        .ok()
        .ok_or(StoreError::Closed)?;
    committed.await.ok().ok_or(StoreError::Closed)?
}

/// Runs until all senders are gone and everything they sent is committed.
pub(crate) fn run(mut engine: Engine, mut jobs: mpsc::Receiver<Job>, checkpointer: &Checkpointer) {
    while let Some(job) = jobs.blocking_recv() {
        commit_group(&mut engine, &mut jobs, job);
        checkpointer.after_commit(&engine);
    }
}

/// Commits a job and what waits behind it.
fn commit_group(engine: &mut Engine, jobs: &mut mpsc::Receiver<Job>, job: Job) {
    let mut size = weight(&job.write);
    let mut writes = vec![job.write];
    let mut answers = vec![job.answer];
    while writes.len() < GROUP_MAX && size < GROUP_BYTES_MAX {
        match jobs.try_recv() {
            Ok(job) => {
                size = size.saturating_add(weight(&job.write));
                writes.push(job.write);
                answers.push(job.answer);
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
        }
    }
    let started = std::time::Instant::now();
    let results = engine.commit(&writes);
    let took = started.elapsed();
    if took > SLOW {
        tracing::warn!(
            writes = writes.len(),
            size_bytes = size,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "a commit was slow"
        );
    }
    for (answer, result) in answers.into_iter().zip(results) {
        // Nobody waits any more: the write is committed or refused all the same.
        drop(answer.send(result));
    }
}

fn weight(write: &Write) -> usize {
    write
        .changes
        .iter()
        .map(|change| match change {
            Change::AddDispatch(dispatch) => dispatch.bytes.len(),
            Change::AddQuarantine(found) => found.bytes.len(),
            Change::AddAct(act) => act.bytes.len(),
            _ => 0,
        })
        .sum()
}

/// What waits for the writer: two groups, so that one is always ready. More waits with its senders.
pub(crate) const JOBS_MAX: usize = 2 * GROUP_MAX;
/// The gain of a group is used up long before; more would only make its first write wait.
const GROUP_MAX: usize = 512;
/// Half the writer's page cache, so that a group is not written twice.
const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A commit of a full group takes some 20 ms on an idle machine.
const SLOW: Duration = Duration::from_secs(2);
