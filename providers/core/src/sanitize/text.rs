//! Free text.

use super::{Counts, Redaction, Sanitizer, Text};

impl Sanitizer {
    /// Cleans a text without a limit to its length.
    #[must_use]
    pub fn text(&self, raw: &str) -> Text {
        self.scrub(raw, usize::MAX, &mut Counts::default())
    }

    /// Cleans a text and cuts it to `most` bytes; what is cut says so.
    pub(super) fn scrub(&self, _raw: &str, _most: usize, counts: &mut Counts) -> Text {
        let _ = self.known();
        counts.add(Redaction::Unscrubbed);
        Text::cleaned(Redaction::Unscrubbed.placeholder())
    }
}
