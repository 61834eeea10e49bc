//! The type of clean text.

use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

/// A string that passed the sanitizer.
///
/// Only the sanitizer can make one. Every string of a [`Report`](crate::Report) is one, so that the compiler guarantees
/// that reports are clean. A `Text` can be written, but not read, because it has no `Deserialize`.
///
/// ```
/// use crawl4ai_telemetry_core::Sanitizer;
///
/// let text = Sanitizer::new().text("mail ada@example.org");
/// assert_eq!(text.as_str(), "mail [email]");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

impl Text {
    /// Called by the sanitizer only: `s` has just been cleaned, or is a constant of this crate.
    pub(super) fn cleaned(s: impl Into<Box<str>>) -> Self {
        Self(s.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for Text {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        out.serialize_str(&self.0)
    }
}
