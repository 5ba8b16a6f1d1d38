//! Nodes as they really run: `guzar serve` in processes of their own.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use node::api::{Request, Response};
use node::control::Client;

/// A server of one home. Killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    home: PathBuf,
}

impl Server {
    /// Starts `guzar serve` on that home, and does not wait. What it logs goes to `serve.log` there.
    pub(crate) fn spawn(home: &Path) -> anyhow::Result<Self> {
        Self::spawn_by(own_command()?, home)
    }

    /// Starts it and waits until it answers.
    pub(crate) async fn start(home: &Path) -> anyhow::Result<Self> {
        Self::start_by(own_command()?, home).await
    }

    /// The same by a command that may run this program in another network.
    pub(crate) async fn start_by(command: Command, home: &Path) -> anyhow::Result<Self> {
        let mut server = Self::spawn_by(command, home)?;
        server.ready().await?;
        Ok(server)
    }

    fn spawn_by(mut command: Command, home: &Path) -> anyhow::Result<Self> {
        let log = std::fs::File::options()
            .append(true)
            .create(true)
            .open(home.join("serve.log"))?;
        let child = command
            .arg("--home")
            .arg(home)
            .args(["serve", "--until-closed"])
            // Stays open as long as this process lives, whatever ends it.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            // Ctrl-C is for the parent, which ends them in order.
            .process_group(0)
            .spawn()
            .context("guzar serve cannot be started")?;
        Ok(Self {
            child,
            home: home.to_owned(),
        })
    }

    /// Waits until it answers.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(mut client) = Client::connect(&self.home).await
                && matches!(client.ask(&Request::Status).await, Ok(Response::Status(_)))
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("guzar serve on {} ended: {status}", self.home.display());
            }
            if Instant::now() > deadline {
                bail!("guzar serve on {} does not answer", self.home.display());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Kills it as a pulled plug would: nothing is written, nobody is told.
    pub(crate) fn kill(mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Stops it in order, and waits until it has gone.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.tell_to_stop().await?;
        self.ended().await
    }

    /// Tells it to end. It answers first, then finishes its work: [`Self::ended`] waits for that.
    pub(crate) async fn tell_to_stop(&self) -> anyhow::Result<()> {
        Client::connect(&self.home)
            .await?
            .ask(&Request::Stop)
            .await?;
        Ok(())
    }

    /// Waits until it has gone.
    pub(crate) async fn ended(mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!("guzar serve on {} does not stop", self.home.display());
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // A process that is already gone cannot be killed, and need not be.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// This very program.
pub(crate) fn own_command() -> anyhow::Result<Command> {
    Ok(Command::new(
        std::env::current_exe().context("this program's own path is unknown")?,
    ))
}

/// A node that does not answer, or does not end, after so long will not.
const PATIENCE: Duration = Duration::from_mins(1);

const LOOK: Duration = Duration::from_millis(20);
