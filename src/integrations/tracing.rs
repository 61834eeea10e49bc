//! A layer for `tracing-subscriber` that captures ERROR events.
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! let subscriber = tracing_subscriber::registry().with(crawl4ai_telemetry::tracing::TelemetryLayer::new());
//! # drop(subscriber);
//! ```
//!
//! An event that records an error as an error, `tracing::error!(error = &e as &dyn Error, "cannot fetch")`, is
//! that error, with its chain: when the same error then leaves a `#[telemetry]` function, there is one report.
//! Any other event is a text. Its fields are the report's context, cleaned like any context; the names of the
//! spans that it happened in are operations, behind those that are open. The fields of spans are not read.
//!
//! Events of the library's own threads, and those that formatting an error gives rise to, are not captured.

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
    /// The layer. It finds the telemetry that is installed when an event comes.
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
        // A function may be annotated for both.
        let spans: Vec<&'static str> =
            spans.map(|span| span.name()).filter(|name| !open.contains(name)).collect();
        let _spans = operations::carry(&spans);
        // The outcome concerns nobody here: the event goes on to the other layers.
        let _ = operation_reporting::capture(CaptureMode::Observed, Level::Error, None, || {
            let mut fields = Fields::default();
            event.record(&mut fields);
            fields.into_chain()
        });
    }
}

/// What an event says.
#[derive(Default)]
struct Fields {
    error: Option<Chain<'static>>,
    message: Option<String>,
    context: Context,
}

impl Fields {
    /// The error if there is one, with the message beside it; else the message.
    fn into_chain(mut self) -> (Chain<'static>, Context) {
        let chain = match (self.error, self.message) {
            (Some(error), message) => {
                if let Some(message) = message {
                    self.context.insert("message", message);
                }
                error
            }
            (None, message) => Chain::named("error event", &message.unwrap_or_default()),
        };
        (chain, self.context)
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.context.insert(field.name(), value);
    }

    fn put_text(&mut self, field: &Field, text: String) {
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
            self.error = Some(Chain::of_dyn(value));
        } else {
            self.put(field, display(&value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, display(&format_args!("{value:?}")));
    }
}
