//! Bundle files, whole and spoilt: what is whole comes out, and the reader names the byte where it stops.

use aws_lc_rs::digest::{SHA256, digest};
use exchange::bundle::{BundleError, BundleFault, BundleReader, BundleWriter};
use exchange::frame::{Frame, MAX_FRAME};
use model::ids::NodeId;
use proptest::prelude::*;

use crate::any;

/// Bytes of the head: name and version.
const HEAD: usize = 9;

/// A file, and where each of its entries begins; the last place is the file's end.
struct Written {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Written {
    fn new(frames: &[Frame]) -> Self {
        let mut writer = BundleWriter::new(&"uz-oybek".parse().unwrap());
        let mut bytes = Vec::new();
        writer.begin(&mut bytes);
        let mut places = vec![HEAD];
        for frame in frames {
            places.push(bytes.len());
            writer.add(frame, &mut bytes);
        }
        places.push(bytes.len());
        writer.finish(&mut bytes);
        places.push(bytes.len());
        Self { bytes, places }
    }

    /// The place of the entry that this byte belongs to, and how many frames are whole before it.
    fn entry_at(&self, byte: usize) -> (usize, usize) {
        let after = self.places.partition_point(|place| *place <= byte);
        match after.checked_sub(1) {
            // The head, then the origin.
            None => (0, 0),
            Some(entry) => (self.places[entry], entry.saturating_sub(1)),
        }
    }
}

/// A file of these entries, whatever they are, with digests that are right.
fn forged(entries: &[&[u8]]) -> Vec<u8> {
    let mut file = b"GUZARBDL\x01".to_vec();
    let mut hashed = file.clone();
    for entry in entries {
        let length = u32::try_from(entry.len()).unwrap().to_be_bytes();
        for bytes in [&length, *entry] {
            hashed.extend(bytes);
            file.extend(bytes);
        }
        file.extend(digest(&SHA256, &hashed).as_ref());
    }
    file
}

/// The entry `[0, "uz-oybek"]`.
const ORIGIN: &[u8] = b"\x82\x00\x68uz-oybek";

struct Read {
    frames: Vec<Frame>,
    error: Option<BundleError>,
    reader: BundleReader,
}

fn read(bytes: &[u8], chunk: usize) -> Read {
    let mut reader = BundleReader::new();
    let mut frames = Vec::new();
    for bytes in bytes.chunks(chunk) {
        reader.push(bytes);
        loop {
            match reader.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => {
                    return Read {
                        frames,
                        error: Some(error),
                        reader,
                    };
                }
            }
        }
    }
    Read {
        frames,
        error: None,
        reader,
    }
}

/// Where the error says that the file breaks, and its code.
fn broken(bytes: &[u8]) -> (usize, &'static str, usize) {
    let read = read(bytes, 50);
    let error = read.error.unwrap();
    assert_eq!(read.reader.position(), error.at);
    assert!(!read.reader.is_finished());
    (
        usize::try_from(error.at).unwrap(),
        error.code(),
        read.frames.len(),
    )
}

fn receipts(count: u8) -> Vec<Frame> {
    (0..count)
        .map(|n| Frame::Receipt {
            bytes: vec![n; usize::from(n) * 3].into(),
        })
        .collect()
}

#[test]
fn a_bundle_says_who_wrote_it_and_ends() {
    let read = read(&Written::new(&[]).bytes, 1);

    assert_eq!(read.frames, []);
    assert_eq!(read.error, None);
    assert!(read.reader.is_finished());
    assert_eq!(read.reader.origin().map(NodeId::as_str), Some("uz-oybek"));
}

#[test]
fn a_cut_at_any_byte_keeps_what_is_whole_and_names_the_place() {
    let all = receipts(12);
    let written = Written::new(&all);
    for cut in 0..written.bytes.len() {
        let (place, whole) = written.entry_at(cut);

        let read = read(&written.bytes[..cut], 40);

        assert_eq!(read.frames, &all[..whole.min(all.len())], "cut at {cut}");
        assert_eq!(read.error, None, "cut at {cut}");
        assert!(!read.reader.is_finished(), "cut at {cut}");
        assert_eq!(
            usize::try_from(read.reader.position()).unwrap(),
            place,
            "cut at {cut}"
        );
    }
}

#[test]
fn an_altered_byte_is_found_in_its_entry_and_nothing_after_it_is_taken() {
    let all = receipts(12);
    let written = Written::new(&all);
    for at in 0..written.bytes.len() {
        for with in [0x01, 0x80, 0xff] {
            let mut bytes = written.bytes.clone();
            bytes[at] ^= with;
            let (place, whole) = written.entry_at(at);

            let read = read(&bytes, 4_096);

            assert_eq!(read.frames, &all[..whole.min(all.len())], "byte {at}");
            assert_eq!(
                usize::try_from(read.reader.position()).unwrap(),
                place,
                "byte {at}"
            );
            // A length made longer than the file looks like a cut.
            assert!(!read.reader.is_finished(), "byte {at}");
            let length = (place..place + 4).contains(&at) && place >= HEAD;
            assert!(read.error.is_some() || length, "byte {at}");
        }
    }
}

#[test]
fn a_frame_written_twice_comes_twice() {
    let frame = receipts(3)[2].clone();
    let all = [frame.clone(), frame];

    let read = read(&Written::new(&all).bytes, 1_000);

    assert_eq!(read.frames, all);
    assert!(read.reader.is_finished());
}

#[test]
fn entries_doubled_swapped_or_left_out_are_found_where_they_stand() {
    let Written { bytes, places } = Written::new(&receipts(3));
    let part = |from: usize, to: usize| &bytes[places[from]..places[to]];
    let head = &bytes[..places[1]];

    let doubled = [head, part(1, 2), part(1, 2), part(2, 5)].concat();
    assert_eq!(broken(&doubled), (places[2], "bundle_damaged", 1));
    let swapped = [head, part(2, 3), part(1, 2), part(3, 5)].concat();
    assert_eq!(broken(&swapped), (places[1], "bundle_damaged", 0));
    let left_out = [head, part(1, 2), part(3, 5)].concat();
    assert_eq!(broken(&left_out), (places[2], "bundle_damaged", 1));
    let other_end = [&bytes[..], part(4, 5)].concat();
    assert_eq!(broken(&other_end), (places[5], "bundle_end", 3));
}

#[test]
fn alien_files_are_told_at_their_first_byte() {
    for alien in [&b"P"[..], b"PK\x03\x04", b"GUZARBDX\x01rest", b"guzarbdl"] {
        assert_eq!(broken(alien), (0, "not_a_bundle", 0));
    }
    assert_eq!(broken(b"GUZARBDL\x02later"), (0, "bundle_version", 0));
}

#[test]
fn alien_bytes_behind_the_end_are_no_part_of_it() {
    let Written { mut bytes, places } = Written::new(&receipts(2));
    bytes.push(0);

    assert_eq!(broken(&bytes), (places[4], "bundle_end", 2));
}

#[test]
fn an_entry_longer_than_a_frame_is_refused_before_it_is_there() {
    let mut bytes = forged(&[ORIGIN]);
    let place = bytes.len();
    bytes.extend(u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes());

    assert_eq!(broken(&bytes), (place, "entry_too_long", 0));
}

#[test]
fn what_is_no_frame_is_named_where_it_begins() {
    let receipt = b"\x82\x03\x41\x07";
    let place = forged(&[ORIGIN, receipt]).len();
    for alien in [
        &b""[..],
        b"\x00",
        b"not CBOR",
        // A receipt with something behind it, one without its bytes, a kind that must not be skipped.
        b"\x82\x03\x41\x07\x00",
        b"\x81\x03",
        b"\x82\x10\x00",
        // A second origin.
        ORIGIN,
    ] {
        let file = forged(&[ORIGIN, receipt, alien, receipt]);
        assert_eq!(broken(&file), (place, "bad_frame", 1), "{alien:02x?}");
    }
    // Kind 64 of a later version may be skipped.
    let read = read(&forged(&[ORIGIN, b"\x82\x18\x40\x07", b"\x82\x01\x01"]), 9);
    assert_eq!(read.frames, [Frame::Unknown { kind: 64 }]);
    assert!(read.reader.is_finished());
}

#[test]
fn a_file_begins_with_its_origin_and_ends_with_its_count() {
    let receipt = b"\x82\x03\x41\x07";
    for first in [&receipt[..], b"\x82\x01\x00", b"\x82\x00\x65BAD ID"] {
        assert_eq!(broken(&forged(&[first])), (HEAD, "bad_frame", 0));
    }
    let place = forged(&[ORIGIN, receipt]).len();
    for end in [b"\x82\x01\x00", b"\x82\x01\x02"] {
        let file = forged(&[ORIGIN, receipt, end]);
        assert_eq!(broken(&file), (place, "bundle_end", 1));
    }
}

#[test]
fn an_error_stays_whatever_follows() {
    let mut bytes = Written::new(&receipts(2)).bytes;
    bytes[20] ^= 1;
    let mut reader = BundleReader::new();
    reader.push(&bytes);
    let error = reader.next().unwrap_err();
    assert_eq!(error.what, BundleFault::Digest);

    reader.push(&Written::new(&receipts(2)).bytes);

    assert_eq!(reader.next(), Err(error));
    assert_eq!(
        error.to_string(),
        "at byte 9: the digest is wrong: the file is damaged here"
    );
}

proptest! {
    #[test]
    fn any_frames_come_back_however_the_file_is_cut_up(
        frames in proptest::collection::vec(any::frame(), 0..12),
        chunk in 1_usize..3_000,
    ) {
        let read = read(&Written::new(&frames).bytes, chunk);

        prop_assert_eq!(read.error, None);
        prop_assert_eq!(read.reader.count(), frames.len() as u64);
        prop_assert!(read.reader.is_finished());
        prop_assert_eq!(read.frames, frames);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let with_head = [b"GUZARBDL\x01", &bytes[..]].concat();
        let entry = forged(&[ORIGIN, &bytes]);
        for bytes in [&bytes, &with_head, &entry] {
            let read = read(bytes, 10);
            prop_assert!(!read.reader.is_finished());
        }
    }
}
