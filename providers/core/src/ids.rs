//! The small types that a report is made of.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Writes and reads a type by its `Display` and `FromStr`.
macro_rules! as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<Z: serde::Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use as_text;

/// A text that is not an id, time or fingerprint. The error says what was expected, and does not quote the text.
///
/// ```
/// use crawl4ai_telemetry_core::{ParseError, ReportId};
///
/// let error: ParseError = "4711".parse::<ReportId>().unwrap_err();
/// assert!(error.to_string().starts_with("expected"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct ParseError(pub(crate) &'static str);

/// The id of a report: 128 random bits, 32 lower-case hexadecimal digits.
///
/// The id never changes, so that a server can drop duplicates, and it says nothing about the machine.
///
/// ```
/// use crawl4ai_telemetry_core::ReportId;
///
/// let id: ReportId = "0123456789ab4def8123456789abcdef".parse()?;
/// assert_eq!(ReportId::from_bytes(id.to_bytes()), id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(u128);

impl ReportId {
    /// An id from 16 random bytes, of which the version and variant bits are overwritten.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        // RFC 9562 section 5.4 defines these version and variant bits. With them, servers that parse the id as a UUID
        // see a random UUID.
        let bits = u128::from_be_bytes(bytes);
        Self(bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62))
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ReportId {
    type Err = ParseError;

    fn from_str(s: &str) -> Result<Self, ParseError> {
        let digits = s.len() == 32 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match u128::from_str_radix(s, 16) {
            Ok(bits) if digits => Ok(Self::from_bytes(bits.to_be_bytes())),
            Ok(_) | Err(_) => Err(ParseError("32 lower-case hexadecimal digits")),
        }
    }
}
as_text!(ReportId);

/// A point in time, to the millisecond, in UTC: `2026-11-20T12:00:00.123Z` (RFC 3339).
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::Timestamp;
///
/// let noon: Timestamp = "2026-11-20T12:00:00Z".parse()?;
/// let later = Timestamp::from_millis(noon.as_millis() + 1_500);
/// assert_eq!(later.since(noon), Duration::from_millis(1_500));
/// assert_eq!(later.to_string(), "2026-11-20T12:00:01.5Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last millisecond of the year 9999, because RFC 3339 has four-digit years.
    const LAST: u64 = 253_402_300_799_999;

    /// From milliseconds since 1970; anything after the year 9999 becomes its last millisecond.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(if millis > Self::LAST { Self::LAST } else { millis })
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to `self`; zero if the clock was set back.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Converts a clock's time; a time before 1970 becomes 1970.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        Self::from_millis(u64::try_from(millis).unwrap_or(Self::LAST))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        UNIX_EPOCH + Duration::from_millis(time.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000_000;
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?;
        f.write_str(&time.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(s: &str) -> Result<Self, ParseError> {
        const WHAT: ParseError = ParseError("a time as RFC 3339 writes it");
        let time = OffsetDateTime::parse(s, &Rfc3339).map_err(|_| WHAT)?;
        let millis = time.unix_timestamp_nanos() / 1_000_000;
        u64::try_from(millis).map(Self::from_millis).map_err(|_| WHAT)
    }
}
as_text!(Timestamp);

/// The severity.
///
/// ```
/// use crawl4ai_telemetry_core::Level;
///
/// assert!(Level::Warning < Level::Fatal);
/// assert_eq!(Level::Warning.to_string(), "warning");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// An event that is not a problem.
    Info,
    /// A problem that is not an error yet.
    Warning,
    /// An error that the program survived.
    Error,
    /// The program ended.
    Fatal,
}

impl Level {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A limit on what a report may hold.
///
/// ```
/// use crawl4ai_telemetry_core::Privacy;
///
/// let (asked, allowed) = (Privacy::Standard, Privacy::Strict);
/// assert_eq!(asked.max(allowed), Privacy::Strict, "the stricter of two holds");
/// assert_eq!(Privacy::Strict.name(), "strict");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// All text that passes every detector.
    Standard,
    /// Of the text that passes every detector, only the words that the program's own files hold; other text is replaced
    /// by its kind. See [`own_words`](crate::own_words).
    OwnWords,
    /// No free text at all: types, operations, frames, booleans, and, under allow-listed keys, numbers and single
    /// words.
    Strict,
}

impl Privacy {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::OwnWords => "own_words",
            Self::Strict => "strict",
        }
    }
}

impl fmt::Display for Privacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kind of place the program runs in.
///
/// ```
/// use crawl4ai_telemetry_core::Environment;
///
/// assert_eq!(Environment::ApiServer.to_string(), "api_server");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Environment {
    /// A person's terminal.
    Cli,
    /// A container.
    Docker,
    /// A program that serves requests.
    ApiServer,
    /// A Jupyter notebook.
    Jupyter,
    /// A Google Colab notebook.
    Colab,
    /// A build or test run.
    Ci,
    /// Another place, or an unknown one.
    Unknown,
}

impl Environment {
    /// Its name in reports and in `status`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Docker => "docker",
            Self::ApiServer => "api_server",
            Self::Jupyter => "jupyter",
            Self::Colab => "colab",
            Self::Ci => "ci",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
