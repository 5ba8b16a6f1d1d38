//! What every command gets: where the node lives, who asks, and how to answer.

use std::path::{Path, PathBuf};

use model::address::Address;
use model::codes::Codes;
use model::ids::OfficerId;
use model::time::Timestamp;
use node::clock::{Clock as _, SystemClock};
use serde::Serialize;

use crate::failed::Failed;
use crate::language::Language;
use crate::layout::Home;
use crate::output::Output;
use crate::render::words::Words;

/// The frame of one command.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) home: Home,
    pub(crate) language: Language,
    pub(crate) output: Output,
    pub(crate) codes: Codes,
    pub(crate) officer: Option<OfficerId>,
    /// For whom the command speaks, where a node hosts several offices.
    pub(crate) office: Option<Address>,
    pub(crate) passphrase_file: Option<PathBuf>,
    pub(crate) clock: SystemClock,
}

impl Context {
    pub(crate) fn words(&self) -> Words<'_> {
        Words {
            language: &self.language,
            codes: &self.codes,
        }
    }

    /// Prints the answer as JSON, or the text that it makes for people.
    pub(crate) fn print<T: Serialize>(
        &self,
        answer: &T,
        text: impl FnOnce(Words<'_>) -> String,
    ) -> Result<(), Failed> {
        if self.output.json {
            self.output.json(answer)?;
        } else {
            self.output.text(&text(self.words()))?;
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The zone of the node's place; UTC where there is no configuration yet.
    pub(crate) fn zone(&self) -> String {
        node::config::Config::load(self.home.dir())
            .map_or_else(|_| "Etc/UTC".to_owned(), |config| config.zone)
    }
}

/// The node may run in another folder: it gets whole paths.
pub(crate) fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}
