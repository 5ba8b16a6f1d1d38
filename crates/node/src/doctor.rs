//! What is wrong with this node, and how it stands: for the administrator, without content.

use std::collections::BTreeMap;

use model::ids::NodeId;

use crate::api::{Check, Failure, Status};
use crate::link::status::LinkStatus;
use crate::node::Node;

/// An epoch key that ends within so many seconds wants a successor.
const KEY_SOON_S: i64 = 7 * 86_400;

/// A clock that is further from a peer's than this is worth a look, in milliseconds.
const CLOCK_OFF_MS: i64 = 60_000;

/// Free space below which the disk is named, in bytes.
const DISK_LOW: u64 = 1 << 30;

impl Node {
    pub fn links(&self) -> Vec<LinkStatus> {
        self.inner
            .links
            .get()
            .map(crate::link::Links::status)
            .unwrap_or_default()
    }

    pub async fn status(&self) -> Result<Status, Failure> {
        let inner = &self.inner;
        let register = inner.register();
        let totals = inner.store.totals().await?;
        let waiting: BTreeMap<NodeId, u64> = inner.store.waiting().await?.into_iter().collect();
        let process = crate::process::usage();
        Ok(Status {
            node: inner.config.node.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            network: register.name().to_owned(),
            exercise_network: register.is_exercise(),
            offices: inner.keyring().offices().cloned().collect(),
            relay: inner.config.relay.is_some(),
            listening: inner
                .links
                .get()
                .map(crate::link::Links::listening)
                .unwrap_or_default(),
            acts: totals.acts,
            dispatches: totals.dispatches,
            waiting,
            quarantine: totals.quarantine,
            disk_bytes: totals.disk,
            rss_bytes: process.rss_bytes,
            cpu_us: process.cpu_us,
        })
    }

    /// Every check runs, whatever the others find.
    pub async fn doctor(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        self.check_store(&mut checks).await;
        self.check_keys(&mut checks);
        self.check_sequences(&mut checks).await;
        self.check_links(&mut checks);
        self.check_disk(&mut checks);
        checks
    }

    async fn check_store(&self, checks: &mut Vec<Check>) {
        let store = &self.inner.store;
        checks.push(match store.integrity().await {
            Ok(findings) if findings.is_empty() => good("store.integrity", "whole"),
            Ok(findings) => bad("store.integrity", findings.join("; ")),
            Err(error) => bad("store.integrity", error.to_string()),
        });
        checks.push(match store.audit_check().await {
            Ok(None) => good("audit.chain", "unbroken"),
            Ok(Some(position)) => bad("audit.chain", format!("broken at entry {position}")),
            Err(error) => bad("audit.chain", error.to_string()),
        });
        checks.push(match store.totals().await {
            Ok(totals) if totals.quarantine == 0 => good("quarantine", "empty"),
            Ok(totals) => bad("quarantine", format!("{} kept", totals.quarantine)),
            Err(error) => bad("quarantine", error.to_string()),
        });
    }

    fn check_keys(&self, checks: &mut Vec<Check>) {
        let register = self.inner.register();
        let keyring = self.inner.keyring();
        let now = self.inner.now();
        let own = register.node_key(&self.inner.config.node);
        checks.push(if own.as_ref() == Some(keyring.node.public()) {
            good("keys.node", "in the register")
        } else {
            bad("keys.node", "the register has another key for this node")
        });
        for office in keyring.offices() {
            let name = format!("keys.{office}");
            checks.push(match register.sealing_key(office, now) {
                None => bad(&name, "no sealing key in force"),
                Some(key) if keyring.sealing(&key.id).is_none() => {
                    bad(&name, "the private half of the sealing key is not here")
                }
                Some(key) if key.until < now.plus_seconds(KEY_SOON_S) => {
                    bad(&name, format!("sealing key ends {}", key.until))
                }
                Some(key) => good(&name, format!("until {}", key.until)),
            });
        }
    }

    /// What an origin has numbered and what is not here: on another way, expired, or lost.
    async fn check_sequences(&self, checks: &mut Vec<Check>) {
        let have = match self.inner.store.have().await {
            Ok(have) => have,
            Err(error) => {
                checks.push(bad("sequence", error.to_string()));
                return;
            }
        };
        for (origin, ranges) in have {
            let mut known = self.inner.courier.voids_of(&origin);
            for range in ranges {
                known.insert_range(range.first, range.last);
            }
            let gaps = known.gaps();
            let name = format!("sequence.{origin}");
            checks.push(if gaps.is_empty() {
                good(&name, "no gap")
            } else {
                let gaps: Vec<String> = gaps
                    .iter()
                    .map(|(first, last)| format!("{first}-{last}"))
                    .collect();
                bad(&name, format!("not here: {}", gaps.join(", ")))
            });
        }
    }

    fn check_links(&self, checks: &mut Vec<Check>) {
        for link in self.links() {
            let name = format!("link.{}", link.peer);
            if !link.up {
                checks.push(bad(&name, "down"));
                continue;
            }
            let offset = link.clock_offset_ms.unwrap_or(0);
            checks.push(if offset.abs() > CLOCK_OFF_MS {
                bad(&name, format!("clocks differ by {offset} ms"))
            } else {
                good(&name, format!("up; clocks differ by {offset} ms"))
            });
        }
    }

    fn check_disk(&self, checks: &mut Vec<Check>) {
        checks.push(match crate::process::free_bytes(&self.inner.home) {
            Ok(free) if free >= DISK_LOW => good("disk.free", free.to_string()),
            Ok(free) => bad("disk.free", format!("{free} bytes left")),
            Err(error) => bad("disk.free", error.to_string()),
        });
    }
}

fn good(check: &str, detail: impl Into<String>) -> Check {
    Check {
        check: check.to_owned(),
        ok: true,
        detail: detail.into(),
    }
}

fn bad(check: &str, detail: impl Into<String>) -> Check {
    Check {
        check: check.to_owned(),
        ok: false,
        detail: detail.into(),
    }
}
