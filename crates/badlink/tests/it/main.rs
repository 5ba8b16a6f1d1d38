//! Real packets over real namespaces: what is asserted is order, counts and who hears what, never how long it took.
//!
//! Needs root and /dev/net/tun; where they are missing each test says so in a line that `cargo xtask test` collects.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests are tests: they panic when something is wrong, and say why they did not run"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::num::NonZeroU32;
use std::thread;
use std::time::Duration;

use badlink::BadLink;
use badlink::options::{Loss, Options};
use badlink::side::Side;
use badlink::unavailable::Unavailable;

const PORT: u16 = 7000;
/// Only a broken link makes a test wait as long as this.
const HANG: Duration = Duration::from_mins(1);

/// A link that is good but for what the test changes, or `None` where there can be none.
fn link(change: impl FnOnce(&mut Options)) -> Option<BadLink> {
    let mut options = Options {
        rate_kbit_s: NonZeroU32::new(100_000).unwrap(),
        delay: Duration::from_millis(1),
        queue: Duration::from_secs(10),
        ..Options::default()
    };
    change(&mut options);
    match BadLink::create(&options) {
        Ok(link) => Some(link),
        Err(Unavailable { what, fix }) => {
            println!("not run: badlink: {what}: {fix}");
            None
        }
    }
}

fn socket(link: &BadLink, side: Side) -> UdpSocket {
    let socket = link
        .spawn(side, move || UdpSocket::bind((side.address(), PORT)))
        .unwrap()
        .join()
        .unwrap()
        .unwrap();
    socket.set_read_timeout(Some(HANG)).unwrap();
    socket
}

fn sockets(link: &BadLink) -> (UdpSocket, UdpSocket) {
    let (a, b) = (socket(link, Side::A), socket(link, Side::B));
    a.connect((Side::B.address(), PORT)).unwrap();
    b.connect((Side::A.address(), PORT)).unwrap();
    (a, b)
}

fn received(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 2000];
    let length = socket.recv(&mut buffer).unwrap();
    buffer.truncate(length);
    buffer
}

/// The sender's kernel hands packets over when it likes.
fn wait_until_offered(link: &BadLink, packets: u64) {
    while link.counters().a_to_b.offered.packets < packets {
        thread::yield_now();
    }
}

#[test]
fn datagrams_arrive_in_order_and_are_counted() {
    let Some(link) = link(|_| ()) else { return };
    let (a, b) = sockets(&link);
    for number in 0..200_u8 {
        a.send(&[number; 100]).unwrap();
    }
    for number in 0..200_u8 {
        assert_eq!(received(&b), [number; 100]);
    }
    b.send(b"back").unwrap();
    assert_eq!(received(&a), b"back");
    let counted = link.counters();
    // 20 bytes of IP and 8 of UDP on top of each.
    assert_eq!(counted.a_to_b.delivered.bytes, 200 * 128);
    assert_eq!(counted.a_to_b.offered, counted.a_to_b.delivered);
    assert_eq!(counted.b_to_a.delivered.packets, 1);
    assert_eq!(link.failure(), None);
}

#[test]
fn what_is_sent_in_an_outage_is_lost_and_what_comes_after_is_not() {
    let Some(link) = link(|_| ()) else { return };
    let (a, b) = sockets(&link);
    a.send(b"before").unwrap();
    assert_eq!(received(&b), b"before");
    link.cut();
    for _ in 0..20 {
        a.send(b"during").unwrap();
    }
    wait_until_offered(&link, 21);
    link.restore();
    a.send(b"after").unwrap();
    assert_eq!(received(&b), b"after");
    let counted = link.counters().a_to_b;
    assert_eq!((counted.cut.packets, counted.delivered.packets), (20, 2));
}

#[test]
fn a_cut_loses_what_is_under_way() {
    // An hour away: nothing arrives unless the cut lets it through.
    let Some(link) = link(|options| options.delay = Duration::from_hours(1)) else {
        return;
    };
    let (a, _b) = sockets(&link);
    a.send(b"under way").unwrap();
    wait_until_offered(&link, 1);
    link.cut();
    let counted = link.counters().a_to_b;
    assert_eq!((counted.cut.packets, counted.delivered.packets), (1, 0));
}

#[test]
fn losses_and_arrivals_make_up_what_was_sent() {
    let Some(link) = link(|options| options.loss = Loss::percent(30.0).unwrap()) else {
        return;
    };
    let (a, b) = sockets(&link);
    for number in 0..100_u8 {
        a.send(&[number]).unwrap();
    }
    wait_until_offered(&link, 100);
    let lost = link.counters().a_to_b.lost.packets;
    assert!((1..100).contains(&lost), "{lost}");
    let arrived: Vec<u8> = (lost..100).map(|_| received(&b)[0]).collect();
    assert!(arrived.is_sorted());
}

#[test]
fn a_full_queue_drops_the_last() {
    // 32 ms for each packet of 128 bytes, room for about 15.
    let Some(link) = link(|options| {
        options.rate_kbit_s = NonZeroU32::new(32).unwrap();
        options.queue = Duration::from_millis(500);
    }) else {
        return;
    };
    let (a, b) = sockets(&link);
    for number in 0..100_u8 {
        a.send(&[number; 100]).unwrap();
    }
    wait_until_offered(&link, 100);
    let full = link.counters().a_to_b.full.packets;
    assert!((1..100).contains(&full), "{full}");
    assert_eq!(received(&b), [0; 100]);
}

#[test]
fn tcp_survives_delay_and_loss() {
    let Some(link) = link(|options| {
        options.rate_kbit_s = NonZeroU32::new(20_000).unwrap();
        options.delay = Duration::from_millis(5);
        options.loss = Loss::percent(2.0).unwrap();
    }) else {
        return;
    };
    let listener = link
        .spawn(Side::B, || TcpListener::bind((Side::B.address(), PORT)))
        .unwrap()
        .join()
        .unwrap()
        .unwrap();
    let sent: Vec<u8> = (0..300_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    let sender = link
        .spawn(Side::A, {
            let sent = sent.clone();
            move || TcpStream::connect((Side::B.address(), PORT))?.write_all(&sent)
        })
        .unwrap();
    let (mut stream, peer) = listener.accept().unwrap();
    assert_eq!(peer.ip(), Side::A.address());
    let mut arrived = Vec::new();
    stream.read_to_end(&mut arrived).unwrap();
    sender.join().unwrap().unwrap();
    assert!(arrived == sent, "{} bytes arrived", arrived.len());
    assert_ne!(link.counters().a_to_b.lost.packets, 0);
}

#[test]
fn links_do_not_see_each_other() {
    let (Some(one), Some(two)) = (link(|_| ()), link(|_| ())) else {
        return;
    };
    let (a1, b1) = sockets(&one);
    let (a2, b2) = sockets(&two);
    two.cut();
    a1.send(b"one").unwrap();
    a2.send(b"two").unwrap();
    assert_eq!(received(&b1), b"one");
    two.restore();
    a2.send(b"two again").unwrap();
    assert_eq!(received(&b2), b"two again");
}

#[test]
fn a_command_runs_on_its_side_and_namespaces_go_with_the_link() {
    let Some(link) = link(|_| ()) else { return };
    let output = link
        .command(Side::B, "ip")
        .args(["-o", "-4", "address"])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("10.77.0.2") && !shown.contains("10.77.0.1/"),
        "{shown}"
    );
    let names =
        [Side::A, Side::B].map(|side| format!("/var/run/netns/{}", link.namespace_name(side)));
    assert!(names.iter().all(|name| std::fs::exists(name).unwrap()));
    drop(link);
    assert!(names.iter().all(|name| !std::fs::exists(name).unwrap()));
}
