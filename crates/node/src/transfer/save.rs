//! From sealed bytes to a plain file, on somebody's responsibility.

use std::path::{Path, PathBuf};

use envelope::attachment::Opener;
use model::dispatch::Manifest;
use model::ids::{AttachmentId, OfficerId};
use store::attachment::AttachmentState;

use super::{count, remove};
use crate::api::{Failure, FailureClass, Problem};
use crate::audit::{Actor, on_object};
use crate::node::Node;

impl Node {
    /// Opens a complete attachment and saves the plain file. Audited before it is written.
    pub async fn attachment_save(
        &self,
        id: AttachmentId,
        file: &Path,
        officer: Option<OfficerId>,
        reason: Option<String>,
    ) -> Result<u64, Failure> {
        let inner = &self.inner;
        let row =
            inner.store.attachment(id).await?.ok_or_else(|| {
                Failure::not_found(Problem::new("no_such_attachment").arg("id", id))
            })?;
        if row.state != AttachmentState::Complete {
            return Err(Failure::new(
                FailureClass::Later,
                vec![
                    Problem::new("attachment_incomplete")
                        .arg("id", id)
                        .arg("have", row.have)
                        .arg("size", row.size),
                ],
            ));
        }
        let (_, opened) = self.reopen(row.dispatch).await?;
        let manifest = opened
            .statement
            .attachments
            .iter()
            .find(|manifest| manifest.id == id)
            .ok_or_else(|| Failure::not_found(Problem::new("no_such_attachment").arg("id", id)))?;
        let audit = on_object(
            inner.now(),
            Actor::Officer(officer.as_ref()),
            "save_attachment",
            id.to_string(),
            reason,
        );
        self.write("save_attachment", vec![audit]).await?;
        self.open_to(manifest, file).await
    }

    /// Opened beside the goal and renamed at the end: a plain file that was not verified never has its name.
    async fn open_to(&self, manifest: &Manifest, file: &Path) -> Result<u64, Failure> {
        use tokio::io::AsyncWriteExt as _;

        let failed = |error: std::io::Error| {
            Failure::new(
                FailureClass::Later,
                vec![
                    Problem::new("cannot_write")
                        .field("file")
                        .arg("file", file.display())
                        .arg("what", error),
                ],
            )
        };
        if tokio::fs::try_exists(file).await.map_err(failed)? {
            return Err(Failure::input(
                Problem::new("file_exists")
                    .field("file")
                    .arg("file", file.display()),
            ));
        }
        let mut name = file.as_os_str().to_owned();
        name.push(".part");
        let draft = PathBuf::from(name);
        let mut out = tokio::fs::File::create(&draft).await.map_err(failed)?;
        let mut opener = Opener::new(manifest);
        let mut offset = 0;
        while offset < manifest.sealed_size {
            let sealed = self
                .inner
                .store
                .attachment_read(manifest.id, offset, 1 << 20)
                .await?;
            if sealed.is_empty() {
                break;
            }
            offset = offset.saturating_add(count(sealed.len()));
            let plain = opener.push(&sealed);
            let plain = match plain {
                Ok(plain) => plain,
                Err(error) => {
                    remove(&draft).await;
                    return Err(Failure::broken("attachment_broken", error));
                }
            };
            out.write_all(&plain).await.map_err(failed)?;
        }
        let rest = match opener.finish() {
            Ok(rest) => rest,
            Err(error) => {
                remove(&draft).await;
                return Err(Failure::broken("attachment_broken", error));
            }
        };
        out.write_all(&rest).await.map_err(failed)?;
        out.sync_all().await.map_err(failed)?;
        tokio::fs::rename(&draft, file).await.map_err(failed)?;
        Ok(manifest.size)
    }
}
