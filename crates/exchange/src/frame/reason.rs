//! Reasons that frames carry, as stable codes. A code of a later version reads as `Other`.

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A reason of a later version.
            Other,
        }

        impl $name {
            /// The number on the wire.
            pub const fn number(self) -> u64 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Other => 0,
                }
            }

            /// The reason with that number.
            pub const fn from_number(number: u64) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    _ => Self::Other,
                }
            }

            /// The stable code, for logs, the audit trail and messages.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other => "other",
                }
            }

            /// All reasons that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    };
}

reasons! {
    /// Why a dispatch is put off: what time may mend.
    DeferReason {
        /// The origin is not in our register: it may be older than the sender's.
        UnknownNode = 1 "unknown_node",
        /// The author's key is not in our register: it may be older than the sender's.
        UnknownKey = 2 "unknown_key",
        /// An act that would allow it is not in our register.
        OldRegister = 3 "old_register",
        /// No space is left.
        DiskFull = 4 "disk_full",
        /// More came than can be taken in now.
        Busy = 5 "busy",
        /// What is held for that sender fills its quota.
        QuotaFull = 6 "quota_full",
    }
}

reasons! {
    /// Why an attachment will not come.
    GoneReason {
        /// Not known here.
        Unknown = 1 "unknown",
        /// Was here and is erased or expired.
        Erased = 2 "erased",
        /// The bytes here are damaged.
        Damaged = 3 "damaged",
        /// Announced in no dispatch that went to the asking node.
        NotYours = 4 "not_yours",
        /// Not complete here yet: may be asked for again.
        NotYet = 5 "not_yet",
    }
}

reasons! {
    /// Why a node closes a link.
    ByeReason {
        /// The node stops.
        Stopping = 1 "stopping",
        /// Another connection to the same node has taken over.
        Replaced = 2 "replaced",
        /// The peer belongs to another network.
        OtherNetwork = 3 "other_network",
        /// The peer's key is another node's.
        OtherNode = 4 "other_node",
        /// No common protocol version.
        OtherVersion = 5 "other_version",
        /// What came was no frame.
        BadFrame = 6 "bad_frame",
        /// Nothing was heard for too long.
        Silent = 7 "silent",
        /// The peer's key was withdrawn from the register.
        Revoked = 8 "revoked",
        /// More was queued for the peer than may be kept in memory.
        Overrun = 9 "overrun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_reasons_match() {
        for reason in DeferReason::ALL {
            assert_eq!(DeferReason::from_number(reason.number()), *reason);
        }
        for reason in GoneReason::ALL {
            assert_eq!(GoneReason::from_number(reason.number()), *reason);
        }
        for reason in ByeReason::ALL {
            assert_eq!(ByeReason::from_number(reason.number()), *reason);
        }
        assert_eq!(ByeReason::from_number(77), ByeReason::Other);
    }
}
