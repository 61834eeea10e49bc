//! The bytes that leave the machine.

use std::borrow::Cow;

use serde::Serialize;

/// The bytes that leave, and their media type. More fields may follow, so use [`new`](Self::new).
///
/// ```
/// use crawl4ai_telemetry_core::Payload;
///
/// let payload = Payload::new("text/plain", b"hello".to_vec());
/// assert_eq!((payload.media_type, &*payload.bytes), ("text/plain", &b"hello"[..]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payload {
    /// The media type, for example `application/json`.
    pub media_type: &'static str,
    /// The transmitted bytes, unchanged.
    pub bytes: Vec<u8>,
}

impl Payload {
    /// A payload of these bytes.
    #[must_use]
    pub const fn new(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { media_type, bytes }
    }

    /// A value as JSON on one line, without a line break at the end. Mostly a report or a usage span.
    ///
    /// # Errors
    /// When the value cannot be written as JSON. Reports and usage spans always can.
    pub fn json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::new("application/json", serde_json::to_vec(value)?))
    }

    /// Can a person read it? It is UTF-8 without control characters other than tabs and line ends.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::Payload;
    ///
    /// let payload = |bytes: &[u8]| Payload::new("application/octet-stream", bytes.to_vec());
    /// assert!(payload("{\"value\":\"größer\"}\n".as_bytes()).is_readable());
    /// assert!(!payload(b"\x0a\x07weather\x10\x02").is_readable(), "a message of protobuf");
    /// ```
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        std::str::from_utf8(&self.bytes).is_ok_and(|text| text.chars().all(plain))
    }

    /// The bytes as text; invalid UTF-8 becomes `U+FFFD`.
    #[must_use]
    pub fn to_text_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}
