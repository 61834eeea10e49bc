//! Context maps.

use super::{Counts, Sanitizer, Text};
use crate::{Context, Fields, Privacy};

impl Sanitizer {
    /// Cleans a context.
    #[must_use]
    pub fn context(&self, raw: Context, privacy: Privacy) -> Fields<Text> {
        self.clean_context(raw, privacy, &mut Counts::default())
    }

    pub(super) fn clean_context(
        &self,
        raw: Context,
        _privacy: Privacy,
        _counts: &mut Counts,
    ) -> Fields<Text> {
        let _ = raw.into_inner();
        let mut out = Fields::new();
        if false {
            out.push(Text::cleaned(""), crate::Node::Null);
        }
        out
    }
}
