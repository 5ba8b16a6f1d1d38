//! Which signatures are good is decided in one way: RFC 8032, and strictly where it leaves a choice.
//!
//! Two programs that disagree about one signature disagree about evidence. So the cases on which libraries differ
//! (points of small or mixed order, second encodings) are made here by arithmetic, and the expected answer follows
//! from the rule: canonical encodings, neither key nor R of small order, `[S]B = R + [k]A` without the cofactor.

use aws_lc_rs::digest::{SHA512, digest};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity as _;
use envelope::key::{KeyError, SigningKey, VerifyingKey};

/// RFC 8032, section 7.1: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().as_chunks::<2>().0;
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.iter().map(byte).collect()
}

#[test]
fn the_rfcs_vectors_hold() {
    for [seed, public, message, signature] in RFC_8032 {
        let key = SigningKey::from_seed(&hex(seed).try_into().unwrap()).unwrap();
        let (message, signature) = (hex(message), hex(signature));

        assert_eq!(key.public().as_bytes().as_slice(), hex(public));
        assert_eq!(key.sign(&message).as_slice(), signature);
        let signature: [u8; 64] = signature.try_into().unwrap();
        assert!(key.public().verify(&message, &signature).is_ok());
        let mut longer = message.clone();
        longer.push(0);
        assert!(key.public().verify(&longer, &signature).is_err());
    }
}

#[test]
fn keys_of_small_order_are_no_keys() {
    for point in EIGHT_TORSION {
        let refused = VerifyingKey::from_bytes(point.compress().as_bytes());
        assert_eq!(refused.unwrap_err(), KeyError::SmallOrder);
    }
}

#[test]
fn keys_in_a_second_encoding_are_no_keys() {
    // y = p + 0 .. p + 18, with both signs; those that are points have an encoding below p too.
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            bytes[0] = low;
            bytes[31] = high;
            assert_eq!(
                VerifyingKey::from_bytes(&bytes),
                Err(KeyError::NotCanonical)
            );
        }
    }
    // x = 0 with a sign: y = 1 and y = -1.
    for first in [0x01, 0xec] {
        let mut bytes = if first == 1 { [0; 32] } else { [0xff; 32] };
        bytes[0] = first;
        bytes[31] |= 0x80;
        assert_eq!(
            VerifyingKey::from_bytes(&bytes),
            Err(KeyError::NotCanonical)
        );
    }
}

#[test]
fn a_larger_s_is_no_second_signature() {
    // The order of the group, little-endian.
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let key = SigningKey::from_seed(&[7; 32]).unwrap();
    let mut signature = key.sign(b"text");
    assert!(key.public().verify(b"text", &signature).is_ok());

    let mut carry = 0;
    for (byte, more) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }

    assert_eq!(carry, 0);
    assert!(key.public().verify(b"text", &signature).is_err());
}

/// A signature that the cofactored equation accepts, whatever small-order parts key and R have.
struct Crafted {
    key: EdwardsPoint,
    r: EdwardsPoint,
    k: Scalar,
    signature: [u8; 64],
}

fn craft(a: u64, small_a: EdwardsPoint, r: u64, small_r: EdwardsPoint, message: &[u8]) -> Crafted {
    let (a, r) = (Scalar::from(a), Scalar::from(r));
    let key = ED25519_BASEPOINT_POINT * a + small_a;
    let point = ED25519_BASEPOINT_POINT * r + small_r;
    let key_bytes = key.compress();
    let r_bytes = point.compress();
    let hashed = [r_bytes.as_bytes(), key_bytes.as_bytes(), message].concat();
    let wide: [u8; 64] = digest(&SHA512, &hashed).as_ref().try_into().unwrap();
    let k = Scalar::from_bytes_mod_order_wide(&wide);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(r_bytes.as_bytes());
    signature[32..].copy_from_slice((r + k * a).as_bytes());
    Crafted {
        key,
        r: point,
        k,
        signature,
    }
}

#[test]
fn mixed_and_small_orders_are_judged_by_the_strict_rule() {
    let (mut accepted, mut refused, mut keys_refused) = (0, 0, 0);
    let points = EIGHT_TORSION
        .iter()
        .flat_map(|a| EIGHT_TORSION.iter().map(move |r| (*a, *r)));
    for (small_a, small_r) in points {
        for (a, r) in [(0, 0), (0, 77), (55, 0), (55, 77)] {
            for number in 0..16_u8 {
                let message = [number];
                let crafted = craft(a, small_a, r, small_r, &message);
                let Ok(key) = VerifyingKey::from_bytes(crafted.key.compress().as_bytes()) else {
                    assert!(crafted.key.is_small_order());
                    keys_refused += 1;
                    continue;
                };
                // What is left of the equation once the large parts have cancelled out.
                let rest = small_r + small_a * crafted.k;
                let expected = rest.is_identity() && !crafted.r.is_small_order();
                let verified = key.verify(&message, &crafted.signature).is_ok();
                assert_eq!(verified, expected, "{a} {r} {number}");
                *if verified {
                    &mut accepted
                } else {
                    &mut refused
                } += 1;
            }
        }
    }
    assert!(accepted > 100 && refused > 500 && keys_refused > 500);
}
