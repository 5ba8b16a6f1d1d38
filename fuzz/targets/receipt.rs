//! Signed receipts.

#![no_main]

use std::sync::LazyLock;

use envelope::key::SigningKey;
use envelope::receipt::{read, sign};
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed(&[3; 32]).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let Ok(unverified) = read(bytes) else { return };
    // What verifies can be written again and reads the same.
    if let Ok(receipt) = unverified.verify(KEY.public()) {
        let again = sign(&receipt, &KEY);
        assert_eq!(read(&again).unwrap().verify(KEY.public()), Ok(receipt));
    }
});
