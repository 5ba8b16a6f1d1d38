//! `guzar bench limits`: what this machine can do at best, and the bound that follows for an exchange.
//!
//! The bound is for one dispatch with 2 KiB of content and three recipient keys, durable at the sender and
//! the receiver, with a signed receipt that is durable at the sender, both nodes on this machine: the cores
//! divided by the time of one core that the primitives take, each in the fastest implementation at hand,
//! whatever the product uses. It knows no queue, no index, no authorisation: a ceiling, not a target.

use std::hint::black_box;
use std::path::Path;

use envelope::key::{SealingKey, SigningKey};
use envelope::primitives;
use serde::Serialize;

use crate::bench::load::number;
use crate::bench::medium::{self, Groups};
use crate::bench::tls;

/// Bytes of content of the dispatch that the bound is for.
const BODY: usize = 2_048;

/// Recipient keys of that dispatch.
const RECIPIENTS: f64 = 3.0;

/// Grouped commits of one dispatch: the dispatch at the sender, dispatch and receipt at the receiver, the
/// receipt at the sender.
const COMMITS: f64 = 3.0;

/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 5;

/// The results; documented in docs/performance.md. Times are microseconds of one core.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Limits {
    pub(crate) bench: &'static str,
    pub(crate) cores: u64,
    pub(crate) sign: Fastest,
    pub(crate) verify: Fastest,
    pub(crate) wrap_us: f64,
    pub(crate) unwrap_us: f64,
    pub(crate) aead_us: f64,
    pub(crate) tls_us: f64,
    pub(crate) append_per_s: Groups,
    pub(crate) sqlite_per_s: Groups,
    pub(crate) sqlite_row_us: f64,
    pub(crate) bound_us: f64,
    pub(crate) bound_per_s: f64,
}

/// One operation in several implementations.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Fastest {
    pub(crate) aws_lc_us: f64,
    pub(crate) dalek_us: f64,
    pub(crate) best_us: f64,
}

impl Fastest {
    const fn of(aws_lc_us: f64, dalek_us: f64) -> Self {
        Self {
            aws_lc_us,
            dalek_us,
            best_us: aws_lc_us.min(dalek_us),
        }
    }
}

/// Measures everything; files go under `dir`.
pub(crate) fn measure(dir: &Path) -> anyhow::Result<Limits> {
    let key = SigningKey::generate()?;
    let message = vec![7_u8; BODY];
    let (sign, verify) = signatures(&key, &message)?;
    let sealing = SealingKey::generate()?;
    let content_key = [9_u8; 32];
    let wrap_us = median_us(400, || {
        black_box(primitives::wrap(sealing.public(), &content_key).is_ok());
    });
    let wrapped = primitives::wrap(sealing.public(), &content_key)?;
    let unwrap_us = median_us(400, || {
        black_box(primitives::unwrap(&sealing, &wrapped).is_ok());
    });
    let aead_us = median_us(4_000, || {
        let mut sealed = message.clone();
        black_box(primitives::aead_seal(&content_key, &mut sealed).is_ok());
    });
    let tls_us = tls::cpu_us_per_message()?;
    let append_per_s = medium::append(dir)?;
    let sqlite_per_s = medium::sqlite(dir)?;
    let sqlite_row_us = 1e6 / sqlite_per_s.of_64;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let cores = u64::try_from(cores).unwrap_or(1);
    let bound_us = 2.0 * sign.best_us
        + RECIPIENTS * wrap_us
        + 2.0 * verify.best_us
        + unwrap_us
        + 2.0 * aead_us
        + tls_us
        + COMMITS * sqlite_row_us;
    Ok(Limits {
        bench: "limits",
        cores,
        sign,
        verify,
        wrap_us,
        unwrap_us,
        aead_us,
        tls_us,
        append_per_s,
        sqlite_per_s,
        sqlite_row_us,
        bound_us,
        bound_per_s: number(cores) * 1e6 / bound_us,
    })
}

/// Ed25519 of the dispatch and of its receipt, by aws-lc and by dalek.
fn signatures(key: &SigningKey, message: &[u8]) -> anyhow::Result<(Fastest, Fastest)> {
    use ed25519_dalek::{Signer as _, Verifier as _};

    let dalek = ed25519_dalek::SigningKey::from_bytes(key.seed());
    let sign_aws = median_us(2_000, || {
        black_box(primitives::sign(key, message));
    });
    let sign_dalek = median_us(2_000, || {
        black_box(dalek.sign(message));
    });
    let signature = key.sign(message);
    let public = aws_lc_rs::signature::ParsedPublicKey::new(
        &aws_lc_rs::signature::ED25519,
        key.public().as_bytes(),
    )?;
    let verify_aws = median_us(2_000, || {
        black_box(public.verify_sig(message, &signature).is_ok());
    });
    let other = dalek.verifying_key();
    let other_signature = ed25519_dalek::Signature::from_bytes(&signature);
    let verify_dalek = median_us(2_000, || {
        black_box(other.verify(message, &other_signature).is_ok());
    });
    Ok((
        Fastest::of(sign_aws, sign_dalek),
        Fastest::of(verify_aws, verify_dalek),
    ))
}

/// Microseconds of this thread's time that one call takes: the median of some rounds. Other work on the
/// machine then falsifies it less.
fn median_us(calls: u32, mut call: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = thread_us();
            for _ in 0..calls {
                call();
            }
            (thread_us() - start) / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or(f64::NAN)
}

/// CPU time of this thread.
fn thread_us() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds and nanoseconds of one process are far below 2^53"
    )]
    let us = time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3;
    us
}
