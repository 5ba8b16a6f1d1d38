//! Received bytes to a verified statement, one checked step after the other.

use minicbor::Decoder;
use model::address::Address;
use model::dispatch::Statement;
use model::ids::{DispatchId, KeyId};

use crate::error::{BadSignature, Malformed, OpenError};
use crate::header::{Header, dispatch_id, to_be_signed};
use crate::key::{ContentKey, SealingKey, VerifyingKey};
use crate::seal::{RECIPIENTS_MAX, body_context, payload_digest};
use crate::slot::Slot;
use crate::wire::{count, expect_array, expect_bytes, expect_fixed};
use crate::{canonical, cobblestone, compress, cose, labels, pad, wire};

/// Longer bytes are refused unread: 1 MiB of content, 300 slots, and what stands around them.
pub const SEALED_MAX: usize = 3 << 19;

/// Well-formed bytes: header read, digest right. Neither signature nor content is checked yet.
#[derive(Debug, Clone)]
pub struct Parsed<'a> {
    /// The hash of the header.
    pub id: DispatchId,
    /// As the origin's node wrote it.
    pub header: Header,
    header_bytes: &'a [u8],
    signature: &'a [u8; 64],
    slots: Vec<Slot<'a>>,
    body: &'a [u8],
}

/// A statement that opened and belongs to its envelope. Its author's signature is not checked yet.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The dispatch that it was in.
    pub id: DispatchId,
    /// Not to be acted on before `verify`.
    pub statement: Statement,
    /// The signed content, as its author made it.
    pub cose: Vec<u8>,
    /// To be kept under the storage key.
    pub content_key: ContentKey,
    /// The office or desk whose key opened it; none where it came from the archive.
    pub opened_as: Option<Address>,
}

/// A statement that its author signed. Made by `Opened::verify` alone.
#[derive(Debug, Clone)]
pub struct Verified(Opened);

/// Reads a sealed dispatch: one encoding, known version, bounds, size, digest.
pub fn parse(bytes: &[u8]) -> Result<Parsed<'_>, Malformed> {
    const WHAT: &str = "dispatch";

    if bytes.len() > SEALED_MAX {
        return Err(Malformed::Limit {
            field: "bytes",
            found: count(bytes.len()),
        });
    }
    canonical::check(bytes)?;
    let mut decoder = Decoder::new(bytes);
    expect_array(&mut decoder, 4, WHAT)?;
    let header_bytes = expect_bytes(&mut decoder, WHAT)?;
    let signature = expect_fixed(&mut decoder, WHAT)?;
    let header = Header::parse(header_bytes)?;
    let payload = bytes.get(decoder.position()..).unwrap_or_default();
    let size = count(payload.len());
    if size != header.size {
        return Err(Malformed::Size {
            found: size,
            said: header.size,
        });
    }
    if payload_digest(payload) != *header.payload {
        return Err(Malformed::Digest);
    }
    let slots = slots(&mut decoder)?;
    let body = expect_bytes(&mut decoder, WHAT)?;
    Ok(Parsed {
        id: dispatch_id(header_bytes),
        header,
        header_bytes,
        signature,
        slots,
        body,
    })
}

fn slots<'a>(decoder: &mut Decoder<'a>) -> Result<Vec<Slot<'a>>, Malformed> {
    let found = decoder
        .array()
        .ok()
        .flatten()
        .ok_or(Malformed::Shape { what: "slots" })?;
    if found == 0 || found > count(RECIPIENTS_MAX) {
        return Err(Malformed::Limit {
            field: "slots",
            found,
        });
    }
    (0..found).map(|_| Slot::parse(decoder)).collect()
}

impl Parsed<'_> {
    /// Verifies the outer header under the key of the node that it names.
    pub fn check_node(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        key.verify(&to_be_signed(self.header_bytes), self.signature)
    }

    /// The names of the keys that it was sealed for.
    pub fn recipients(&self) -> impl Iterator<Item = &KeyId> {
        self.slots.iter().map(|slot| &slot.key)
    }

    /// Opens with the first key that is held here. `key_for` says which key a name means, and whose it is.
    pub fn open<'k>(
        &self,
        key_for: &dyn Fn(&KeyId) -> Option<(&'k SealingKey, Address)>,
    ) -> Result<Opened, OpenError> {
        let (slot, (key, office)) = self
            .slots
            .iter()
            .find_map(|slot| Some((slot, key_for(&slot.key)?)))
            .ok_or(OpenError::NoSlot)?;
        let context = self.header.context();
        let content_key = slot
            .unwrap(key, &office, &self.header, &context)
            .map_err(|_| OpenError::Slot)?;
        let mut opened = self.open_body(&content_key, &context)?;
        let listed = opened
            .statement
            .recipients
            .iter()
            .any(|recipient| recipient.office == office && recipient.key == slot.key);
        if !listed {
            return Err(OpenError::NotListed {
                office: Box::new(office),
            });
        }
        opened.opened_as = Some(office);
        Ok(opened)
    }

    /// Opens again with a key that the archive kept.
    pub fn reopen(&self, content_key: &ContentKey) -> Result<Opened, OpenError> {
        self.open_body(content_key, &self.header.context())
    }

    fn open_body(&self, key: &ContentKey, context: &[u8; 32]) -> Result<Opened, OpenError> {
        let plain = cobblestone::open(key.as_bytes(), &body_context(context), self.body).map_err(
            |error| match error {
                cobblestone::OpenChunksError::Commitment => OpenError::Commitment,
                cobblestone::OpenChunksError::Chunk { .. }
                | cobblestone::OpenChunksError::Truncated => OpenError::Body,
            },
        )?;
        let packed = unpad(&plain).ok_or(OpenError::Padding)?;
        let cose = compress::decompress(packed).ok_or(OpenError::Compression)?;
        let signed = cose::Sign1::parse(&cose).map_err(OpenError::Statement)?;
        let statement: Statement =
            wire::decode(signed.payload, "statement").map_err(OpenError::Statement)?;
        canonical::check(&statement.body).map_err(OpenError::Statement)?;
        self.belongs(&statement)?;
        Ok(Opened {
            id: self.id,
            statement,
            content_key: key.clone(),
            opened_as: None,
            cose,
        })
    }

    /// A signed statement cannot be moved into another envelope, nor an envelope say other than it.
    pub(crate) fn belongs(&self, statement: &Statement) -> Result<(), OpenError> {
        let header = &self.header;
        let attachments = statement
            .attachments
            .iter()
            .map(|manifest| (manifest.id, manifest.sealed_size));
        let keys = statement.recipients.iter().map(|recipient| &recipient.key);
        for (field, same) in [
            ("version", statement.version == header.version),
            ("network", statement.network == header.network),
            ("nonce", statement.nonce == header.nonce),
            (
                "binding",
                self.body.first_chunk() == Some(&*statement.binding),
            ),
            ("expires", statement.expires == header.expires),
            ("recipients", keys.eq(self.recipients())),
            (
                "attachments",
                attachments.eq(header.attachments.iter().copied()),
            ),
        ] {
            if !same {
                return Err(OpenError::Mismatch { field });
            }
        }
        Ok(())
    }
}

impl Opened {
    /// Verifies the author's signature under the key that the register holds for the name in the statement.
    pub fn verify(self, key: &VerifyingKey) -> Result<Verified, BadSignature> {
        if self.statement.author.key != key.key_id() {
            return Err(BadSignature);
        }
        cose::Sign1::parse(&self.cose)
            .map_err(|_| BadSignature)?
            .verify(labels::STATEMENT, key)?;
        Ok(Verified(self))
    }
}

impl Verified {
    /// The dispatch that it was in.
    pub fn id(&self) -> DispatchId {
        self.0.id
    }

    /// What its author signed.
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// The signed content, as its author made it.
    pub fn cose(&self) -> &[u8] {
        &self.0.cose
    }

    /// To be kept under the storage key.
    pub fn content_key(&self) -> &ContentKey {
        &self.0.content_key
    }

    /// The office or desk whose key opened it; none where it came from the archive.
    pub fn opened_as(&self) -> Option<&Address> {
        self.0.opened_as.as_ref()
    }

    /// Everything, for whoever keeps it.
    pub fn into_opened(self) -> Opened {
        self.0
    }
}

/// Takes the padding off. All of it has to be zero, and exactly as long as Padmé says.
fn unpad(plain: &[u8]) -> Option<&[u8]> {
    let (len, rest) = plain.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
    let (packed, padding) = rest.split_at_checked(len)?;
    let right =
        plain.len() == pad::padme(len.checked_add(4)?) && padding.iter().all(|byte| *byte == 0);
    right.then_some(packed)
}

#[cfg(test)]
mod tests;
