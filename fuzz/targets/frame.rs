//! A stream of frames, cut into pieces of a size that the input gives; and one frame by itself.

#![no_main]

use bytes::Bytes;
use exchange::frame::{Frame, FrameReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((size, bytes)) = bytes.split_first() else {
        return;
    };
    if let Ok(frame) = Frame::decode(&Bytes::copy_from_slice(bytes)) {
        let mut again = Vec::new();
        frame.encode_body(&mut again);
        if !matches!(frame, Frame::Unknown { .. }) {
            assert_eq!(Frame::decode(&again.into()), Ok(frame));
        }
    }
    let mut reader = FrameReader::default();
    for piece in bytes.chunks(usize::from(*size) + 1) {
        reader.push(piece);
        loop {
            match reader.next() {
                Ok(Some(_)) => (),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(reader.next(), Err(error));
                    return;
                }
            }
        }
        assert!(reader.pending() <= bytes.len());
    }
});
