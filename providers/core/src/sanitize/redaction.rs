//! The kinds of redactions: each has a placeholder for the text and a count in the report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! redactions {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $placeholder:literal;)+) => {
        /// A kind of redaction.
        ///
        /// ```
        /// use crawl4ai_telemetry_core::sanitize::Redaction;
        ///
        /// assert_eq!(Redaction::Url.placeholder(), "[url]");
        /// assert_eq!(Redaction::NationalId.name(), "national_id");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Redaction { $($(#[$doc])* $kind),+ }

        impl Redaction {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The kind's name in reports, in `snake_case`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// The text that replaces the redacted text.
            #[must_use]
            pub const fn placeholder(self) -> &'static str {
                match self { $(Self::$kind => $placeholder),+ }
            }
        }
    };
}

redactions! {
    /// The value of a sensitive key.
    Redacted = "redacted", "[redacted]";
    /// The value of a content key; its kind and size class are kept.
    Content = "content", "[content]";
    /// A URL, or a bare host with a path.
    Url = "url", "[url]";
    /// An e-mail address.
    Email = "email", "[email]";
    /// An IPv4 or IPv6 address.
    Ip = "ip", "[ip]";
    /// A hardware address.
    Mac = "mac", "[mac]";
    /// An absolute path; the extension is kept.
    Path = "path", "[path]";
    /// A JSON Web Token.
    Jwt = "jwt", "[jwt]";
    /// A PEM block.
    Pem = "pem", "[pem]";
    /// The value of an authorization header.
    Authorization = "authorization", "[authorization]";
    /// The value of a cookie header.
    Cookie = "cookie", "[cookie]";
    /// A secret that a sensitive key in a text announces.
    Secret = "secret", "[secret]";
    /// A token with a published format, or one of high entropy.
    Token = "token", "[token]";
    /// A connection string.
    Connection = "connection", "[connection]";
    /// A query string.
    Query = "query", "[query]";
    /// Markup of a page.
    Html = "html", "[html]";
    /// A payment card's number.
    Card = "card", "[card]";
    /// An international bank account number.
    Iban = "iban", "[iban]";
    /// A phone number.
    Phone = "phone", "[phone]";
    /// A national identity number.
    NationalId = "national_id", "[national-id]";
    /// The name of a machine.
    Host = "host", "[host]";
    /// The name of the user.
    User = "user", "[user]";
    /// A value that the program registered, or the value of an environment variable whose name announces a secret.
    Protected = "protected", "[protected]";
    /// A find of a detector of the program's own.
    Custom = "custom", "[custom]";
    /// A string that could not be checked.
    Unscrubbed = "unscrubbed", "[unscrubbed]";
}

/// The number of redactions of each kind.
///
/// ```
/// use crawl4ai_telemetry_core::sanitize::Redaction;
/// use crawl4ai_telemetry_core::{
///     Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer, Timestamp,
/// };
///
/// let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
/// let mut raised = RawException::new(Kind::Error, "my_tool::FetchError");
/// raised.message = Some("no answer from https://example.com/?key=4711".to_owned());
/// event.exceptions.push(raised);
///
/// let app = crawl4ai_telemetry_core::App::new("my-tool", "1.4.0");
/// let report = Sanitizer::new().report(&app, event, Privacy::Standard);
/// assert_eq!(report.redactions().count(Redaction::Url), 1);
/// assert_eq!(report.redactions().iter().next(), Some((Redaction::Url, 1)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Redaction, u32>);

impl Counts {
    /// Counts one more redaction.
    pub(crate) fn add(&mut self, kind: Redaction) {
        let count = self.0.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// The number of redactions of a kind.
    #[must_use]
    pub fn count(&self, kind: Redaction) -> u32 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// Was nothing redacted?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kinds, and the number of redactions of each.
    pub fn iter(&self) -> impl Iterator<Item = (Redaction, u32)> + '_ {
        self.0.iter().map(|(kind, n)| (*kind, *n))
    }
}
