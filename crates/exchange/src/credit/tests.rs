use proptest::prelude::*;

use super::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A link of a fixed rate and delay, the sender always with more to send. Gives for each round the
/// time that a byte sent then waits on the link before it moves.
fn run(rate: u64, one_way: Duration, seconds: u64, flash: bool) -> (CreditWindow, Duration, u64) {
    let mut window = CreditWindow::new(None);
    window.on_rtt(one_way * 2);
    let mut free_at = Duration::ZERO;
    let mut acks: VecDeque<(Duration, u64)> = VecDeque::new();
    let mut sent = 0;
    let mut queue_most = Duration::ZERO;
    let mut now = Duration::ZERO;
    while now < Duration::from_secs(seconds) {
        while acks.front().is_some_and(|(at, _)| *at <= now) {
            let (at, bytes) = acks.pop_front().unwrap();
            window.on_ack(bytes, Duration::ZERO, at).unwrap();
        }
        while window.room(flash, now) >= window.piece().min(16 << 10) {
            let bytes = window.piece().min(16 << 10);
            window.on_sent(bytes, true, now);
            let bytes = u64::try_from(bytes).unwrap();
            sent += bytes;
            free_at = free_at.max(now) + Duration::from_micros(bytes * 1_000_000 / rate);
            if now > ms(10_000) {
                queue_most = queue_most.max(free_at.saturating_sub(now));
            }
            acks.push_back((free_at + one_way * 2, sent));
        }
        now += ms(5);
    }
    let acked = window.acked;
    (window, queue_most, acked)
}

#[test]
fn a_slow_line_is_used_and_its_queue_stays_short() {
    let (window, queue, acked) = run(8_000, ms(300), 60, false);

    assert!(queue < ms(1_300), "{queue:?}");
    assert!(acked > 8_000 * 60 * 85 / 100, "{acked}");
    assert!((7_000..9_500).contains(&window.rate()), "{}", window.rate());
    assert_eq!(window.piece(), PIECE_PACKET);
}

#[test]
fn a_lost_packet_does_not_stop_the_link() {
    let (mut window, _, _) = run(8_000, ms(300), 30, false);
    let last = window.acked_at;
    let full = window.room(false, last + ms(100));
    window.on_sent(full, true, last + ms(100));
    assert_eq!(window.room(false, last + ms(200)), 0);

    let stalled = window.room(false, last + ms(1_250));
    let cut = window.room(false, last + ms(60_000));

    assert!((6_000..9_500).contains(&stalled), "{stalled}");
    assert_eq!(cut as u64, window.window(false));
}

#[test]
fn flash_shortens_the_queue() {
    let (_, queue, acked) = run(8_000, ms(300), 60, true);

    assert!(queue < ms(700), "{queue:?}");
    assert!(acked > 8_000 * 60 * 75 / 100, "{acked}");
}

#[test]
fn a_fast_line_opens_within_a_few_round_trips() {
    let mut window = CreditWindow::new(None);
    let mut now = Duration::ZERO;
    for _ in 0..8 {
        let bytes = window.room(false, now);
        window.on_sent(bytes, true, now);
        now += Duration::from_micros(300);
        window.on_ack(window.sent, Duration::ZERO, now).unwrap();
    }
    assert_eq!(window.window(false), MOST);
    assert!(window.rate() > 20 << 20);
}

#[test]
fn a_line_that_slows_down_is_noticed() {
    let mut window = CreditWindow::new(Some(1_000_000));
    let mut now = Duration::ZERO;
    window.on_rtt(ms(50));
    for _ in 0..40 {
        let bytes = window.room(false, now).max(1_000);
        window.on_sent(bytes, true, now);
        now += ms(u64::try_from(bytes).unwrap() / 8).max(ms(50));
        window.on_ack(window.sent, Duration::ZERO, now).unwrap();
    }
    assert!(window.window(false) < 12_000, "{}", window.window(false));
}

#[test]
fn a_talker_with_little_to_say_does_not_slow_the_link() {
    let mut window = CreditWindow::new(Some(500_000));
    for second in 0..100 {
        let now = Duration::from_secs(second);
        window.on_sent(100, false, now);
        window
            .on_ack(window.sent, Duration::ZERO, now + ms(40))
            .unwrap();
    }
    assert_eq!(window.rate(), 500_000);
}

#[test]
fn an_acknowledgement_of_the_future_is_refused() {
    let mut window = CreditWindow::new(None);
    window.on_sent(10, false, Duration::ZERO);

    let answer = window.on_ack(11, Duration::ZERO, ms(1));

    assert_eq!(
        answer,
        Err(BadAck {
            sent: 10,
            acked: 11
        })
    );
}

#[test]
fn a_write_of_nothing_is_not_on_its_way() {
    let mut window = CreditWindow::new(None);
    window.on_sent(0, true, ms(1));
    assert_eq!(window.waiting_since(), None);
    assert_eq!(window.unacked(), 0);
}

proptest! {
    #[test]
    fn bounds_hold_whatever_happens(
        steps in proptest::collection::vec((0_usize..100_000, 0_u64..2_000_000, any::<bool>(), 0_u64..5_000_000), 0..200),
    ) {
        let mut window = CreditWindow::new(None);
        let mut now = Duration::ZERO;
        for (bytes, ack, more, micros) in steps {
            let room = window.room(more, now);
            let before = window.unacked();
            window.on_sent(bytes.min(room), more, now);
            prop_assert!(window.unacked() <= before.max(window.window(more).max(INITIAL)) + bytes as u64);
            now += Duration::from_micros(micros);
            let acked = window.acked.saturating_add(ack).min(window.sent);
            window.on_ack(acked, Duration::from_micros(micros / 2), now).unwrap();
            prop_assert!((LEAST..=MOST).contains(&window.window(true)));
            prop_assert!(window.window(true) <= window.window(false));
            prop_assert!((PIECE_LEAST..=PIECE_MOST).contains(&window.piece()));
            prop_assert!(window.room_strict() >= window.room(false, window.acked_at));
            prop_assert_eq!(window.flights.is_empty(), window.unacked() == 0);
        }
    }
}
