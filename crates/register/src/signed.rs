//! An act with its signatures, gathered one after the other.
//!
//! ```text
//! [ payload bstr, [ [key id bstr(16), signature bstr(64)], ... sorted by key id, each once ] ]
//! ```

use std::collections::BTreeMap;

use envelope::canonical;
use envelope::hash;
use envelope::key::SigningKey;
use minicbor::bytes::ByteSlice;
use model::ids::{ActId, KeyId, NetworkId};

use crate::act::{Act, Body, PAYLOAD_BYTES};
use crate::network::STATES_MAX;
use crate::refusal::RegisterError;
use crate::signature::{self, Signature};

/// Most signatures of one act: all states of a network, the centre and two holders of keys.
pub const SIGNATURES_MAX: usize = STATES_MAX + 3;

/// Most bytes of one signed act, its envelope included.
pub const ACT_BYTES: usize = PAYLOAD_BYTES + SIGNATURES_MAX * 88 + 64;

/// An act on its way to its signers, or into a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAct {
    act: Act,
    payload: Vec<u8>,
    signatures: BTreeMap<KeyId, Signature>,
}

impl SignedAct {
    /// An act that nobody has signed yet. Refuses one that no register would take.
    pub fn unsigned(act: Act) -> Result<Self, RegisterError> {
        act.check()?;
        Ok(Self {
            payload: act.to_payload()?,
            act,
            signatures: BTreeMap::new(),
        })
    }

    /// Reads the bytes of [`SignedAct::to_bytes`]. Says nothing about the signatures: the register checks them.
    pub fn parse(bytes: &[u8]) -> Result<Self, RegisterError> {
        if bytes.len() > ACT_BYTES {
            return Err(RegisterError::malformed("longer than an act can be"));
        }
        canonical::check(bytes).map_err(RegisterError::malformed)?;
        let (payload, signatures) = read(bytes).map_err(RegisterError::malformed)?;
        let act = Act::from_payload(payload)?;
        let signed = Self {
            act,
            payload: payload.to_vec(),
            signatures,
        };
        // Signatures out of order, or one twice, would give one act two forms.
        if signed.to_bytes() != bytes {
            return Err(RegisterError::malformed("signatures not in order"));
        }
        Ok(signed)
    }

    /// Adds this key's signature, in place of an older one by the same key. A founding act names its own network;
    /// `network` is that of all others.
    pub fn sign(&mut self, network: &NetworkId, key: &SigningKey) {
        let network = self.founds().unwrap_or(*network);
        let signature = signature::sign(key, &network, &self.payload);
        self.signatures.insert(key.public().key_id(), signature);
    }

    /// The same, for a chain of signers.
    #[must_use]
    pub fn signed_by(mut self, network: &NetworkId, key: &SigningKey) -> Self {
        self.sign(network, key);
        self
    }

    /// Takes over the signatures of another copy of the same act.
    pub fn merge(&mut self, other: &Self) -> bool {
        let same = self.payload == other.payload;
        if same {
            self.signatures.extend(&other.signatures);
        }
        same
    }

    pub fn id(&self) -> ActId {
        ActId::new(hash::sha256(&self.payload))
    }

    /// The network that this act founds.
    pub fn founds(&self) -> Option<NetworkId> {
        let Body::Founding(_) = &self.act.body else {
            return None;
        };
        NetworkId::from_slice(self.id().as_bytes().split_at_checked(NetworkId::LEN)?.0)
    }

    pub const fn act(&self) -> &Act {
        &self.act
    }

    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    pub fn signers(&self) -> impl Iterator<Item = &KeyId> {
        self.signatures.keys()
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.payload.len().saturating_add(256));
        let mut encoder = minicbor::Encoder::new(&mut out);
        // Writing into a Vec cannot fail.
        let written: Result<(), minicbor::encode::Error<std::convert::Infallible>> = (|| {
            encoder.array(2)?.bytes(&self.payload)?;
            encoder.array(count(self.signatures.len()))?;
            for (key, signature) in &self.signatures {
                encoder.array(2)?.bytes(key.as_bytes())?.bytes(signature)?;
            }
            Ok(())
        })();
        debug_assert!(written.is_ok(), "a Vec takes every byte");
        out
    }

    pub(crate) const fn signatures(&self) -> &BTreeMap<KeyId, Signature> {
        &self.signatures
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

type Parts<'a> = (&'a [u8], BTreeMap<KeyId, Signature>);

fn read(bytes: &[u8]) -> Result<Parts<'_>, minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(bytes);
    expect_array(&mut decoder, 2)?;
    let payload = decoder.bytes()?;
    let wrong = |what: &'static str| minicbor::decode::Error::message(what);
    let listed = decoder.array()?.ok_or_else(|| wrong("indefinite array"))?;
    if listed > count(SIGNATURES_MAX) {
        return Err(wrong("too many signatures"));
    }
    let mut signatures = BTreeMap::new();
    for _ in 0..listed {
        expect_array(&mut decoder, 2)?;
        let key: KeyId = decoder.decode()?;
        let signature: &ByteSlice = decoder.decode()?;
        let signature: &[u8] = signature;
        let signature = signature
            .try_into()
            .map_err(|_error| wrong("a signature is 64 bytes"))?;
        signatures.insert(key, signature);
    }
    Ok((payload, signatures))
}

fn expect_array(
    decoder: &mut minicbor::Decoder<'_>,
    len: u64,
) -> Result<(), minicbor::decode::Error> {
    if decoder.array()? == Some(len) {
        Ok(())
    } else {
        Err(minicbor::decode::Error::message("array of another length"))
    }
}
