//! A few threads that read, each with its own connection.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use store::StoreError;
use tokio::sync::oneshot;

/// What a reading thread is asked to do.
type Question = Box<dyn FnOnce(&Connection) + Send>;

/// The askers' side.
pub(crate) struct Readers {
    questions: Sender<Question>,
}

/// What the threads share.
pub(crate) type Asked = Arc<Mutex<Receiver<Question>>>;

impl Readers {
    pub(crate) fn new() -> (Self, Asked) {
        let (questions, asked) = mpsc::channel();
        (Self { questions }, Arc::new(Mutex::new(asked)))
    }

    /// Asks the next free thread. What is asked while all are busy waits; its askers bound how much that is.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |conn| {
            // Nobody waits for the answer any more: it is dropped.
            drop(answer.send(question(conn)));
        });
        self.questions
            .send(question)
            .ok()
            .ok_or(StoreError::Closed)?;
        answered.await.ok().ok_or(StoreError::Closed)?
    }
}

/// Runs until the asking side is gone.
pub(crate) fn run(conn: &Connection, asked: &Asked) {
    loop {
        let question = asked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match question {
            Ok(question) => question(conn),
            Err(_) => return,
        }
    }
}
