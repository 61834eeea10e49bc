//! An entry of the sent log. It describes one delivery.

use crawl4ai_telemetry_core::sanitize::Counts;
use crawl4ai_telemetry_core::{Payload, Report, ReportId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// How a delivery ended; part of an [`SentEntry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The destination accepted the report.
    Delivered,
    /// The destination refused the report for good.
    Refused,
}

/// Maximum length of `failed`, in characters.
const FAILED: usize = 200;

/// The provider whose reports a person carries. The name is repeated here, because entries are read even if the program
/// does not include that provider.
const BY_HAND: &str = "issue";

/// One delivery.
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
/// for sent in telemetry.sent() {
///     println!("{}: {} to {}, {} bytes, {:?}", sent.sent_at, sent.error, sent.provider, sent.bytes, sent.outcome);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentEntry {
    /// The report's id.
    pub id: ReportId,
    /// When the error happened.
    pub time: Timestamp,
    /// When the report left.
    pub sent_at: Timestamp,
    /// The name of the provider that it went to.
    pub provider: String,
    /// How the delivery ended.
    #[serde(rename = "fate")]
    pub outcome: DeliveryOutcome,
    /// The type of the outermost error.
    pub error: String,
    /// The function that failed, where it is known.
    pub culprit: Option<String>,
    /// What failed, in the words of the report, cut to 200 characters. Empty in entries of earlier versions.
    #[serde(default)]
    pub failed: String,
    /// How often each kind of data was taken out of the report. Empty in entries of earlier versions.
    #[serde(default, deserialize_with = "known")]
    pub redactions: Counts,
    /// The media type of the bytes that left.
    pub media_type: String,
    /// The number of bytes that left.
    pub bytes: usize,
}

impl SentEntry {
    /// Was the report handed to the user, who [reports it themselves](crate::Builder::issue_link)? A page was opened or
    /// a file written; only the user knows whether the report was passed on.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.provider == BY_HAND
    }

    pub(super) fn of(
        report: &Report,
        payload: &Payload,
        provider: &str,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Self {
        Self {
            id: report.id(),
            time: report.time(),
            sent_at: now,
            provider: provider.to_owned(),
            outcome,
            error: report.exceptions().first().map(|e| e.type_name().to_owned()).unwrap_or_default(),
            culprit: report.culprit().and_then(|frame| frame.function()).map(str::to_owned),
            failed: cut(report.failed().unwrap_or_default()),
            redactions: report.redactions().clone(),
            media_type: payload.media_type.to_owned(),
            bytes: payload.bytes.len(),
        }
    }
}

fn cut(text: &str) -> String {
    let mut kept: String = text.chars().take(FAILED).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

/// Counts with kinds of a later version are read as empty, so that the entry itself can still be read.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Counts, D::Error> {
    let counts = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(counts).unwrap_or_default())
}
