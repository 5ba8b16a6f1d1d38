//! The side that answers requests.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use exchange::frame::{Frame, Hello};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use model::ids::NodeId;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsStream;

use super::super::Shared;
use super::super::hello::stranger;
use super::super::meter::Metered;
use super::super::status::Carrier;
use super::super::table::{Entry, Seat};
use super::{BODY_MAX, HOLD, PATH, body, frames};

/// A session whose peer made no request for so long is over: two requests are missing.
const SILENT: std::time::Duration = HOLD.saturating_mul(2);

/// A session that a peer holds by requests.
#[derive(Debug)]
pub(in crate::link) struct Served {
    seat: Seat,
    heard: watch::Sender<Instant>,
}

/// Answers the requests of one connection.
pub(in crate::link) async fn serve(
    shared: Arc<Shared>,
    mut stream: TlsStream<Metered>,
    peer: NodeId,
) {
    let entry = shared.table.entry(&peer);
    stream.get_mut().0.count_for(Arc::clone(&entry.meter));
    let cancel = shared.cancel.clone();
    let service = service_fn(move |request| {
        let (shared, entry) = (Arc::clone(&shared), Arc::clone(&entry));
        async move { Ok::<_, Infallible>(answer(&shared, &entry, request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = cancel.cancelled() => {}
        ended = connection => if let Err(error) = ended {
            tracing::debug!(%peer, "batch connection: {error}");
        },
    }
}

async fn answer(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    if request.method() != Method::POST || request.uri().path() != PATH {
        return empty(StatusCode::NOT_FOUND);
    }
    let bytes = match Limited::new(request.into_body(), BODY_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::debug!(peer = %entry.peer, "batch body: {error}");
            return empty(StatusCode::PAYLOAD_TOO_LARGE);
        }
    };
    let mut frames = match frames(&bytes) {
        Ok(frames) => frames,
        Err(error) => {
            tracing::warn!(peer = %entry.peer, code = error.code(), "no frame: {error}");
            return empty(StatusCode::BAD_REQUEST);
        }
    };
    let mut out = BytesMut::new();
    if let Some(Frame::Hello(_)) = frames.first()
        && let Frame::Hello(hello) = frames.remove(0)
    {
        let ours = shared.host.hello();
        if let Some(reason) = stranger(&ours, &hello, &entry.peer) {
            return full(bye(reason));
        }
        if let Err(reason) = begin(shared, entry, *hello).await {
            return full(bye(reason));
        }
        let mut first = Vec::new();
        Frame::Hello(Box::new(ours)).encode(&mut first);
        out.extend_from_slice(&first);
    }
    let Some(seat) = heard(entry).await else {
        // The client begins again, with a hello.
        return empty(StatusCode::CONFLICT);
    };
    let waits = frames.is_empty() && out.is_empty();
    if !frames.is_empty() {
        shared.host.receive(&entry.peer, frames).await;
    }
    body(&seat.outbox, &mut out);
    if waits && out.is_empty() {
        tokio::select! {
            () = seat.cancel.cancelled() => {}
            () = seat.outbox.work() => {}
            () = tokio::time::sleep(HOLD) => {}
        }
        body(&seat.outbox, &mut out);
    }
    full(out.freeze())
}

/// The session of that peer, which was just heard.
async fn heard(entry: &Entry) -> Option<Seat> {
    let batch = entry.batch.lock().await;
    let served = batch.as_ref()?;
    served.heard.send_replace(Instant::now());
    Some(served.seat.clone())
}

/// Begins a session; a task ends it when the peer falls silent.
async fn begin(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    hello: Hello,
) -> Result<(), exchange::frame::ByeReason> {
    let own = shared.host.hello().node;
    let mut batch = entry.batch.lock().await;
    if let Some(old) = batch.take() {
        old.seat.cancel.cancel();
    }
    let cancel = shared.cancel.child_token();
    let seat = entry.sit(&own, Carrier::Batch, false, cancel)?;
    let turn = Arc::clone(&entry.turn).lock_owned().await;
    entry.up(shared.host.now());
    shared
        .host
        .connected(&entry.peer, hello, seat.outbox.clone())
        .await;
    tracing::info!(peer = %entry.peer, "link up, in batches");
    let (sender, mut times) = watch::channel(Instant::now());
    *batch = Some(Served {
        seat: seat.clone(),
        heard: sender,
    });
    let (shared, entry) = (Arc::clone(shared), Arc::clone(entry));
    let tracker = shared.tracker.clone();
    tracker.spawn(async move {
        let ended = loop {
            let silent_at = *times.borrow_and_update() + SILENT;
            tokio::select! {
                () = seat.cancel.cancelled() => break "replaced",
                () = tokio::time::sleep_until(silent_at) => break "silent",
                changed = times.changed() => if changed.is_err() { break "replaced" },
            }
        };
        seat.outbox.close();
        shared.host.disconnected(&entry.peer).await;
        tracing::info!(peer = %entry.peer, code = ended, "link down");
        entry.leave(&seat, ended, shared.host.now());
        drop(turn);
        let mut batch = entry.batch.lock().await;
        if batch.as_ref().is_some_and(|served| served.seat.is(&seat)) {
            *batch = None;
        }
    });
    Ok(())
}

fn bye(reason: exchange::frame::ByeReason) -> Bytes {
    let mut bytes = Vec::new();
    Frame::Bye { reason }.encode(&mut bytes);
    bytes.into()
}

fn full(body: Bytes) -> Response<Full<Bytes>> {
    Response::new(Full::new(body))
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = full(Bytes::new());
    *response.status_mut() = status;
    response
}
