//! What is made for one purpose is valid for no other: every pair of labels, every construction.

use envelope::cobblestone::{self, Chunks};
use envelope::hash::{lp, sha256_fields, sha512_256};
use envelope::key::SigningKey;
use envelope::xwing::{DecapsulationKey, ENC_LEN, EncapsulationKey};
use envelope::{cose, hpke, labels, receipt};

const PAYLOAD: &[u8] = b"the same bytes for all purposes";

#[test]
fn no_label_is_the_beginning_of_another() {
    for one in labels::ALL {
        for other in labels::ALL {
            assert!(one == other || !other.starts_with(one));
        }
    }
}

#[test]
fn a_signature_verifies_for_its_own_purpose_alone() {
    let key = SigningKey::from_seed(&[3; 32]).unwrap();
    // The two ways in which things are signed: as COSE, or over fields with their lengths.
    let messages: Vec<Vec<u8>> = labels::ALL
        .iter()
        .flat_map(|label| [cose::to_be_signed(label, PAYLOAD), lp(&[label, PAYLOAD])])
        .collect();
    for (i, made) in messages.iter().enumerate() {
        let signature = key.sign(made);
        for (j, tried) in messages.iter().enumerate() {
            let verified = key.public().verify(tried, &signature).is_ok();
            assert_eq!(verified, i == j, "{i} {j}");
        }
    }
}

#[test]
fn cose_verifies_under_its_own_label_alone() {
    let key = SigningKey::from_seed(&[3; 32]).unwrap();
    for made in labels::ALL {
        let bytes = cose::sign1(made, PAYLOAD, &key);
        let signed = cose::Sign1::parse(&bytes).unwrap();
        for tried in labels::ALL {
            let verified = signed.verify(tried, key.public());
            assert_eq!(verified.is_ok(), made == tried);
        }
    }
}

#[test]
fn a_statement_is_no_receipt() {
    let key = SigningKey::from_seed(&[3; 32]).unwrap();
    let golden = include_bytes!("../golden/stored.receipt");
    let payload = cose::Sign1::parse(golden).unwrap().payload;
    for label in labels::ALL {
        let bytes = cose::sign1(label, payload, &key);
        let verified = receipt::read(&bytes).unwrap().verify(key.public());
        assert_eq!(verified.is_ok(), label == labels::RECEIPT);
    }
}

#[test]
fn what_is_sealed_for_one_purpose_opens_for_no_other() {
    let key = [0x31; 32];
    for made in labels::ALL {
        let chunks = Chunks::fresh(&key, &lp(&[made])).unwrap();
        let sealed = cobblestone::seal(&chunks, PAYLOAD).unwrap();
        for tried in labels::ALL {
            let opened = cobblestone::open(&key, &lp(&[tried]), &sealed);
            assert_eq!(opened.is_ok(), made == tried);
        }
    }
}

#[test]
fn a_key_wrapped_for_one_purpose_unwraps_for_no_other() {
    let (secret, public) = DecapsulationKey::from_seed(&[0x32; 32]).unwrap();
    let public = EncapsulationKey::from_bytes(&public).unwrap();
    for made in labels::ALL {
        let wrapped = hpke::seal(|enc| public.encapsulate(enc), made, b"", PAYLOAD).unwrap();
        let (enc, sealed) = wrapped.split_first_chunk::<ENC_LEN>().unwrap();
        for tried in labels::ALL {
            let opened = hpke::open(&secret, enc, tried, b"", sealed);
            assert_eq!(opened.is_ok(), made == tried);
        }
    }
}

#[test]
fn no_two_purposes_give_one_name() {
    let mut names: Vec<[u8; 32]> = labels::ALL
        .iter()
        .flat_map(|label| {
            [
                sha512_256(&[label, PAYLOAD]),
                sha256_fields(&[label, PAYLOAD]),
            ]
        })
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
