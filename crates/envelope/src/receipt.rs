//! Receipts: a node signs for what it stored, carries, or refused.

use minicbor::{Decode, Encode};
use model::address::Address;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;

use crate::error::{BadSignature, Malformed};
use crate::key::{SigningKey, VerifyingKey};
use crate::wire::undecodable;
use crate::{canonical, cose, labels, wire};

/// A receipt lists at most 300 offices of about 60 bytes.
pub const RECEIPT_MAX: usize = 1 << 16;

/// What a node signs for. Numbers are for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Which dispatch.
    #[n(0)]
    pub dispatch: DispatchId,
    /// Who signs.
    #[n(1)]
    pub node: NodeId,
    /// The offices that it answers for. Empty in a relay's.
    #[n(2)]
    pub offices: Vec<Address>,
    /// What became of it.
    #[n(3)]
    pub verdict: Verdict,
    /// By the signer's clock.
    #[n(4)]
    pub received: Timestamp,
    /// The number that it had among those from its origin to the signer.
    #[n(5)]
    pub seq: Option<u64>,
}

/// What became of a dispatch at a node.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// On disk, for the offices named.
    #[n(0)]
    Stored,
    /// A relay holds it for others.
    #[n(1)]
    Custody {
        /// Until then.
        #[n(0)]
        until: Timestamp,
    },
    /// It will never be taken.
    #[n(2)]
    Refused {
        /// Why.
        #[n(0)]
        reason: RefuseReason,
    },
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $code:literal,)*) => {
        /// Why a dispatch will never be taken. A reason of a later version reads as `Other`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RefuseReason {
            $($(#[$doc])* $variant,)*
            /// A reason of a later version.
            Other,
        }

        impl RefuseReason {
            /// All that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable, for logs, the audit trail and messages.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other => "other",
                }
            }

            const fn number(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Other => 0,
                }
            }

            const fn from_number(number: u8) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

reasons! {
    /// The author's or the node's signature is wrong.
    BadSignature = 1 "bad_signature",
    /// The content is not what its kind says.
    BadContent = 2 "bad_content",
    /// It came after its expiry.
    Expired = 3 "expired",
    /// The bytes are not a dispatch.
    Malformed = 4 "malformed",
    /// It was sealed for keys that are not held here any more, or never were.
    NoKey = 5 "no_key",
    /// No act of the register allows it.
    NotAllowed = 6 "not_allowed",
    /// No office of this node is a recipient.
    NotForUs = 7 "not_for_us",
    /// It does not open, or what was signed is not the envelope's.
    NotOpened = 8 "not_opened",
    /// It belongs to another network.
    OtherNetwork = 9 "other_network",
    /// It has more bytes, recipients or files than possible.
    TooLarge = 10 "too_large",
    /// A version or suite that is not known here.
    UnknownVersion = 11 "unknown_version",
    /// The author's office is not at the node that sent it.
    WrongNode = 12 "wrong_node",
}

impl std::fmt::Display for RefuseReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl<C> Encode<C> for RefuseReason {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for RefuseReason {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_number)
    }
}

/// A receipt whose signature was not verified yet.
#[derive(Debug, Clone)]
pub struct UnverifiedReceipt<'a> {
    receipt: Receipt,
    signed: cose::Sign1<'a>,
}

/// Signs a receipt with the node's key. Once only: a doubled dispatch gets the stored bytes.
pub fn sign(receipt: &Receipt, key: &SigningKey) -> Vec<u8> {
    cose::sign1(labels::RECEIPT, &wire::encode(receipt), key)
}

/// Reads a receipt. Fields of a later version are passed over, so that old nodes understand new ones.
pub fn read(bytes: &[u8]) -> Result<UnverifiedReceipt<'_>, Malformed> {
    if bytes.len() > RECEIPT_MAX {
        return Err(Malformed::Limit {
            field: "bytes",
            found: wire::count(bytes.len()),
        });
    }
    let signed = cose::Sign1::parse(bytes)?;
    canonical::check(signed.payload)?;
    let receipt =
        minicbor::decode(signed.payload).map_err(|error| undecodable("receipt", &error))?;
    Ok(UnverifiedReceipt { receipt, signed })
}

impl UnverifiedReceipt<'_> {
    /// Who says that he signed: whose key to look up.
    pub fn node(&self) -> &NodeId {
        &self.receipt.node
    }

    /// Which dispatch it speaks of.
    pub fn dispatch(&self) -> DispatchId {
        self.receipt.dispatch
    }

    /// The receipt, if that key signed it.
    pub fn verify(self, key: &VerifyingKey) -> Result<Receipt, BadSignature> {
        self.signed.verify(labels::RECEIPT, key)?;
        Ok(self.receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            dispatch: DispatchId::new([7; 32]),
            node: "tj-fotehobod".parse().unwrap(),
            offices: vec!["TJ/CUSTOMS/FOTEHOBOD".parse().unwrap()],
            verdict: Verdict::Stored,
            received: Timestamp::from_micros(1_790_000_000_000_000),
            seq: Some(4),
        }
    }

    #[test]
    fn only_the_signer_verifies() {
        let key = SigningKey::from_seed(&[1; 32]).unwrap();
        let other = SigningKey::from_seed(&[2; 32]).unwrap();
        let bytes = sign(&receipt(), &key);

        let read = read(&bytes).unwrap();

        assert_eq!(read.clone().verify(other.public()), Err(BadSignature));
        assert_eq!(read.verify(key.public()), Ok(receipt()));
    }

    #[test]
    fn all_verdicts_come_back() {
        let key = SigningKey::from_seed(&[1; 32]).unwrap();
        let refused = RefuseReason::ALL
            .iter()
            .map(|reason| Verdict::Refused { reason: *reason });
        let until = Timestamp::from_micros(1);
        for verdict in refused.chain([Verdict::Stored, Verdict::Custody { until }]) {
            let receipt = Receipt {
                verdict,
                ..receipt()
            };
            let bytes = sign(&receipt, &key);
            assert_eq!(read(&bytes).unwrap().verify(key.public()), Ok(receipt));
        }
    }

    #[test]
    fn a_later_reason_reads_as_other() {
        assert_eq!(RefuseReason::from_number(200), RefuseReason::Other);
    }
}
