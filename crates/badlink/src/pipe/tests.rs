use std::num::NonZeroU32;

use super::*;
use crate::options::Loss;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// 64 kbit/s is 8 bytes a millisecond.
fn pipe(change: impl FnOnce(&mut Options)) -> Pipe {
    let mut options = Options {
        queue: Duration::from_hours(1),
        ..Options::default()
    };
    change(&mut options);
    Pipe::new(&options, Noise::new(options.seed))
}

fn drain(pipe: &mut Pipe, until: Duration) -> Vec<(Duration, Vec<u8>)> {
    let mut arrived = Vec::new();
    while let Some(due_at) = pipe.due_at().filter(|due_at| *due_at <= until) {
        let packet = pipe.take(due_at).unwrap();
        arrived.push((due_at, packet));
    }
    arrived
}

#[test]
fn a_packet_takes_its_bits_and_the_delay() {
    let mut pipe = pipe(|_| ());
    pipe.offer(&[1; 80], ms(5));
    assert_eq!(pipe.take(ms(314)), None);
    assert_eq!(pipe.take(ms(315)), Some(vec![1; 80]));
}

#[test]
fn packets_are_sent_one_after_the_other_and_arrive_in_order() {
    let mut pipe = pipe(|_| ());
    for number in 0..4 {
        pipe.offer(&[number; 800], ms(0));
    }
    let arrived = drain(&mut pipe, ms(10_000));
    assert_eq!(
        arrived,
        [
            (ms(400), vec![0; 800]),
            (ms(500), vec![1; 800]),
            (ms(600), vec![2; 800]),
            (ms(700), vec![3; 800]),
        ]
    );
}

#[test]
fn an_idle_link_saves_nothing_up() {
    let mut pipe = pipe(|_| ());
    pipe.offer(&[0; 800], ms(60_000));
    pipe.offer(&[1; 800], ms(60_000));
    assert_eq!(pipe.due_at(), Some(ms(60_400)));
    assert_eq!(drain(&mut pipe, ms(90_000)).last().unwrap().0, ms(60_500));
}

#[test]
fn what_would_wait_too_long_is_dropped() {
    let mut pipe = pipe(|options| options.queue = ms(200));
    for number in 0..5 {
        pipe.offer(&[number; 800], ms(0));
    }
    let counted = pipe.counters(ms(0));
    assert_eq!((counted.offered.packets, counted.full.packets), (5, 2));
    // A hundred milliseconds later there is room for one again.
    pipe.offer(&[9; 800], ms(100));
    pipe.offer(&[10; 800], ms(100));
    assert_eq!(pipe.counters(ms(100)).full.packets, 3);
    let first: Vec<u8> = drain(&mut pipe, ms(10_000))
        .iter()
        .map(|(_, packet)| packet[0])
        .collect();
    assert_eq!(first, [0, 1, 2, 9]);
}

#[test]
fn without_a_queue_one_packet_passes_at_a_time() {
    let mut pipe = pipe(|options| options.queue = Duration::ZERO);
    pipe.offer(&[0; 800], ms(0));
    pipe.offer(&[1; 800], ms(99));
    pipe.offer(&[2; 800], ms(100));
    let counted = pipe.counters(ms(100));
    assert_eq!((counted.offered.packets, counted.full.packets), (3, 1));
}

#[test]
fn a_lost_packet_has_used_the_link() {
    let mut pipe = pipe(|options| options.loss = Loss::percent(100.0).unwrap());
    pipe.offer(&[0; 800], ms(0));
    assert_eq!(pipe.due_at(), None);
    let counted = pipe.counters(ms(100));
    assert_eq!((counted.lost.bytes, counted.busy), (800, ms(100)));
}

#[test]
fn the_same_seed_loses_the_same_packets() {
    let survivors = |seed| {
        let mut pipe = pipe(|options| {
            options.loss = Loss::percent(30.0).unwrap();
            options.seed = seed;
        });
        for number in 0..100 {
            pipe.offer(&[number; 10], ms(0));
        }
        drain(&mut pipe, ms(10_000))
    };
    assert_eq!(survivors(1), survivors(1));
    assert_ne!(survivors(1), survivors(2));
}

#[test]
fn a_cut_loses_what_is_under_way_and_what_is_sent() {
    let mut pipe = pipe(|_| ());
    pipe.offer(&[0; 800], ms(0));
    pipe.offer(&[1; 800], ms(0));
    pipe.cut(ms(150));
    pipe.offer(&[2; 800], ms(200));
    assert_eq!(pipe.due_at(), None);
    pipe.restore(ms(300));
    pipe.offer(&[3; 800], ms(300));
    // Nothing of before is in its way.
    assert_eq!(drain(&mut pipe, ms(10_000)), [(ms(700), vec![3; 800])]);
    let counted = pipe.counters(ms(10_000));
    assert_eq!((counted.cut.packets, counted.delivered.packets), (3, 1));
    // 150 ms until the cut, 100 ms for the last.
    assert_eq!(counted.busy, ms(250));
}

#[test]
fn busy_is_the_time_spent_sending_so_far() {
    let mut pipe = pipe(|_| ());
    pipe.offer(&[0; 8000], ms(1000));
    let early = pipe.counters(ms(1250));
    assert_eq!(early.busy, ms(250));
    let late = pipe.counters(ms(3000));
    assert_eq!(late.busy, ms(1000));
    assert!((late.since(&early).busy_share(ms(1750)) - 750.0 / 1750.0).abs() < 1e-9);
}

#[test]
fn every_packet_is_accounted_for() {
    let mut dice = Noise::new(42);
    let mut pipe = pipe(|options| {
        options.rate_kbit_s = NonZeroU32::new(100).unwrap();
        options.loss = Loss::percent(10.0).unwrap();
        options.queue = ms(300);
    });
    let mut now = Duration::ZERO;
    for _ in 0..20_000 {
        now += ms(3);
        if dice.happens(0.3) {
            pipe.offer(&[0; 200], now);
        }
        while pipe.take(now).is_some() {}
        if dice.happens(0.001) {
            pipe.cut(now);
        }
        if dice.happens(0.01) {
            pipe.restore(now);
        }
        let counted = pipe.counters(now);
        let settled =
            counted.full.bytes + counted.lost.bytes + counted.cut.bytes + counted.delivered.bytes;
        let under_way: usize = pipe.under_way.iter().map(|one| one.packet.len()).sum();
        assert_eq!(
            counted.offered.bytes,
            settled + u64::try_from(under_way).unwrap()
        );
        assert!(counted.busy <= now);
    }
    let counted = pipe.counters(now);
    for part in [counted.full, counted.lost, counted.cut, counted.delivered] {
        assert_ne!(part.packets, 0);
    }
}
