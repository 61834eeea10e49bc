//! The provider that a program chose, with its name, destination and health.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{
    NullProvider, Payload, ProviderError, Report, ReportId, SendError, TelemetryProvider,
};

use super::provider_health::{Health, ProviderHealth};
use super::unusable::DestinationError;
use crate::destination;
use crate::printable;

/// Where reports or usage spans go.
///
/// The provider's name and destination are read once, on the thread that builds the telemetry, so that the panic hook
/// runs no code of the provider: a `name` that panics inside the hook would abort the process.
pub(crate) struct Sender {
    /// `None` if there is no provider to send to.
    pub(crate) provider: Option<Arc<dyn TelemetryProvider>>,
    name: String,
    destination: String,
    /// Does a person carry each report to its destination?
    pub(crate) by_hand: bool,
    pub(crate) chosen: Chosen,
    pub(crate) health: Health,
    /// Deletes reports that the provider wrote; `None` if that is not possible.
    pub(crate) eraser: Option<Eraser>,
    /// True from `initialize` to `shutdown`.
    initialized: AtomicBool,
}

/// The outcome of the choice between the program's destination and the user's.
#[derive(Default)]
pub(crate) struct Chosen {
    /// True if the user set a DSN that is ignored because the program chose its own provider.
    pub(crate) ignores_user_dsn: bool,
    /// Why nothing can be sent although a destination was chosen.
    pub(crate) unusable: Option<DestinationError>,
}

/// Deletes the reports with these ids from the file that the provider wrote, and returns the result.
pub(crate) type Eraser = Arc<dyn Fn(&[ReportId]) -> Result<Erased, ProviderError> + Send + Sync>;

/// The number of reports that were deleted, and the numbers of the lines that could not be read.
#[derive(Default)]
pub(crate) struct Erased {
    pub(crate) reports: usize,
    /// Unreadable lines that name one of the reports.
    pub(crate) torn_lines: Vec<u64>,
    /// Other unreadable lines.
    pub(crate) unreadable_lines: Vec<u64>,
    /// How many more unreadable lines there are.
    pub(crate) unlisted_lines: u64,
}

/// The name of a provider whose `name` panicked.
const UNNAMED: &str = "unnamed";

impl Sender {
    /// Reads the provider's name and destination, and whether a person carries its reports. A provider that is called
    /// [`NullProvider::NAME`] counts as no provider.
    pub(crate) fn new(provider: Arc<dyn TelemetryProvider>, ignores_user_dsn: bool) -> Self {
        let name = read(|| provider.name().to_owned()).unwrap_or_else(|| UNNAMED.to_owned());
        let destination = read(|| provider.destination().into_owned()).unwrap_or_else(|| name.clone());
        // If `by_hand` panics, a person counts as the carrier, so that nothing is opened without a question.
        let by_hand = catch_unwind(AssertUnwindSafe(|| provider.by_hand())).unwrap_or(true);
        let provider = (name != NullProvider::NAME).then_some(provider);
        Self {
            provider,
            name,
            destination,
            by_hand,
            chosen: Chosen { ignores_user_dsn, unusable: None },
            health: Health::default(),
            eraser: None,
            initialized: AtomicBool::new(false),
        }
    }

    /// Sets the function that deletes reports that the provider wrote.
    pub(crate) fn with_eraser(self, eraser: Option<Eraser>) -> Self {
        Self { eraser, ..self }
    }

    /// Sets the reason why nothing can be sent.
    pub(crate) fn because(mut self, unusable: Option<DestinationError>) -> Self {
        self.chosen.unusable = unusable;
        self
    }

    /// Calls the provider, and initializes it before the first call. A panic, and an initialization that fails, are
    /// returned as [`SendError::Halt`]. `now` is on the clock's monotonic scale.
    pub(crate) fn call<T>(
        &self,
        now: Duration,
        call: impl FnOnce(&dyn TelemetryProvider) -> Result<T, SendError>,
    ) -> Result<T, SendError> {
        let halt = |reason: &str| Err(SendError::halt(reason));
        let Some(provider) = &self.provider else { return halt("there is nowhere to send to") };
        if !self.initialized.load(Ordering::Relaxed) {
            match self.health.call(now, || provider.initialize()) {
                Some(Ok(())) => self.initialized.store(true, Ordering::Relaxed),
                Some(Err(error)) => return halt(&error.to_string()),
                None => return halt("the provider panicked while it was initialized"),
            }
        }
        self.health.call(now, || call(&**provider)).unwrap_or_else(|| halt("the provider panicked"))
    }

    /// Asks the provider to deliver what it keeps, within `timeout`. True when nothing is left.
    pub(crate) fn flush(&self, now: Duration, timeout: Duration) -> bool {
        self.finish(now, self.initialized.load(Ordering::Relaxed), |provider| provider.flush(timeout))
    }

    /// Ends the provider within `timeout` if it was initialized, and halts its deliveries. True when nothing is left.
    pub(crate) fn shutdown(&self, now: Duration, timeout: Duration) -> bool {
        let ends = self.initialized.swap(false, Ordering::Relaxed);
        let done = self.finish(now, ends, |provider| provider.shutdown(timeout));
        if ends {
            self.health.set(ProviderHealth::Halted("the telemetry has ended".to_owned()));
        }
        done
    }

    fn finish(
        &self,
        now: Duration,
        initialized: bool,
        call: impl FnOnce(&dyn TelemetryProvider) -> Result<(), SendError>,
    ) -> bool {
        match self.provider.as_ref().filter(|_| initialized) {
            Some(provider) => matches!(self.health.call(now, || call(&**provider)), Some(Ok(()))),
            None => true,
        }
    }

    /// Asks the provider to forget what it keeps. A provider that panics here is halted, because what it still holds is
    /// not known.
    pub(crate) fn discard(&self, now: Duration) {
        let discarded = self.call(now, |provider| {
            provider.discard();
            Ok(())
        });
        if let Err(SendError::Halt { reason, .. }) = discarded {
            self.health.set(ProviderHealth::Halted(reason));
        }
    }

    /// The bytes in which a report would leave; `None` if there is no provider or the provider cannot make them.
    pub(crate) fn render(&self, report: &Report) -> Option<Payload> {
        let provider = self.provider.as_ref()?;
        catch_unwind(AssertUnwindSafe(|| provider.render(report))).ok()?.ok()
    }

    /// The provider's name; [`NullProvider::NAME`] if there is no provider.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The provider's destination for people, on one line that a terminal can show.
    pub(crate) fn destination(&self) -> &str {
        &self.destination
    }

    /// The destination as it is stored with a sent report. A file has its whole path, because `erase` may run in
    /// another folder. The user's yes is for [`destination`](Self::destination), which is the same in every folder.
    pub(crate) fn whole_destination(&self) -> Cow<'_, str> {
        destination::whole(&self.destination)
    }
}

/// A text from the provider's code, on one line; `None` when that code panics.
fn read(say: impl FnOnce() -> String) -> Option<String> {
    // A destination may be a path, which may hold any character.
    catch_unwind(AssertUnwindSafe(say)).ok().map(|said| printable::line(&said).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::MemoryProvider;

    struct Panics;

    impl TelemetryProvider for Panics {
        fn name(&self) -> &str {
            panic!("a name that cannot be said")
        }

        fn destination(&self) -> Cow<'_, str> {
            panic!("nor where it goes")
        }

        fn send_exception(&self, _: &Report) -> Result<(), SendError> {
            Ok(())
        }
    }

    #[test]
    fn a_provider_that_cannot_say_its_name_is_one_all_the_same() {
        let sender = Sender::new(Arc::new(Panics), false);
        assert_eq!((sender.name(), sender.destination()), (UNNAMED, UNNAMED));
        assert!(sender.provider.is_some());
    }

    #[test]
    fn the_null_provider_is_none() {
        assert!(Sender::new(Arc::new(NullProvider), false).provider.is_none());
        let memory = Sender::new(Arc::new(MemoryProvider::default()), true);
        assert_eq!((memory.name(), memory.provider.is_some()), ("memory", true));
    }
}
