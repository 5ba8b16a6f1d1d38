use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};

use super::*;
use crate::key::SealingKey;

type PublicKey = <XWing as Kem>::PublicKey;
type PrivateKey = <XWing as Kem>::PrivateKey;
type EncappedKey = <XWing as Kem>::EncappedKey;

const INFO: &[u8] = b"what it is bound to";
const AAD: &[u8] = b"what stands beside it";
const PLAIN: &[u8; 32] = &[0x5a; 32];

fn sealed(key: &SealingKey) -> Vec<u8> {
    let public = key.public().parsed();
    seal(|enc| public.encapsulate(enc), INFO, AAD, PLAIN).unwrap()
}

#[test]
fn the_hpke_crate_opens_what_we_seal() {
    let key = SealingKey::from_seed(&[8; 32]).unwrap();
    let sealed = sealed(&key);
    let (enc, ciphertext) = sealed.split_at(ENC_LEN);

    let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        &PrivateKey::from_bytes(key.seed().as_slice()).unwrap(),
        &EncappedKey::from_bytes(enc).unwrap(),
        INFO,
        ciphertext,
        AAD,
    )
    .unwrap();

    assert_eq!(opened, PLAIN);
}

#[test]
fn we_open_what_the_hpke_crate_seals() {
    let key = SealingKey::from_seed(&[8; 32]).unwrap();
    let (enc, ciphertext) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &PublicKey::from_bytes(key.public().as_bytes()).unwrap(),
        INFO,
        PLAIN,
        AAD,
    )
    .unwrap();
    let enc: [u8; ENC_LEN] = enc.to_bytes().as_slice().try_into().unwrap();

    let opened = open(key.expanded(), &enc, INFO, AAD, &ciphertext).unwrap();

    assert_eq!(opened.as_slice(), PLAIN);
}

#[test]
fn another_key_info_or_aad_opens_nothing() {
    let key = SealingKey::from_seed(&[8; 32]).unwrap();
    let other = SealingKey::from_seed(&[9; 32]).unwrap();
    let sealed = sealed(&key);
    let (enc, ciphertext) = sealed.split_first_chunk::<ENC_LEN>().unwrap();

    assert!(open(key.expanded(), enc, INFO, AAD, ciphertext).is_ok());
    assert!(open(other.expanded(), enc, INFO, AAD, ciphertext).is_err());
    assert!(open(key.expanded(), enc, b"another", AAD, ciphertext).is_err());
    assert!(open(key.expanded(), enc, INFO, b"another", ciphertext).is_err());
    assert!(open(key.expanded(), enc, INFO, AAD, &ciphertext[1..]).is_err());
    assert!(open(key.expanded(), enc, INFO, AAD, &[]).is_err());
}
