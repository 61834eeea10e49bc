//! A layer for `tracing-subscriber` that captures ERROR events.
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! let subscriber = tracing_subscriber::registry().with(crawl4ai_telemetry::tracing::TelemetryLayer::new());
//! # drop(subscriber);
//! ```
//!
//! An event that records an error as an error, `tracing::error!(error = &e as &dyn Error, "cannot fetch")`, is captured
//! as that error, with its chain. Any other event is captured as a text. The event's fields are the report's context,
//! cleaned like any context. The names of its spans are operations, after the operations that are open. The fields of
//! spans are not read.
//!
//! # One failure, one report
//!
//! Most programs log an error and return it too. If the message or a field of an event holds the text of an error that
//! leaves the same `#[telemetry]` function, there is one report, of the event or the error, whichever came first. There
//! is also one report if the event comes right after the error has left, or after a panic that was caught. An event of
//! tower-http's `TraceLayer` about a failed response is reported only if nothing else was. It is never reported inside
//! [`tower::TelemetryLayer`](crate::tower::TelemetryLayer), which reports such responses itself.
//!
//! Events of the library's own threads are not captured. Nor are events that are caused by formatting an error.

use std::error::Error;
use std::fmt;

use crawl4ai_telemetry_core::{Context, Level, Value};
use tracing_core::field::{Field, Visit};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Scope;
use tracing_subscriber::registry::LookupSpan;

use crate::api::operation_reporting;
use crate::capture::duplicates::CaptureMode;
use crate::capture::error::{Chain, display};
use crate::capture::operations;
use crate::telemetry::global;

/// Captures ERROR events.
///
/// ```
/// use crawl4ai_telemetry::tracing::TelemetryLayer;
/// use tracing_subscriber::prelude::*;
///
/// let subscriber = tracing_subscriber::registry().with(TelemetryLayer::new());
/// # drop(subscriber);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TelemetryLayer(());

impl TelemetryLayer {
    /// Makes a layer. It looks for the installed telemetry at each event.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for TelemetryLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_event(&self, event: &Event<'_>, scope: Scope<'_, S>) {
        if *event.metadata().level() != tracing_core::Level::ERROR || !global::is_reachable() {
            return;
        }
        let open = operations::names();
        let spans = scope.event_scope(event).into_iter().flat_map(|spans| spans.from_root());
        // Names that are open already are left out, because a function may be annotated both for `tracing` and for
        // telemetry.
        let spans: Vec<&'static str> =
            spans.map(|span| span.name()).filter(|name| !open.contains(name)).collect();
        let _spans = operations::carry(&spans);
        let asked = if says_that_an_answer_failed(event) {
            if super::is_serving() {
                return;
            }
            CaptureMode::AnswerFailed
        } else {
            CaptureMode::Logged
        };
        // The result is ignored, because the event is passed on to the other layers.
        let _ = operation_reporting::capture(asked, Level::Error, None, || {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let (mut chain, context) = fields.into_chain();
            let place = event.metadata().file().zip(event.metadata().line());
            chain.place = place.map(|(file, line)| (file.into(), line));
            (chain, context)
        });
    }
}

/// Is this tower-http's event about a failed status or a broken stream? Such an event does not hold the error itself.
fn says_that_an_answer_failed(event: &Event<'_>) -> bool {
    event.metadata().target().starts_with("tower_http::trace::")
}

/// Maximum number of texts of an event that are compared with errors. Few events have as many fields.
const COMPARED: usize = 8;

/// The fields of an event.
#[derive(Default)]
struct Fields {
    error: Option<Chain<'static>>,
    message: Option<String>,
    context: Context,
    texts: Vec<String>,
}

impl Fields {
    /// Returns the error if there is one, with the message in its context, and the message otherwise.
    fn into_chain(mut self) -> (Chain<'static>, Context) {
        let chain = match (self.error, self.message) {
            (Some(error), message) => {
                if let Some(message) = message {
                    self.context.insert("message", message);
                }
                error
            }
            (None, message) => {
                let mut chain = Chain::named("error event", &message.unwrap_or_default());
                chain.record = self.texts;
                chain
            }
        };
        (chain, self.context)
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.context.insert(field.name(), value);
    }

    fn put_text(&mut self, field: &Field, text: String) {
        if self.texts.len() < COMPARED {
            self.texts.push(text.clone());
        }
        if field.name() == "message" {
            self.message = Some(text);
        } else {
            self.put(field, text);
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, display(&value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        if self.error.is_none() {
            let mut chain = Chain::of_dyn(value);
            chain.ignored = global::current().is_some_and(|telemetry| telemetry.ignores(&chain));
            self.error = Some(chain.into_texts());
        } else {
            self.put(field, display(&value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, display(&format_args!("{value:?}")));
    }
}
