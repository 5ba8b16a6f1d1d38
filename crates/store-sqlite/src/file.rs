//! Attachment files: `attachments/<id>` whole, `attachments/<id>.part` growing, `attachments/scratch/` for
//! what is being made. Names are made from ids only, 64 hexadecimal digits, so none can lead elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use model::ids::AttachmentId;
use store::{StoreError, WriteError};

#[derive(Debug)]
pub(crate) struct Files {
    dir: PathBuf,
}

impl Files {
    /// The folder, made if it is not there. What an earlier process left in the scratch folder goes.
    pub(crate) fn open(home: &Path) -> io::Result<Self> {
        let files = Self {
            dir: home.join("attachments"),
        };
        let scratch = files.scratch();
        match fs::remove_dir_all(&scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(&scratch)?;
        File::open(home)?.sync_all()?;
        Ok(files)
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.dir.join("scratch")
    }

    pub(crate) fn whole(&self, id: AttachmentId) -> PathBuf {
        self.dir.join(id.to_string())
    }

    pub(crate) fn write(
        &self,
        id: AttachmentId,
        offset: u64,
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.part(id))
            .map_err(|error| refused(id, &error))?;
        file.write_all_at(bytes, offset)
            .map_err(|error| refused(id, &error))
    }

    pub(crate) fn sync(&self, id: AttachmentId) -> Result<(), WriteError> {
        File::open(self.part(id))
            .and_then(|file| file.sync_all())
            .and_then(|()| self.sync_dir())
            .map_err(|error| refused(id, &error))
    }

    pub(crate) fn finish(&self, id: AttachmentId) -> Result<(), WriteError> {
        self.settle(&self.part(id), &self.whole(id))
            .map_err(|error| refused(id, &error))
    }

    pub(crate) fn adopt(&self, id: AttachmentId, file: &Path) -> Result<(), WriteError> {
        let whole = self.whole(id);
        let moved = match self.settle(file, &whole) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let copy = self.scratch().join(format!("{id}.copy"));
                fs::copy(file, &copy)
                    .and_then(|_| self.settle(&copy, &whole))
                    .inspect_err(|_| forget(&copy))
                    .and_then(|()| fs::remove_file(file))
            }
            moved => moved,
        };
        moved.map_err(|error| refused(id, &error))
    }

    pub(crate) fn read(
        &self,
        id: AttachmentId,
        offset: u64,
        len: u32,
    ) -> Result<Vec<u8>, StoreError> {
        let read = || {
            let file = match File::open(self.whole(id)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    // It may be finished between the two looks.
                    File::open(self.part(id)).or_else(|_| File::open(self.whole(id)))?
                }
                file => file?,
            };
            let there = file.metadata()?.len().saturating_sub(offset);
            let len = u64::from(len).min(there);
            let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
            file.read_exact_at(&mut bytes, offset)?;
            Ok(bytes)
        };
        read().map_err(|error| broken(id, &error))
    }

    pub(crate) fn drop_partial(&self, id: AttachmentId) -> Result<(), StoreError> {
        match fs::remove_file(self.part(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(broken(id, &error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Bytes of all files.
    pub(crate) fn total(&self) -> io::Result<u64> {
        let mut total: u64 = 0;
        for entry in fs::read_dir(&self.dir)? {
            let metadata = entry?.metadata()?;
            if metadata.is_file() {
                total = total.saturating_add(metadata.len());
            }
        }
        Ok(total)
    }

    /// fsync, rename, fsync of the folder. Done before is done.
    fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        match File::open(from) {
            Ok(file) => file.sync_all()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && to.exists() => {
                return self.sync_dir();
            }
            Err(error) => return Err(error),
        }
        fs::rename(from, to)?;
        self.sync_dir()
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    fn part(&self, id: AttachmentId) -> PathBuf {
        self.dir.join(format!("{id}.part"))
    }
}

pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

fn refused(id: AttachmentId, error: &io::Error) -> WriteError {
    if is_full(error) {
        WriteError::Full
    } else {
        broken(id, error).into()
    }
}

fn broken(id: AttachmentId, error: &io::Error) -> StoreError {
    StoreError::Broken(format!("attachment {}: {error}", id.short()))
}

/// What is left behind goes at the next start at the latest.
fn forget(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(%error, "a scratch file stays until the next start");
    }
}
