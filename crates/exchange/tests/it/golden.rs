//! Every frame's bytes, as they are for ever: another implementation can be held against them.

use bytes::Bytes;
use exchange::frame::{ByeReason, DecodeError, DeferReason, Frame, GoneReason, HaveEntry, Hello};
use model::dispatch::Checkpoint;
use model::ids::{AttachmentId, DispatchId, NetworkId};
use model::lane::Lane;
use model::time::Timestamp;

fn hello() -> Frame {
    Frame::Hello(Box::new(Hello {
        version: 1,
        node: "uz-oybek".parse().unwrap(),
        network: NetworkId::new([0x11; 16]),
        register: Checkpoint {
            count: 300,
            root: [0x22; 32].into(),
        },
        clock: Timestamp::from_micros(-1),
        features: vec![2],
    }))
}

fn attachment() -> AttachmentId {
    AttachmentId::new([0x44; 32])
}

/// Frames with their bytes. `ii` stands for the 32 bytes of a dispatch's id, `aa` for an attachment's.
fn golden() -> Vec<(Frame, String)> {
    let hello_hex = format!(
        "82 00 a6 00 01 01 68 757a2d6f7962656b 02 50 {} 03 82 19012c 5820 {} 04 20 05 81 02",
        "11".repeat(16),
        "22".repeat(32)
    );
    of_dispatches()
        .into_iter()
        .chain(of_attachments_and_links())
        .map(|(frame, hex)| (frame, hex.to_owned()))
        .chain([(hello(), hello_hex)])
        .collect()
}

fn of_dispatches() -> Vec<(Frame, &'static str)> {
    let id = DispatchId::new([0x33; 32]);
    let bytes = Bytes::from_static(b"\x01\x02");
    let have = HaveEntry {
        origin: "tj".parse().unwrap(),
        ranges: vec![(1, 4), (6, 6)],
    };
    vec![
        (
            Frame::Have {
                entries: vec![have],
            },
            "82 01 81 82 62746a 84 01 04 06 06",
        ),
        (
            Frame::Dispatch {
                lane: Lane::Flash,
                bytes: bytes.clone(),
            },
            "83 02 01 42 0102",
        ),
        (Frame::Receipt { bytes }, "82 03 42 0102"),
        (Frame::ReceiptWant { ids: vec![id] }, "82 04 81 5820 ii"),
        (
            Frame::Defer {
                id,
                reason: DeferReason::DiskFull,
                retry_after_s: 900,
            },
            "84 05 5820 ii 04 190384",
        ),
        (Frame::Void { seqs: vec![7, 24] }, "82 06 82 07 1818"),
        (Frame::ActsWant {}, "81 07"),
        (
            Frame::Acts {
                acts: vec![vec![9], Vec::new()],
            },
            "82 08 82 41 09 40",
        ),
    ]
}

fn of_attachments_and_links() -> Vec<(Frame, &'static str)> {
    vec![
        (
            Frame::AttachmentWant {
                id: attachment(),
                offset: 65_536,
                len: 10,
            },
            "84 09 5820 aa 1a00010000 0a",
        ),
        (
            Frame::AttachmentData {
                id: attachment(),
                offset: 0,
                bytes: Bytes::from_static(b"\x01\x02"),
            },
            "84 0a 5820 aa 00 42 0102",
        ),
        (
            Frame::AttachmentGone {
                id: attachment(),
                reason: GoneReason::NotYet,
            },
            "83 0b 5820 aa 05",
        ),
        (
            Frame::Ack {
                bytes: 1_000_000,
                held_us: 20,
            },
            "83 0c 1a000f4240 14",
        ),
        (Frame::Ping { n: u64::MAX }, "82 0d 1bffffffffffffffff"),
        (
            Frame::Pong {
                n: 0,
                clock: Timestamp::from_micros(1_700_000_000_000_000),
            },
            "83 0e 00 1b00060a24181e4000",
        ),
        (
            Frame::Bye {
                reason: ByeReason::Stopping,
            },
            "82 0f 01",
        ),
    ]
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text
        .replace("ii", &"33".repeat(32))
        .replace("aa", &"44".repeat(32))
        .replace(' ', "");
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn every_frame_has_the_bytes_that_it_always_had() {
    let golden = golden();
    assert_eq!(golden.len(), 16);
    for (frame, hex) in golden {
        let wanted = from_hex(&hex);
        let mut body = Vec::new();
        frame.encode_body(&mut body);
        assert_eq!(body, wanted, "{}", frame.name());
        assert_eq!(Frame::decode(&Bytes::from(wanted)), Ok(frame));
    }
}

#[test]
fn on_a_stream_four_bytes_stand_in_front() {
    let mut stream = Vec::new();
    Frame::Dispatch {
        lane: Lane::Bulk,
        bytes: vec![0; 300].into(),
    }
    .encode(&mut stream);

    assert_eq!(stream[..10], [4, 0, 1, 0x32, 0x83, 2, 4, 0x59, 1, 0x2c]);
}

#[test]
fn a_frame_cut_anywhere_or_followed_by_anything_is_none() {
    for (frame, hex) in golden() {
        let bytes = from_hex(&hex);
        for cut in 0..bytes.len() {
            let decoded = Frame::decode(&Bytes::copy_from_slice(&bytes[..cut]));
            assert_eq!(
                decoded,
                Err(DecodeError::Malformed),
                "{} at {cut}",
                frame.name()
            );
        }
        let longer = [&bytes[..], b"\x00"].concat();
        let decoded = Frame::decode(&Bytes::from(longer));
        assert_eq!(decoded, Err(DecodeError::Malformed), "{}", frame.name());
    }
}

#[test]
fn malformed_frames_are_refused() {
    let cases = [
        ("nothing at all", ""),
        ("no array", "03"),
        ("an empty array", "80"),
        ("an indefinite array", "9f 03 42 0102 ff"),
        ("an array head longer than needed", "9802 03 42 0102"),
        ("a kind that is no number", "82 61 61 42 0102"),
        ("a kind longer than needed", "82 1803 42 0102"),
        ("a field too many", "83 03 42 0102 00"),
        ("a field too few", "81 0d"),
        ("a number for bytes", "82 03 07"),
        ("a text for bytes", "82 03 62 6162"),
        ("indefinite bytes", "82 03 5f 41 01 ff"),
        ("bytes that promise more", "82 03 43 0102"),
        ("a tag", "82 03 c2 42 0102"),
        ("a float for a number", "82 0d f93c00"),
        ("a negative number", "82 0d 20"),
        ("a lane that is none", "83 02 05 42 0102"),
        (
            "an id of 31 bytes",
            "82 04 81 581f 33333333333333333333333333333333333333333333333333333333333333",
        ),
        ("an array that promises more", "82 06 9a00ffffff 01"),
        (
            "a pause beyond 32 bits",
            "84 05 5820 ii 01 1b0000000100000000",
        ),
        ("ranges that touch", "82 01 81 82 62746a 84 01 04 05 06"),
        ("ranges that overlap", "82 01 81 82 62746a 84 01 04 03 06"),
        ("ranges that go down", "82 01 81 82 62746a 84 06 06 01 04"),
        (
            "a range that ends before it begins",
            "82 01 81 82 62746a 82 04 01",
        ),
        ("half a range", "82 01 81 82 62746a 83 01 04 06"),
        ("an origin that is no node", "82 01 81 82 62544a 82 01 04"),
        ("an origin that is no UTF-8", "82 01 81 82 62c328 82 01 04"),
        (
            "a hello of five keys",
            "82 00 a5 00 01 01 62746a 02 50 11111111111111111111111111111111",
        ),
        ("a time beyond 64 bits", "83 0e 00 1bffffffffffffffff"),
    ];
    for (what, hex) in cases {
        let decoded = Frame::decode(&Bytes::from(from_hex(hex)));
        assert_eq!(decoded, Err(DecodeError::Malformed), "{what}");
    }
    let critical = Frame::decode(&Bytes::from(from_hex("82 183f 00")));
    assert_eq!(critical, Err(DecodeError::Critical(63)));
}

#[test]
fn a_hello_has_its_keys_in_order_and_once() {
    let mut body = Vec::new();
    hello().encode_body(&mut body);
    let with = |more: &[u8]| {
        let mut longer = body.clone();
        longer[2] = 0xa6 + 2;
        longer.extend(more);
        Frame::decode(&Bytes::from(longer))
    };

    assert_eq!(with(b"\x06\x00\x07\xf5"), Ok(hello()));
    assert_eq!(with(b"\x07\x00\x06\x00"), Err(DecodeError::Malformed));
    assert_eq!(with(b"\x06\x00\x06\x00"), Err(DecodeError::Malformed));
    assert_eq!(with(b"\x05\x00\x06\x00"), Err(DecodeError::Malformed));
}

#[test]
fn data_of_an_attachment_is_at_most_64_kib() {
    let data = |len| {
        let mut body = Vec::new();
        Frame::AttachmentData {
            id: attachment(),
            offset: 0,
            bytes: vec![0; len].into(),
        }
        .encode_body(&mut body);
        Frame::decode(&Bytes::from(body))
    };

    assert!(data(64 << 10).is_ok());
    assert_eq!(data((64 << 10) + 1), Err(DecodeError::Malformed));
}
