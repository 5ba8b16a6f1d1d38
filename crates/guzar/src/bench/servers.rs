//! Nodes as they really run: `guzar serve` in processes of their own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use node::api::{Request, Response};
use node::control::Client;

/// A node that does not answer after so long will not.
const START: Duration = Duration::from_secs(30);

/// A server of one home. Killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    home: PathBuf,
}

impl Server {
    /// Starts `guzar serve` on that home, by `command` (which may run it in another network).
    pub(crate) async fn start(mut command: Command, home: &Path) -> anyhow::Result<Self> {
        let log = std::fs::File::create(home.join("serve.log"))?;
        let child = command
            .arg("--home")
            .arg(home)
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("guzar serve cannot be started")?;
        let mut server = Self {
            child,
            home: home.to_owned(),
        };
        let deadline = Instant::now() + START;
        loop {
            if let Ok(mut client) = Client::connect(home).await
                && matches!(client.ask(&Request::Status).await, Ok(Response::Status(_)))
            {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("guzar serve on {} ended: {status}", home.display());
            }
            if Instant::now() > deadline {
                bail!("guzar serve on {} does not answer", home.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Kills it as a pulled plug would: nothing is written, nobody is told.
    pub(crate) fn kill(mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Stops it in order, and waits until it has gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        Client::connect(&self.home)
            .await?
            .ask(&Request::Stop)
            .await?;
        let deadline = Instant::now() + START;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!("guzar serve on {} does not stop", self.home.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // A process that is already gone cannot be killed, and need not be.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// This very program.
pub(crate) fn own_command() -> anyhow::Result<Command> {
    Ok(Command::new(
        std::env::current_exe().context("this program's own path is unknown")?,
    ))
}

/// Waits until the link between two nodes is up, as the first sees it.
pub(crate) async fn linked(home: &Path, patience: Duration) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut client = Client::connect(home).await?;
    loop {
        if let Response::Links { links } = client.ask(&Request::Links).await?
            && links.iter().any(|link| link.up)
        {
            return Ok(start.elapsed());
        }
        if start.elapsed() > patience {
            bail!("no link came up in {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
