//! The bytes that are sent.

use std::io;

use crawl4ai_telemetry_core::Report;
use sentry::Envelope;
use sentry::protocol::{EnvelopeHeaders, Uuid};
use serde_json::json;

use crate::event;

/// The media type of an envelope (<https://develop.sentry.dev/sdk/data-model/envelopes/>).
pub(crate) const MEDIA_TYPE: &str = "application/x-sentry-envelope";

/// An envelope with one event; equal reports give equal bytes.
///
/// The header has no `sent_at`. A server takes `sent_at` for the sender's clock and moves the event's time by the
/// difference, but a report may wait for days until it is sent.
pub(crate) fn write(report: &Report) -> io::Result<Vec<u8>> {
    let payload = serde_json::to_vec(&event::write(report)?)?;
    let id = Uuid::from_bytes(report.id().to_bytes());
    let mut bytes = Vec::with_capacity(payload.len().saturating_add(128));
    // The item is written here and not by `Envelope`, whose event has no field for `sdk.settings`.
    Envelope::new().with_headers(EnvelopeHeaders::new().with_event_id(id)).to_writer(&mut bytes)?;
    serde_json::to_writer(&mut bytes, &json!({ "type": "event", "length": payload.len() }))?;
    bytes.push(b'\n');
    bytes.extend(payload);
    bytes.push(b'\n');
    Ok(bytes)
}
