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

/// The build by whose words the texts of a report were narrowed, or still have to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WordsState {
    /// The build of the program, from its executable.
    pub(crate) build: String,
    /// False while the texts are only searched.
    pub(crate) narrowed: bool,
}
