//! The state of the narrowing of a report's texts.

use serde::{Deserialize, Serialize};

use crate::Fingerprint;

pub(super) const fn none() -> Option<WordsState> {
    None
}

pub(super) const fn no_signature() -> Option<Fingerprint> {
    None
}

pub(super) const fn none_due() -> Option<String> {
    None
}

/// The build whose words narrow the texts of a report, and whether that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WordsState {
    /// The build of the program, from its executable.
    pub(crate) build: String,
    /// False while the texts were searched but not narrowed.
    pub(crate) narrowed: bool,
}
