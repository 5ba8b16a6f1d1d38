//! Bundle files, read in pieces of a size that the input gives.

#![no_main]

use exchange::bundle::BundleReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((size, bytes)) = bytes.split_first() else {
        return;
    };
    let mut reader = BundleReader::new();
    let mut given = 0;
    'file: for piece in bytes.chunks(usize::from(*size) + 1) {
        reader.push(piece);
        loop {
            match reader.next() {
                Ok(Some(_)) => given += 1,
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(reader.next(), Err(error));
                    break 'file;
                }
            }
        }
    }
    assert_eq!(reader.count(), given);
    assert!(reader.position() <= bytes.len() as u64);
});
