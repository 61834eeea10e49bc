//! The clean form of a report, which may leave the machine.
//!
//! The schema is defined once, by [`Body`], which is generic over its strings. With [`Text`] it is the content of a
//! [`Report`] and can only be written. With `String` it was read from a file, cannot be named outside this crate, and
//! is cleaned by the sanitizer again before it becomes a report.

mod kind;
mod parts;
mod schema;
mod stored;
mod words;

use serde::{Deserialize, Serialize};

pub use kind::Kind;
pub use schema::{ALONG, FIELDS, FieldSpec, NEVER};
pub(crate) use words::WordsState;

use crate::ids::as_text;
use crate::platform::Platform;
use crate::sanitize::{Counts, Text};
use crate::{Environment, Fields, Fingerprint, Level, Losses, Privacy, ReportId, Timestamp};

/// The version of the schema; a reader refuses a newer one.
pub(crate) const SCHEMA: u32 = 1;

/// A sanitized report. Only the [`Sanitizer`](crate::Sanitizer) makes one.
///
/// The spool and the file provider store its JSON form.
///
/// ```
/// use crawl4ai_telemetry_core::{
///     App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer, Timestamp,
/// };
///
/// # let (id, time) = (ReportId::from_bytes([7; 16]), Timestamp::from_millis(0));
/// let mut event = Event::new(id, time, Level::Error);
/// let mut raised = RawException::new(Kind::Error, "my_tool::FetchError");
/// raised.message = Some("cannot fetch https://example.com/?token=abc".to_owned());
/// event.exceptions.push(raised);
///
/// let report = Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard);
/// assert_eq!(report.exceptions()[0].value(), Some("cannot fetch [url]"));
/// assert_eq!(report.app_name(), "my-tool");
/// assert!(serde_json::to_string(&report)?.contains("cannot fetch [url]"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Report(pub(crate) Body<Text>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "S: Serialize, Fields<S>: Serialize"))]
// The defaults below are paths, because a bare `default` would require `S: Default`.
#[serde(bound(deserialize = "S: Deserialize<'de>, Fields<S>: Deserialize<'de>"))]
pub(crate) struct Body<S> {
    pub(crate) schema: u32,
    pub(crate) id: ReportId,
    pub(crate) time: Timestamp,
    pub(crate) level: Level,
    pub(crate) privacy: Privacy,
    /// The state of the narrowing. Present at [`Privacy::OwnWords`] only.
    #[serde(default = "words::none", skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<WordsState>,
    /// A hash of the narrowed texts, if the program's words could be read.
    #[serde(default = "words::no_signature", skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<Fingerprint>,
    /// The build whose words will make the signature. It is only in stored bytes at [`Privacy::Standard`], never in a
    /// [`Report`].
    #[serde(default = "words::none_due", skip_serializing_if = "Option::is_none")]
    pub(crate) signature_due: Option<String>,
    pub(crate) app: AppInfo<S>,
    pub(crate) environment: Environment,
    pub(crate) platform: Platform<S>,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) exceptions: Vec<Exception<S>>,
    #[serde(default = "u32::default", skip_serializing_if = "is_zero")]
    pub(crate) exceptions_cut: u32,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(crate) images: Vec<Image<S>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<S>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(crate) operations: Vec<S>,
    #[serde(default = "Fields::default")]
    pub(crate) context: Fields<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_email: Option<S>,
    #[serde(default = "Counts::default", skip_serializing_if = "Counts::is_empty")]
    pub(crate) redactions: Counts,
    #[serde(default = "Losses::default", skip_serializing_if = "Losses::is_empty")]
    pub(crate) losses: Losses,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AppInfo<S> {
    pub(crate) name: S,
    pub(crate) version: S,
}

/// One link of an error's chain, or a panic.
///
/// ```
/// use crawl4ai_telemetry_core::{
///     App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer, Timestamp,
/// };
///
/// # let (id, time) = (ReportId::from_bytes([7; 16]), Timestamp::from_millis(0));
/// let mut event = Event::new(id, time, Level::Fatal);
/// let mut raised = RawException::new(Kind::Panic, "panic");
/// raised.location = Some(("/home/ada/my-tool/src/main.rs".into(), 12, 9));
/// event.exceptions.push(raised);
///
/// let report = Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Strict);
/// let panic = &report.exceptions()[0];
/// assert_eq!((panic.kind(), panic.type_name()), (Kind::Panic, "panic"));
/// assert_eq!(panic.location().map(|at| (at.file(), at.line())), Some(("src/main.rs", 12)));
/// assert!(panic.frames().is_empty() && report.images().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exception<S = Text> {
    pub(crate) kind: Kind,
    #[serde(rename = "type")]
    pub(crate) type_name: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<Location<S>>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(crate) frames: Vec<Frame<S>>,
    #[serde(default = "u32::default", skip_serializing_if = "is_zero")]
    pub(crate) frames_cut: u32,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub(crate) captured_in: Option<S>,
    /// The place where the program handed the error over. It tells later which frames are the reporter's, if the spool
    /// keeps the report with addresses instead of names.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub(crate) captured_at: Option<Location<S>>,
}

/// The place of a panic, or where the program handed an error over. It is known even in a stripped binary. The example of
/// [`Exception`] reads one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location<S = Text> {
    pub(crate) file: S,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// One frame of a stack, innermost first in [`Exception::frames`].
///
/// ```
/// # use crawl4ai_telemetry_core::{App, Event, Level, Privacy, ReportId, Timestamp};
/// use crawl4ai_telemetry_core::{Kind, RawException, RawFrame, Sanitizer};
///
/// # let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
/// let mut raised = RawException::new(Kind::Error, "my_tool::FetchError");
/// let function = Some("my_tool::fetch".to_owned());
/// raised.frames.push(RawFrame { function, line: Some(7), ..RawFrame::default() });
/// event.exceptions.push(raised);
///
/// let report = Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard);
/// let frame = report.culprit().expect("a frame of the program");
/// assert_eq!((frame.function(), frame.line()), (Some("my_tool::fetch"), Some(7)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame<S = Text> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) function: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) module: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    pub(crate) in_app: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<usize>,
}

/// A loaded module that frames' addresses are relative to, so that a server which has the debug information
/// of that build can name the functions of a stripped binary. [`Report::images`] lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image<S = Text> {
    pub(crate) name: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) build_id: Option<S>,
    pub(crate) size: u64,
}

/// An address relative to its image: `0x1f3a0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address(pub(crate) u64);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl std::str::FromStr for Address {
    type Err = crate::ids::ParseError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let digits = s.strip_prefix("0x").filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        digits
            .and_then(|d| u64::from_str_radix(d, 16).ok())
            .map(Self)
            .ok_or(crate::ids::ParseError("an address as 0x and hexadecimal digits"))
    }
}
as_text!(Address);

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Report {
    /// The id, which stays the same until the report is delivered.
    #[must_use]
    pub const fn id(&self) -> ReportId {
        self.0.id
    }

    /// The time of the capture.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.0.time
    }

    /// The severity.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.0.level
    }

    /// Sets the severity once it is known, because it shows only later whether a panic ended the program.
    #[must_use]
    pub fn with_level(mut self, level: Level) -> Self {
        self.0.level = level;
        self
    }

    /// The level of privacy that the content meets.
    #[must_use]
    pub const fn privacy(&self) -> Privacy {
        self.0.privacy
    }

    /// The program's name.
    #[must_use]
    pub fn app_name(&self) -> &str {
        &self.0.app.name
    }

    /// The program's version.
    #[must_use]
    pub fn app_version(&self) -> &str {
        &self.0.app.version
    }

    /// The kind of place the program ran in.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.0.environment
    }

    /// The platform that the program was built for and ran on.
    #[must_use]
    pub const fn platform(&self) -> &Platform {
        &self.0.platform
    }

    /// The hash of the bug, equal on every machine.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    /// The chain, outermost error first.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.0.exceptions
    }

    /// Links of the chain that were left out.
    #[must_use]
    pub const fn exceptions_cut(&self) -> u32 {
        self.0.exceptions_cut
    }

    /// The modules that frames' addresses are relative to.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        &self.0.images
    }

    /// The name of the thread.
    #[must_use]
    pub fn thread(&self) -> Option<&str> {
        self.0.thread.as_deref()
    }

    /// The operations that the error crossed, outermost first.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.0.operations.iter().map(|s| &**s)
    }

    /// The context that the caller attached, cleaned.
    #[must_use]
    pub const fn context(&self) -> &Fields<Text> {
        &self.0.context
    }

    /// The address that the user agreed to send.
    #[must_use]
    pub fn user_email(&self) -> Option<&str> {
        self.0.user_email.as_deref()
    }

    /// The number of redactions, by kind.
    #[must_use]
    pub const fn redactions(&self) -> &Counts {
        &self.0.redactions
    }

    /// Losses since the previous report.
    #[must_use]
    pub const fn losses(&self) -> &Losses {
        &self.0.losses
    }

    /// The innermost frame of the program's own code: the function that failed.
    #[must_use]
    pub fn culprit(&self) -> Option<&Frame> {
        self.0.exceptions.iter().flat_map(|e| &e.frames).find(|f| f.in_app)
    }

    /// The outermost error's text if it has one, else its type.
    #[must_use]
    pub fn failed(&self) -> Option<&str> {
        let first = self.exceptions().first()?;
        Some(first.value().filter(|value| !value.is_empty()).unwrap_or(first.type_name()))
    }
}
