//! Implements the provider trait for pointers to providers. Most methods have a default, so a missing forwarder still
//! compiles; `provider/tests.rs` reads the trait's source and fails if a pointer does not forward one of its methods.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::{Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan};

macro_rules! forward {
    ($($pointer:ty),+) => {$(
        impl<P: TelemetryProvider + ?Sized> TelemetryProvider for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }
            fn destination(&self) -> Cow<'_, str> {
                (**self).destination()
            }
            fn by_hand(&self) -> bool {
                (**self).by_hand()
            }
            fn initialize(&self) -> Result<(), ProviderError> {
                (**self).initialize()
            }
            fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
                (**self).render(report)
            }
            fn send_exception(&self, report: &Report) -> Result<(), SendError> {
                (**self).send_exception(report)
            }
            fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
                (**self).send_event(span)
            }
            fn flush(&self, timeout: Duration) -> Result<(), SendError> {
                (**self).flush(timeout)
            }
            fn discard(&self) {
                (**self).discard();
            }
            fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
                (**self).shutdown(timeout)
            }
        }
    )+};
}

forward!(&P, Box<P>, Arc<P>);
