//! The workspace as `cargo metadata` tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The folder of the root manifest.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Cargo, started in the root folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    command
}

/// The crates of the workspace and everything beneath them.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    packages: Vec<Package>,
    resolve: Resolve,
    #[serde(rename = "workspace_members")]
    members: BTreeSet<String>,
    /// Where cargo builds.
    pub(crate) target_directory: PathBuf,
}

/// One crate with what its manifest asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    id: String,
    /// The crate's name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The licence expression of its manifest.
    pub(crate) license: Option<String>,
    /// Where it comes from; nothing where that is a folder of this machine.
    pub(crate) source: Option<String>,
    /// The path of its manifest.
    pub(crate) manifest_path: PathBuf,
    /// What the manifest lists, of all kinds.
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line of a manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The name of the crate wanted.
    pub(crate) name: String,
    /// `None` for a normal one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// The versions wanted.
    pub(crate) req: String,
    /// Its folder, where it is one of this machine.
    pub(crate) path: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

impl Workspace {
    /// Reads the workspace that this program was built from.
    ///
    /// # Errors
    /// If cargo cannot be run or answers with something else than metadata.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let output = cargo()
            .args(["metadata", "--format-version", "1", "--filter-platform"])
            // Without a platform, cargo would fetch the crates of all the others too.
            .arg(format!("{}-unknown-linux-gnu", std::env::consts::ARCH))
            .stderr(Stdio::inherit())
            .output()
            .context("failed to start cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata ended with {}", output.status);
        }
        serde_json::from_slice(&output.stdout).context("failed to read cargo metadata")
    }

    /// The workspace's own crates.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.members.contains(&package.id))
    }

    /// The crates of others that are beneath it.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| !self.members.contains(&package.id))
    }

    /// The names of the crates that depend on one of this name, other than for their tests.
    pub(crate) fn users(&self, name: &str) -> BTreeSet<&str> {
        let is_wanted = |edge: &Edge| {
            edge.dep_kinds
                .iter()
                .any(|kind| kind.kind.as_deref() != Some("dev"))
                && self.name_of(&edge.pkg) == Some(name)
        };
        self.resolve
            .nodes
            .iter()
            .filter(|node| node.deps.iter().any(is_wanted))
            .filter_map(|node| self.name_of(&node.id))
            .collect()
    }

    fn name_of(&self, id: &str) -> Option<&str> {
        let package = self.packages.iter().find(|package| package.id == id);
        package.map(|package| package.name.as_str())
    }

    /// The names of all crates that end up in a build of `package`: no dev, no build dependencies.
    pub(crate) fn beneath(&self, package: &Package) -> BTreeSet<&str> {
        let names: BTreeMap<&str, &str> = self
            .packages
            .iter()
            .map(|package| (package.id.as_str(), package.name.as_str()))
            .collect();
        let edges: BTreeMap<&str, &[Edge]> = self
            .resolve
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.deps.as_slice()))
            .collect();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![package.id.as_str()];
        while let Some(id) = waiting.pop() {
            for edge in edges.get(id).copied().unwrap_or_default() {
                let normal = edge.dep_kinds.iter().any(|kind| kind.kind.is_none());
                if normal && seen.insert(edge.pkg.as_str()) {
                    waiting.push(&edge.pkg);
                }
            }
        }
        seen.into_iter()
            .filter_map(|id| names.get(id).copied())
            .collect()
    }
}

impl Package {
    /// The crate's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}
