use proptest::prelude::*;

use super::*;

fn drain(queue: &mut LaneQueue<u32>) -> Vec<u32> {
    std::iter::from_fn(|| queue.pop(Budget::ALL).map(|(_, item)| item)).collect()
}

#[test]
fn flash_overtakes_what_waits() {
    let mut queue = LaneQueue::new();
    queue.push(Lane::Bulk, 4_000, 4);
    queue.push(Lane::Routine, 4_000, 3);
    queue.push(Lane::Priority, 4_000, 2);
    queue.push(Lane::Flash, 2_600, 1);
    queue.push(Lane::Control, 200, 0);

    assert_eq!(drain(&mut queue), [0, 1, 2, 3, 4]);
}

#[test]
fn a_text_overtakes_a_file_and_the_file_goes_on() {
    let mut queue = LaneQueue::new();
    for item in 0..100 {
        queue.push(Lane::Bulk, 1_000, item);
        queue.push(Lane::Routine, 1_000, 1_000 + item);
    }

    let first: Vec<u32> = (0..45)
        .filter_map(|_| queue.pop(Budget::ALL).map(|(_, item)| item))
        .collect();

    let bulk = first.iter().filter(|item| **item < 1_000).count();
    assert!((1..=8).contains(&bulk), "{bulk} of 45 were bulk");
}

#[test]
fn a_flood_of_flash_leaves_a_share() {
    let mut queue = LaneQueue::new();
    for item in 0..1_000 {
        queue.push(Lane::Flash, 2_600, item);
    }
    queue.push(Lane::Routine, 6_000, 9_999);

    let order = drain(&mut queue);

    let at = order.iter().position(|item| *item == 9_999).unwrap();
    assert!((30..=50).contains(&at), "went as number {at}");
}

#[test]
fn what_does_not_fit_is_not_passed_over() {
    let mut queue = LaneQueue::new();
    queue.push(Lane::Priority, 16_000, 1);
    queue.push(Lane::Bulk, 10, 2);

    let budget = |strict, lower, piece| Budget {
        strict,
        lower,
        piece,
    };
    assert_eq!(queue.pop(budget(90_000, 15_000, 90_000)), None);
    assert_eq!(
        queue.pop(budget(0, 15_000, 1_000)),
        Some((Lane::Priority, 1))
    );
    assert_eq!(queue.pop(budget(0, 15_000, 90_000)), Some((Lane::Bulk, 2)));
}

#[test]
fn a_rest_goes_on_where_it_was() {
    let mut queue = LaneQueue::new();
    queue.push(Lane::Routine, 10, 1);
    queue.push(Lane::Routine, 10, 2);
    assert_eq!(queue.pop(Budget::ALL), Some((Lane::Routine, 1)));
    queue.push_front(Lane::Routine, 5, 1);

    assert_eq!(drain(&mut queue), [1, 2]);
    assert_eq!(queue.bytes(), 0);
}

proptest! {
    #[test]
    fn nothing_is_lost_and_lanes_keep_their_order(
        items in proptest::collection::vec((0_usize..5, 0_usize..100_000), 0..300),
    ) {
        let mut queue = LaneQueue::new();
        for (n, (lane, size)) in items.iter().enumerate() {
            queue.push(Lane::ALL[*lane], *size, n);
        }
        let mut last = [None; 5];
        let mut count = 0;
        while let Some((lane, n)) = queue.pop(Budget::ALL) {
            prop_assert!(last[lane.index()] < Some(n));
            prop_assert_eq!(Lane::ALL[items[n].0], lane);
            last[lane.index()] = Some(n);
            count += 1;
        }
        prop_assert_eq!(count, items.len());
        prop_assert_eq!(queue.bytes(), 0);
        prop_assert!(queue.is_empty());
    }

    #[test]
    fn no_lane_starves(
        lane in 2_usize..5,
        size in 1_usize..70_000,
        floods in proptest::collection::vec((0_usize..5, 1_usize..10_000), 1..6),
    ) {
        // All the other lanes are refilled for ever; the one item still goes.
        let mut queue = LaneQueue::new();
        queue.push(Lane::ALL[lane], size, true);
        let mut sent = 0_usize;
        let mut gone = false;
        while sent < 40_000_000 && !gone {
            for (other, size) in &floods {
                let other = Lane::ALL[*other];
                if other.index() != lane && queue.len_of(other) == 0 {
                    queue.push(other, *size, false);
                }
            }
            match queue.pop(Budget::ALL) {
                Some((_, item)) => gone = item,
                None => break,
            }
            sent += 1;
        }
        prop_assert!(gone);
    }
}
