//! Two threads that carry the packets of one direction from one TUN device to the other.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tun_rs::{InterruptEvent, SyncDevice};

use crate::counter::Way;
use crate::pipe::Pipe;

/// No IP packet is longer.
const PACKET_MAX: usize = 65_535;

/// One direction at work; it ends on drop.
#[derive(Debug)]
pub(crate) struct Carrier {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stop: InterruptEvent,
    begun: Instant,
}

#[derive(Debug)]
struct State {
    pipe: Pipe,
    stopped: bool,
    failure: Option<String>,
}

impl Carrier {
    /// Begins to carry; `begun` is the zero of the pipe's time.
    pub(crate) fn start(
        pipe: Pipe,
        from: Arc<SyncDevice>,
        to: Arc<SyncDevice>,
        begun: Instant,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                pipe,
                stopped: false,
                failure: None,
            }),
            changed: Condvar::new(),
            stop: InterruptEvent::new()?,
            begun,
        });
        let mut carrier = Self {
            shared: Arc::clone(&shared),
            threads: Vec::new(),
        };
        carrier.threads.push(
            thread::Builder::new()
                .name("badlink-read".to_owned())
                .spawn({
                    let shared = Arc::clone(&shared);
                    move || shared.fails(shared.read(&from))
                })?,
        );
        carrier.threads.push(
            thread::Builder::new()
                .name("badlink-write".to_owned())
                .spawn(move || shared.fails(shared.write(&to)))?,
        );
        Ok(carrier)
    }

    /// Changes the pipe, now.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Pipe, Duration)) {
        let mut state = self.shared.state();
        change(&mut state.pipe, self.shared.begun.elapsed());
        drop(state);
        self.shared.changed.notify_one();
    }

    pub(crate) fn counters(&self) -> Way {
        let state = self.shared.state();
        state.pipe.counters(self.shared.begun.elapsed())
    }

    pub(crate) fn failure(&self) -> Option<String> {
        self.shared.state().failure.clone()
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
        self.shared.changed.notify_all();
        // If the event cannot be set the reader would never end, and waiting for it would hang.
        if self.shared.stop.trigger().is_ok() {
            for thread in self.threads.drain(..) {
                drop(thread.join());
            }
        }
    }
}

impl Shared {
    fn read(&self, from: &SyncDevice) -> io::Result<()> {
        raise_priority();
        let mut buffer = vec![0; PACKET_MAX];
        loop {
            let length = match from.recv_intr(&mut buffer, &self.stop) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if self.state().stopped {
                        return Ok(());
                    }
                    continue;
                }
                Err(error) => return Err(error),
            };
            let packet = buffer.get(..length).unwrap_or_default();
            if packet.first().is_some_and(|first| first >> 4 == 4) {
                let mut state = self.state();
                let was_empty = state.pipe.due_at().is_none();
                state.pipe.offer(packet, self.begun.elapsed());
                drop(state);
                // Later packets arrive later, so only the first one changes what the writer waits for.
                if was_empty {
                    self.changed.notify_one();
                }
            }
        }
    }

    fn write(&self, to: &SyncDevice) -> io::Result<()> {
        raise_priority();
        let mut state = self.state();
        while !state.stopped {
            let now = self.begun.elapsed();
            if let Some(packet) = state.pipe.take(now) {
                drop(state);
                to.send(&packet)?;
                state = self.state();
            } else if let Some(due_at) = state.pipe.due_at() {
                let wait = due_at.saturating_sub(now);
                state = self
                    .changed
                    .wait_timeout(state, wait)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            } else {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
        Ok(())
    }

    fn fails(&self, result: io::Result<()>) {
        if let Err(error) = result {
            let mut state = self.state();
            state.stopped = true;
            state.failure.get_or_insert_with(|| error.to_string());
            drop(state);
            self.changed.notify_all();
        }
    }

    /// A thread that panicked holding the lock left whole packets behind: the state stays good.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("state", &self.state)
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}

/// On a busy machine the packets would be late by however long this thread waits for a core, and the link would look
/// worse than it was ordered. Linux keeps priorities by thread.
fn raise_priority() {
    // A container may lack CAP_SYS_NICE; then the link works and is only less exact.
    rustix::process::setpriority_process(Some(rustix::thread::gettid()), -20).ok();
}
