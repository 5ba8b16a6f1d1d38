//! `cargo xtask badlink`: programs over a link as bad as wanted.

mod measure;
mod outage;

use std::num::NonZeroU32;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use badlink::BadLink;
use badlink::counter::Way;
use badlink::options::{Loss, Options};
use badlink::side::Side;
use clap::Args;
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use self::outage::{Outage, Outages};

/// How long a program has to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
/// How often children, signals and outages are looked at: it moves the edges of an outage by as much.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Runs a program on side A (10.77.0.1) of a bad link, and if wanted another on side B (10.77.0.2).
#[derive(Args, Debug)]
pub(crate) struct Link {
    /// Rate each way, in kbit/s
    #[arg(long, default_value = "64")]
    rate: NonZeroU32,
    /// Delay one way, in milliseconds; a round trip takes twice as long
    #[arg(long, default_value = "300")]
    delay: u64,
    /// Packets lost by chance, in percent
    #[arg(long, default_value = "0")]
    loss: Loss,
    /// How long a packet may wait for its turn, in milliseconds
    #[arg(long, default_value = "1000")]
    queue: u64,
    /// The longest IP packet, in bytes
    #[arg(long, default_value = "1500")]
    mtu: u16,
    /// Where the dice begin
    #[arg(long, default_value = "1")]
    seed: u64,
    /// Cut the link AFTER seconds for so many seconds, as in 30+600; may be given several times
    #[arg(long, value_name = "AFTER+FOR")]
    outage: Vec<Outage>,
    /// A shell command for side B, begun first and stopped when the other ends
    #[arg(long, value_name = "COMMAND")]
    far: Option<String>,
    /// Send datagrams and a TCP stream over the link and print what it is really like
    #[arg(long, conflicts_with_all = ["far", "command"])]
    measure: bool,
    /// The program for side A and its arguments; a shell if none is given
    #[arg(last = true)]
    command: Vec<String>,
}

impl Link {
    fn options(&self) -> Options {
        Options {
            rate_kbit_s: self.rate,
            delay: Duration::from_millis(self.delay),
            loss: self.loss,
            queue: Duration::from_millis(self.queue),
            mtu: self.mtu,
            seed: self.seed,
        }
    }
}

/// Makes the link, runs what was asked, prints what the link did.
///
/// # Errors
/// If there can be no link here, or a program cannot be started or fails.
pub(crate) fn run(arguments: Link) -> anyhow::Result<()> {
    let signals = Signals::catch()?;
    let options = arguments.options();
    let link = BadLink::create(&options)?;
    let begun = Instant::now();
    if arguments.measure {
        return measure::run(&link, &options);
    }
    println!(
        "link: A {} ({}), B {} ({})",
        Side::A.address(),
        link.namespace_name(Side::A),
        Side::B.address(),
        link.namespace_name(Side::B)
    );
    let far = arguments
        .far
        .as_ref()
        .map(|far| {
            start(
                link.command(Side::B, "sh")
                    .args(["-c", far])
                    .process_group(0),
            )
        })
        .transpose()?;
    let near = match arguments.command.split_first() {
        Some((program, rest)) => start(link.command(Side::A, program).args(rest)),
        None => start(&mut link.command(Side::A, "sh")),
    };
    let outages = Outages::new(arguments.outage);
    let ended = near.and_then(|near| attend(near, &link, outages, &signals));
    if let Some(far) = far {
        stop(far)?;
    }
    let elapsed = begun.elapsed();
    let counted = link.counters();
    print_way("A to B", &counted.a_to_b, elapsed);
    print_way("B to A", &counted.b_to_a, elapsed);
    if let Some(failure) = link.failure() {
        bail!("the link broke: {failure}");
    }
    let status = ended?;
    if !status.success() {
        bail!("the program on side A ended with {status}");
    }
    Ok(())
}

fn start(command: &mut Command) -> anyhow::Result<Child> {
    command
        .spawn()
        .with_context(|| format!("failed to start {command:?}"))
}

/// Waits for the program, and cuts and restores the link meanwhile.
fn attend(
    mut near: Child,
    link: &BadLink,
    mut outages: Outages,
    signals: &Signals,
) -> anyhow::Result<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = near.try_wait()? {
            return Ok(status);
        }
        if signals.end.load(Ordering::Relaxed) {
            near.kill()?;
        }
        match outages.changed(begun.elapsed()) {
            Some(true) => {
                eprintln!("link: cut at {:.1} s", begun.elapsed().as_secs_f64());
                link.cut();
            }
            Some(false) => {
                eprintln!("link: restored at {:.1} s", begun.elapsed().as_secs_f64());
                link.restore();
            }
            None => {}
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Asks the far program and its children to end, and makes them if they do not.
fn stop(mut far: Child) -> anyhow::Result<()> {
    let group = Pid::from_child(&far);
    let asked = Instant::now();
    let mut signal = Signal::TERM;
    while far.try_wait()?.is_none() {
        kill_process_group(group, signal)?;
        thread::sleep(LOOK_EVERY);
        if asked.elapsed() > GRACE {
            signal = Signal::KILL;
        }
    }
    Ok(())
}

fn print_way(name: &str, way: &Way, elapsed: Duration) {
    println!(
        "{name}: {} B sent, {} B arrived in {} packets; dropped: {} queue full, {} by chance, {} in outages; busy {:.1} %",
        way.offered.bytes,
        way.delivered.bytes,
        way.delivered.packets,
        way.full.packets,
        way.lost.packets,
        way.cut.packets,
        way.busy_share(elapsed) * 100.0
    );
}

/// Signals, caught so that the namespaces are removed before the end.
struct Signals {
    end: Arc<AtomicBool>,
}

impl Signals {
    /// Ctrl-C goes to the programs too, and it is for them to end; the other signals are for us alone.
    fn catch() -> anyhow::Result<Self> {
        let end = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGINT, interrupted)
            .and_then(|_| signal_hook::flag::register(SIGTERM, Arc::clone(&end)))
            .and_then(|_| signal_hook::flag::register(SIGHUP, Arc::clone(&end)))
            .map_err(|error| anyhow!("failed to catch signals: {error}"))?;
        Ok(Self { end })
    }
}
