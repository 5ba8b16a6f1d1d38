//! The first frames of a connection: both sides say who they are before anything else is heard.

use std::time::Duration;

use exchange::frame::{
    ByeReason, Frame, FrameError, FrameReader, Hello, MAX_FRAME, MAX_HELLO, VERSION,
};
use model::ids::NodeId;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::Host;

/// A peer that has not spoken by then is not one: three round trips of a satellite link that loses packets.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no link.
#[derive(Debug, Error)]
pub(super) enum HelloError {
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("the peer did not speak in time")]
    Silent,
    #[error("what came is no frame: {0}")]
    Frame(#[from] FrameError),
    #[error("the peer closed: {}", .0.code())]
    Closed(ByeReason),
    #[error("refused: {}", .0.code())]
    Refused(ByeReason),
}

/// A peer that has said who it is.
#[derive(Debug)]
pub(super) struct Greeted {
    pub(super) hello: Hello,
    /// May hold bytes of the next frames.
    pub(super) reader: FrameReader,
    /// Bytes of our own hello.
    pub(super) sent: usize,
}

/// Says hello, hears it, and checks that both belong together.
pub(super) async fn exchange<S>(
    host: &dyn Host,
    stream: &mut S,
    peer: &NodeId,
) -> Result<Greeted, HelloError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    tokio::time::timeout(PATIENCE, greet(host, stream, peer))
        .await
        .map_err(|_elapsed| HelloError::Silent)?
}

async fn greet<S>(host: &dyn Host, stream: &mut S, peer: &NodeId) -> Result<Greeted, HelloError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let ours = host.hello();
    let mut bytes = Vec::new();
    Frame::Hello(Box::new(ours.clone())).encode(&mut bytes);
    stream.write_all(&bytes).await?;
    stream.flush().await?;
    let mut reader = FrameReader::new(MAX_HELLO);
    let theirs = loop {
        if let Some(frame) = reader.next()? {
            match frame {
                Frame::Hello(hello) => break *hello,
                Frame::Bye { reason } => return Err(HelloError::Closed(reason)),
                _ => return Err(refuse(stream, ByeReason::BadFrame).await),
            }
        }
        if stream.read_buf(reader.buffer()).await? == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
    };
    if let Some(reason) = stranger(&ours, &theirs, peer) {
        return Err(refuse(stream, reason).await);
    }
    reader.set_limit(MAX_FRAME);
    Ok(Greeted {
        hello: theirs,
        reader,
        sent: bytes.len(),
    })
}

/// Why the two have nothing to say to each other.
pub(super) fn stranger(ours: &Hello, theirs: &Hello, peer: &NodeId) -> Option<ByeReason> {
    if theirs.version != VERSION {
        Some(ByeReason::OtherVersion)
    } else if theirs.network != ours.network {
        Some(ByeReason::OtherNetwork)
    } else if theirs.node != *peer {
        Some(ByeReason::OtherNode)
    } else {
        None
    }
}

async fn refuse<S: AsyncWrite + Unpin + Send>(stream: &mut S, reason: ByeReason) -> HelloError {
    say_bye(stream, reason).await;
    HelloError::Refused(reason)
}

/// Tells the peer why; that it may not hear it changes nothing.
pub(super) async fn say_bye<S: AsyncWrite + Unpin + Send>(stream: &mut S, reason: ByeReason) {
    let mut bytes = Vec::new();
    Frame::Bye { reason }.encode(&mut bytes);
    let said = async {
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    };
    match tokio::time::timeout(Duration::from_secs(1), said).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!("bye was not heard: {error}"),
        Err(_) => tracing::debug!("bye was not heard in time"),
    }
}
