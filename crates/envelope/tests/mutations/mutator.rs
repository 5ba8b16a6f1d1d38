//! Changes bytes as a seed says: the same seed, the same changes, on every machine.

/// CBOR heads that announce more than any memory holds, and values at the borders.
const HEADS: [&[u8]; 8] = [
    &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9b, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff],
    &[0xba, 0xff, 0xff, 0xff, 0xff],
    &[0x7a, 0x7f, 0xff, 0xff, 0xff],
    &[0x9f, 0xbf, 0x9f, 0xbf],
    &[0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81],
    &[0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0xff, 0xff, 0xff, 0xff],
];

/// A seeded source of changes (xorshift64*).
pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// One to four changes.
    pub(crate) fn mutate(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut out, other);
        }
        out
    }

    /// A number below that bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % bound.max(1)
    }

    fn change(&mut self, out: &mut Vec<u8>, other: &[u8]) {
        // Most structure is at the front.
        let reach = if self.below(2) == 0 { 300 } else { usize::MAX };
        let at = self.below(out.len().min(reach));
        let end = (at + self.below(40)).min(out.len());
        match self.below(9) {
            0 => out.truncate(at),
            1 => drop(out.drain(at..end)),
            2 => out.extend_from_within(at..end),
            3 => {
                let from = self.below(other.len());
                let to = (from + self.below(60)).min(other.len());
                out.splice(at..end, other[from..to].iter().copied());
            }
            4 => {
                let head = HEADS[self.below(HEADS.len())];
                out.splice(at..end.min(at + head.len()), head.iter().copied());
            }
            5 => {
                let copied = out[at..end].to_vec();
                let to = self.below(out.len());
                out.splice(to..to, copied);
            }
            6 => {
                let byte = u8::try_from(self.below(256)).unwrap();
                out.insert(at, byte);
            }
            _ => {
                let bit = self.below(8);
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
        }
    }
}

/// Peak memory of this process, where the system says it.
pub(crate) fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
