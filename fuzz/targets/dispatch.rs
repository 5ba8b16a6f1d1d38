//! Sealed dispatches, parsed and opened with the key that the golden ones are sealed for.

#![no_main]

use std::sync::LazyLock;

use envelope::key::{SealingKey, SigningKey};
use envelope::open::parse;
use libfuzzer_sys::fuzz_target;
use model::address::Address;
use model::content::Content;

struct Holder {
    author: SigningKey,
    node: SigningKey,
    desk: SealingKey,
    office: Address,
}

static HOLDER: LazyLock<Holder> = LazyLock::new(|| Holder {
    author: SigningKey::from_seed(&[1; 32]).unwrap(),
    node: SigningKey::from_seed(&[2; 32]).unwrap(),
    desk: SealingKey::from_seed(&[5; 32]).unwrap(),
    office: "TJ/CUSTOMS/FOTEHOBOD".parse().unwrap(),
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(parsed) = parse(bytes) else { return };
    let _ = parsed.check_node(HOLDER.node.public());
    // Whatever names its slots have, the key is tried: the way to the content is as short as it can be.
    let Ok(opened) = parsed.open(&|_| Some((&HOLDER.desk, HOLDER.office.clone()))) else {
        return;
    };
    let kind = opened.statement.kind;
    let _ = Content::decode(kind, &opened.statement.body);
    let _ = opened.verify(HOLDER.author.public());
});
