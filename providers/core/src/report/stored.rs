//! The stored form of a report, in the library's spool.

use super::{Kind, Report};
use crate::Privacy;

impl Report {
    /// The JSON that the library's spool keeps, which older versions can read too. They know two levels of privacy, so
    /// [`Privacy::OwnWords`] is written as `standard` beside `words`. They know two kinds, so a signal is written as a
    /// panic.
    ///
    /// # Errors
    /// When a text cannot be written as JSON. Every text of a report can.
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
