//! Errors that are no bugs: those that the program names, and a pipe whose reader has gone.

use std::error::Error;
use std::io;
use std::sync::Arc;

use super::Telemetry;
use crate::capture::error::{Chain, guarded, links};

/// True for an error, or for one of its causes, that is not to be reported.
type Predicate = dyn Fn(&(dyn Error + 'static)) -> bool + Send + Sync;

/// The errors of a program that are not reported.
#[derive(Default)]
pub(crate) struct Ignoring(Vec<Arc<Predicate>>);

impl Ignoring {
    pub(crate) fn add(&mut self, predicate: impl Fn(&(dyn Error + 'static)) -> bool + Send + Sync + 'static) {
        self.0.push(Arc::new(predicate));
    }

    /// Is the error not to be reported? The program's predicates run here, on its own thread. One that panics is
    /// ignored.
    pub(crate) fn ignores(&self, chain: &Chain<'_>) -> bool {
        let Some(error) = chain.error else { return chain.ignored };
        // An error that passes another through (`#[error(transparent)]`) hides it from its causes, but has its message.
        let says_so =
            chain.exceptions.iter().filter_map(|link| link.message.as_deref()).any(says_broken_pipe);
        says_so
            || links(error).any(|link| {
                is_broken_pipe(link) || self.0.iter().any(|ignores| guarded(|| ignores(link)) == Some(true))
            })
    }
}

impl Telemetry {
    /// Is this error, which was logged, not to be reported?
    #[cfg(feature = "tracing")]
    pub(crate) fn ignores(&self, chain: &Chain<'_>) -> bool {
        self.inner.ignoring.ignores(chain)
    }
}

/// Is it a broken pipe? In `tool | head -1` the reader ends first, which is no bug.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Is it exactly the system's message of a broken pipe? 32 is EPIPE on Unix; the words are in the user's language.
fn says_broken_pipe(said: &str) -> bool {
    cfg!(unix) && said.ends_with(" (os error 32)") && said == io::Error::from_raw_os_error(32).to_string()
}
