//! What is no bug: errors that the program names, and a pipe whose reader has gone.

use std::error::Error;
use std::io;
use std::sync::Arc;

use super::Telemetry;
use crate::capture::error::{Chain, guarded, links};

/// Says of an error, or of one of its causes, that no report is wanted.
type Predicate = dyn Fn(&(dyn Error + 'static)) -> bool + Send + Sync;

/// The errors of a program that are not reported.
#[derive(Default)]
pub(crate) struct Ignoring(Vec<Arc<Predicate>>);

impl Ignoring {
    pub(crate) fn add(&mut self, predicate: impl Fn(&(dyn Error + 'static)) -> bool + Send + Sync + 'static) {
        self.0.push(Arc::new(predicate));
    }

    /// Is no report of it wanted? The program's own code runs here, on its own thread. One that panics has said nothing.
    pub(crate) fn ignores(&self, chain: &Chain<'_>) -> bool {
        let Some(error) = chain.error else { return chain.ignored };
        // An error that shows another one as itself (`#[error(transparent)]`) hides it from its causes, and says the same.
        let says_so =
            chain.exceptions.iter().filter_map(|link| link.message.as_deref()).any(says_broken_pipe);
        says_so
            || links(error).any(|link| {
                is_broken_pipe(link) || self.0.iter().any(|ignores| guarded(|| ignores(link)) == Some(true))
            })
    }
}

impl Telemetry {
    /// Is no report of this error wanted, when it is logged?
    #[cfg(feature = "tracing")]
    pub(crate) fn ignores(&self, chain: &Chain<'_>) -> bool {
        self.inner.ignoring.ignores(chain)
    }
}

/// `tool | head -1`: whoever read the output has enough of it. That is how pipes end, and no bug.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Is it all that the system says of one? The number is EPIPE of Unix; the words are in the user's language.
fn says_broken_pipe(said: &str) -> bool {
    cfg!(unix) && said.ends_with(" (os error 32)") && said == io::Error::from_raw_os_error(32).to_string()
}
