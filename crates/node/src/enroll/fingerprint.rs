//! Fingerprints: what two people read to each other, so that a file carried by a third cannot be another one.

use std::fmt;
use std::str::FromStr;

use envelope::hash;
use model::ids::NetworkId;
use thiserror::Error;

/// 128 bits as eight groups of five decimal digits, 00000 to 65535: digits are the same in every language of the
/// region, and a wrong group is heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; NetworkId::LEN]);

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a fingerprint is eight groups of five digits, each from 00000 to 65535")]
pub struct ParseFingerprintError;

impl Fingerprint {
    /// The first half of SHA-256 over the fields, each with its length.
    pub(super) fn over(fields: &[&[u8]]) -> Self {
        let mut half = [0; NetworkId::LEN];
        for (to, from) in half.iter_mut().zip(hash::sha256_fields(fields)) {
            *to = from;
        }
        Self(half)
    }

    /// A network's id is the first half of a hash already: the digits are the id itself, and lead back to it.
    pub const fn of_network(network: NetworkId) -> Self {
        Self(*network.as_bytes())
    }

    /// The network whose fingerprint this is.
    pub const fn to_network(self) -> NetworkId {
        NetworkId::new(self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, [high, low]) in self.0.as_chunks::<2>().0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{:05}", u16::from_be_bytes([*high, *low]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    /// Forty digits; spaces, hyphens and line ends between them do not count.
    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| letter.to_digit(10).ok_or(ParseFingerprintError))
            .collect::<Result<_, _>>()?;
        let (groups, rest) = digits.as_chunks::<5>();
        if groups.len() != 8 || !rest.is_empty() {
            return Err(ParseFingerprintError);
        }
        let mut half = [0; NetworkId::LEN];
        for (pair, group) in half.as_chunks_mut::<2>().0.iter_mut().zip(groups) {
            let number = group.iter().fold(0_u32, |number, digit| {
                number.saturating_mul(10).saturating_add(*digit)
            });
            *pair = u16::try_from(number)
                .map_err(|_error| ParseFingerprintError)?
                .to_be_bytes();
        }
        Ok(Self(half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_aloud_is_what_was_shown() {
        let shown = Fingerprint::over(&[b"keys"]);

        let text = shown.to_string();

        assert_eq!(text.len(), 47);
        assert_eq!(text.parse(), Ok(shown));
        assert_eq!(text.replace(' ', "").parse(), Ok(shown));
        assert_eq!(text.replace(' ', " - ").parse(), Ok(shown));
    }

    #[test]
    fn network_comes_back_from_its_digits() {
        let network = NetworkId::new([0xfe; 16]);
        let shown = Fingerprint::of_network(network).to_string();

        assert_eq!(shown, ["65278"; 8].join(" "));
        assert_eq!(shown.parse::<Fingerprint>().unwrap().to_network(), network);
    }

    #[test]
    fn other_texts_are_refused() {
        let long = ["00000"; 9].join(" ");
        let high = ["65536"; 8].join(" ");
        for bad in ["", "12345", "0000x", long.as_str(), high.as_str()] {
            assert_eq!(
                bad.parse::<Fingerprint>(),
                Err(ParseFingerprintError),
                "{bad}"
            );
        }
    }
}
