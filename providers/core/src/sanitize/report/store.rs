//! The bytes that the spool keeps of an event when there was no time to complete its report.

use super::Narrow;
use crate::sanitize::Sanitizer;
use crate::{App, Event, Privacy};

impl Sanitizer {
    /// For the library's spool, if there is no time to look at the program's words. Returns the bytes of a report whose
    /// texts are searched, and which is marked as not yet narrowed. [`restore`](Self::restore) narrows the texts if the
    /// same build of the program reads them; another build leaves them out. The result is bytes and not a
    /// [`Report`](crate::Report), because it must not leave as it is.
    ///
    /// `None` if no words can be read.
    #[doc(hidden)]
    #[must_use]
    pub fn stored_to_narrow(&self, app: &App, event: Event) -> Option<Vec<u8>> {
        let report = self.make(app, event, Privacy::OwnWords, Narrow::Later);
        report.0.words.as_ref()?;
        // The level is written under its own name, which older versions do not know, because they would send the report
        // as it is.
        serde_json::to_vec(&report).ok()
    }

    /// For the library's spool: the bytes of a report whose frames are addresses so far.
    /// [`restore_named`](Self::restore_named) completes them. Texts are searched; at [`Privacy::OwnWords`] they are
    /// narrowed before anything is shown or leaves.
    #[doc(hidden)]
    #[must_use]
    pub fn stored_by_addresses(&self, app: &App, event: Event, privacy: Privacy) -> Option<Vec<u8>> {
        let for_words = match privacy {
            Privacy::OwnWords => self.stored_to_narrow(app, event.clone()),
            Privacy::Standard => self.stored_to_sign(app, event.clone()),
            Privacy::Strict => None,
        };
        if for_words.is_some() {
            return for_words;
        }
        // At [`Privacy::OwnWords`] the texts are left out, because there are no words to narrow them by.
        self.report_without_signature(app, event, privacy).to_stored().ok()
    }

    /// For the library's spool, if there is no time to look at the program's words. Returns the bytes of a report at
    /// [`Privacy::Standard`], for which [`restore`](Self::restore) makes the signature in the same build of the
    /// program.
    ///
    /// `None` if no words can be read.
    #[doc(hidden)]
    #[must_use]
    pub fn stored_to_sign(&self, app: &App, event: Event) -> Option<Vec<u8>> {
        let mut report = self.make(app, event, Privacy::Standard, Narrow::Later);
        report.0.signature_due = Some(self.rules.words.get().ok()?.build.clone());
        report.to_stored().ok()
    }
}
