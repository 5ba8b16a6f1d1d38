//! Network namespaces: made by `ip netns`, entered by this process's threads, removed again.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::thread::LinkNameSpaceType;
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

use crate::side::Side;
use crate::unavailable::Unavailable;

/// Where `ip netns` keeps names (`NETNS_RUN_DIR` of iproute2).
const NAMES: &str = "/var/run/netns";
const PREFIX: &str = "badlink-";
/// The device inside each namespace.
const DEVICE: &str = "link0";

/// A named network namespace that is removed on drop.
#[derive(Debug)]
pub(crate) struct Namespace {
    name: String,
}

/// Checks what can be checked before anything is made.
pub(crate) fn require() -> Result<(), Unavailable> {
    if !rustix::process::geteuid().is_root() {
        return Err(Unavailable::new(
            "needs root and /dev/net/tun",
            "run it as root (CAP_NET_ADMIN and CAP_SYS_ADMIN)",
        ));
    }
    if let Err(error) = File::options().read(true).write(true).open("/dev/net/tun") {
        return Err(Unavailable::new(
            format!("needs root and /dev/net/tun, which cannot be opened ({error})"),
            "modprobe tun, or start the container with --device /dev/net/tun",
        ));
    }
    for (program, package) in [("ip", "iproute2"), ("nsenter", "util-linux")] {
        if tool(program).is_none() {
            return Err(Unavailable::new(
                format!("the program `{program}` is missing"),
                format!("apt-get install {package}"),
            ));
        }
    }
    Ok(())
}

/// Removes the namespaces of processes that are gone.
pub(crate) fn remove_stale() -> Result<(), Unavailable> {
    let names = match fs::read_dir(NAMES) {
        Ok(names) => names,
        // No namespace was ever named on this machine.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Unavailable::new(
                format!("cannot read {NAMES} ({error})"),
                "look at its owner and mode",
            ));
        }
    };
    for name in names.filter_map(Result::ok) {
        let name = name.file_name().to_string_lossy().into_owned();
        if owner(&name).is_some_and(|owner| !owner.lives()) {
            // Another process may have been faster; what is left does no harm.
            drop(ip(&["netns", "delete", &name]));
        }
    }
    Ok(())
}

impl Namespace {
    pub(crate) fn create(number: u32, side: Side) -> Result<Self, Unavailable> {
        let owner = Owner::this().map_err(|error| {
            Unavailable::new(
                format!("cannot read /proc/self/stat ({error})"),
                "mount /proc",
            )
        })?;
        let name = format!(
            "{PREFIX}{}-{}-{number}-{side}",
            owner.process, owner.started
        );
        ip(&["netns", "add", &name])?;
        let namespace = Self { name };
        ip(&["-n", &namespace.name, "link", "set", "lo", "up"])?;
        Ok(namespace)
    }

    /// The side's end of the link, with its address, up.
    pub(crate) fn device(&self, side: Side, mtu: u16) -> Result<SyncDevice, Unavailable> {
        let made = self.spawn(move || {
            DeviceBuilder::new()
                .name(DEVICE)
                .layer(Layer::L3)
                .mtu(mtu)
                .enable(false)
                .build_sync()
        });
        let device = made.and_then(finished).flatten().map_err(|error| {
            Unavailable::new(
                format!("cannot make a TUN device ({error})"),
                "needs CAP_NET_ADMIN; modprobe tun",
            )
        })?;
        let address = format!("{}/30", side.address());
        // Without this the kernel would send IPv6 router solicitations over the link.
        ip(&[
            "-n",
            &self.name,
            "link",
            "set",
            DEVICE,
            "addrgenmode",
            "none",
        ])?;
        ip(&["-n", &self.name, "address", "add", &address, "dev", DEVICE])?;
        ip(&["-n", &self.name, "link", "set", DEVICE, "up"])?;
        Ok(device)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(tool("nsenter").unwrap_or_else(|| "nsenter".into()));
        command
            .arg(format!("--net={}", self.path().display()))
            .arg("--")
            .arg(program);
        command
    }

    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        let namespace = File::open(self.path())?;
        // A thread begins in the namespace of the one that starts it. So this one, which does nothing else, enters.
        let starter = thread::Builder::new().spawn(move || {
            rustix::thread::move_into_link_name_space(
                namespace.as_fd(),
                Some(LinkNameSpaceType::Network),
            )?;
            thread::Builder::new().spawn(work)
        })?;
        finished(starter)?
    }

    fn path(&self) -> PathBuf {
        Path::new(NAMES).join(&self.name)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // Nobody to tell in a destructor; the next link on this machine tries again.
        drop(ip(&["netns", "delete", &self.name]));
    }
}

/// The process that a namespace's name names.
#[derive(Debug, PartialEq, Eq)]
struct Owner {
    process: u32,
    /// In clock ticks since boot: numbers of processes are used again.
    started: u64,
}

impl Owner {
    fn this() -> io::Result<Self> {
        let process = process::id();
        let started = started(process)?;
        Ok(Self { process, started })
    }

    fn lives(&self) -> bool {
        started(self.process).is_ok_and(|started| started == self.started)
    }
}

/// The owner of one of our namespaces.
fn owner(name: &str) -> Option<Owner> {
    let mut parts = name.strip_prefix(PREFIX)?.split('-');
    Some(Owner {
        process: parts.next()?.parse().ok()?,
        started: parts.next()?.parse().ok()?,
    })
}

/// When the process was started: field 22 of its `stat`, see proc(5).
fn started(process: u32) -> io::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program's name in parentheses and may hold anything.
    stat.rsplit_once(") ")
        .and_then(|(_, fields)| fields.split(' ').nth(19))
        .and_then(|field| field.parse().ok())
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

/// Runs `ip` to its end.
fn ip(arguments: &[&str]) -> Result<(), Unavailable> {
    let refused = |why: String| {
        Unavailable::new(
            format!("`ip {}` failed ({why})", arguments.join(" ")),
            "needs CAP_NET_ADMIN and CAP_SYS_ADMIN: in a container, --privileged",
        )
    };
    let program = tool("ip").ok_or_else(|| refused("`ip` is missing".to_owned()))?;
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(refused(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}

/// The path of a program. Root's search path does not have `/sbin` everywhere, so the usual folders are looked at.
fn tool(program: &str) -> Option<PathBuf> {
    [
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
        "/usr/local/sbin",
        "/usr/local/bin",
    ]
    .iter()
    .map(|folder| Path::new(folder).join(program))
    .find(|path| path.is_file())
}

fn finished<T>(thread: JoinHandle<T>) -> io::Result<T> {
    thread
        .join()
        .map_err(|_panic| io::Error::other("a thread panicked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_known_and_lives() {
        let this = Owner::this().unwrap();
        assert!(this.lives());
        let before = Owner {
            started: this.started + 1,
            ..this
        };
        assert!(!before.lives());
    }

    #[test]
    fn names_of_others_are_left_alone() {
        assert_eq!(
            owner("badlink-7-90-0-a"),
            Some(Owner {
                process: 7,
                started: 90
            })
        );
        for name in ["vpn", "badlink-", "badlink-x-1-0-a", "badlink-7"] {
            assert_eq!(owner(name), None, "{name}");
        }
    }
}
