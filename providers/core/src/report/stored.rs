//! A report as the library's spool keeps it.

use super::{Kind, Report};
use crate::Privacy;

impl Report {
    /// For the library's spool: the JSON of a file that older versions read too. They know two levels, so that
    /// [`Privacy::OwnWords`] is written as `standard` beside `words`; and two kinds, so that a signal is written as a panic.
    ///
    /// # Errors
    /// When a text cannot be written as JSON, which no text of a report is.
    #[doc(hidden)]
    pub fn to_stored(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut body = self.0.clone();
        if body.privacy == Privacy::OwnWords {
            body.privacy = Privacy::Standard;
        }
        for exception in body.exceptions.iter_mut().filter(|exception| exception.kind == Kind::Signal) {
            exception.kind = Kind::Panic;
        }
        serde_json::to_vec(&body)
    }
}
