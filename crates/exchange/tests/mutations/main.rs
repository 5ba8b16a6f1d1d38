//! Streams of frames and bundle files, changed in every way that a bad link, disk or person may: nothing panics,
//! nothing is read past a fault, and no announced length takes memory.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests are tests: they panic when something is wrong"
)]

use bytes::Bytes;
use exchange::bundle::{BundleReader, BundleWriter};
use exchange::frame::{Frame, FrameReader, HaveEntry, Hello, MAX_FRAME, MAX_HELLO};
use model::dispatch::Checkpoint;
use model::ids::{AttachmentId, DispatchId, NetworkId};
use model::lane::Lane;
use model::time::Timestamp;

use crate::mutator::{Mutator, peak_kib};

#[path = "../../../envelope/tests/mutations/mutator.rs"]
mod mutator;

const CASES: u64 = 10_000;

/// Ends above this much memory mean that an announced length was believed.
const PEAK_KIB: u64 = 128 << 10;

fn frames() -> Vec<Frame> {
    let id = DispatchId::new([3; 32]);
    let attachment = AttachmentId::new([4; 32]);
    let bytes = Bytes::from_static(include_bytes!(
        "../../../envelope/tests/golden/note.dispatch"
    ));
    vec![
        Frame::Hello(Box::new(Hello {
            version: 1,
            node: "uz-oybek".parse().unwrap(),
            network: NetworkId::new([0x11; 16]),
            register: Checkpoint {
                count: 12,
                root: [0x22; 32].into(),
            },
            clock: Timestamp::from_micros(1_774_000_000_000_000),
            features: vec![1, 70],
        })),
        Frame::Have {
            entries: vec![HaveEntry {
                origin: "tj-fotehobod".parse().unwrap(),
                ranges: vec![(1, 400), (402, 402)],
            }],
        },
        Frame::Dispatch {
            lane: Lane::Priority,
            bytes,
        },
        Frame::Receipt {
            bytes: Bytes::from_static(include_bytes!(
                "../../../envelope/tests/golden/stored.receipt"
            )),
        },
        Frame::ReceiptWant { ids: vec![id; 3] },
        Frame::Void { seqs: vec![7, 300] },
        Frame::Acts {
            acts: vec![vec![9; 80], vec![8; 40]],
        },
        Frame::AttachmentData {
            id: attachment,
            offset: 65_536,
            bytes: vec![5; 900].into(),
        },
        Frame::Ping { n: 1 << 40 },
    ]
}

fn stream() -> Vec<u8> {
    let mut out = Vec::new();
    for frame in frames() {
        frame.encode(&mut out);
    }
    out
}

fn bundle() -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = BundleWriter::new(&"uz-oybek".parse().unwrap());
    writer.begin(&mut out);
    for frame in frames() {
        writer.add(&frame, &mut out);
    }
    writer.finish(&mut out);
    out
}

fn check_peak() {
    let peak = peak_kib().unwrap_or(0);
    assert!(peak < PEAK_KIB, "{peak} KiB");
}

#[test]
fn changed_streams_give_frames_or_one_error() {
    let golden = stream();
    let other = bundle();
    let mut failed = 0_u64;
    for seed in 0..CASES {
        let mut mutator = Mutator::new(seed);
        let changed = mutator.mutate(&golden, &other);
        let limit = [MAX_HELLO, MAX_FRAME][mutator.below(2)];
        let mut reader = FrameReader::new(limit);
        let mut error = None;
        for piece in changed.chunks(1 + mutator.below(2_000)) {
            reader.push(piece);
            loop {
                match reader.next() {
                    Ok(Some(frame)) => assert!(error.is_none(), "{} after a fault", frame.name()),
                    Ok(None) => break,
                    Err(found) => {
                        assert!(*error.get_or_insert(found) == found);
                        break;
                    }
                }
            }
            assert!(reader.taken() <= changed.len() as u64);
        }
        failed += u64::from(error.is_some());
    }
    assert!(failed > CASES / 4, "{failed}");
    check_peak();
}

#[test]
fn changed_frames_decode_to_what_they_encode_to() {
    for frame in frames() {
        let mut golden = Vec::new();
        frame.encode_body(&mut golden);
        for seed in 0..CASES / 5 {
            let changed = Bytes::from(Mutator::new(seed).mutate(&golden, &stream()));
            let Ok(decoded) = Frame::decode(&changed) else {
                continue;
            };
            let mut again = Vec::new();
            decoded.encode_body(&mut again);
            // What a later version may add (fields, reasons) is passed over, so it is not written again.
            let may_differ = matches!(
                decoded,
                Frame::AttachmentGone { .. }
                    | Frame::Bye { .. }
                    | Frame::Defer { .. }
                    | Frame::Hello(_)
                    | Frame::Unknown { .. }
            );
            assert!(may_differ || again == changed, "{}", decoded.name());
        }
    }
    check_peak();
}

#[test]
fn changed_bundles_give_what_came_before_the_change() {
    let golden = bundle();
    let (all, other) = (frames(), stream());
    for seed in 0..CASES {
        let mut mutator = Mutator::new(seed);
        let changed = mutator.mutate(&golden, &other);
        let mut reader = BundleReader::new();
        let mut read = Vec::new();
        let mut failed = false;
        for piece in changed.chunks(1 + mutator.below(3_000)) {
            reader.push(piece);
            while let Some(frame) = reader.next().unwrap_or_else(|_| {
                failed = true;
                None
            }) {
                read.push(frame);
            }
        }
        assert_eq!(read[..], all[..read.len()], "seed {seed}");
        let whole = reader.is_finished() && !failed;
        assert_eq!(whole, changed == golden, "seed {seed}");
    }
    check_peak();
}
