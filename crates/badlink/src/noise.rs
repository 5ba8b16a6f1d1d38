//! Seeded dice.

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and the same on every machine for ever.
#[derive(Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// True with this probability.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        let high = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(high) < probability * 4_294_967_296.0
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_are_those_of_the_published_generator() {
        let mut noise = Noise::new(0);
        assert_eq!(noise.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(noise.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn chances_are_kept() {
        let mut noise = Noise::new(7);
        assert!((0..1000).all(|_| !noise.happens(0.0)));
        assert!((0..1000).all(|_| noise.happens(1.0)));
        let hits = (0..100_000).filter(|_| noise.happens(0.03)).count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
    }
}
