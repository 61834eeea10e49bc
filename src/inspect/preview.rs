//! The preview: a report as it would be made now, and the bytes that would leave.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{Context, Event, Level, Payload, Privacy, Report, context};
use serde::Serialize;

use crate::capture::Captured;
use crate::capture::error::{Capturable, Chain};
use crate::deliver::Pipeline;

/// A report of an error that did not happen, made now, and the bytes that would leave.
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
    /// The provider to which the report would go.
    pub provider: String,
    /// How much the report may hold: the level in force now, or the level after a yes.
    pub privacy: Privacy,
    /// The report in the library's own form.
    pub report: Report,
    /// The bytes that would be transmitted; the report as JSON if there is no provider.
    #[serde(skip)]
    pub payload: Payload,
}

/// The provider cannot show what it would send; an error of [`Telemetry::preview`](crate::Telemetry::preview).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: cannot show what it sends: {reason}")]
pub struct PreviewError {
    provider: String,
    reason: String,
}

/// The error of a preview. Its text holds private data, as texts of real errors do.
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

/// Makes a report of an error that did not happen. Nothing is stored, and nothing is sent.
///
/// # Errors
/// When the provider cannot render the report.
pub(crate) fn preview(pipeline: &Pipeline) -> Result<Preview, PreviewError> {
    let error = NothingHappened(std::io::Error::other("connection refused by 192.0.2.7:443"));
    let context = context! { "retries" => 3, "url" => "https://example.com", "api_key" => "k" };
    preview_of(pipeline, error.chain(), context)
}

/// Like [`preview`], with an error of the program's own.
///
/// # Errors
/// When the provider cannot render the report.
pub(crate) fn preview_of(
    pipeline: &Pipeline,
    chain: Chain<'_>,
    context: Context,
) -> Result<Preview, PreviewError> {
    let (stored, decision) = pipeline.policy.admission.decide();
    let decision = if decision.allowed { decision } else { decision.agreed() };
    let privacy =
        if decision.allowed { decision.privacy } else { pipeline.policy.admission.privacy_if_agreed() };

    let event = Event::new(pipeline.new_id(), pipeline.clock.now(), Level::Error);
    let mut event = Captured::here(event, chain, context, None).resolve();
    pipeline.policy.admission.note_environment(&mut event, &decision);
    event.email = decision.email(pipeline.policy.admission.env(), &stored).map(str::to_owned);
    let report = pipeline.sanitizer().report(pipeline.policy.admission.app(), event, privacy);

    let provider = pipeline.sender.name().to_owned();
    let failed = |reason: String| PreviewError { provider: provider.clone(), reason };
    let payload = match &pipeline.sender.provider {
        None => {
            let bytes = serde_json::to_vec(&report).map_err(|error| failed(error.to_string()))?;
            Payload::new("application/json", bytes)
        }
        Some(provider) => catch_unwind(AssertUnwindSafe(|| provider.render(&report)))
            .map_err(|_| failed("it panicked".to_owned()))?
            .map_err(|error| failed(error.to_string()))?,
    };
    Ok(Preview { provider, privacy, report, payload })
}
