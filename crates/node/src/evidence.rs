//! Evidence and backup: what leaves the node as a file, on somebody's responsibility.

use std::io::ErrorKind;
use std::path::Path;

use envelope::evidence::{EvidenceContent, write};
use model::ids::OfficerId;
use tokio::io::AsyncWriteExt as _;
use zeroize::Zeroizing;

use crate::api::{Failure, FailureClass, Name, Problem, Secret};
use crate::audit::{Actor, on_dispatch, on_object};
use crate::node::Node;

impl Node {
    /// One file that proves a dispatch to somebody who has nothing of ours: the sealed bytes, the signed
    /// content, all receipts, the register's acts, and the audit entries on it. Audited before it is written.
    pub async fn evidence_export(
        &self,
        name: &Name,
        file: &Path,
        officer: Option<OfficerId>,
        reason: String,
    ) -> Result<u64, Failure> {
        let id = self.find(name).await?;
        let (row, opened) = self.reopen(id).await?;
        let inner = &self.inner;
        let audit = on_dispatch(
            inner.now(),
            Actor::Officer(officer.as_ref()),
            "export_evidence",
            id,
            Some(reason),
            opened.statement.case.clone(),
        );
        self.write("export_evidence", vec![audit]).await?;
        let receipts = inner.store.receipts(id).await?;
        let audit = inner.store.audit_of(&id.to_string()).await?;
        let content = EvidenceContent {
            made: inner.now(),
            node: inner.config.node.clone(),
            dispatch: row.bytes,
            content_key: opened.content_key,
            cose: opened.cose,
            receipts: receipts.into_iter().map(|row| row.bytes).collect(),
            acts: inner
                .register()
                .acts()
                .map(|act| act.bytes().to_vec())
                .collect(),
            audit: audit.into_iter().map(audit_line).collect(),
        };
        let bytes = write(&content, &inner.keyring().node);
        save(file, &bytes).await
    }

    /// An encrypted copy of everything, taken while the node works.
    pub async fn backup(&self, file: &Path, passphrase: Secret) -> Result<u64, Failure> {
        if passphrase.0.chars().count() < 12 {
            return Err(Failure::input(
                Problem::new("short_passphrase").field("passphrase"),
            ));
        }
        is_free(file).await?;
        let audit = on_object(
            self.inner.now(),
            Actor::Officer(None),
            "backup",
            self.inner.config.node.to_string(),
            None,
        );
        self.write("backup", vec![audit]).await?;
        self.inner
            .store
            .backup(file, Zeroizing::new(passphrase.0), &|_, _| {})
            .await?;
        tokio::fs::metadata(file)
            .await
            .map(|data| data.len())
            .map_err(|error| Failure::broken("cannot_read", error))
    }
}

fn audit_line(entry: store::audit::AuditEntry) -> String {
    let row = entry.row;
    format!(
        "{} {} {} {} {} {}",
        entry.position,
        row.at,
        row.actor,
        row.action,
        row.object,
        row.reason.unwrap_or_default()
    )
}

/// Says no where a new file cannot have that name, before any work is done for it.
async fn is_free(file: &Path) -> Result<(), Failure> {
    if tokio::fs::try_exists(file)
        .await
        .map_err(|error| unwritten(file, &error))?
    {
        return Err(unwritten(file, &ErrorKind::AlreadyExists.into()));
    }
    let Some(folder) = file.parent() else {
        return Ok(());
    };
    match tokio::fs::metadata(folder).await {
        Ok(data) if data.is_dir() => Ok(()),
        Ok(_) => Err(unwritten(file, &ErrorKind::NotADirectory.into())),
        Err(error) => Err(unwritten(file, &error)),
    }
}

fn unwritten(file: &Path, error: &std::io::Error) -> Failure {
    let (class, code) = match error.kind() {
        ErrorKind::AlreadyExists => (FailureClass::Input, "file_exists"),
        ErrorKind::StorageFull => (FailureClass::Later, "disk_full"),
        _ => (FailureClass::Later, "cannot_write"),
    };
    Failure::new(
        class,
        vec![
            Problem::new(code)
                .field("file")
                .arg("file", file.display())
                .arg("what", error),
        ],
    )
}

/// Writes a new file, whole or not at all; what is there already stays.
pub(crate) async fn save(file: &Path, bytes: &[u8]) -> Result<u64, Failure> {
    let failed = |error: std::io::Error| unwritten(file, &error);
    let mut out = tokio::fs::File::create_new(file).await.map_err(failed)?;
    let written = async {
        out.write_all(bytes).await?;
        out.sync_all().await
    };
    if let Err(error) = written.await {
        if let Err(left) = tokio::fs::remove_file(file).await {
            tracing::debug!("unfinished file: {left}");
        }
        return Err(failed(error));
    }
    Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}
