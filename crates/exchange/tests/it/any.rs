//! Any frame at all.

use bytes::Bytes;
use exchange::frame::{ByeReason, DeferReason, Frame, GoneReason, HaveEntry, Hello};
use exchange::have::SeqSet;
use model::dispatch::Checkpoint;
use model::ids::{AttachmentId, DispatchId, NetworkId, NodeId};
use model::lane::Lane;
use model::time::Timestamp;
use proptest::prelude::*;

pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..most).prop_map(Bytes::from)
}

fn node() -> impl Strategy<Value = NodeId> {
    "[a-z0-9.-]{1,32}".prop_map(|text| text.parse().unwrap())
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_micros)
}

fn lane() -> impl Strategy<Value = Lane> {
    (0_usize..5).prop_map(|index| Lane::ALL[index])
}

fn hello() -> impl Strategy<Value = Frame> {
    (
        any::<u16>(),
        node(),
        any::<[u8; 16]>(),
        any::<u64>(),
        any::<[u8; 32]>(),
        time(),
        proptest::collection::vec(any::<u64>(), 0..4),
    )
        .prop_map(|(version, node, network, count, root, clock, features)| {
            Frame::Hello(Box::new(Hello {
                version,
                node,
                network: NetworkId::new(network),
                register: Checkpoint {
                    count,
                    root: root.into(),
                },
                clock,
                features,
            }))
        })
}

fn have() -> impl Strategy<Value = Frame> {
    let ranges = proptest::collection::vec((any::<u64>(), 0_u64..50), 0..10).prop_map(|ranges| {
        let ranges: Vec<(u64, u64)> = ranges
            .into_iter()
            .map(|(first, len)| (first, first.saturating_add(len)))
            .collect();
        SeqSet::from_ranges(&ranges).ranges().collect()
    });
    let entry = (node(), ranges).prop_map(|(origin, ranges)| HaveEntry { origin, ranges });
    proptest::collection::vec(entry, 0..5).prop_map(|entries| Frame::Have { entries })
}

fn id() -> impl Strategy<Value = DispatchId> {
    any::<[u8; 32]>().prop_map(DispatchId::new)
}

fn attachment() -> impl Strategy<Value = AttachmentId> {
    any::<[u8; 32]>().prop_map(AttachmentId::new)
}

pub(crate) fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        hello(),
        have(),
        (lane(), bytes(2_000)).prop_map(|(lane, bytes)| Frame::Dispatch { lane, bytes }),
        bytes(400).prop_map(|bytes| Frame::Receipt { bytes }),
        proptest::collection::vec(id(), 0..8).prop_map(|ids| Frame::ReceiptWant { ids }),
        (id(), 0_usize..6, any::<u32>()).prop_map(|(id, reason, retry_after_s)| Frame::Defer {
            id,
            reason: DeferReason::ALL[reason],
            retry_after_s,
        }),
        proptest::collection::vec(any::<u64>(), 0..8).prop_map(|seqs| Frame::Void { seqs }),
        Just(Frame::ActsWant {}),
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..4)
            .prop_map(|acts| Frame::Acts { acts }),
        (attachment(), any::<u64>(), any::<u64>())
            .prop_map(|(id, offset, len)| Frame::AttachmentWant { id, offset, len }),
        (attachment(), any::<u64>(), bytes(3_000))
            .prop_map(|(id, offset, bytes)| Frame::AttachmentData { id, offset, bytes }),
        (attachment(), 0_usize..5).prop_map(|(id, reason)| Frame::AttachmentGone {
            id,
            reason: GoneReason::ALL[reason],
        }),
        (any::<u64>(), any::<u32>()).prop_map(|(bytes, held_us)| Frame::Ack { bytes, held_us }),
        any::<u64>().prop_map(|n| Frame::Ping { n }),
        (any::<u64>(), time()).prop_map(|(n, clock)| Frame::Pong { n, clock }),
        (0_usize..9).prop_map(|reason| Frame::Bye {
            reason: ByeReason::ALL[reason],
        }),
    ]
}
