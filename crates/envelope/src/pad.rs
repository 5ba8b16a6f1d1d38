//! Padding by Padmé (Nikitin and others, PETS 2019): a length tells at most O(log log n) bits.

/// Shorter plaintexts are filled up to this many bytes: receipts, queries and short texts look alike.
pub const FLOOR: usize = 1024;

/// The length that so many bytes are filled up to. Costs at most 12 %.
pub fn padme(len: usize) -> usize {
    if len <= FLOOR {
        return FLOOR;
    }
    let exponent = len.ilog2();
    let significant = exponent.ilog2().saturating_add(1);
    let free = exponent.saturating_sub(significant);
    let mask = 1_usize
        .checked_shl(free)
        .map_or(0, |bit| bit.saturating_sub(1));
    len.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_as_published() {
        for (len, padded) in [
            (0, 1024),
            (1024, 1024),
            (1025, 1088),
            (1088, 1088),
            (1089, 1152),
            (2047, 2048),
            (2048, 2048),
            (2049, 2176),
            (4100, 4352),
            (1 << 20, 1 << 20),
            ((1 << 20) + 1, (1 << 20) + (1 << 15)),
        ] {
            assert_eq!(padme(len), padded, "{len}");
        }
    }

    #[test]
    fn padding_is_idempotent_and_cheap() {
        for len in 1..300_000 {
            let padded = padme(len);
            assert!(padded >= len);
            assert_eq!(padme(padded), padded);
            assert!(len < FLOOR || padded * 100 <= len * 112, "{len} {padded}");
        }
    }
}
