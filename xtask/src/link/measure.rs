//! What a link is really like, measured from outside by datagrams and a TCP stream.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use badlink::BadLink;
use badlink::options::Options;
use badlink::side::Side;

const PORT: u16 = 7000;
/// One after the other.
const ECHOES: u32 = 15;
/// How long the link is kept full.
const FILLED_FOR: Duration = Duration::from_secs(15);
/// Of a datagram; with the headers of IP and UDP 1,200 bytes.
const PAYLOAD: usize = 1172;

/// Prints round trip, rate and loss as set and as measured.
///
/// # Errors
/// If the sockets fail or nothing comes through.
pub(super) fn run(link: &BadLink, options: &Options) -> anyhow::Result<()> {
    let set = options.delay * 2;
    let round_trip = round_trip(link, options)?;
    println!(
        "round trip: set {set:?} and the bits, measured {round_trip:?} (median of {ECHOES}, 64 B)"
    );
    let set = f64::from(options.rate_kbit_s.get());
    let datagrams = datagrams(link, options)?;
    println!(
        "datagrams:  set {set} kbit/s, measured {:.2} kbit/s; lost by chance: set {} %, measured {:.2} %",
        datagrams.kbit_s,
        options.loss.share() * 100.0,
        datagrams.lost_share * 100.0
    );
    let (kbit_s, busy) = stream(link)?;
    println!(
        "TCP upload: {kbit_s:.2} kbit/s of data, link busy {:.1} %",
        busy * 100.0
    );
    Ok(())
}

fn sockets(link: &BadLink) -> anyhow::Result<(UdpSocket, UdpSocket)> {
    let bind = |side: Side| -> anyhow::Result<UdpSocket> {
        let bound = link.spawn(side, move || UdpSocket::bind((side.address(), PORT)))?;
        Ok(bound
            .join()
            .map_err(|_panic| anyhow!("a thread panicked"))??)
    };
    let (a, b) = (bind(Side::A)?, bind(Side::B)?);
    a.connect((Side::B.address(), PORT))?;
    b.connect((Side::A.address(), PORT))?;
    Ok((a, b))
}

/// The median of those that came back.
fn round_trip(link: &BadLink, options: &Options) -> anyhow::Result<Duration> {
    let (a, b) = sockets(link)?;
    let patience = options.delay * 4 + Duration::from_secs(1);
    a.set_read_timeout(Some(patience))?;
    b.set_read_timeout(Some(patience))?;
    let mut times = Vec::new();
    let mut buffer = [0; 64];
    for number in 0..ECHOES {
        let number = number.to_be_bytes();
        let sent = Instant::now();
        a.send(&[&number[..], &[0; 32]].concat())?;
        if b.recv(&mut buffer).is_ok()
            && b.send(&buffer[..36]).is_ok()
            && a.recv(&mut buffer).is_ok()
        {
            times.push(sent.elapsed());
        }
    }
    times.sort();
    times
        .get(times.len() / 2)
        .copied()
        .context("no datagram came back")
}

struct Datagrams {
    kbit_s: f64,
    lost_share: f64,
}

/// Sends a quarter more than the link can carry and looks at what arrives.
fn datagrams(link: &BadLink, options: &Options) -> anyhow::Result<Datagrams> {
    let (a, b) = sockets(link)?;
    b.set_read_timeout(Some(options.delay + options.queue + Duration::from_secs(2)))?;
    let before = link.counters().a_to_b;
    let begun = Instant::now();
    let bits_per_packet = f64::from(u32::try_from(PAYLOAD + 28)?) * 8.0;
    let gap =
        Duration::from_secs_f64(bits_per_packet / (f64::from(options.rate_kbit_s.get()) * 1250.0));
    let receiver = thread::spawn(move || receive(&b));
    let mut next = begun;
    while begun.elapsed() < FILLED_FOR {
        a.send(&[0; PAYLOAD])?;
        next += gap;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let (packets, spread) = receiver
        .join()
        .map_err(|_panic| anyhow!("a thread panicked"))?;
    let counted = link.counters().a_to_b.since(&before);
    let passed = counted.lost.packets + counted.delivered.packets;
    let lost = f64::from(u32::try_from(counted.lost.packets)?);
    // Lost packets take their time too, so the rate is that of all that passed between the first and the last arrival.
    let through = f64::from(packets.saturating_sub(1)) * f64::from(u32::try_from(passed)?)
        / f64::from(packets.max(1));
    Ok(Datagrams {
        kbit_s: through * bits_per_packet / spread.as_secs_f64() / 1000.0,
        lost_share: lost / f64::from(u32::try_from(passed)?),
    })
}

/// How many came until they ceased, and how long it took from the first to the last.
fn receive(socket: &UdpSocket) -> (u32, Duration) {
    let mut buffer = [0; PAYLOAD];
    let (mut packets, mut first, mut last) = (0, None, None);
    while socket.recv(&mut buffer).is_ok() {
        packets += 1;
        last = Some(Instant::now());
        first = first.or(last);
    }
    let spread = first.zip(last).map(|(first, last)| last - first);
    (packets, spread.unwrap_or(Duration::ZERO))
}

/// The rate of one TCP stream's data, and how busy the link was with it.
fn stream(link: &BadLink) -> anyhow::Result<(f64, f64)> {
    let listener = link
        .spawn(Side::B, || TcpListener::bind((Side::B.address(), PORT)))?
        .join()
        .map_err(|_panic| anyhow!("a thread panicked"))??;
    // It ends when the other side closes; nobody waits for it.
    link.spawn(Side::A, || -> io::Result<()> {
        let mut stream = TcpStream::connect((Side::B.address(), PORT))?;
        loop {
            stream.write_all(&[0; 4096])?;
        }
    })?;
    let (mut stream, _) = listener.accept()?;
    let mut buffer = vec![0; 65_536];
    stream.read_exact(&mut [0; 1])?;
    let before = link.counters().a_to_b;
    let begun = Instant::now();
    let mut bytes = 0.0;
    while begun.elapsed() < FILLED_FOR {
        let read = stream.read(&mut buffer)?;
        bytes += f64::from(u32::try_from(read)?);
    }
    let elapsed = begun.elapsed();
    let busy = link.counters().a_to_b.since(&before).busy_share(elapsed);
    Ok((bytes * 8.0 / elapsed.as_secs_f64() / 1000.0, busy))
}
