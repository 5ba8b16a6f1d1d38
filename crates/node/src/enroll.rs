//! The way into a network: keys, requests, invitations, and acts that several states sign.
//!
//! ```text
//! registrar   init_registrar ── founder file ──> found ── proposal ──> countersign ... ──> publish
//! node        init ── request ──> invite (its state's registrar) ── invitation ──> accept
//! ```
//!
//! Files are carried by whatever hand; the fingerprint of each is read aloud by its maker to the one who uses it, so
//! that a file that was exchanged on the way is found. All of this works on a home whose node does not run.

mod book;
mod error;
mod file;
mod fingerprint;
mod init;
mod invitation;
mod proposal;
mod request;
mod sign;

pub use book::Adopted;
pub use error::EnrollError;
pub use fingerprint::{Fingerprint, ParseFingerprintError};
pub use init::{FounderFile, NodeKeys, init, init_registrar};
pub use invitation::{Conflict, InvitationFile, accept, invite};
pub use proposal::{
    FoundingPlan, ProposalFile, acts, adopt, countersign, declare, found, propose, publish,
};
pub use request::{RequestFile, RequestPlan, request};
pub use sign::registrar_states;

use register::Register;
use store::Store;

/// The register of this home.
pub async fn register(store: &dyn Store) -> Result<Register, EnrollError> {
    let book = book::Book::load(store).await?;
    book.register().cloned()
}

/// Refuses a file whose fingerprint is not the one that was read aloud.
fn check(kind: file::Kind, found: Fingerprint, read_aloud: Fingerprint) -> Result<(), EnrollError> {
    if found == read_aloud {
        Ok(())
    } else {
        Err(EnrollError::Fingerprint {
            file: kind.name,
            expected: read_aloud,
            found,
        })
    }
}

#[cfg(test)]
mod tests;
