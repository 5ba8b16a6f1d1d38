//! Failures, put together: one problem for each thing that is wrong.

use std::collections::BTreeMap;

use model::check::FieldError;
use store::{StoreError, WriteError};

use crate::api::{Failure, FailureClass, Problem};

/// Nothing of what was asked has been kept.
pub(crate) const NOTHING: &str = "nothing";

impl Problem {
    pub(crate) fn new(code: &str) -> Self {
        Self {
            field: None,
            code: code.to_owned(),
            args: BTreeMap::new(),
        }
    }

    #[must_use]
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "most callers have just made it"
    )]
    pub(crate) fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self {
            field: Some(error.field),
            code: error.code,
            args: error.args.into_iter().collect(),
        }
    }
}

impl Failure {
    pub(crate) fn new(class: FailureClass, problems: Vec<Problem>) -> Self {
        Self {
            class,
            problems,
            kept: NOTHING.to_owned(),
        }
    }

    pub(crate) fn input(problem: Problem) -> Self {
        Self::new(FailureClass::Input, vec![problem])
    }

    pub(crate) fn not_found(problem: Problem) -> Self {
        Self::new(FailureClass::NotFound, vec![problem])
    }

    pub(crate) fn broken(code: &str, what: impl ToString) -> Self {
        Self::new(
            FailureClass::Broken,
            vec![Problem::new(code).arg("what", what)],
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::broken("store_broken", error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Full => Self::new(FailureClass::Later, vec![Problem::new("disk_full")]),
            WriteError::KnownDispatch(id) | WriteError::KnownSubmission(id) => Self::new(
                FailureClass::Input,
                vec![Problem::new("already_sent").arg("id", id)],
            ),
            WriteError::Store(error) => error.into(),
        }
    }
}
