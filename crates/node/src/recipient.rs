//! Public sealing keys in the form that sealing needs: checking and expanding one costs more than a wrap.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use envelope::key::{KeyError, SealingPublicKey};
use model::ids::KeyId;

use crate::sequence::lock;

/// Keys kept: the offices that one node writes to in an epoch. At about 10 KiB each, 2.5 MiB.
const KEPT: usize = 256;

/// Keys of recipients, each checked once.
#[derive(Debug, Default)]
pub(crate) struct RecipientKeys {
    keys: Mutex<BTreeMap<KeyId, Arc<SealingPublicKey>>>,
}

impl RecipientKeys {
    /// The key with that id, whose bytes the register has.
    pub(crate) fn parsed(
        &self,
        id: KeyId,
        bytes: &[u8],
    ) -> Result<Arc<SealingPublicKey>, KeyError> {
        if let Some(key) = lock(&self.keys).get(&id) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(SealingPublicKey::from_bytes(bytes)?);
        let mut keys = lock(&self.keys);
        // Epochs end: what is still in use is soon back.
        if keys.len() >= KEPT {
            keys.clear();
        }
        keys.insert(id, Arc::clone(&key));
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use envelope::key::SealingKey;

    use super::*;

    #[test]
    fn a_key_is_parsed_once_and_a_bad_one_never_kept() {
        let keys = RecipientKeys::default();
        let key = SealingKey::generate().unwrap();
        let id = key.key_id();
        assert!(keys.parsed(id, b"short").is_err());

        let first = keys.parsed(id, key.public().as_bytes()).unwrap();
        let again = keys.parsed(id, key.public().as_bytes()).unwrap();

        assert!(Arc::ptr_eq(&first, &again));
    }
}
