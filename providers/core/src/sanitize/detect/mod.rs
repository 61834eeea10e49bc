//! The built-in detectors of free text, each in a file of its own.
//!
//! A built-in detector is a function. `scan` calls it at a place where the pass saw the detector's anchor, such as `@`
//! or `://`, and the function returns what is there. It looks back over a bounded number of bytes. It looks ahead over
//! a bounded number, or over bytes that it then claims. So the whole search stays linear on any input.

mod account;
mod assignment;
mod brackets;
mod bytes;
mod call;
mod card;
mod compared;
mod connection;
pub(super) mod cursor;
mod database;
mod device;
mod dispatch;
mod dn;
mod domain;
mod echo;
mod email;
mod encoded;
mod ending;
mod entropy;
mod extent;
mod finding;
mod flag;
mod groups;
mod hash;
mod header;
mod host;
mod html;
mod iban;
mod identity;
mod ip;
mod labelled;
mod literal;
mod login;
mod named;
mod national;
mod number;
mod opened;
mod package;
mod pair;
mod path;
mod pem;
mod personal;
mod phone;
mod phrase;
mod place;
pub(super) mod placeholder;
mod position;
mod prose;
mod query;
mod quoted_input;
mod quoted_value;
mod resolve;
mod scan;
mod script;
mod ssh;
mod statement;
mod syslog;
mod token;
mod url;
mod value;
mod vendor;
mod windows;

use super::Redaction;

pub(super) use card::is_card_number;
pub(super) use cursor::last_block;
pub(super) use finding::{Evidence, Finding};
pub(super) use scan::{Scan, Views};

use finding::BuiltIn;

/// A range of bytes of the searched text, and the kind of data in it. The example of [`Detector`] makes some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// Its kind.
    pub kind: Redaction,
}

/// Finds one kind of data in free text.
///
/// A program adds a detector with [`SanitizerBuilder::detector`](super::SanitizerBuilder::detector). Any thread may
/// call it. When it panics, the whole string is dropped, because the string is then unchecked.
///
/// ```
/// use crawl4ai_telemetry_core::Sanitizer;
/// use crawl4ai_telemetry_core::sanitize::{Detector, Redaction, Span};
///
/// /// Ticket numbers of this company: `T-` and digits.
/// struct Tickets;
///
/// impl Detector for Tickets {
///     fn find(&self, text: &str, found: &mut Vec<Span>) {
///         for (start, _) in text.match_indices("T-") {
///             let digits = text[start + 2..].bytes().take_while(u8::is_ascii_digit).count();
///             if digits > 0 {
///                 found.push(Span { start, end: start + 2 + digits, kind: Redaction::Custom });
///             }
///         }
///     }
/// }
///
/// let sanitizer = Sanitizer::builder().detector(Tickets).build();
/// assert_eq!(sanitizer.text("refused by T-4711 today").as_str(), "refused by [custom] today");
/// ```
pub trait Detector: Send + Sync {
    /// Appends the finds in `text`. Spans must begin and end at the edges of characters.
    fn find(&self, text: &str, found: &mut Vec<Span>);
}

/// A detector made of a regular expression: every match becomes `[custom]`.
///
/// ```
/// use crawl4ai_telemetry_core::Sanitizer;
/// use crawl4ai_telemetry_core::sanitize::Pattern;
///
/// let sanitizer = Sanitizer::builder().detector(Pattern::new(r"(?-u:\b)CUST-[0-9]{4}(?-u:\b)")?).build();
/// assert_eq!(sanitizer.text("CUST-1234 has no invoice").as_str(), "[custom] has no invoice");
/// # Ok::<(), crawl4ai_telemetry_core::sanitize::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern(regex::Regex);

/// A pattern that is not a valid regular expression, or is too large. The error tells where it is wrong.
///
/// ```
/// use crawl4ai_telemetry_core::sanitize::Pattern;
///
/// let error = Pattern::new("CUST-[0-9").unwrap_err();
/// assert!(error.to_string().contains("unclosed character class"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("detector: not a regular expression: {0}")]
pub struct PatternError(String);

impl Pattern {
    /// A pattern in the syntax of the `regex` crate. Write `(?-u:\b)` and `[0-9]`, because they are fast
    /// and need no Unicode tables, which are not built in.
    ///
    /// # Errors
    /// When the pattern cannot be parsed or is too large.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        regex::Regex::new(pattern).map(Self).map_err(|error| PatternError(error.to_string()))
    }
}

impl Detector for Pattern {
    fn find(&self, text: &str, found: &mut Vec<Span>) {
        found.extend(self.0.find_iter(text).map(|m| Span {
            start: m.start(),
            end: m.end(),
            kind: Redaction::Custom,
        }));
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod work_tests;
