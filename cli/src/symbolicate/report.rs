//! A report in one of the two forms that authors have: the library's own, or a server's event.

mod event;
mod own;

use crawl4ai_telemetry::{Privacy, Sanitizer};
use serde_json::Value;

use super::stack::{Stack, StackFrame};

/// The fields of a report that are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) id: String,
    pub(super) time: String,
    pub(super) level: String,
    pub(super) program: String,
    pub(super) version: String,
    pub(super) platform: String,
    pub(super) operations: Vec<String>,
    pub(super) images: Vec<Image>,
    /// Outermost first.
    pub(super) exceptions: Vec<Exception>,
}

/// A module. The addresses of its frames are relative to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) build: Option<String>,
}

/// An error or a panic.
#[derive(Clone, Debug, Default)]
pub(super) struct Exception {
    pub(super) type_name: String,
    pub(super) value: Option<String>,
    pub(super) stack: Stack,
    /// Whether the stack got names. All other exceptions stay as they are in the input.
    pub(super) is_named: bool,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The form that the file provider writes.
    Own,
    /// The form that a server of Sentry's protocol shows.
    Event,
}

impl Form {
    /// `None` for a value that is not a report.
    pub(super) fn of(value: &Value) -> Option<Self> {
        if value.get("schema").is_some_and(Value::is_u64)
            && value.get("exceptions").is_some_and(Value::is_array)
        {
            return Some(Self::Own);
        }
        event::exceptions(value).map(|_| Self::Event)
    }

    pub(super) fn read(self, value: &Value) -> Report {
        match self {
            Self::Own => own::read(value),
            Self::Event => event::read(value),
        }
    }

    /// Writes the names into the report. Everything else stays unchanged.
    pub(super) fn write(self, value: &mut Value, named: &Report) {
        match self {
            Self::Own => own::write(value, named),
            Self::Event => event::write(value, named),
        }
    }

    /// Adds the fingerprint that the program with its names would have reported, so that the reports of all its builds
    /// are grouped together.
    pub(super) fn fingerprint(self, value: &mut Value) {
        if self == Self::Own
            && let Ok(report) =
                Sanitizer::new().restore(value.to_string().as_bytes(), None, Privacy::Standard)
        {
            put(value, "fingerprint_named", Some(report.fingerprint().to_string().into()));
        }
    }
}

impl Report {
    /// The module to which a frame belongs.
    pub(super) fn image(&self, frame: &StackFrame) -> Option<&Image> {
        self.images.get(frame.image?)
    }
}

/// A text; empty if there is none.
fn text(value: &Value, pointer: &str) -> String {
    optional(value, pointer).unwrap_or_default()
}

fn optional(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

fn line(value: &Value, pointer: &str) -> Option<u32> {
    value.pointer(pointer).and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok())
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Reads an address like `0x1f3a0`.
fn address(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// Brings a build id or a debug id into a uniform spelling.
fn build(id: &str) -> Option<String> {
    let id = id.replace('-', "").to_ascii_lowercase();
    (!id.is_empty()).then_some(id)
}

/// Replaces a key of an object, or removes it.
fn put(frame: &mut Value, key: &str, value: Option<Value>) {
    let Some(frame) = frame.as_object_mut() else { return };
    match value {
        Some(value) => drop(frame.insert(key.to_owned(), value)),
        None => drop(frame.remove(key)),
    }
}
