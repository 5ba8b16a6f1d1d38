//! Puts together what was written, from whatever is left of it, and says where a copy differs first.

use crate::evidence::layout::{BLOCK, HEAD, Head, MAGIC, Seal, VERSION, doubled, half, mirror};
use crate::evidence::{Certainty, Damage, EvidenceError};
use crate::key::VerifyingKey;
use crate::wire::count;

/// Bytes in which two halves of one block, or of the seal, may differ to be put together from both: all
/// 2^8 mixtures are tried.
const MIXED_MAX: usize = 8;

/// The signer's key and the content, if no byte was touched.
pub(super) fn find(bytes: &[u8]) -> Result<(VerifyingKey, &[u8]), EvidenceError> {
    let back = mirror(bytes);
    let touched = |at: usize, certainty| {
        let at = count(at);
        EvidenceError::Touched(Damage { at, certainty })
    };
    let Some(seal) = seal(bytes, &back) else {
        return Err(without_seal(bytes, &back));
    };
    let (content, lost) = content(&seal, bytes, &back);
    let known = half(&seal.bytes, seal.length, &content);
    if let Some(lost) = lost {
        let same = first_difference(bytes.get(..lost).unwrap_or(bytes), &known);
        return Err(same.map_or_else(
            || touched(first_doubt(bytes, &back, lost), Certainty::Block),
            |at| touched(at, Certainty::Byte),
        ));
    }
    if let Some(at) = first_difference(bytes, &doubled(known)) {
        return Err(touched(at, Certainty::Byte));
    }
    let start = seal.content_at();
    let end = start.saturating_add(seal.length);
    let content = bytes.get(start..end).ok_or(EvidenceError::NotEvidence)?;
    Ok((seal.key, content))
}

/// The seal from either half, or from both together.
fn seal(bytes: &[u8], back: &[u8]) -> Option<Seal> {
    Seal::of(bytes)
        .or_else(|| Seal::of(back))
        .or_else(|| mixed_seal(bytes, back))
}

fn mixed_seal(bytes: &[u8], back: &[u8]) -> Option<Seal> {
    let head = mix(bytes.get(..HEAD)?, back.get(..HEAD)?, &|mixed| {
        Head::of(mixed).is_some_and(|head| head.file_len() == bytes.len())
    })?;
    let len = HEAD.checked_add(Head::of(&head)?.seal)?;
    let half = mix(bytes.get(..len)?, back.get(..len)?, &|mixed| {
        Seal::of(mixed).is_some()
    })?;
    Seal::of(&half)
}

/// The content as it was signed, and where in the file the first block begins that is lost.
fn content(seal: &Seal, bytes: &[u8], back: &[u8]) -> (Vec<u8>, Option<usize>) {
    let mut content = Vec::with_capacity(seal.length.min(bytes.len()));
    for index in 0..seal.length.div_ceil(BLOCK) {
        let at = index.saturating_mul(BLOCK);
        let start = seal.content_at().saturating_add(at);
        let end = start.saturating_add(seal.length.saturating_sub(at).min(BLOCK));
        let is_good = |block: &[u8]| seal.is_block(index, block);
        let one = bytes.get(start..end);
        let other = back.get(start..end);
        let whole = [one, other]
            .into_iter()
            .flatten()
            .find(|block| is_good(block));
        match (whole, one, other) {
            (Some(whole), _, _) => content.extend_from_slice(whole),
            (None, Some(one), Some(other)) => match mix(one, other, &is_good) {
                Some(mixed) => content.extend_from_slice(&mixed),
                None => return (content, Some(start)),
            },
            (None, _, _) => return (content, Some(start)),
        }
    }
    (content, None)
}

/// A mixture of two readings of the same bytes that is as it was written.
fn mix(one: &[u8], other: &[u8], is_good: &dyn Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let pairs = one.iter().zip(other).enumerate();
    let doubts: Vec<(usize, u8)> = pairs
        .filter(|(_, (one, other))| one != other)
        .map(|(at, (_, other))| (at, *other))
        .take(MIXED_MAX.saturating_add(1))
        .collect();
    if doubts.len() > MIXED_MAX {
        return None;
    }
    (0_u32..1 << doubts.len()).find_map(|choice| {
        let mut mixed = one.to_vec();
        for (bit, (at, byte)) in doubts.iter().enumerate() {
            if (choice >> bit) & 1 == 1
                && let Some(place) = mixed.get_mut(*at)
            {
                *place = *byte;
            }
        }
        is_good(&mixed).then_some(mixed)
    })
}

/// Where two files differ first; a missing end is a difference.
fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let common = one.len().min(other.len());
    one.iter()
        .zip(other)
        .position(|(one, other)| one != other)
        .or_else(|| (one.len() != other.len()).then_some(common))
}

/// The byte of a lost block that its halves give differently; the end of the file where it was cut in it.
fn first_doubt(bytes: &[u8], back: &[u8], lost: usize) -> usize {
    let end = lost.saturating_add(BLOCK);
    if bytes.len() < end {
        return bytes.len();
    }
    let (one, other) = (bytes.get(lost..end), back.get(lost..end));
    let inside = one
        .zip(other)
        .and_then(|(one, other)| first_difference(one, other));
    lost.saturating_add(inside.unwrap_or(0))
}

/// What can be said of a file in which no seal verifies.
fn without_seal(bytes: &[u8], back: &[u8]) -> EvidenceError {
    let touched = |at| {
        EvidenceError::Touched(Damage {
            at: count(at),
            certainty: Certainty::Halves,
        })
    };
    if !begins(bytes) && !begins(back) {
        return EvidenceError::NotEvidence;
    }
    let (one, other) = (Head::of(bytes), Head::of(back));
    match (one, other) {
        (Some(head), Some(same)) if head == same && head.version != VERSION => {
            EvidenceError::Version(head.version)
        }
        (Some(head), _) if bytes.len() < head.file_len() => touched(bytes.len()),
        (None, _) if bytes.len() < HEAD => touched(bytes.len()),
        _ => first_difference(bytes, back).map_or(EvidenceError::Seal, touched),
    }
}

/// Says whether most of the magic is there, or of its beginning if there is no more.
fn begins(half: &[u8]) -> bool {
    let same = half.iter().zip(MAGIC).filter(|(one, other)| one == other);
    let there = half.len().min(MAGIC.len());
    there > 0 && same.count().saturating_mul(4) >= there.saturating_mul(3)
}
