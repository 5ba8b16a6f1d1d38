//! Files of a draft, sealed into the attachment folder before the dispatch that announces them.

use std::path::{Path, PathBuf};

use envelope::attachment::seal_file;
use model::dispatch::Manifest;

use super::remove;
use crate::api::{Failure, Problem};
use crate::node::Inner;

/// The largest file that may be attached: 2 GiB.
const LARGEST: u64 = 2 << 30;

/// Seals the files of a draft into the attachment folder; each is durable before the dispatch is.
pub(crate) async fn seal_files(inner: &Inner, files: &[String]) -> Result<Vec<Manifest>, Failure> {
    let mut manifests = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let field = format!("attachments[{index}]");
        let path = PathBuf::from(file);
        let size = file_size(&path, &field).await?;
        if size > LARGEST {
            return Err(Failure::input(
                Problem::new("file_too_large")
                    .field(field)
                    .arg("file", path.display())
                    .arg("bytes", size)
                    .arg("limit", LARGEST),
            ));
        }
        let scratch = inner.store.scratch().join(inner.transfers.scratch_name());
        let sealed = tokio::task::spawn_blocking({
            let (path, scratch) = (path.clone(), scratch.clone());
            move || seal_to(&path, &scratch)
        })
        .await
        .map_err(|error| Failure::broken("seal_failed", error))?;
        let manifest = match sealed {
            Ok(manifest) => manifest,
            Err(error) => {
                remove(&scratch).await;
                return Err(unreadable(&path, &field, &error));
            }
        };
        inner.store.attachment_adopt(manifest.id, &scratch).await?;
        manifests.push(manifest);
    }
    Ok(manifests)
}

async fn file_size(path: &Path, field: &str) -> Result<u64, Failure> {
    let data = tokio::fs::metadata(path)
        .await
        .map_err(|error| unreadable(path, field, &error))?;
    if data.is_file() {
        Ok(data.len())
    } else {
        Err(Failure::input(
            Problem::new("not_a_file")
                .field(field)
                .arg("file", path.display()),
        ))
    }
}

fn seal_to(file: &Path, scratch: &Path) -> std::io::Result<Manifest> {
    let name = file.file_name().map_or_else(
        || "attachment".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let input = std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(file)?);
    let out = std::fs::File::create_new(scratch)?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, out);
    let manifest = seal_file(input, &mut out, &name, media_type(&name))?;
    let out = out
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    out.sync_all()?;
    Ok(manifest)
}

/// By the end of the name: only what offices send one another. Everything else is bytes.
fn media_type(name: &str) -> &'static str {
    let end = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("pdf") => "application/pdf",
        Some("mp4") => "video/mp4",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

fn unreadable(path: &Path, field: &str, error: &std::io::Error) -> Failure {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        "disk_full"
    } else {
        "cannot_read"
    };
    Failure::input(
        Problem::new(code)
            .field(field)
            .arg("file", path.display())
            .arg("what", error),
    )
}
