//! One hash over all acts: equal on two nodes exactly when they hold the same acts.

use envelope::hash::sha256;
use model::ids::ActId;

/// The Merkle tree hash of RFC 6962, section 2.1, over the act ids in ascending order.
///
/// In that order, and not in the order of arrival: nobody decides in which order acts reach a mountain post.
pub(crate) fn root<'a>(ids: impl IntoIterator<Item = &'a ActId>) -> [u8; 32] {
    // Complete subtrees, largest first, as in a binary counter: (height, hash).
    let mut subtrees: Vec<(u32, [u8; 32])> = Vec::new();
    for id in ids {
        let mut height = 0_u32;
        let mut hash = leaf(id);
        while let Some((_, left)) = subtrees.pop_if(|(other, _)| *other == height) {
            hash = parent(&left, &hash);
            height = height.saturating_add(1);
        }
        subtrees.push((height, hash));
    }
    subtrees
        .into_iter()
        .map(|(_, hash)| hash)
        .rev()
        .reduce(|right, left| parent(&left, &right))
        .unwrap_or_else(|| sha256(&[]))
}

fn leaf(id: &ActId) -> [u8; 32] {
    let mut bytes = vec![0];
    bytes.extend_from_slice(id.as_bytes());
    sha256(&bytes)
}

fn parent(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut bytes = vec![1];
    bytes.extend_from_slice(left);
    bytes.extend_from_slice(right);
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, word for word: k is the largest power of two smaller than n.
    fn by_definition(ids: &[ActId]) -> [u8; 32] {
        match ids {
            [] => sha256(&[]),
            [id] => leaf(id),
            _ => {
                let split = ids.len().next_power_of_two() / 2;
                parent(&by_definition(&ids[..split]), &by_definition(&ids[split..]))
            }
        }
    }

    #[test]
    fn root_is_that_of_rfc_6962() {
        let ids: Vec<ActId> = (0..33).map(|n| ActId::new([n; 32])).collect();
        for len in 0..=ids.len() {
            assert_eq!(root(&ids[..len]), by_definition(&ids[..len]), "{len}");
        }
    }
}
