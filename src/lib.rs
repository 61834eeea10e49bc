//! Crash reports people are willing to send.
//!
//! This crate is for programs that people run on their own machines. When such a program crashes, its authors
//! never hear of it, because a crash report carries URLs, tokens, home folders and customers' data. This crate
//! **asks first, cleans first, shows what it sends, loses nothing, and costs nothing until something breaks.**
//!
//! It is not a logger, not a tracer and not a metrics library. It collects nothing while a program works, unless the
//! program declares usage telemetry, which has its own consent.
//!
//! # Start
//!
//! ```no_run
//! fn real_main() -> Result<(), Box<dyn std::error::Error>> {
//!     std::fs::read_to_string("settings.toml")?;
//!     Ok(())
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _telemetry = crawl4ai_telemetry::init();
//!     crawl4ai_telemetry::telemetry_context("main", real_main)
//! }
//! ```
//!
//! | for | there is |
//! |---|---|
//! | a function whose errors are reported | [`#[telemetry]`](macro@telemetry), [`telemetry_context`], [`async_telemetry_context`] |
//! | an error that the program handles itself | [`capture_exception`], [`.capture()`](ResultExt::capture), [`capture_message`] |
//! | the error that ends `main` | [`run`] |
//! | panics | nothing to do |
//! | a name, a folder and a server of the program's own | [`Telemetry::builder`] |
//! | a server of a kind that nobody foresaw | [`TelemetryProvider`] |
//! | servers, and programs that log | [`tower`], [`tracing`] |
//! | how a program is used | [`mod@usage`] |
//! | the user's choice | [`enable`], [`disable`], [`status`], and the same as a command: `crwl telemetry` |
//!
//! # The path of a crash
//!
//! ```text
//! error / panic
//!    │  gate: kill switch, consent, limits          (nothing is allocated when the answer is no)
//!    ▼
//! Event   raw: stays in memory, cannot be serialized
//!    │  sanitize                                    (the only door)
//!    ▼
//! Report  spool: written whole or not at all, before anything is sent
//!    │  a thread of the library                     (started by the first report, never before)
//!    ▼
//! TelemetryProvider   delivered → removed · not now → kept · refused → dropped and counted
//! ```
//!
//! # What is never collected
//!
//! No field of a report holds a host name, user name, IP address, environment variables, arguments, process lists,
//! machine identifiers, request or response data, local variables or absolute paths. Every text of a report has passed
//! every detector of the [sanitizer](sanitize). The detectors find data that has a form, but not a name in a sentence,
//! which has none. At the default [level](Privacy::OwnWords), only texts that are in the program's own files, and the
//! system's own messages, remain after that.
//!
//! # What it promises
//!
//! - **No consent, no report**, except in servers and containers, at the [strict](Privacy::Strict) level. The
//!   [rules](Rule) are one pure function. Nothing is sent if anything cannot be read, parsed or decided. Usage
//!   figures follow the program's declaration until the user decides.
//! - **One way to a report.** Only the [`Sanitizer`] makes a [`Report`]: there is no constructor and no parser for one.
//! - **Nothing is lost.** A captured report is on the disk before anything is sent, and before the [`Guard`] of `main`
//!   is gone. On Unix `std::process::exit` waits for it too. On other systems, call [`flush`] before it.
//! - **Never in the way.** There is no thread, file or socket before there is something to report, except one check
//!   whether an earlier run left something. No global of other code is touched, and the previous panic hook always
//!   runs. Nothing is printed except the question to a user who has not decided, and the notices of servers and
//!   notebooks. There is no panic path, and there is `unsafe` in only one crate: for the end of a process and, if a
//!   program asks for them, for crashes by signal.
//!
//! # What it costs
//!
//! An annotated function that returns `Ok` costs some fifteen instructions and no allocation, a refused capture one
//! atomic load. A capture with its stack takes some microseconds of the caller's thread. A release ends
//! at most 300 ms later than without the library, and only when something is left to send.
//!
//! # Features
//!
//! A feature only adds something. Configuration chooses among the features that are there.
//!
//! | feature | adds | on unless turned off |
//! |---|---|---|
//! | `macros` | [`#[telemetry]`](macro@telemetry) | yes |
//! | `file` | [`FileProvider`]: reports as JSON lines in a local file | yes |
//! | `sentry` | [`SentryProvider`]: Sentry, Bugsink, GlitchTip and other servers with Sentry's protocol | yes |
//! | `otlp` | [`OtlpProvider`]: OpenTelemetry collectors | no |
//! | `issue` | [`IssueLink`]: reports that a person carries to an issue tracker, without a server | no |
//! | `native` | [`native`]: crashes by signal, if the program asks for them | no |
//! | `system-certificates` | [`CaCertificates`]: those that the operating system trusts, as an option | no |
//! | `anyhow` | `anyhow::Error` can be captured, with its backtrace | no |
//! | `eyre` | `eyre::Report` can be captured | no |
//! | `tower` | [`tower`]: a layer for API servers | no |
//! | `tracing` | [`tracing`]: a layer that captures ERROR events | no |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(
        feature = "file",
        feature = "issue",
        feature = "macros",
        feature = "otlp",
        feature = "sentry",
        feature = "tower",
        feature = "tracing"
    )),
    allow(rustdoc::broken_intra_doc_links, reason = "the front page links what every feature adds")
)]

#[doc(hidden)]
pub mod __private;
mod admission;
mod api;
mod capture;
pub mod clock;
pub mod consent;
mod deliver;
mod destination;
mod diagnostics;
mod environment;
mod fork_safe;
mod helper_threads;
mod inspect;
mod integrations;
pub mod printable;
mod store;
mod telemetry;
pub mod usage;
mod words;

pub use consent::config;

// The model, and what the author of a provider needs.
pub use crawl4ai_telemetry_core::{
    App, Context, Environment, Event, Exception, FieldSpec, Fields, Fingerprint, Frame, Image, Kind, Level,
    Location, Loss, Losses, MemoryProvider, NEVER_SENT, Node, NullProvider, ParseError, Payload, Platform,
    Privacy, ProviderError, REPORT_FIELDS, RawException, RawFrame, RawImage, Report, ReportId, SENT_ALONG,
    Sanitizer, SendError, TelemetryProvider, Text, Timestamp, UsageSpan, Value, context, own_words, runtime,
    sanitize, usage_attributes, usage_choice, usage_span,
};

// Setting up.
pub use deliver::ProviderHealth;
pub use deliver::providers::DestinationError;
pub use environment::Env;
pub use store::limits::Limits;
pub use telemetry::{BuildError, Builder, Guard, Outcome, Reason, Telemetry, with_telemetry};

// Capturing.
pub use api::{
    async_telemetry_context, capture_exception, capture_message, flush, init, operation, protect,
    refresh_environment, telemetry_context,
};
// Usage telemetry: the module, and the function of the same name.
pub use api::usage;

pub use api::{FutureExt, ResultExt, run};
pub use capture::error::Capturable;
pub use capture::given::Operation;
pub use capture::operations::OperationGuard;
pub use capture::raised::Raised;

#[cfg(feature = "tower")]
pub use integrations::tower;
#[cfg(feature = "tracing")]
pub use integrations::tracing;

/// Crashes by signal: the handler for [`Builder::native_crashes`].
#[cfg(feature = "native")]
pub use crawl4ai_telemetry_native as native;

pub mod via {
    //! The kinds of errors by which [`Capturable`](crate::Capturable) distinguishes its implementations. The compiler
    //! infers them, so that no program names one.

    pub use crate::capture::capturable::ByContent;
    #[cfg(feature = "anyhow")]
    pub use crate::capture::error::ByAnyhow;
    pub use crate::capture::error::{ByBox, ByDyn, ByError, ByText};
    pub use crate::capture::raised::ByRaised;
    #[cfg(feature = "eyre")]
    pub use crate::integrations::ByEyre;
}

/// Makes a function an operation: an `Err` that leaves it is reported and goes on to the caller unchanged, and
/// panics in it carry its name. The error has to be [`Capturable`].
///
/// ```
/// use crawl4ai_telemetry::telemetry;
///
/// #[telemetry]
/// async fn crawl(url: &str, retries: u32) -> std::io::Result<String> {
///     let html = std::fs::read_to_string(url)?;
///     extract(&html, retries).map_err(std::io::Error::other)
/// }
///
/// #[telemetry(operation = "extract", context(retries), if = |error| !error.is_expected())]
/// fn extract(html: &str, retries: u32) -> Result<String, ExtractError> {
///     html.lines().next().map(str::to_owned).ok_or(ExtractError)
/// }
/// # #[derive(Debug)] struct ExtractError;
/// # impl ExtractError { fn is_expected(&self) -> bool { false } }
/// # impl std::fmt::Display for ExtractError {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("nothing there") }
/// # }
/// # impl std::error::Error for ExtractError {}
/// ```
#[cfg(feature = "macros")]
pub use crawl4ai_telemetry_macros::telemetry;

// The user's choice.
pub use api::{disable, enable, enable_once, status};
pub use consent::UsageRule;
pub use consent::{Consent, Rule};
pub use inspect::{
    Erasure, Preview, PreviewError, Selftest, SelftestOutcome, SelftestPart, SelftestStep, Status, Waiting,
    WaitsFor,
};
pub use store::sent_log::{DeliveryOutcome, SentEntry, SentId, SentLogError};
pub use telemetry::ChoiceStoreError;

// Providers that features add, and the certificates that they trust.
#[cfg(feature = "file")]
pub use crawl4ai_telemetry_file::FileProvider;
#[cfg(any(feature = "otlp", feature = "sentry"))]
pub use crawl4ai_telemetry_http::{CaCertificates, CaCertificatesError, EndpointError, RequestLimits};
#[cfg(feature = "issue")]
#[cfg_attr(docsrs, doc(cfg(feature = "issue")))]
pub use crawl4ai_telemetry_issue::{IssueLink, IssueLinkError, IssueProvider, Tracker};
#[cfg(feature = "otlp")]
pub use crawl4ai_telemetry_otlp::{AddressError, OtlpProvider};
#[cfg(feature = "sentry")]
pub use crawl4ai_telemetry_sentry::{DsnError, SentryProvider};

/// The README's code is compiled with the documentation.
#[cfg(all(doctest, feature = "macros", feature = "file"))]
#[doc = include_str!("../README.md")]
struct Readme;
