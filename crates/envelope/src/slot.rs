//! One recipient's slot: the content key, wrapped for an office or desk.

use minicbor::Decoder;
use model::address::Address;
use model::ids::KeyId;

use crate::error::Malformed;
use crate::hash::lp;
use crate::header::{Header, SUITE};
use crate::key::{ContentKey, KeyError, SealingKey, SealingPublicKey};
use crate::wire::{expect_array, expect_fixed, put_array, put_bytes};
use crate::xwing::{ENC_LEN, Encapsulate};
use crate::{hpke, labels};

/// Bytes of a wrapped content key.
const WRAPPED_LEN: usize = 32 + hpke::TAG_LEN;

/// As received.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) key: KeyId,
    enc: &'a [u8; ENC_LEN],
    wrapped: &'a [u8; WRAPPED_LEN],
}

impl<'a> Slot<'a> {
    pub(crate) fn parse(decoder: &mut Decoder<'a>) -> Result<Self, Malformed> {
        const WHAT: &str = "slot";

        expect_array(decoder, 3, WHAT)?;
        Ok(Self {
            key: KeyId::new(*expect_fixed(decoder, WHAT)?),
            enc: expect_fixed(decoder, WHAT)?,
            wrapped: expect_fixed(decoder, WHAT)?,
        })
    }

    pub(crate) fn unwrap(
        &self,
        key: &SealingKey,
        office: &Address,
        header: &Header,
        context: &[u8; 32],
    ) -> Result<ContentKey, KeyError> {
        let info = info(header, office, &self.key);
        let plain = hpke::open(key.expanded(), self.enc, &info, context, self.wrapped)?;
        let plain: [u8; 32] = plain.as_slice().try_into().map_err(|_| KeyError::Length)?;
        Ok(ContentKey::new(plain))
    }
}

/// Appends the slot of one recipient.
pub(crate) fn put(
    out: &mut Vec<u8>,
    content_key: &ContentKey,
    (office, id, public): (&Address, &KeyId, &SealingPublicKey),
    header: &Header,
    encapsulate: &Encapsulate<'_>,
) -> Result<(), KeyError> {
    let info = info(header, office, id);
    let shared = |enc: &mut Vec<u8>| encapsulate(public.parsed(), enc);
    let sealed = hpke::seal(shared, &info, &header.context(), content_key.as_bytes())?;
    let (enc, wrapped) = sealed.split_at_checked(ENC_LEN).ok_or(KeyError::Length)?;
    put_array(out, 3);
    put_bytes(out, id.as_bytes());
    put_bytes(out, enc);
    put_bytes(out, wrapped);
    Ok(())
}

/// A slot cannot be moved to another dispatch, network, office or key.
fn info(header: &Header, office: &Address, key: &KeyId) -> Vec<u8> {
    lp(&[
        labels::SLOT,
        header.network.as_bytes(),
        &[SUITE],
        header.nonce.as_slice(),
        office.to_string().as_bytes(),
        key.as_bytes(),
    ])
}
