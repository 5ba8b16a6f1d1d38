//! Every label of the format, in one place: what is made for one purpose is valid for no other.

/// COSE external data of a register act.
pub const ACT: &[u8] = b"guzar/v1/act";
/// Associated data of a content key kept in the archive.
pub const ARCHIVE: &[u8] = b"guzar/v1/archive";
/// Context of a sealed attachment.
pub const ATTACHMENT: &[u8] = b"guzar/v1/attachment";
/// Context of a sealed body.
pub const BODY: &[u8] = b"guzar/v1/body";
/// Context of a dispatch: what its slots and body are bound to.
pub const CONTEXT: &[u8] = b"guzar/v1/ctx";
/// Name of a dispatch.
pub const DISPATCH: &[u8] = b"guzar/v1/dispatch";
/// COSE external data of an evidence file's seal.
pub const EVIDENCE: &[u8] = b"guzar/v1/evidence";
/// A node's signature on an outer header.
pub const HEADER: &[u8] = b"guzar/v1/header";
/// COSE external data of an invitation to enrol.
pub const INVITATION: &[u8] = b"guzar/v1/invitation";
/// Digest of slots and body.
pub const PAYLOAD: &[u8] = b"guzar/v1/payload";
/// COSE external data of a receipt.
pub const RECEIPT: &[u8] = b"guzar/v1/receipt";
/// HPKE info of one recipient's slot.
pub const SLOT: &[u8] = b"guzar/v1/slot";
/// COSE external data of a statement.
pub const STATEMENT: &[u8] = b"guzar/v1/statement";

/// All of them.
pub const ALL: [&[u8]; 13] = [
    ACT, ARCHIVE, ATTACHMENT, BODY, CONTEXT, DISPATCH, EVIDENCE, HEADER, INVITATION, PAYLOAD,
    RECEIPT, SLOT, STATEMENT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_begins_another() {
        for (i, one) in ALL.iter().enumerate() {
            for (j, other) in ALL.iter().enumerate() {
                assert!(i == j || !other.starts_with(one), "{one:?} {other:?}");
            }
        }
    }
}
