//! What a user can look at: what a report from here would hold, and what waits.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{
    Event, Level, Losses, NullProvider, Payload, Privacy, Report, ReportId, Timestamp, context,
};
use serde::Serialize;

use crate::capture::error::Capturable;
use crate::capture::stack::Stack;
use crate::capture::{Captured, operations};
use crate::consent;
use crate::spool::{Clearance, Name, State};
use crate::telemetry::Telemetry;

/// A report made here and now, of an error that did not happen, and the bytes that would leave.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .build()?;
///
/// let preview = telemetry.preview()?;
/// let text = String::from_utf8(preview.payload.bytes)?;
/// assert!(!text.contains("ada@example.com"), "cleaned like any report");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// Where it would go.
    pub provider: String,
    /// How much it may hold: what holds here, or what would hold after a yes.
    pub privacy: Privacy,
    /// The library's own form of it.
    pub report: Report,
    /// Byte for byte what would be transmitted. Without a provider, the report as JSON.
    #[serde(skip)]
    pub payload: Payload,
}

/// The provider cannot show what it would send; [`Telemetry::preview`] says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: cannot show what it sends: {reason}")]
pub struct PreviewError {
    provider: String,
    reason: String,
}

/// A report in the spool.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .build()?;
///
/// for report in telemetry.waiting() {
///     println!("{} of {} waits for {:?}", report.id, report.time, report.waits_for);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The report's id.
    pub id: ReportId,
    /// When the error happened.
    pub time: Timestamp,
    /// What it waits for.
    pub waits_for: WaitsFor,
}

/// What a report in the spool waits for; part of [`Waiting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WaitsFor {
    /// Its delivery.
    Delivery,
    /// The user's answer. It is not sent without.
    Answer,
    /// The news whether its process survived a panic.
    Process,
}

/// The error of a preview: it holds what errors hold that nobody should see.
#[derive(Debug)]
struct NothingHappened(std::io::Error);

impl fmt::Display for NothingHappened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("preview: cannot fetch https://user:secret@example.com/page?id=7 for ada@example.com")
    }
}

impl Error for NothingHappened {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl Telemetry {
    /// Makes a report of an error that did not happen. Nothing is stored, and nothing is sent.
    ///
    /// # Errors
    /// When the provider cannot render it.
    pub fn preview(&self) -> Result<Preview, PreviewError> {
        let desk = &self.inner.desk;
        let (stored, decision) = desk.gate.decide();
        let decision = if decision.allowed { decision } else { desk.gate.agreed(decision) };
        let privacy = if decision.allowed { decision.privacy } else { desk.gate.privacy_if_agreed() };

        let error = NothingHappened(std::io::Error::other("connection refused by 192.0.2.7:443"));
        let chain = error.chain();
        let mut event = Event::new(desk.new_id(), desk.clock.now(), Level::Error);
        event.environment = desk.gate.surroundings().environment;
        event.exceptions = chain.exceptions;
        event.thread = std::thread::current().name().map(str::to_owned);
        event.operations = operations::current();
        event.context = context! { "retries" => 3, "url" => "https://example.com", "api_key" => "k" };
        event.email = decision.email(desk.gate.env(), &stored).map(str::to_owned);
        event.losses = Losses::default();
        let event = Captured { event, stack: Stack::here() }.resolve();
        let report = desk.sanitizer().report(self.app(), event, privacy);

        let provider = desk.provider.name().to_owned();
        let failed = |reason: String| PreviewError { provider: provider.clone(), reason };
        let payload = if provider == NullProvider::NAME {
            let bytes = serde_json::to_vec(&report).map_err(|error| failed(error.to_string()))?;
            Payload::new("application/json", bytes)
        } else {
            catch_unwind(AssertUnwindSafe(|| desk.provider.render(&report)))
                .map_err(|_| failed("it panicked".to_owned()))?
                .map_err(|error| failed(error.to_string()))?
        };
        Ok(Preview { provider, privacy, report, payload })
    }

    /// What whoever decides is told, in lines of 78 columns: what a report holds, what is taken out of it, where it goes,
    /// how to take a yes back, and the [privacy notice](crawl4ai_telemetry_core::App::privacy_notice).
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .provider(MemoryProvider::default())
    ///     .config_folder(folder.path())
    ///     .build()?;
    /// let terms = telemetry.terms();
    /// assert!(terms.contains("Goes to the memory of this process. Take it back later with"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn terms(&self) -> String {
        let (app, mut lines) = (self.app(), String::new());
        for paragraph in consent::told(app, &self.inner.desk.destination(), &consent::way_out(app)) {
            consent::wrap(&paragraph, &mut lines);
        }
        lines
    }

    /// What waits in the spool, oldest first.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        let Some(spool) = &self.inner.desk.spool else { return Vec::new() };
        let waits_for = |name: &Name| match (name.clearance, name.state) {
            (Clearance::Awaited, _) => WaitsFor::Answer,
            (Clearance::Rules | Clearance::Agreed, State::Unsettled) if spool.is_held(name) => {
                WaitsFor::Process
            }
            (Clearance::Rules | Clearance::Agreed, State::Ready | State::Fatal | State::Unsettled) => {
                WaitsFor::Delivery
            }
        };
        let names = spool.list().into_iter();
        names.map(|name| Waiting { id: name.id, time: name.time, waits_for: waits_for(&name) }).collect()
    }

    /// The user looked at a report that waits for their answer, and says yes to it: it is delivered like any other,
    /// unless they say no before. Stores no consent. False when none of that id waits for an answer.
    pub fn agree_to(&self, id: ReportId) -> bool {
        self.inner.desk.agree_to(id)
    }

    /// Exactly the bytes that would leave of a report that waits; `None` when none of that id does, or it is damaged.
    #[must_use]
    pub fn waiting_bytes(&self, id: ReportId) -> Option<Payload> {
        let desk = &self.inner.desk;
        let name = desk.spool.as_ref()?.list().into_iter().find(|name| name.id == id)?;
        desk.render_waiting(&name)
    }
}
