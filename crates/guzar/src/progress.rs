//! Progress of long work, on a terminal only: a bar that ends when the work does.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;

/// A bar on standard error, or nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    over: Arc<AtomicBool>,
    watcher: Option<JoinHandle<()>>,
}

impl Bar {
    pub(crate) fn set(&self, done: u64, all: u64) {
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Takes the bar off the screen.
    pub(crate) fn end(mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.take() {
            watcher.thread().unpark();
            // It draws and does nothing else: whatever became of it, the work is done.
            drop(watcher.join());
        }
        self.bar.finish_and_clear();
    }
}

/// Work whose length is told as it goes.
pub(crate) fn counted(context: &Context, key: &str) -> Bar {
    bar(context, key, "{msg} {bar:30} {bytes}/{total_bytes} {eta}")
}

/// Work that is told step by step.
pub(crate) fn stepped(context: &Context, key: &str) -> Bar {
    bar(context, key, "{msg} {bar:30} {pos}/{len} {elapsed}")
}

/// Work of unknown length that writes a file: its bytes so far, also under the names that it has until
/// it is whole.
pub(crate) fn growing(context: &Context, key: &str, file: &Path) -> Bar {
    let mut bar = bar(context, key, "{spinner} {msg} {bytes} {elapsed}");
    if bar.bar.is_hidden() {
        return bar;
    }
    let names = names(file);
    let (shown, over) = (bar.bar.clone(), Arc::clone(&bar.over));
    bar.watcher = std::thread::Builder::new()
        .name("guzar-bar".to_owned())
        .spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let size = names
                    .iter()
                    .filter_map(|name| fs::metadata(name).ok())
                    .map(|data| data.len())
                    .max();
                shown.set_position(size.unwrap_or(0));
                shown.tick();
                std::thread::park_timeout(EVERY);
            }
        })
        .ok();
    bar
}

fn bar(context: &Context, key: &str, template: &str) -> Bar {
    let bar = if context.output.is_watched() {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(context.language.text(key).to_owned());
    Bar {
        bar,
        over: Arc::new(AtomicBool::new(false)),
        watcher: None,
    }
}

fn names(file: &Path) -> Vec<PathBuf> {
    ["", ".part", ".partial"]
        .into_iter()
        .map(|end| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        })
        .collect()
}

const EVERY: Duration = Duration::from_millis(200);
