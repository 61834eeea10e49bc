//! The contract of providers, which deliver reports.

use std::borrow::Cow;
use std::time::Duration;

use crate::{Payload, ProviderError, Report, SendError, UsageSpan};

/// A place that reports go to. Only [`name`](Self::name) and [`send_exception`](Self::send_exception) are required. The
/// default of every other method suits a provider that sends each report as JSON at once.
///
/// ```
/// use std::io::{self, Write};
/// use crawl4ai_telemetry_core::{Report, SendError, TelemetryProvider};
///
/// /// A line of JSON on standard output for each report.
/// struct Lines;
///
/// impl TelemetryProvider for Lines {
///     fn name(&self) -> &str {
///         "lines"
///     }
///     fn send_exception(&self, report: &Report) -> Result<(), SendError> {
///         let payload = self.render(report)?;
///         writeln!(io::stdout(), "{}", payload.to_text_lossy()).map_err(SendError::retry)
///     }
/// }
/// ```
///
/// # When each method is called
///
/// | method | when | how long it may take |
/// |---|---|---|
/// | [`name`](Self::name), [`destination`](Self::destination), [`by_hand`](Self::by_hand) | once, when telemetry is
/// built, on the thread that builds it | at once |
/// | [`initialize`](Self::initialize) | once in a process, before the first delivery | seconds |
/// | [`render`](Self::render) | for each report that is sent or shown | milliseconds |
/// | [`send_exception`](Self::send_exception), [`send_event`](Self::send_event) | for each report or usage span | 15
/// seconds, then other processes may deliver instead |
/// | [`flush`](Self::flush) | after the deliveries that a `flush` of the program, or its end, waits for | its `timeout`
/// |
/// | [`shutdown`](Self::shutdown) | once, at the end, after the last delivery | its `timeout` |
/// | [`discard`](Self::discard) | when the user says no | milliseconds |
///
/// `render` may also be called at any time on a thread of the program that shows a report. All other methods below the
/// first row are called from threads of the library only, and one at a time. A panic is caught. A panic in a delivery
/// ends sending for this run, and `status` says so. A program that is killed, or that has no time left, ends without
/// `flush` and `shutdown`, so deliver what must not be lost in `send_exception`.
///
/// A provider may be slow, but must be honest: `Ok` means that the receiver has taken the report.
pub trait TelemetryProvider: Send + Sync {
    /// A short lower-case name for `status` and the log of what was sent, for example `sentry`: 1 to 16 letters,
    /// digits, `-` or `_`. It does not change.
    fn name(&self) -> &str;

    /// Delivers one report and returns when the receiver has answered. A report that is sent again has the same
    /// [id](Report::id).
    ///
    /// # Errors
    /// The variant of [`SendError`] decides whether the report is tried again, kept until the next run, or dropped.
    fn send_exception(&self, report: &Report) -> Result<(), SendError>;

    /// The place that reports go to, for people: the host of a server, `the file reports.jsonl`. The question to the
    /// user and `status` show it, so it must hold no key and no user name. It does not change.
    ///
    /// Default: the [name](Self::name).
    fn destination(&self) -> Cow<'_, str> {
        self.name().into()
    }

    /// Does a person pass each report on, from a page that is opened for them or a file that is written for them? Such
    /// a delivery is visible on the person's screen, so the user is asked about every single report: no stored answer
    /// and no variable counts as a yes, and nobody is asked in a pipe, in a build or in a server. No e-mail address is
    /// asked for or sent, because others may read the report that the person passes on. The answer of this method does
    /// not change.
    ///
    /// Default: no.
    fn by_hand(&self) -> bool {
        false
    }

    /// Prepares the provider for its first delivery.
    ///
    /// Default: nothing to prepare.
    ///
    /// # Errors
    /// When the provider cannot work. Nothing is then sent in this run, reports are kept, and `status` shows the
    /// reason.
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Returns exactly the bytes that [`send_exception`](Self::send_exception) transmits for this report. Each call
    /// returns the same bytes, because `preview` shows them before anything is sent, and the log of sent reports keeps
    /// them.
    ///
    /// Default: the report [as JSON](Payload::json). A provider that sends anything else overrides it.
    ///
    /// # Errors
    /// When the report has no form that the provider can send.
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        Payload::json(report)
            .map_err(|error| ProviderError::new(self.name().to_owned(), "write the report as JSON", error))
    }

    /// Delivers one usage span, or adds it to a batch that [`flush`](Self::flush) delivers.
    ///
    /// Default: refuses the span, because a provider that does nothing with a span must not claim that it was
    /// delivered.
    ///
    /// # Errors
    /// Those of [`send_exception`](Self::send_exception).
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        let _ = span;
        Err(SendError::rejected(format_args!("the provider {} takes no usage spans", self.name())))
    }

    /// Delivers the spans and reports that are held back, within `timeout`. When the time is over, it returns and keeps
    /// the rest.
    ///
    /// Default: nothing is held back.
    ///
    /// # Errors
    /// When something is still held back.
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        let _ = timeout;
        Ok(())
    }

    /// Ends the provider within `timeout`: delivers what is held back and closes open connections and files. It is the
    /// last call.
    ///
    /// Default: nothing is open.
    ///
    /// # Errors
    /// When something is still held back.
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        let _ = timeout;
        Ok(())
    }

    /// Drops what is held back. The library calls it when the user has said no, because a later yes does not cover
    /// anything recorded before it. A provider that wraps another passes the call on.
    ///
    /// Default: nothing is held back.
    fn discard(&self) {}
}

#[cfg(test)]
mod tests;
