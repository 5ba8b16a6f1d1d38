//! Signed acts of the register: what parses is written again as it came.

#![no_main]

use libfuzzer_sys::fuzz_target;
use register::Register;
use register::signed::SignedAct;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(act) = SignedAct::parse(bytes) {
        assert_eq!(act.to_bytes(), bytes);
        let _ = act.act().check();
        let _ = act.act().to_string();
    }
    if let Ok(mut register) = Register::found(bytes) {
        let checkpoint = register.checkpoint();
        assert!(register.apply(bytes).is_ok());
        assert_eq!(register.checkpoint(), checkpoint);
    }
});
