//! From a backup to a store, proved: the store takes its name only after every check has passed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use model::ids::{AttachmentId, DispatchId};
use rusqlite::Connection;
use store::maintenance::Totals;
use store::{StoreError, sql};
use thiserror::Error;

use crate::backup::VERSION;
use crate::crypter::Crypter;
use crate::file::Files;
use crate::kdf::KdfError;
use crate::maintenance;
use crate::open::{self, OpenError};
use crate::options::Options;
use crate::piece;
use crate::root_key::RootKey;
use crate::row;
use crate::stream::{HeadError, Opener};

/// A store that was restored and proved.
#[derive(Debug)]
pub struct Restored {
    /// The key of the restored store. It exists nowhere else on this machine: save it
    /// ([`RootKey::save_file`], [`RootKey::save_wrapped`]) before the store is opened.
    pub root: RootKey,
    pub totals: Totals,
}

/// Why nothing was restored. The folder is as it was.
#[derive(Debug, Error)]
pub enum RestoreError {
    #[error("failed to read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("failed to write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is not empty: restore into a new folder", path.display())]
    Occupied { path: PathBuf },
    #[error("{} is not an encrypted backup of guzar", path.display())]
    Format { path: PathBuf },
    #[error("the passphrase does not open {}, or its beginning is damaged", path.display())]
    Passphrase { path: PathBuf },
    #[error("{} is damaged or cut off: {what}", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("what was restored does not prove right: {0}")]
    Proof(String),
    #[error(transparent)]
    Kdf(#[from] KdfError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked of the caller for each dispatch: do these bytes hash to that id, and say what they should?
pub type CheckDispatch<'c> = &'c mut dyn FnMut(DispatchId, &[u8]) -> Result<(), String>;

/// Restores a backup into a new folder and proves it: every byte of the file by its encryption, the
/// database by its integrity check, the audit chain by its hashes, rows by their counts, attachments by their ids,
/// dispatches by `check`. Takes long: not on a thread that serves others.
///
/// A node that goes on from a restored store has forgotten what happened since the backup. Its counters stand where
/// they stood: the caller has to raise them before it sends.
pub fn restore(
    file: &Path,
    passphrase: &str,
    into: &Path,
    check: CheckDispatch<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, RestoreError> {
    let occupied = fs::read_dir(into).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(RestoreError::Occupied {
            path: into.to_owned(),
        });
    }
    let place = beside(into);
    let written = |source| RestoreError::Write {
        path: place.clone(),
        source,
    };
    if place.exists() {
        // Left by a restore that was stopped.
        fs::remove_dir_all(&place).map_err(written)?;
    }
    fs::create_dir_all(&place).map_err(written)?;
    let restored = unpack(file, passphrase, &place, progress)
        .and_then(|(root, manifest)| prove(&place, root, &manifest, check));
    let settled = restored.and_then(|restored| {
        fs::remove_file(place.join("store.lock"))
            .and_then(|()| fs::rename(&place, into))
            .and_then(|()| sync_parent(into))
            .map_err(written)?;
        Ok(restored)
    });
    if settled.is_err()
        && let Err(error) = fs::remove_dir_all(&place)
    {
        tracing::warn!(path = %place.display(), %error, "a failed restore stays behind");
    }
    settled
}

struct Manifest {
    counts: [u64; 5],
    attachments: Vec<AttachmentId>,
}

fn unpack(
    file: &Path,
    passphrase: &str,
    place: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(RootKey, Manifest), RestoreError> {
    let read = |source| RestoreError::Read {
        path: file.to_owned(),
        source,
    };
    let source = File::open(file).map_err(read)?;
    let all = source.metadata().map_err(read)?.len();
    let opened = Opener::new(BufReader::new(source), passphrase);
    let mut from = opened.map_err(|error| match error {
        HeadError::Io(error) => read(error),
        HeadError::Format => RestoreError::Format {
            path: file.to_owned(),
        },
        HeadError::Kdf(error) => error.into(),
    })?;
    pull(&mut from, place, &mut |done| progress(done.min(all), all)).map_err(|fault| match fault {
        Fault::Read(_) if !from.has_opened() => RestoreError::Passphrase {
            path: file.to_owned(),
        },
        Fault::Read(error) if error.raw_os_error().is_some() => read(error),
        Fault::Read(error) => RestoreError::Damaged {
            path: file.to_owned(),
            what: error.to_string(),
        },
        Fault::Write(source) => RestoreError::Write {
            path: place.to_owned(),
            source,
        },
    })
}

/// On which side copying failed.
enum Fault {
    Read(io::Error),
    Write(io::Error),
}

fn pull(
    from: &mut impl Read,
    place: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(RootKey, Manifest), Fault> {
    let [version] = take(from)?;
    if version != VERSION {
        let what = format!("version {version} is not known here");
        return Err(Fault::Read(io::Error::new(
            io::ErrorKind::InvalidData,
            what,
        )));
    }
    let root = RootKey::from_bytes(take(from)?);
    let mut counts = [0; 5];
    for count in &mut counts {
        *count = u64::from_be_bytes(take(from)?);
    }
    let database = u64::from_be_bytes(take(from)?);
    let attachments = u64::from_be_bytes(take(from)?);
    let mut done = 0;
    let files = Files::open(place).map_err(Fault::Write)?;
    pour(from, database, &open::database(place), &mut done, progress)?;
    let mut manifest = Manifest {
        counts,
        attachments: Vec::new(),
    };
    for _ in 0..attachments {
        let id = AttachmentId::new(take(from)?);
        let size = u64::from_be_bytes(take(from)?);
        pour(from, size, &files.whole(id), &mut done, progress)?;
        manifest.attachments.push(id);
    }
    match from.read(&mut [0]).map_err(Fault::Read)? {
        0 => Ok((root, manifest)),
        _ => Err(Fault::Read(io::Error::new(
            io::ErrorKind::InvalidData,
            "more follows after its end",
        ))),
    }
}

fn take<const N: usize>(from: &mut impl Read) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).map_err(Fault::Read)?;
    Ok(bytes)
}

fn pour(
    from: &mut impl Read,
    size: u64,
    path: &Path,
    done: &mut u64,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Fault> {
    let mut to = BufWriter::new(File::create_new(path).map_err(Fault::Write)?);
    let mut chunk = vec![0; 64 * 1024];
    let mut left = size;
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let part = chunk.get_mut(..count).unwrap_or_default();
        from.read_exact(part).map_err(Fault::Read)?;
        to.write_all(part).map_err(Fault::Write)?;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        left = left.saturating_sub(count);
        *done = done.saturating_add(count);
        progress(*done);
    }
    to.into_inner()
        .map_err(|error| Fault::Write(error.into_error()))?
        .sync_all()
        .map_err(Fault::Write)
}

fn prove(
    place: &Path,
    root: RootKey,
    manifest: &Manifest,
    check: CheckDispatch<'_>,
) -> Result<Restored, RestoreError> {
    let home = open::existing(place)?;
    let database = home.database();
    let conn = open::writer(Some(&database), &Crypter::new(&root)?, &Options::default())?;
    let counts = maintenance::counts(&conn)?;
    if counts != manifest.counts {
        let names = ["dispatch", "delivery", "audit", "act", "quarantine"];
        let wrong = names.iter().zip(counts.iter().zip(&manifest.counts));
        let wrong: Vec<String> = wrong
            .filter(|(_, (found, said))| found != said)
            .map(|(name, (found, said))| format!("{found} rows of {name}, not {said}"))
            .collect();
        return Err(RestoreError::Proof(wrong.join(", ")));
    }
    if let Some(wrong) = maintenance::integrity(&conn)?.into_iter().next() {
        return Err(RestoreError::Proof(wrong));
    }
    let files = Files::open(place).map_err(|source| RestoreError::Write {
        path: place.to_owned(),
        source,
    })?;
    for id in &manifest.attachments {
        check_attachment(*id, &files.whole(*id))?;
    }
    check_dispatches(&conn, check)?;
    let totals = maintenance::totals(&conn, &database, &files)?;
    Ok(Restored { root, totals })
}

fn check_attachment(id: AttachmentId, path: &Path) -> Result<(), RestoreError> {
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0; 64 * 1024];
    let read = |source| RestoreError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(read)?;
    loop {
        let count = file.read(&mut chunk).map_err(read)?;
        if count == 0 {
            break;
        }
        context.update(chunk.get(..count).unwrap_or_default());
    }
    if context.finish().as_ref() == id.as_bytes() {
        return Ok(());
    }
    Err(RestoreError::Proof(format!(
        "attachment {} has other bytes",
        id.short()
    )))
}

fn check_dispatches(conn: &Connection, check: CheckDispatch<'_>) -> Result<(), RestoreError> {
    let mut after: i64 = 0;
    loop {
        let sql = sql::dispatch::ALL;
        let page = row::list(conn, sql, "dispatch", (after,), |columns| {
            let number: i64 = columns.take("dispatch_no")?;
            Ok((number, columns.dispatch("digest")?, columns.count("size")?))
        })?;
        if page.is_empty() {
            return Ok(());
        }
        for (number, id, size) in page {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let bytes = piece::read(conn, number, size)?;
            check(id, &bytes)
                .map_err(|what| RestoreError::Proof(format!("dispatch {}: {what}", id.short())))?;
            after = number;
        }
    }
}

/// The folder in which a restore grows.
fn beside(into: &Path) -> PathBuf {
    let mut name: OsString = into.as_os_str().to_owned();
    name.push(".restoring");
    name.into()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}
