//! A provider behind a pointer is a provider. Generated, and without a wildcard: a method added to the trait
//! that is forgotten here does not compile; the one that has a body in the trait has a test below.

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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::NullProvider;

    #[derive(Default)]
    struct Counts(AtomicU32);

    impl TelemetryProvider for Counts {
        fn name(&self) -> &str {
            "counts"
        }
        fn destination(&self) -> Cow<'_, str> {
            "nowhere".into()
        }
        fn initialize(&self) -> Result<(), ProviderError> {
            NullProvider.initialize()
        }
        fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
            NullProvider.render(report)
        }
        fn send_exception(&self, report: &Report) -> Result<(), SendError> {
            NullProvider.send_exception(report)
        }
        fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
            NullProvider.send_event(span)
        }
        fn flush(&self, timeout: Duration) -> Result<(), SendError> {
            NullProvider.flush(timeout)
        }
        fn discard(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
            NullProvider.shutdown(timeout)
        }
    }

    #[test]
    fn what_is_to_be_forgotten_is_forgotten_behind_every_pointer() {
        fn discard(pointer: impl TelemetryProvider) {
            pointer.discard();
        }
        let counts = Arc::new(Counts::default());
        discard(&*counts);
        discard(Arc::clone(&counts));
        discard(Arc::clone(&counts) as Arc<dyn TelemetryProvider>);
        discard(Box::new(Arc::clone(&counts)));
        assert_eq!(counts.0.load(Ordering::Relaxed), 4);
    }
}
