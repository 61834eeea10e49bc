//! The model, the sanitizer and the provider contract of `crawl4ai-telemetry`.
//!
//! Use this crate to write a [`TelemetryProvider`]; programs use `crawl4ai-telemetry`, which is built on this crate.
//! Nothing in here opens a file, a socket or a thread, or reads the environment: this crate holds values and turns raw
//! ones into clean ones.
//!
//! # From raw to clean
//!
//! An [`Event`] is raw: it stays in memory and cannot be serialized. A [`Report`] is clean: only the [`Sanitizer`] can
//! make one. Both types are in one crate, because only within one crate can the compiler promise that nothing
//! unsanitized reaches a provider.
//!
//! There is no constructor for a report:
//!
//! ```compile_fail,E0423
//! let report = crawl4ai_telemetry_core::Report();
//! ```
//!
//! Nor can a report be read from a text:
//!
//! ```compile_fail,E0277
//! let report: crawl4ai_telemetry_core::Report = serde_json::from_str("{}").unwrap();
//! ```
//!
//! An event cannot be serialized:
//!
//! ```compile_fail,E0277
//! fn leak(event: &crawl4ai_telemetry_core::Event) -> String {
//!     serde_json::to_string(event).unwrap()
//! }
//! ```

mod app;
mod event;
mod fingerprint;
mod forward;
mod ids;
mod losses;
mod memory;
mod null;
pub mod own_words;
mod payload;
mod platform;
pub mod printable;
mod provider;
mod provider_errors;
mod report;
mod runtime;
pub mod sanitize;
pub mod usage;
mod value;

pub use app::App;
pub use event::{Event, RawException, RawFrame, RawImage};
pub use fingerprint::Fingerprint;
pub use ids::{Environment, Level, ParseError, Privacy, ReportId, Timestamp};
pub use losses::{Loss, Losses};
pub use memory::MemoryProvider;
pub use null::NullProvider;
pub use payload::Payload;
pub use platform::{Platform, os_version};
pub use provider::TelemetryProvider;
pub use provider_errors::{ProviderError, SendError};
pub use report::{ALONG as SENT_ALONG, FIELDS as REPORT_FIELDS, FieldSpec, NEVER as NEVER_SENT};
pub use report::{Exception, Frame, Image, Kind, Location, Report};
pub use runtime::runtime;
pub use sanitize::{Sanitizer, Text};
pub use usage::UsageSpan;
pub use value::{Context, Fields, Node, Value};

#[doc(hidden)]
pub mod __private {
    //! Items for the expansion of `context!` and for the library. Not a part of the public interface.
    pub use crate::fingerprint::{checksum, innermost_own};
    pub use crate::platform::COMPILER;
    pub use crate::sanitize::frames::source_file;
    pub use crate::value::{Context, Value};
}
