//! Frames and streams of them, with any content and any bytes.

use bytes::Bytes;
use exchange::frame::{Frame, FrameFault, FrameReader, Hello, MAX_FRAME, put_prefix};
use model::dispatch::Checkpoint;
use model::ids::NetworkId;
use model::lane::Lane;
use model::time::Timestamp;
use proptest::prelude::*;

use crate::any::{bytes, frame};

/// Everything that a reader gives for these bytes, pushed in pieces.
fn read(bytes: &[u8], pieces: &[usize]) -> (Vec<Frame>, Option<&'static str>, u64) {
    let mut reader = FrameReader::default();
    let mut frames = Vec::new();
    let mut rest = bytes;
    let mut sizes = pieces.iter().copied().cycle();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        reader.push(&rest[..size]);
        rest = &rest[size..];
        loop {
            match reader.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error.code()), reader.taken()),
            }
        }
    }
    (frames, None, reader.taken())
}

proptest! {
    #[test]
    fn any_cut_of_the_stream_gives_the_same_frames(
        frames in proptest::collection::vec(frame(), 0..12),
        pieces in proptest::collection::vec(1_usize..700, 1..20),
    ) {
        let mut stream = Vec::new();
        for frame in &frames {
            let before = stream.len();
            frame.encode(&mut stream);
            prop_assert!((stream.len() - before).abs_diff(frame.size_hint()) <= 96);
        }

        let (read, error, taken) = read(&stream, &pieces);

        prop_assert_eq!(read, frames);
        prop_assert_eq!(error, None);
        prop_assert_eq!(taken, stream.len() as u64);
    }

    #[test]
    fn pieces_of_different_lanes_may_alternate(
        frames in proptest::collection::vec((1_usize..5, bytes(3_000)), 1..6),
        piece in 1_usize..900,
    ) {
        let frames: Vec<Frame> = frames
            .into_iter()
            .map(|(lane, bytes)| Frame::Dispatch { lane: Lane::ALL[lane], bytes })
            .collect();
        let mut waiting: Vec<Vec<(Lane, Vec<u8>)>> = vec![Vec::new(); 5];
        for frame in &frames {
            let mut body = Vec::new();
            frame.encode_body(&mut body);
            waiting[frame.lane().index()].push((frame.lane(), body));
        }
        let mut stream = Vec::new();
        while waiting.iter().any(|lane| !lane.is_empty()) {
            for lane in &mut waiting {
                if let Some((id, body)) = lane.first_mut() {
                    let len = piece.min(body.len());
                    let more = len < body.len();
                    put_prefix(&mut stream, *id, len, more);
                    stream.extend(body.drain(..len));
                    if !more {
                        lane.remove(0);
                    }
                }
            }
        }

        let (mut read, error, _) = read(&stream, &[100]);

        prop_assert_eq!(error, None);
        let key = |frame: &Frame| format!("{:?}{frame:?}", frame.lane().index());
        let mut frames = frames;
        frames.sort_by_key(key);
        read.sort_by_key(key);
        prop_assert_eq!(read, frames);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let (_, error, taken) = read(&bytes, &[3, 50]);
        prop_assert!(error.is_some() || taken <= bytes.len() as u64);
        if let Ok(frame) = Frame::decode(&Bytes::from(bytes.clone())) {
            let mut again = Vec::new();
            frame.encode_body(&mut again);
            // What a later version says is not kept; all else has one encoding.
            let later = matches!(
                frame,
                Frame::Unknown { .. }
                    | Frame::Hello(_)
                    | Frame::Defer { .. }
                    | Frame::AttachmentGone { .. }
                    | Frame::Bye { .. }
            );
            prop_assert!(later || again == bytes);
        }
    }

    #[test]
    fn an_altered_frame_is_never_read_as_the_same(frame in frame(), at in any::<prop::sample::Index>(), with in 1_u8..) {
        let mut body = Vec::new();
        frame.encode_body(&mut body);
        let at = at.index(body.len());
        body[at] ^= with;
        let decoded = Frame::decode(&Bytes::from(body));
        // Reason codes of later versions read alike; all else differs or is refused.
        let is_reason = matches!(frame, Frame::Defer { .. } | Frame::AttachmentGone { .. } | Frame::Bye { .. });
        prop_assert!(is_reason || decoded != Ok(frame));
    }

    #[test]
    fn what_decodes_has_one_encoding(frame in frame()) {
        let mut body = Vec::new();
        frame.encode_body(&mut body);
        let decoded = Frame::decode(&Bytes::from(body.clone())).unwrap();
        let mut again = Vec::new();
        decoded.encode_body(&mut again);
        prop_assert_eq!(body, again);
    }
}

#[test]
fn a_later_frame_is_skipped_if_it_may_be() {
    let skipped = Frame::decode(&Bytes::from_static(&[
        0x83, 0x18, 64, 0x01, 0xa1, 0x00, 0x41, 9,
    ]));
    assert_eq!(skipped, Ok(Frame::Unknown { kind: 64 }));
    assert!(Frame::decode(&Bytes::from_static(&[0x82, 16, 0x01])).is_err());
}

#[test]
fn a_later_hello_is_understood() {
    let mut body = Vec::new();
    Frame::Hello(Box::new(Hello {
        version: 1,
        node: "tj-fotehobod".parse().unwrap(),
        network: NetworkId::new([7; 16]),
        register: Checkpoint {
            count: 3,
            root: [1; 32].into(),
        },
        clock: Timestamp::from_micros(-5),
        features: Vec::new(),
    }))
    .encode_body(&mut body);
    assert_eq!(body[2], 0xa6);
    body[2] = 0xa7;
    body.extend([0x06, 0x63, b'n', b'e', b'w']);

    assert!(matches!(
        Frame::decode(&Bytes::from(body)),
        Ok(Frame::Hello(_))
    ));
}

#[test]
fn a_frame_longer_than_allowed_is_refused_before_memory_is_taken() {
    let mut reader = FrameReader::new(4_096);
    reader.push(&[3, 0x00, 0x10, 0x01]);
    assert_eq!(reader.next().unwrap_err().what, FrameFault::TooLong(4_097));

    let mut pieces = FrameReader::default();
    let mut stream = Vec::new();
    for _ in 0..=(MAX_FRAME / (64 << 10)) {
        put_prefix(&mut stream, Lane::Bulk, 64 << 10, true);
        stream.extend(vec![0; 64 << 10]);
    }
    pieces.push(&stream);
    assert!(matches!(
        pieces.next().unwrap_err().what,
        FrameFault::TooLong(len) if len > MAX_FRAME
    ));
}

#[test]
fn a_reader_knows_that_a_frame_has_come_in_part() {
    let mut reader = FrameReader::default();
    let mut body = Vec::new();
    let frame = Frame::Dispatch {
        lane: Lane::Routine,
        bytes: vec![7; 100].into(),
    };
    frame.encode_body(&mut body);
    let (first, last) = body.split_at(40);
    let mut stream = Vec::new();
    put_prefix(&mut stream, Lane::Routine, first.len(), true);
    stream.extend(first);
    reader.push(&stream);

    assert_eq!(reader.next(), Ok(None));
    assert!(reader.is_amid() && reader.taken() > 40);

    stream.clear();
    put_prefix(&mut stream, Lane::Routine, last.len(), false);
    stream.extend(last);
    reader.push(&stream);
    assert_eq!(reader.next(), Ok(Some(frame)));
    assert!(!reader.is_amid());
}

#[test]
fn the_smallest_flash_costs_little_framing() {
    let frame = Frame::Dispatch {
        lane: Lane::Flash,
        bytes: vec![0; 2_600].into(),
    };
    let mut out = Vec::new();
    frame.encode(&mut out);
    assert_eq!(out.len(), 2_600 + 10);
}
