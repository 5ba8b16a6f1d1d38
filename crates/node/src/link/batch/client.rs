//! The side that makes requests.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use exchange::frame::{Frame, Hello};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::time::Instant;
use tokio_rustls::TlsStream;

use super::super::dial::connect;
use super::super::hello::stranger;
use super::super::meter::Metered;
use super::super::status::Carrier;
use super::super::table::{Entry, Seat};
use super::super::{Peer, Shared, tls};
use super::{BODY_MAX, HOLD, PATH, body, frames};

/// After so long a stream is tried again.
const FOR: Duration = Duration::from_mins(5);

/// An answer that is not there by then was lost.
const ANSWER: Duration = HOLD.saturating_add(Duration::from_secs(30));

#[derive(Debug, Error)]
enum BatchError {
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("the request failed: {0}")]
    Http(#[from] hyper::Error),
    #[error("the answer cannot be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    #[error("the answer is no frames: {0}")]
    Frame(#[from] exchange::frame::FrameError),
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("no answer in time")]
    Silent,
    #[error("the peer does not greet")]
    NoHello,
    #[error("refused: {}", .0.code())]
    Refused(exchange::frame::ByeReason),
}

/// Holds the link by requests until one fails, the node stops, or a stream is worth another try.
pub(in crate::link) async fn poll(
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    peer: Peer,
    stream: TlsStream<Metered>,
) {
    let mut requests = match Requests::new(&shared, &entry, stream).await {
        Ok(requests) => requests,
        Err(error) => {
            tracing::debug!(peer = %peer.node, "no batches: {error}");
            return;
        }
    };
    let ours = shared.host.hello();
    let (hello, first) = match greet(&mut requests, &ours, &entry).await {
        Ok(greeted) => greeted,
        Err(error) => {
            tracing::debug!(peer = %peer.node, "no batches: {error}");
            return;
        }
    };
    let cancel = shared.cancel.child_token();
    let Ok(seat) = entry.sit(&ours.node, Carrier::Batch, true, cancel) else {
        return;
    };
    let turn = Arc::clone(&entry.turn).lock_owned().await;
    entry.up(shared.host.now());
    shared
        .host
        .connected(&entry.peer, hello, seat.outbox.clone())
        .await;
    tracing::info!(peer = %entry.peer, "link up, in batches");
    if !first.is_empty() {
        shared.host.receive(&entry.peer, first).await;
    }
    let until = Instant::now() + FOR;
    let ended = tokio::select! {
        () = seat.cancel.cancelled() => "replaced",
        () = tokio::time::sleep_until(until) => "stream_again",
        error = hear(&shared, &entry, requests) => failed(&entry, &error),
        error = say(&shared, &entry, &peer, &seat) => failed(&entry, &error),
    };
    seat.outbox.close();
    shared.host.disconnected(&entry.peer).await;
    tracing::info!(peer = %entry.peer, code = ended, "link down");
    entry.try_streams();
    entry.leave(&seat, ended, shared.host.now());
    drop(turn);
}

fn failed(entry: &Entry, error: &BatchError) -> &'static str {
    tracing::debug!(peer = %entry.peer, "batches: {error}");
    "broken"
}

async fn greet(
    requests: &mut Requests,
    ours: &Hello,
    entry: &Entry,
) -> Result<(Hello, Vec<Frame>), BatchError> {
    let mut bytes = Vec::new();
    Frame::Hello(Box::new(ours.clone())).encode(&mut bytes);
    let mut frames = requests.post(bytes.into()).await?.into_iter();
    let hello = match frames.next() {
        Some(Frame::Hello(hello)) => *hello,
        Some(Frame::Bye { reason }) => return Err(BatchError::Refused(reason)),
        _ => return Err(BatchError::NoHello),
    };
    match stranger(ours, &hello, &entry.peer) {
        Some(reason) => Err(BatchError::Refused(reason)),
        None => Ok((hello, frames.collect())),
    }
}

/// Keeps one request waiting for what the other side has.
async fn hear(shared: &Shared, entry: &Entry, mut requests: Requests) -> BatchError {
    loop {
        match requests.post(Bytes::new()).await {
            Ok(frames) if frames.is_empty() => {}
            Ok(frames) => shared.host.receive(&entry.peer, frames).await,
            Err(error) => return error,
        }
    }
}

/// Makes a request for whatever waits here.
async fn say(shared: &Arc<Shared>, entry: &Arc<Entry>, peer: &Peer, seat: &Seat) -> BatchError {
    let mut requests: Option<Requests> = None;
    loop {
        let mut out = BytesMut::new();
        body(&seat.outbox, &mut out);
        if out.is_empty() {
            seat.outbox.work().await;
            continue;
        }
        let mut open = match requests.take() {
            Some(open) => open,
            None => match Requests::open(shared, entry, peer).await {
                Ok(open) => open,
                Err(error) => return error,
            },
        };
        match open.post(out.freeze()).await {
            Ok(frames) => {
                if !frames.is_empty() {
                    shared.host.receive(&entry.peer, frames).await;
                }
            }
            Err(error) => return error,
        }
        requests = Some(open);
    }
}

/// One connection for requests, one after the other.
struct Requests {
    sender: SendRequest<Full<Bytes>>,
}

impl Requests {
    async fn open(
        shared: &Arc<Shared>,
        entry: &Arc<Entry>,
        peer: &Peer,
    ) -> Result<Self, BatchError> {
        match connect(shared, entry, peer, 0, tls::BATCH).await? {
            Some(stream) => Self::new(shared, entry, stream).await,
            None => Err(BatchError::Silent),
        }
    }

    async fn new(
        shared: &Arc<Shared>,
        entry: &Arc<Entry>,
        mut stream: TlsStream<Metered>,
    ) -> Result<Self, BatchError> {
        stream.get_mut().0.count_for(Arc::clone(&entry.meter));
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        let peer = entry.peer.clone();
        shared.tracker.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, "batch connection: {error}");
            }
        });
        Ok(Self { sender })
    }

    async fn post(&mut self, body: Bytes) -> Result<Vec<Frame>, BatchError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(PATH)
            .header(hyper::header::HOST, "guzar.invalid")
            .header(hyper::header::CONTENT_TYPE, "application/octet-stream")
            .body(Full::new(body))
            .map_err(std::io::Error::other)?;
        let answered = async {
            self.sender.ready().await?;
            let response = self.sender.send_request(request).await?;
            let status = response.status();
            if !status.is_success() {
                return Err(BatchError::Status(status.as_u16()));
            }
            let body = Limited::new(response.into_body(), BODY_MAX)
                .collect()
                .await
                .map_err(BatchError::Body)?;
            Ok(frames(&body.to_bytes())?)
        };
        tokio::time::timeout(ANSWER, answered)
            .await
            .map_err(|_elapsed| BatchError::Silent)?
    }
}
