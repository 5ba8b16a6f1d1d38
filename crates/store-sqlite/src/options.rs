//! How a store is run.

use crate::kdf::KdfCost;

/// How a store is run. The defaults are right for an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Reading threads, 1 to 16; more only take memory on a machine of two cores.
    pub readers: usize,
    /// The writer's page cache, in KiB.
    pub write_cache_kib: u32,
    /// The page cache of each reader, in KiB.
    pub read_cache_kib: u32,
    /// The database may not grow beyond so many pages of 4 KiB; `None`: the disk decides. Writes beyond are
    /// refused as on a full disk.
    pub pages_max: Option<u32>,
    /// What a guess at a backup's passphrase costs.
    pub backup_kdf: KdfCost,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 2,
            write_cache_kib: 8 * 1024,
            read_cache_kib: 1024,
            pages_max: None,
            backup_kdf: KdfCost::STRONG,
        }
    }
}
