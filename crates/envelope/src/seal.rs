//! Statement to sealed bytes. Done once: what is sent again is the same bytes.

use minicbor::bytes::ByteArray;
use model::address::Address;
use model::dispatch::Statement;
use model::ids::{DispatchId, KeyId, NodeId};
use model::lane::Lane;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cobblestone::{self, Chunks, SALT_LEN};
use crate::compress::{self, PLAIN_MAX};
use crate::error::Malformed;
use crate::hash::{lp, sha256_fields};
use crate::header::{Destination, Header, SUITE, VERSION, dispatch_id, to_be_signed};
use crate::key::{ContentKey, KeyError, SealingPublicKey, SigningKey, random};
use crate::pad::padme;
use crate::wire::{self, count, put_array, put_bytes};
use crate::xwing::{Encapsulate, EncapsulationKey};
use crate::{cose, labels, slot};

/// Recipients of one dispatch: 300 offices.
pub const RECIPIENTS_MAX: usize = 300;

/// Bytes of one slot, some spared.
const SLOT_LEN: usize = 1200;

/// What is to be sealed, and by whom.
#[derive(Debug)]
pub struct SealRequest<'a> {
    /// Its version, nonce and binding are filled in here.
    pub statement: Statement,
    /// The key of the author's office.
    pub author: &'a SigningKey,
    /// The node that sends it.
    pub origin: &'a NodeId,
    /// That node's key.
    pub node: &'a SigningKey,
    /// The nodes that get it. In any order, each once.
    pub destinations: Vec<Destination>,
    /// The statement's recipients, in the same order.
    pub recipients: &'a [SealRecipient<'a>],
    /// The lane that it takes over links.
    pub lane: Lane,
}

/// One recipient and its sealing key.
#[derive(Debug, Clone, Copy)]
pub struct SealRecipient<'a> {
    /// An office or desk.
    pub office: &'a Address,
    /// Name of the key.
    pub key: KeyId,
    /// The key.
    pub public: &'a SealingPublicKey,
}

/// A sealed dispatch.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The hash of the header, which holds the digest of all the rest.
    pub id: DispatchId,
    /// What stands outside.
    pub header: Header,
    /// What is sent and archived.
    pub bytes: Vec<u8>,
    /// Opens the sender's own copy.
    pub content_key: ContentKey,
}

/// Why nothing was sealed.
#[derive(Debug, Error)]
pub enum SealError {
    /// The statement names another signing key than the one given.
    #[error("the statement names another signing key of its author")]
    AuthorKey,
    /// zstd failed.
    #[error("the content cannot be compressed")]
    Compress(#[source] std::io::Error),
    /// No randomness, or a key that does not work.
    #[error("the content cannot be sealed")]
    Key(#[from] KeyError),
    /// Destinations or attachments outside their bounds, or a node twice.
    #[error("the header cannot be")]
    Limit(#[from] Malformed),
    /// Statement and request do not list the same offices with the same keys in the same order.
    #[error("the recipients are not those of the statement")]
    Recipients,
    /// The signed content is longer than 1 MiB.
    #[error("the content is {0} bytes; 1048576 are possible")]
    TooLarge(usize),
}

/// Signs, compresses, seals and wraps.
pub fn seal(request: SealRequest<'_>) -> Result<Sealed, SealError> {
    seal_with(request, Fresh::random()?, &EncapsulationKey::encapsulate)
}

/// What must never occur twice.
pub(crate) struct Fresh {
    pub(crate) nonce: [u8; 32],
    pub(crate) content_key: ContentKey,
    pub(crate) salt: [u8; SALT_LEN],
}

impl Fresh {
    fn random() -> Result<Self, KeyError> {
        Ok(Self {
            nonce: *random()?,
            content_key: ContentKey::generate()?,
            salt: *random()?,
        })
    }
}

/// Tests come in here, with what is not random.
pub(crate) fn seal_with(
    request: SealRequest<'_>,
    fresh: Fresh,
    encapsulate: &Encapsulate<'_>,
) -> Result<Sealed, SealError> {
    check_request(&request)?;
    let SealRequest {
        mut statement,
        author,
        origin,
        node,
        mut destinations,
        recipients,
        lane,
    } = request;
    destinations.sort_by(|one, other| one.node.cmp(&other.node));
    let Fresh {
        nonce,
        content_key,
        salt,
    } = fresh;
    let mut header = Header {
        version: VERSION,
        suite: SUITE,
        network: statement.network,
        origin: origin.clone(),
        destinations,
        lane,
        expires: statement.expires,
        size: 0,
        nonce: ByteArray::from(nonce),
        payload: ByteArray::from([0; 32]),
        attachments: statement
            .attachments
            .iter()
            .map(|manifest| (manifest.id, manifest.sealed_size))
            .collect(),
    };
    header.check_limits()?;
    let context = header.context();
    // The commitment is known before the body is, so it can be signed inside it.
    let chunks = Chunks::derive(content_key.as_bytes(), &salt, &body_context(&context))?;
    statement.version = VERSION;
    statement.nonce = header.nonce;
    statement.binding = ByteArray::from(*chunks.binding());

    let plain = plaintext(&statement, author)?;
    let body = cobblestone::seal(&chunks, &plain)?;
    let slots = recipients.len().saturating_mul(SLOT_LEN);
    let mut payload = Vec::with_capacity(body.len().saturating_add(slots));
    put_array(&mut payload, recipients.len());
    for recipient in recipients {
        let to = (recipient.office, &recipient.key, recipient.public);
        slot::put(&mut payload, &content_key, to, &header, encapsulate)?;
    }
    put_bytes(&mut payload, &body);
    header.size = count(payload.len());
    header.payload = ByteArray::from(payload_digest(&payload));

    let header_bytes = wire::encode(&header);
    Ok(Sealed {
        id: dispatch_id(&header_bytes),
        bytes: whole(&header_bytes, node, &payload),
        header,
        content_key,
    })
}

/// Header, the node's signature over it, slots and body.
pub(crate) fn whole(header: &[u8], node: &SigningKey, payload: &[u8]) -> Vec<u8> {
    let signature = node.sign(&to_be_signed(header));
    let len = payload.len().saturating_add(header.len());
    let mut bytes = Vec::with_capacity(len.saturating_add(80));
    put_array(&mut bytes, 4);
    put_bytes(&mut bytes, header);
    put_bytes(&mut bytes, &signature);
    bytes.extend_from_slice(payload);
    bytes
}

fn check_request(request: &SealRequest<'_>) -> Result<(), SealError> {
    let (listed, given) = (&request.statement.recipients, request.recipients);
    let same = listed.len() == given.len()
        && listed.iter().zip(given).all(|(listed, given)| {
            listed.office == *given.office
                && listed.key == given.key
                && given.key == given.public.key_id()
        });
    if !same || given.is_empty() || given.len() > RECIPIENTS_MAX {
        return Err(SealError::Recipients);
    }
    if request.statement.author.key != request.author.key_id() {
        return Err(SealError::AuthorKey);
    }
    Ok(())
}

/// `length(4) || zstd(COSE_Sign1) || zeros`, filled up by Padmé.
fn plaintext(statement: &Statement, author: &SigningKey) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let payload = wire::encode(statement);
    let signed = cose::sign1(labels::STATEMENT, &payload, author);
    if signed.len() > PLAIN_MAX {
        return Err(SealError::TooLarge(signed.len()));
    }
    let packed = compress::compress(&signed).map_err(SealError::Compress)?;
    let len = u32::try_from(packed.len()).map_err(|_| SealError::TooLarge(packed.len()))?;
    let padded = padme(packed.len().saturating_add(4));
    let mut plain = Zeroizing::new(Vec::with_capacity(padded));
    plain.extend_from_slice(&len.to_be_bytes());
    plain.extend_from_slice(&packed);
    plain.resize(padded, 0);
    Ok(plain)
}

/// What a body is sealed in.
pub(crate) fn body_context(context: &[u8; 32]) -> Vec<u8> {
    lp(&[labels::BODY, context])
}

/// Over slots and body as they stand on the wire.
pub(crate) fn payload_digest(payload: &[u8]) -> [u8; 32] {
    sha256_fields(&[labels::PAYLOAD, payload])
}

#[cfg(test)]
mod tests;
