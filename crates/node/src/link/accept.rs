//! Connections from outside: handshake, then a stream of frames or HTTPS batches, as the peer chose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use model::ids::NodeId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::{TlsAcceptor, TlsStream};

use super::meter::Metered;
use super::{LinkError, Shared, batch, session, tls};

/// Connections that may be shaking hands at once: a flood of strangers costs no more than that.
const STRANGERS: usize = 64;

/// A handshake that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// Listens on every address. Returns the addresses in use.
pub(super) async fn start(
    shared: &Arc<Shared>,
    addresses: &[String],
) -> Result<Vec<SocketAddr>, LinkError> {
    let acceptor = TlsAcceptor::from(shared.identity.server(&shared.host)?);
    let places = Arc::new(Semaphore::new(STRANGERS));
    let mut listening = Vec::new();
    for address in addresses {
        let failed = |source| LinkError::Listen {
            address: address.clone(),
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        listening.push(listener.local_addr().map_err(failed)?);
        shared.tracker.spawn(listen(
            Arc::clone(shared),
            listener,
            acceptor.clone(),
            Arc::clone(&places),
        ));
    }
    Ok(listening)
}

async fn listen(
    shared: Arc<Shared>,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    places: Arc<Semaphore>,
) {
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            () = shared.cancel.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let work = welcome(Arc::clone(&shared), acceptor.clone(), stream, from, place);
                shared.tracker.spawn(work);
            }
            Err(error) => {
                // Out of file descriptors, most likely: some will be given back.
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn welcome(
    shared: Arc<Shared>,
    acceptor: TlsAcceptor,
    stream: TcpStream,
    from: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    set_options(&stream);
    let handshake = acceptor.accept(Metered::new(stream));
    let stream = tokio::select! {
        () = shared.cancel.cancelled() => return,
        shaken = tokio::time::timeout(PATIENCE, handshake) => match shaken {
            Ok(Ok(stream)) => TlsStream::from(stream),
            Ok(Err(error)) => {
                tracing::debug!(%from, "handshake failed: {error}");
                return;
            }
            Err(_) => {
                tracing::debug!(%from, "handshake took too long");
                return;
            }
        },
    };
    drop(place);
    let Some(peer) = peer_of(&shared, &stream) else {
        return;
    };
    let batch = stream.get_ref().1.alpn_protocol() == Some(tls::BATCH);
    if batch {
        batch::serve(shared, stream, peer).await;
    } else {
        session::run(shared, stream, peer, false).await;
    }
}

/// Whose key the handshake proved.
pub(super) fn peer_of(shared: &Shared, stream: &TlsStream<Metered>) -> Option<NodeId> {
    let keys = stream.get_ref().1.peer_certificates()?;
    let key = tls::ed25519_of(keys.first()?.as_ref())?;
    shared.host.peer_by_link_key(key)
}

/// Small frames go at once; what is not acknowledged for long ends the connection. BBR where the kernel has
/// it: on a mountain link lost packets are weather, not congestion.
pub(super) fn set_options(stream: &TcpStream) {
    let socket = socket2::SockRef::from(stream);
    let set = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_tcp_user_timeout(Some(Duration::from_secs(40))));
    if let Err(error) = set {
        tracing::debug!("socket options: {error}");
    }
    if let Err(error) = socket.set_tcp_congestion(b"bbr") {
        tracing::debug!("no BBR here: {error}");
    }
}
