//! A bad link between two network namespaces of this machine: slow, far, lossy, and cut when told.
//!
//! Linux and root only. Measuring how the exchange behaves over 64 kbit/s and 600 ms needs a link that is really so,
//! for whatever program runs over it, kernel sockets included. `tc netem` would do, but not every kernel has it. So
//! each side is a network namespace with one TUN device, and this process carries the packets between the two, late,
//! at a rate, and not all of them:
//!
//! ```text
//!  namespace A             this process                         namespace B
//!  10.77.0.1 link0 --> TUN -> queue -> rate -> loss -> delay -> TUN --> link0 10.77.0.2
//!                      TUN <- delay <- loss <- rate <- queue <- TUN
//! ```
//!
//! ```no_run
//! use badlink::{BadLink, options::Options, side::Side};
//!
//! let link = BadLink::create(&Options::default())?;
//! let mut far = link.command(Side::B, "guzar").args(["serve"]).spawn()?;
//! let near = link.spawn(Side::A, || std::net::TcpStream::connect((Side::B.address(), 7000)))?;
//! link.cut();
//! link.restore();
//! println!("{} bytes arrived at B", link.counters().a_to_b.delivered.bytes);
//! # drop((far, near));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What the link does to a packet, in this order:
//!
//! 1. A packet that would have to wait longer than `queue` for its turn is dropped (`full`), as by a modem with a
//!    queue of that length.
//! 2. Its bytes, IP header included, take their time at `rate`, one packet after the other.
//! 3. By chance it is lost (`lost`): it has used the link for nothing. The dice are seeded, so the nth packet of a
//!    direction meets the same luck in each run.
//! 4. It arrives `delay` after its last bit was sent. Both directions have the same values, so a round trip is twice
//!    `delay` and the time of the bits.
//!
//! While the link is cut all that is under way and all that is sent is lost (`cut`), and nobody is told: interfaces stay
//! up and no ICMP is sent, which is how a mountain valley behaves.
//!
//! IPv4 only: other packets are not carried and not counted. Only the network differs between the sides; files, and
//! Unix sockets in the file system, are shared. Abstract Unix sockets are not.
//!
//! Namespaces are named `badlink-<process>-...`. They go when the [`BadLink`] is dropped; those of a process that was
//! killed are removed by the next [`BadLink::create`]. A program that wants them gone at once on Ctrl-C has to catch the
//! signal and drop the link.

mod carry;
pub mod counter;
mod namespace;
mod noise;
pub mod options;
mod pipe;
pub mod side;
pub mod unavailable;

use std::ffi::OsStr;
use std::io;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::carry::Carrier;
use crate::counter::Counters;
use crate::namespace::Namespace;
use crate::noise::Noise;
use crate::options::Options;
use crate::pipe::Pipe;
use crate::side::Side;
use crate::unavailable::Unavailable;

/// Tells apart the links of one process.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Two namespaces and the link between them, as long as it lives.
#[derive(Debug)]
pub struct BadLink {
    // Dropped in this order: first the threads with their TUN devices, then the namespaces.
    a_to_b: Carrier,
    b_to_a: Carrier,
    a: Namespace,
    b: Namespace,
}

impl BadLink {
    /// Makes the namespaces, removes those that a killed process left, and begins to carry packets.
    ///
    /// # Errors
    /// [`Unavailable`] says what this machine lacks and how to give it.
    pub fn create(options: &Options) -> Result<Self, Unavailable> {
        namespace::require()?;
        namespace::remove_stale()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let a = Namespace::create(number, Side::A)?;
        let b = Namespace::create(number, Side::B)?;
        let device_a = Arc::new(a.device(Side::A, options.mtu)?);
        let device_b = Arc::new(b.device(Side::B, options.mtu)?);
        let begun = Instant::now();
        let carrier = |from: &Arc<_>, to: &Arc<_>, noise: u64| {
            let pipe = Pipe::new(options, Noise::new(options.seed.wrapping_add(noise)));
            Carrier::start(pipe, Arc::clone(from), Arc::clone(to), begun)
                .map_err(|error| Unavailable::threads(&error))
        };
        Ok(Self {
            a_to_b: carrier(&device_a, &device_b, 0)?,
            b_to_a: carrier(&device_b, &device_a, 1)?,
            a,
            b,
        })
    }

    /// A command that will run `program` on this side of the link. The child's process id is the program's own.
    pub fn command(&self, side: Side, program: impl AsRef<OsStr>) -> Command {
        self.namespace(side).command(program)
    }

    /// Runs `work` on a new thread on this side of the link: sockets that it opens, and threads and programs that it
    /// starts, are on that side too. Sockets keep their side when they are moved to another thread.
    ///
    /// # Errors
    /// If the thread cannot be started or the namespace cannot be entered.
    pub fn spawn<T: Send + 'static>(
        &self,
        side: Side,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        self.namespace(side).spawn(work)
    }

    /// The name of the side's namespace, for `ip netns exec`.
    pub fn namespace_name(&self, side: Side) -> &str {
        self.namespace(side).name()
    }

    /// Cuts the link both ways; what is under way is lost.
    pub fn cut(&self) {
        self.a_to_b.change(Pipe::cut);
        self.b_to_a.change(Pipe::cut);
    }

    /// Makes a cut link carry again.
    pub fn restore(&self) {
        self.a_to_b.change(Pipe::restore);
        self.b_to_a.change(Pipe::restore);
    }

    /// What was sent, dropped and delivered so far, each way.
    pub fn counters(&self) -> Counters {
        Counters {
            a_to_b: self.a_to_b.counters(),
            b_to_a: self.b_to_a.counters(),
        }
    }

    /// Why the link carries nothing any more, if a device failed.
    pub fn failure(&self) -> Option<String> {
        self.a_to_b.failure().or_else(|| self.b_to_a.failure())
    }

    fn namespace(&self, side: Side) -> &Namespace {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}
