use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn neighbours_become_one_range() {
    let set: SeqSet = [1, 2, 4, 3, 7, 9, 8].into_iter().collect();

    assert_eq!(set.ranges().collect::<Vec<_>>(), [(1, 4), (7, 9)]);
    assert_eq!(set.gaps(), [(5, 6)]);
    assert_eq!(set.last(), Some(9));
    assert_eq!(set.len(), 7);
}

#[test]
fn the_ends_of_the_numbers_are_no_trap() {
    let mut set = SeqSet::from_ranges(&[(u64::MAX, u64::MAX), (0, 0)]);
    set.insert(u64::MAX - 1);

    assert_eq!(
        set.ranges().collect::<Vec<_>>(),
        [(0, 0), (u64::MAX - 1, u64::MAX)]
    );
    assert!(SeqSet::from_ranges(&[(5, 4)]).is_empty());
    assert_eq!(lost(&set, &set), []);
}

#[test]
fn a_peer_that_lost_some_gets_them_again() {
    let before = SeqSet::from_ranges(&[(1, 100)]);
    let now = SeqSet::from_ranges(&[(1, 40), (60, 70)]);

    assert_eq!(lost(&before, &now), [(41, 59), (71, 100)]);
    assert_eq!(todo(&now, 41), Todo::Send);
    assert_eq!(todo(&now, 60), Todo::AskReceipt);
}

proptest! {
    #[test]
    fn behaves_like_a_plain_set(
        ranges in proptest::collection::vec((0_u64..200, 0_u64..12), 0..40),
        others in proptest::collection::vec((0_u64..200, 0_u64..12), 0..40),
    ) {
        let plain = |ranges: &[(u64, u64)]| -> BTreeSet<u64> {
            ranges.iter().flat_map(|(first, len)| *first..=first + len).collect()
        };
        let ours = |ranges: &[(u64, u64)]| {
            let mut set = SeqSet::new();
            for (first, len) in ranges {
                set.insert_range(*first, first + len);
            }
            set
        };
        let (a, b) = (plain(&ranges), plain(&others));
        let (mut set, other) = (ours(&ranges), ours(&others));

        let flat: Vec<u64> = set.ranges().flat_map(|(first, last)| first..=last).collect();
        prop_assert_eq!(&flat, &a.iter().copied().collect::<Vec<_>>());
        for (one, next) in set.ranges().zip(set.ranges().skip(1)) {
            prop_assert!(one.1 + 1 < next.0);
        }
        let gaps: BTreeSet<u64> = set.gaps().into_iter().flat_map(|(first, last)| first..=last).collect();
        let naive: BTreeSet<u64> = (1..=a.last().copied().unwrap_or(0)).filter(|seq| !a.contains(seq)).collect();
        prop_assert_eq!(gaps, naive);
        let gone: BTreeSet<u64> = lost(&set, &other).into_iter().flat_map(|(first, last)| first..=last).collect();
        prop_assert_eq!(gone, a.difference(&b).copied().collect::<BTreeSet<_>>());

        set.merge(&other);
        let union: Vec<u64> = set.ranges().flat_map(|(first, last)| first..=last).collect();
        prop_assert_eq!(union, a.union(&b).copied().collect::<Vec<_>>());
    }
}
