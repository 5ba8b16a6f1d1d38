use ml_kem::array::Array;
use ml_kem::ml_kem_768;
use serde::Deserialize;

use super::*;

/// Makes the secret from those 64 bytes instead of fresh ones: whoever knows them opens what is sealed.
pub(crate) fn dangerous_encapsulate(
    key: &EncapsulationKey,
    seed: &[u8; 64],
    enc: &mut Vec<u8>,
) -> Result<Shared, KeyError> {
    let bytes = key.ml_kem.key_bytes()?;
    let bytes = Array::try_from(bytes.as_ref()).map_err(|_| KeyError::Length)?;
    let ml_kem = ml_kem_768::EncapsulationKey::new(&bytes).map_err(|_| KeyError::NotCanonical)?;
    let (message, x25519) = seed.split_at(32);
    let message = Array::try_from(message).map_err(|_| KeyError::Length)?;
    let (ciphertext, ml_kem_secret) = ml_kem.encapsulate_deterministic(&message);
    let ephemeral = PrivateKey::from_private_key(&X25519, x25519)?;
    let public = ephemeral.compute_public_key()?;
    enc.extend_from_slice(&ciphertext);
    enc.extend_from_slice(public.as_ref());
    agree(
        &ephemeral,
        UnparsedPublicKey::new(&X25519, key.x25519),
        KeyError::SmallOrder,
        |secret| {
            Ok(combine(
                &ml_kem_secret,
                secret,
                public.as_ref(),
                &key.x25519,
            ))
        },
    )
}

/// draft-connolly-cfrg-xwing-kem, appendix C.
#[derive(Deserialize)]
struct Vector {
    seed: String,
    eseed: String,
    ss: String,
    pk: String,
    ct: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../tests/vectors/xwing.json")).unwrap()
}

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let digits = text.as_bytes().as_chunks::<2>().0;
    let bytes: Vec<u8> = digits
        .iter()
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    bytes.try_into().unwrap()
}

#[test]
fn the_drafts_vectors_hold() {
    for vector in vectors() {
        let (secret, public) = DecapsulationKey::from_seed(&hex(&vector.seed)).unwrap();
        assert_eq!(public, hex(&vector.pk));

        let key = EncapsulationKey::from_bytes(&public).unwrap();
        let mut enc = Vec::new();
        let shared = dangerous_encapsulate(&key, &hex(&vector.eseed), &mut enc).unwrap();
        assert_eq!(enc, hex::<ENC_LEN>(&vector.ct));
        assert_eq!(*shared, hex(&vector.ss));

        let opened = secret.decapsulate(&hex(&vector.ct)).unwrap();
        assert_eq!(*opened, hex(&vector.ss));
    }
}

#[test]
fn fresh_secrets_are_shared_and_differ() {
    let (secret, public) = DecapsulationKey::from_seed(&[7; 32]).unwrap();
    let key = EncapsulationKey::from_bytes(&public).unwrap();
    let (mut one, mut other) = (Vec::new(), Vec::new());

    let first = key.encapsulate(&mut one).unwrap();
    let second = key.encapsulate(&mut other).unwrap();

    assert_ne!(*first, *second);
    assert_eq!(
        *secret.decapsulate(&one.try_into().unwrap()).unwrap(),
        *first
    );
}

#[test]
fn a_changed_ciphertext_gives_another_secret() {
    let (secret, public) = DecapsulationKey::from_seed(&[7; 32]).unwrap();
    let key = EncapsulationKey::from_bytes(&public).unwrap();
    let mut enc = Vec::new();
    let shared = key.encapsulate(&mut enc).unwrap();
    for at in [0, 500, 1087, 1088, 1119] {
        let mut changed: [u8; ENC_LEN] = enc.clone().try_into().unwrap();
        changed[at] ^= 1;
        if let Ok(other) = secret.decapsulate(&changed) {
            assert_ne!(*other, *shared, "{at}");
        }
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let (_, public) = DecapsulationKey::from_seed(&[7; 32]).unwrap();

    // A coefficient of 3329 is 0 in a second encoding.
    let mut unreduced = public;
    unreduced[0] = 0x01;
    unreduced[1] = (unreduced[1] & 0xf0) | 0x0d;
    let refused = EncapsulationKey::from_bytes(&unreduced).unwrap_err();
    assert_eq!(refused, KeyError::NotCanonical);

    for small in [[0; 32], one()] {
        let mut weak = public;
        weak[1184..].copy_from_slice(&small);
        let refused = EncapsulationKey::from_bytes(&weak).unwrap_err();
        assert_eq!(refused, KeyError::SmallOrder);
    }
}

#[test]
fn a_ciphertext_of_small_order_is_refused() {
    let (secret, _) = DecapsulationKey::from_seed(&[7; 32]).unwrap();
    let mut enc = [0; ENC_LEN];
    enc[1088..].copy_from_slice(&one());

    assert_eq!(secret.decapsulate(&enc).unwrap_err(), KeyError::SmallOrder);
}

fn one() -> [u8; 32] {
    let mut one = [0; 32];
    one[0] = 1;
    one
}
