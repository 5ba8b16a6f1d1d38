//! What TLS 1.3 costs on loopback: both ends, in batches, the answer on the same connection.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ServerConfig, ServerConnection, StreamOwned};

use crate::bench::load::number;

/// Bytes of a sealed dispatch of 2 KiB with three recipients.
const MESSAGE: usize = 5_770;

/// Bytes of a receipt.
const ANSWER: usize = 200;

/// Messages in one write.
const BATCH: usize = 45;

/// Batches measured.
const BATCHES: usize = 200;

/// Microseconds of CPU of both ends for one message and its answer.
pub(crate) fn cpu_us_per_message() -> anyhow::Result<f64> {
    let (client, server) = node::link::measured_pair(&[11; 32])?;
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    let address = listener.local_addr()?;
    let answering = std::thread::spawn(move || answer(&listener, server));
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("guzar.invalid")?;
    let mut tls = StreamOwned::new(ClientConnection::new(client, name)?, stream);
    let message = vec![5_u8; MESSAGE * BATCH];
    let mut answers = vec![0_u8; ANSWER * BATCH];
    let mut once = || -> anyhow::Result<()> {
        tls.write_all(&message)?;
        tls.flush()?;
        tls.read_exact(&mut answers)?;
        Ok(())
    };
    for _ in 0..20 {
        once()?;
    }
    let before = cpu_us()?;
    for _ in 0..BATCHES {
        once()?;
    }
    let spent = cpu_us()?.saturating_sub(before);
    drop(tls);
    answering
        .join()
        .map_err(|_panic| anyhow!("the answering thread panicked"))??;
    Ok(number(spent) / number(u64::try_from(BATCH * BATCHES)?))
}

fn answer(listener: &TcpListener, config: Arc<ServerConfig>) -> anyhow::Result<()> {
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut tls = StreamOwned::new(ServerConnection::new(config)?, stream);
    let mut messages = vec![0_u8; MESSAGE * BATCH];
    let answers = vec![6_u8; ANSWER * BATCH];
    loop {
        match tls.read_exact(&mut messages) {
            Ok(()) => {}
            // The other end has measured enough.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        tls.write_all(&answers)?;
        tls.flush()?;
    }
}

fn cpu_us() -> anyhow::Result<u64> {
    node::process::usage()
        .cpu_us
        .context("this machine does not say how much time a process took")
}
