//! The fields of a report that are counted. They are the same for every kind of file, and are not copied.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lists::{First, Last};

/// One report.
#[derive(Clone, Debug)]
pub(super) struct Record<'a> {
    pub(super) program: Cow<'a, str>,
    pub(super) version: Cow<'a, str>,
    pub(super) environment: Cow<'a, str>,
    pub(super) os: Cow<'a, str>,
    pub(super) level: Cow<'a, str>,
    /// The innermost operation.
    pub(super) operation: Option<Cow<'a, str>>,
    /// Hexadecimal digits.
    pub(super) id: Cow<'a, str>,
    pub(super) fingerprint: u64,
    /// Milliseconds since 1970.
    pub(super) time: Option<u64>,
    pub(super) losses: Vec<(Cow<'a, str>, u64)>,
    pub(super) failure: Failed<'a>,
}

/// One span.
#[derive(Clone, Debug)]
pub(super) struct SpanRecord<'a> {
    /// The name of the service. Every span that is handed over has one.
    pub(super) program: Option<Cow<'a, str>>,
    pub(super) version: Option<Cow<'a, str>>,
    pub(super) name: Cow<'a, str>,
    pub(super) id: u64,
    /// When the span began, in milliseconds since 1970.
    pub(super) time: Option<u64>,
    /// How long it lasted; `None` if a time is missing, or if the span ended before it began.
    pub(super) nanos: Option<u64>,
    pub(super) failed: bool,
}

/// The failure. It is only parsed where it is needed, as for the first report of a bug.
#[derive(Clone, Debug)]
pub(super) enum Failed<'a> {
    Unread(&'a RawValue),
    Read(Described),
}

/// An error in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) type_name: String,
    pub(super) message: Option<String>,
    /// The innermost function of the program's own.
    pub(super) function: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) stack: Option<String>,
}

impl Failed<'_> {
    pub(super) fn described(&self) -> Described {
        match self {
            Self::Read(described) => described.clone(),
            Self::Unread(raw) => serde_json::from_str(raw.get()).map(described).unwrap_or_default(),
        }
    }
}

/// A line of the file provider.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    schema: u32,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    level: Cow<'a, str>,
    #[serde(borrow)]
    app: App<'a>,
    #[serde(borrow)]
    environment: Cow<'a, str>,
    #[serde(borrow)]
    platform: Platform<'a>,
    #[serde(borrow)]
    fingerprint: Cow<'a, str>,
    #[serde(borrow, default)]
    fingerprint_named: Option<Cow<'a, str>>,
    #[serde(borrow)]
    exceptions: &'a RawValue,
    #[serde(default)]
    operations: Last<String>,
    #[serde(borrow, default)]
    losses: BTreeMap<Cow<'a, str>, u64>,
}

#[derive(Deserialize)]
struct App<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Platform<'a> {
    #[serde(borrow)]
    os: Cow<'a, str>,
}

/// The newest version of the form that is known.
const SCHEMA: u32 = 1;

impl<'a> Line<'a> {
    /// `None` where the form is newer than this command, or the fingerprint is invalid.
    pub(super) fn into_record(self) -> Option<Record<'a>> {
        let fingerprint = self.fingerprint_named.unwrap_or(self.fingerprint);
        (self.schema <= SCHEMA).then_some(())?;
        Some(Record {
            program: self.app.name,
            version: self.app.version,
            environment: self.environment,
            os: self.platform.os,
            level: self.level,
            operation: self.operations.0.map(Cow::Owned),
            id: self.id,
            fingerprint: digits(&fingerprint)?,
            time: self.time.parse::<crawl4ai_telemetry::Timestamp>().ok().map(|time| time.as_millis()),
            losses: self.losses.into_iter().collect(),
            failure: Failed::Unread(self.exceptions),
        })
    }
}

/// The number of a fingerprint, which has 16 hexadecimal digits.
pub(super) fn digits(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// The most exceptions of a report, and the most frames of each, that are read. The library writes fewer.
const EXCEPTIONS: usize = 64;
const FRAMES: usize = 1024;

#[derive(Deserialize)]
struct Exception<'a> {
    #[serde(borrow, rename = "type")]
    type_name: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    location: Option<Frame<'a>>,
    #[serde(borrow, default)]
    captured_at: Option<Frame<'a>>,
    #[serde(borrow, default)]
    frames: First<Frame<'a>, FRAMES>,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    function: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    file: Option<Cow<'a, str>>,
    #[serde(default)]
    line: Option<u64>,
    #[serde(default)]
    in_app: bool,
}

fn described(First(exceptions): First<Exception<'_>, EXCEPTIONS>) -> Described {
    let Some(first) = exceptions.first() else { return Described::default() };
    let own = first.frames.0.iter().find(|frame| frame.in_app && frame.function.is_some());
    let place = first.location.as_ref().or(own.filter(|frame| frame.file.is_some()));
    let place = place.or(first.captured_at.as_ref());
    let stack = exceptions.iter().flat_map(|exception| &exception.frames.0).filter_map(|frame| {
        let function = frame.function.as_deref()?;
        let place = frame.file.as_deref().map(|file| format!(" ({file}:{})", frame.line.unwrap_or(0)));
        Some(format!("{function}{}", place.unwrap_or_default()))
    });
    let stack: Vec<String> = stack.collect();
    Described {
        type_name: first.type_name.clone().into_owned(),
        message: first.value.clone().map(Cow::into_owned),
        function: own.and_then(|frame| frame.function.clone()).map(Cow::into_owned),
        file: place.and_then(|frame| frame.file.clone()).map(Cow::into_owned),
        line: place.and_then(|frame| frame.line),
        stack: (!stack.is_empty()).then(|| stack.join("\n")),
    }
}
