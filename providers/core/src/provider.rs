//! The contract of providers, which deliver reports.

use std::borrow::Cow;
use std::time::Duration;

use crate::{Payload, ProviderError, Report, SendError, UsageSpan};

/// A place that reports go to. Only [`name`](Self::name) and [`send_exception`](Self::send_exception) are required;
/// every other method has a default, which is true of a provider that sends each report as JSON at once.
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
/// | [`name`](Self::name), [`destination`](Self::destination), [`by_hand`](Self::by_hand) | once, when telemetry is built, on the thread that builds it | at once |
/// | [`initialize`](Self::initialize) | once in a process, before the first delivery | seconds |
/// | [`render`](Self::render) | for each report that is sent or shown | milliseconds |
/// | [`send_exception`](Self::send_exception), [`send_event`](Self::send_event) | for each report or usage span | 15 seconds, then other processes may deliver instead |
/// | [`flush`](Self::flush) | after the deliveries that a `flush` of the program, or its end, waits for | its `timeout` |
/// | [`shutdown`](Self::shutdown) | once, at the end, after the last delivery | its `timeout` |
/// | [`discard`](Self::discard) | when the user says no | milliseconds |
///
/// `render` may also be called on a thread of the program that shows a report, at any time. All other methods below the
/// first row are called from threads of the library only, and one at a time. A panic is caught. A panic in a delivery
/// ends sending for this run, and `status` says so. A program that is killed, or whose time is over, ends without
/// `flush` and `shutdown`, so deliver in `send_exception` what must not be lost.
///
/// A provider may be slow, but must be honest: `Ok` means that the other side has taken the report.
pub trait TelemetryProvider: Send + Sync {
    /// A short lower-case name for `status` and the log of what was sent, for example `sentry`: 1 to 16 letters,
    /// digits, `-` or `_`. It does not change.
    fn name(&self) -> &str;

    /// Delivers one report and returns when the other side has answered. A report that is sent again has the same
    /// [id](Report::id).
    ///
    /// # Errors
    /// [`SendError`] says what happens to the report: it is tried again, kept until the next run, or dropped.
    fn send_exception(&self, report: &Report) -> Result<(), SendError>;

    /// The place that reports go to, for people: the host of a server, `the file reports.jsonl`. The question to the
    /// user and `status` show it, so it holds no key and no user name. It does not change.
    ///
    /// Default: the [name](Self::name).
    fn destination(&self) -> Cow<'_, str> {
        self.name().into()
    }

    /// Does a person pass each report on, from a page that is opened for them or a file that is written for them? A
    /// delivery is then visible on their screen, so every report is asked about by itself: no stored answer and no
    /// variable counts as a yes, and nobody is asked in a pipe, in a build or in a server. No e-mail address is asked
    /// for or sent, because others may read what they pass on. It does not change.
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

    /// Exactly the bytes that [`send_exception`](Self::send_exception) transmits for this report, equal at each call,
    /// because `preview` shows them before anything is sent, and the log of what was sent keeps them.
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
    /// Default: refuses it, because a provider that does nothing with it must not say that it was delivered.
    ///
    /// # Errors
    /// Those of [`send_exception`](Self::send_exception).
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        let _ = span;
        Err(SendError::rejected(format_args!("the provider {} takes no usage spans", self.name())))
    }

    /// Delivers what is held back, within `timeout`. When the time is over it returns, and the rest stays held back.
    ///
    /// Default: nothing is held back.
    ///
    /// # Errors
    /// When something is still held back.
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        let _ = timeout;
        Ok(())
    }

    /// Ends the provider within `timeout`: delivers what is held back and closes what is open. It is the last call.
    ///
    /// Default: nothing is open.
    ///
    /// # Errors
    /// When something is still held back.
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        let _ = timeout;
        Ok(())
    }

    /// Drops what is held back, because the user has said no, and a later yes does not count for what was recorded
    /// before it. A provider that wraps another passes this on.
    ///
    /// Default: nothing is held back.
    fn discard(&self) {}
}

#[cfg(test)]
mod tests;
