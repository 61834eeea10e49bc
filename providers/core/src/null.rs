//! The provider that sends nothing.

use std::borrow::Cow;

use crate::{Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan};

/// The provider that is used when a feature is off, no address is set or a provider could not be initialized.
///
/// It takes everything and sends nothing. The library recognizes it by its name and stores nothing for it.
///
/// ```
/// use crawl4ai_telemetry_core::{NullProvider, TelemetryProvider};
///
/// assert_eq!(NullProvider.name(), NullProvider::NAME);
/// assert!(NullProvider.initialize().is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NullProvider;

impl NullProvider {
    /// The provider's name.
    pub const NAME: &'static str = "none";
}

impl TelemetryProvider for NullProvider {
    fn name(&self) -> &str {
        Self::NAME
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn render(&self, _: &Report) -> Result<Payload, ProviderError> {
        Ok(Payload::new("application/octet-stream", Vec::new()))
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Ok(())
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        Ok(())
    }
}
