//! The control socket: `guzar …` asks the running node of the same home, one JSON object a line.
//!
//! A request may carry a number `"n"`; its answer carries the same one. Requests on one connection are
//! worked on side by side, so answers may come in another order.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{broadcast, mpsc};

use crate::api::{Event, Failure, Problem, Request, Response};
use crate::node::{Node, OpenError};

/// The socket's name in the home.
pub const SOCKET: &str = "guzar.sock";

/// The longest request: a draft with all its texts stays far below.
const LINE_LIMIT: usize = 4 << 20;

/// Requests of one connection that are worked on at once.
const AT_ONCE: usize = 512;

/// A request or an answer with the number that joins them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Numbered<T> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    #[serde(flatten)]
    pub body: T,
}

/// Opens the socket, readable and writable by this user only.
pub(crate) fn serve(node: &Node) -> Result<(), OpenError> {
    let file = node.inner.home.join(SOCKET);
    let listener = bind(&file).map_err(|source| OpenError::Control { file, source })?;
    let acceptor = node.clone();
    node.inner.spawn(async move {
        let cancel = acceptor.inner.cancel.clone();
        loop {
            let accepted = tokio::select! {
                () = cancel.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => acceptor.inner.spawn(session(acceptor.clone(), stream)),
                Err(error) => {
                    tracing::warn!("control socket: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    });
    Ok(())
}

/// The store's lock says that no other node runs on this home: a socket that is there is a left-over.
fn bind(file: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(file)?;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

pub(crate) fn remove(home: &Path) {
    if let Err(error) = std::fs::remove_file(home.join(SOCKET)) {
        tracing::debug!("control socket: {error}");
    }
}

async fn session(node: Node, stream: UnixStream) {
    let (reading, writing) = stream.into_split();
    let (answers, queue) = mpsc::channel::<Vec<u8>>(AT_ONCE);
    node.inner.spawn(write_lines(writing, queue));
    let cancel = node.inner.cancel.clone();
    let mut reader = BufReader::with_capacity(64 << 10, reading);
    loop {
        let mut line = Vec::new();
        let read = tokio::select! {
            () = cancel.cancelled() => return,
            read = read_line(&mut reader, &mut line) => read,
        };
        match read {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::debug!("control connection: {error}");
                return;
            }
        }
        // Waiting for a place bounds what one connection can have under way.
        let Ok(place) = answers.clone().reserve_owned().await else {
            return;
        };
        let answers = answers.clone();
        let node = node.clone();
        let task_node = node.clone();
        node.inner.spawn(async move {
            let (n, request) = match serde_json::from_slice::<Numbered<Request>>(&line) {
                Ok(Numbered { n, body }) => (n, body),
                Err(error) => {
                    let failure = Failure::input(Problem::new("bad_request").arg("what", error));
                    place.send(encode(None, &Response::Failed(failure)));
                    return;
                }
            };
            let events = matches!(request, Request::Watch).then(|| task_node.events());
            let answer = answer(&task_node, request).await;
            place.send(encode(n, &answer));
            if let Some(events) = events {
                pass_on(task_node, events, answers).await;
            }
        });
    }
}

async fn read_line(reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> io::Result<bool> {
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(false);
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let take = end.map_or(available.len(), |at| at.saturating_add(1));
        line.extend(available.iter().take(take));
        reader.consume(take);
        if line.len() > LINE_LIMIT {
            return Err(io::Error::other("a request is longer than 4 MiB"));
        }
        if end.is_some() {
            return Ok(true);
        }
    }
}

async fn write_lines(writing: OwnedWriteHalf, mut queue: mpsc::Receiver<Vec<u8>>) {
    let mut writer = BufWriter::with_capacity(64 << 10, writing);
    while let Some(line) = queue.recv().await {
        let mut written = writer.write_all(&line).await;
        while written.is_ok() {
            let Ok(more) = queue.try_recv() else { break };
            written = writer.write_all(&more).await;
        }
        if written.is_err() || writer.flush().await.is_err() {
            // The client went away; what it asked for is done all the same.
            return;
        }
    }
}

async fn pass_on(
    node: Node,
    mut events: broadcast::Receiver<Event>,
    answers: mpsc::Sender<Vec<u8>>,
) {
    loop {
        let event = tokio::select! {
            () = node.inner.cancel.cancelled() => return,
            () = answers.closed() => return,
            event = events.recv() => event,
        };
        let event = match event {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(count)) => Event::Missed { count },
            Err(broadcast::error::RecvError::Closed) => return,
        };
        if answers.send(json_line(&event)).await.is_err() {
            return;
        }
    }
}

fn encode(n: Option<u64>, response: &Response) -> Vec<u8> {
    json_line(&Numbered { n, body: response })
}

fn json_line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_else(|error| {
        tracing::error!("an answer cannot be written as JSON: {error}");
        br#"{"answer":"failed","class":"broken","problems":[],"kept":"nothing"}"#.to_vec()
    });
    line.push(b'\n');
    line
}

/// Answers one request.
pub(crate) async fn answer(node: &Node, request: Request) -> Response {
    match try_answer(node, request).await {
        Ok(response) => response,
        Err(failure) => Response::Failed(failure),
    }
}

async fn try_answer(node: &Node, request: Request) -> Result<Response, Failure> {
    Ok(match request {
        Request::Send { draft, token } => Response::Sent(node.submit(*draft, token).await?),
        Request::Step {
            of,
            step,
            officer,
            note,
        } => Response::Sent(node.step(&of, step, officer, note).await?),
        Request::Inbox(query) => Response::List {
            items: node.inbox(&query).await?,
        },
        Request::Outbox(query) => Response::List {
            items: node.outbox(&query).await?,
        },
        Request::Show {
            name,
            officer,
            reason,
        } => Response::Item(Box::new(node.show(&name, officer, reason).await?)),
        Request::Links => Response::Links {
            links: node.links(),
        },
        Request::Status => Response::Status(Box::new(node.status().await?)),
        Request::Doctor => Response::Doctor {
            checks: node.doctor().await,
        },
        Request::BundleExport { file, nodes } => {
            Response::Bundle(node.bundle_export(&file, &nodes).await?)
        }
        Request::BundleImport { file } => Response::Bundle(node.bundle_import(&file).await?),
        Request::AttachmentSave {
            id,
            file,
            officer,
            reason,
        } => {
            let bytes = node.attachment_save(id, &file, officer, reason).await?;
            Response::Saved { file, bytes }
        }
        Request::EvidenceExport {
            name,
            file,
            officer,
            reason,
        } => {
            let bytes = node.evidence_export(&name, &file, officer, reason).await?;
            Response::Saved { file, bytes }
        }
        Request::Backup { file, passphrase } => {
            let bytes = node.backup(&file, passphrase).await?;
            Response::Saved { file, bytes }
        }
        Request::ActsApply { file } => node.acts_apply(&file).await?,
        Request::Acts => Response::Acts { acts: node.acts() },
        Request::Offices => Response::Offices {
            offices: node.offices(),
        },
        Request::Couplings => Response::Couplings {
            couplings: node.couplings(),
        },
        Request::Watch => Response::Watching,
        Request::Stop => {
            node.inner.cancel.cancel();
            Response::Stopping
        }
    })
}

/// The other end of the control socket.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Client {
    /// Connects to the node that runs on this home. `NotFound` or `ConnectionRefused`: none runs.
    pub async fn connect(home: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(home.join(SOCKET)).await?;
        let (reading, writer) = stream.into_split();
        Ok(Self {
            reader: BufReader::with_capacity(64 << 10, reading),
            writer,
        })
    }

    /// Sends one request and waits for its answer.
    pub async fn ask(&mut self, request: &Request) -> io::Result<Response> {
        self.post(None, request).await?;
        Ok(self.answer().await?.body)
    }

    /// Sends a request without waiting.
    pub async fn post(&mut self, n: Option<u64>, request: &Request) -> io::Result<()> {
        let line = json_line(&Numbered { n, body: request });
        self.writer.write_all(&line).await
    }

    /// The next answer to what was posted.
    pub async fn answer(&mut self) -> io::Result<Numbered<Response>> {
        self.line().await
    }

    /// From here on only [`Watcher::event`] is of use.
    pub async fn watch(mut self) -> io::Result<Watcher> {
        match self.ask(&Request::Watch).await? {
            Response::Watching => Ok(Watcher { client: self }),
            other => Err(io::Error::other(format!("unexpected answer: {other:?}"))),
        }
    }

    /// Both halves, for a client that posts and reads at the same time.
    pub fn split(self) -> (Poster, Answers) {
        (
            Poster {
                writer: BufWriter::with_capacity(64 << 10, self.writer),
            },
            Answers {
                client_reader: self.reader,
            },
        )
    }

    async fn line<T: for<'de> Deserialize<'de>>(&mut self) -> io::Result<T> {
        parse_line(&mut self.reader).await
    }
}

async fn parse_line<T: for<'de> Deserialize<'de>>(
    reader: &mut BufReader<OwnedReadHalf>,
) -> io::Result<T> {
    let mut line = Vec::new();
    if !read_line(reader, &mut line).await? {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_slice(&line).map_err(io::Error::other)
}

/// A connection that only carries events.
#[derive(Debug)]
pub struct Watcher {
    client: Client,
}

impl Watcher {
    /// The next event; an error when the node has stopped.
    pub async fn event(&mut self) -> io::Result<Event> {
        self.client.line().await
    }
}

/// The sending half of a client.
#[derive(Debug)]
pub struct Poster {
    writer: BufWriter<OwnedWriteHalf>,
}

impl Poster {
    pub async fn post(&mut self, n: u64, request: &Request) -> io::Result<()> {
        let line = json_line(&Numbered {
            n: Some(n),
            body: request,
        });
        self.writer.write_all(&line).await?;
        self.writer.flush().await
    }
}

/// The receiving half of a client.
#[derive(Debug)]
pub struct Answers {
    client_reader: BufReader<OwnedReadHalf>,
}

impl Answers {
    pub async fn answer(&mut self) -> io::Result<Numbered<Response>> {
        parse_line(&mut self.client_reader).await
    }
}

/// Where the control socket of a home is.
pub fn socket(home: &Path) -> PathBuf {
    home.join(SOCKET)
}
