mod memory;
mod other_place;

use std::sync::atomic::AtomicU32;

use crawl4ai_telemetry_core::sanitize::{Detector, Span};
use crawl4ai_telemetry_core::{
    App, Environment, Event, Level, MemoryProvider, Payload, Privacy, ProviderError, TelemetryProvider,
    Timestamp, UsageSpan, context,
};

use super::*;
use crate::clock::ManualClock;
use crate::consent;
use crate::consent::config::ConfigStore;
use crate::deliver::sync::Mutex;
use crate::environment::Env;
use crate::store::limits::Limits;
use crate::store::spool::ReportState;
use crate::telemetry::{Builder, Telemetry};

const PATIENCE: Duration = Duration::from_secs(20);

/// A provider that starts and sends as a test tells it.
struct Scripted {
    starts: fn() -> Result<(), ProviderError>,
    sends: fn() -> Result<(), SendError>,
}

impl TelemetryProvider for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }
    fn destination(&self) -> std::borrow::Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        (self.starts)()
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        MemoryProvider::default().render(report)
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        (self.sends)()
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        Ok(())
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

/// One process of a program. Processes with the same folder share what is on the disk.
fn process(folder: &tempfile::TempDir, provider: impl TelemetryProvider + 'static) -> Telemetry {
    builder(folder).provider(provider).build().unwrap()
}

fn builder(folder: &tempfile::TempDir) -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .limits(Limits::none())
}

/// The provider's health after one more report.
fn after_a_report(process: &Telemetry) -> String {
    let _ = process.capture_exception(&"no route to host", context! {});
    let _ = process.flush(PATIENCE);
    health(process)
}

fn health(process: &Telemetry) -> String {
    process.status().provider_health.to_string()
}

#[test]
fn what_ended_a_run_is_told_by_whoever_comes_next() {
    let refused = || Err(ProviderError::new("scripted", "start", "no key"));
    let cases = [
        (Scripted { starts: refused, sends: || Ok(()) }, "scripted: cannot start: no key"),
        (
            Scripted { starts: || panic!("as told"), sends: || Ok(()) },
            "the provider panicked while it was initialized",
        ),
        (Scripted { starts: || Ok(()), sends: || panic!("as told") }, "the provider panicked"),
        (Scripted { starts: || Ok(()), sends: || Err(SendError::halt("401")) }, "401"),
    ];
    for (provider, reason) in cases {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(after_a_report(&process(&folder, provider)), format!("stopped for this run: {reason}"));
        let next = process(&folder, MemoryProvider::default());
        assert_eq!(health(&next), format!("failing at the last try: {reason}"));
        assert_eq!(after_a_report(&next), "well");
        assert_eq!(health(&process(&folder, MemoryProvider::default())), "not used yet");
    }
}

#[test]
fn what_one_process_met_is_over_when_another_that_was_there_before_delivers() {
    let folder = tempfile::tempdir().unwrap();
    let long = process(&folder, MemoryProvider::default());
    assert_eq!(after_a_report(&long), "well");

    let hour = || Err(SendError::retry_after(Duration::from_secs(3600), "429"));
    let short = process(&folder, Scripted { starts: || Ok(()), sends: hour });
    assert_eq!(after_a_report(&short), "failing: 429");
    let looks = process(&folder, MemoryProvider::default());
    assert!(health(&looks).starts_with("failing at the last try: 429; the next one in "));

    assert_eq!(after_a_report(&long), "well");
    assert_eq!(health(&looks), "not used yet");
    let state = looks.inner.pipeline.store.delivery_state.read();
    assert!(
        state.left_to_wait(looks.inner.pipeline.clock.now()).is_some(),
        "what the server asked for still holds"
    );
}

#[test]
fn what_was_delivered_is_not_sent_again_though_its_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let memory = MemoryProvider::default();
    let first = process(&folder, memory.clone());
    assert_eq!(after_a_report(&first), "well");
    let spool = first.inner.pipeline.store.spool.as_ref().unwrap();
    let key = (memory.reports()[0].id(), first.inner.pipeline.clock.now(), None);
    let bytes = serde_json::to_vec(&memory.reports()[0]).unwrap();
    let stored = spool.put(key, ReportState::Ready, &bytes).unwrap();
    let next = process(&folder, memory.clone());
    assert!(next.flush(PATIENCE), "it goes, because it has left");
    assert_eq!((memory.reports().len(), spool.list().len()), (1, 0));
    drop(stored);
}

#[test]
fn a_no_that_comes_while_a_report_is_made_ready_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let closed = || Err(SendError::retry("no connection"));
    after_a_report(&process(&folder, Scripted { starts: || Ok(()), sends: closed }));
    let config = Arc::new(Mutex::new(None));
    let says_no = {
        let config = Arc::clone(&config);
        move |_: &str, _: &mut Vec<Span>| {
            let config: Option<ConfigStore> = config.lock().take();
            config.map(|config| consent::disable(&config, &ManualClock::default()).unwrap());
        }
    };
    let memory = MemoryProvider::default();
    let next = builder(&folder).provider(memory.clone()).detector(Finds(says_no)).build().unwrap();
    *config.lock() = Some(next.config().clone());
    let _ = next.flush(PATIENCE);
    assert!(config.lock().is_none(), "the report was cleaned, and the no came then");
    assert_eq!(memory.reports().len(), 0);
    assert!(next.flush(PATIENCE), "it was deleted");
    assert_eq!(health(&next), "failing at the last try: no connection", "nobody called the provider");
}

/// A detector that is a function.
struct Finds<F>(F);

impl<F: Fn(&str, &mut Vec<Span>) + Send + Sync> Detector for Finds<F> {
    fn find(&self, text: &str, found: &mut Vec<Span>) {
        (self.0)(text, found);
    }
}

#[test]
fn a_provider_that_said_stop_is_not_called_for_what_waits_in_memory() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    let closed = || Err(SendError::retry("no connection"));
    after_a_report(&process(&folder, Scripted { starts: || Ok(()), sends: closed }));
    let refuses = || {
        CALLS.fetch_add(1, Ordering::SeqCst);
        Err(SendError::halt("401"))
    };
    let next = process(&folder, Scripted { starts: || Ok(()), sends: refuses });
    let pipeline = &next.inner.pipeline;
    let event = Event::new(pipeline.new_id(), pipeline.clock.now(), Level::Error);
    let app = pipeline.policy.admission.app();
    let report = pipeline.sanitizer().report(app, event, Privacy::Standard);
    next.inner.queue.keep(UnstoredReport::new(report, pipeline.policy.admission.refusals()));
    assert!(!next.flush(PATIENCE), "both wait");
    assert_eq!((CALLS.load(Ordering::SeqCst), health(&next)), (1, "stopped for this run: 401".to_owned()));
}

/// Makes a file immutable, so that not even root can delete it, or undoes that. False if the file system cannot do it.
#[cfg(target_os = "linux")]
fn set_immutable(path: &std::path::Path, on: bool) -> bool {
    let flags = if on { rustix::fs::IFlags::IMMUTABLE } else { rustix::fs::IFlags::empty() };
    std::fs::File::open(path).is_ok_and(|file| rustix::fs::ioctl_setflags(file, flags).is_ok())
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_deleted_is_sent_once() {
    let folder = tempfile::tempdir().unwrap();
    let closed = || Err(SendError::retry("no connection"));
    let first = process(&folder, Scripted { starts: || Ok(()), sends: closed });
    after_a_report(&first);
    let spool = first.inner.pipeline.store.spool.as_ref().unwrap();
    let path = spool.folder().join(spool.list()[0].to_string());
    if !set_immutable(&path, true) {
        println!("no file can be made one that cannot be deleted");
        return;
    }
    for without_a_sent_log in [true, false] {
        let memory = MemoryProvider::default();
        let process = process(&folder, memory.clone());
        for _ in 0..5 {
            let _ = process.flush(PATIENCE);
        }
        assert_eq!(memory.reports().len(), usize::from(without_a_sent_log), "once, by whichever process");
        assert!(process.status().last_failure.unwrap().contains("cannot be deleted"));
    }
    assert!(set_immutable(&path, false));
}

/// A provider with this destination, and the number of reports that it took.
struct GoesTo(&'static str, Arc<AtomicU32>);

impl TelemetryProvider for GoesTo {
    fn name(&self) -> &str {
        "goes to"
    }
    fn destination(&self) -> std::borrow::Cow<'_, str> {
        self.0.into()
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The report was not sent in the run in which the user said yes, and the next start sends elsewhere.
#[test]
fn a_yes_to_one_report_holds_for_the_place_that_it_was_given_for() {
    let folder = tempfile::tempdir().unwrap();
    let sent = Arc::new(AtomicU32::new(0));
    let start = |place| {
        let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
            .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
            .environment(Environment::Cli)
            .config_folder(folder.path())
            .provider(GoesTo(place, Arc::clone(&sent)))
            .build()
            .unwrap();
        telemetry.inner.pipeline.policy.admission.at_a_terminal();
        telemetry
    };
    let clearance = |telemetry: &Telemetry| {
        let spool = telemetry.inner.pipeline.store.spool.as_ref().unwrap();
        spool.list().iter().map(|name| name.clearance).collect::<Vec<_>>()
    };
    let first = start("crashes.example.com");
    let outcome = first.capture_exception(&"no route to host", context! {});
    let crate::Outcome::AwaitingConsent(id) = outcome else { panic!("{outcome:?}") };
    assert!(first.inner.queue.await_stored(PATIENCE));
    assert!(first.inner.pipeline.agree_to(id));
    assert_eq!(clearance(&first), [Clearance::Agreed]);

    let elsewhere = start("crashes.example.net");
    let _ = elsewhere.flush(PATIENCE);
    assert_eq!(sent.load(Ordering::Relaxed), 0);
    assert_eq!(clearance(&elsewhere), [Clearance::AwaitingConsent], "asked again");
    assert!(elsewhere.inner.pipeline.agree_to(id));
    let _ = elsewhere.flush(PATIENCE);
    assert_eq!(sent.load(Ordering::Relaxed), 1);
    assert!(clearance(&elsewhere).is_empty());
}

#[test]
fn what_is_lost_in_the_last_delivery_is_told_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let first =
        process(&folder, Scripted { starts: || Ok(()), sends: || Err(SendError::rejected("too old")) });
    // The report that is refused would have told these.
    first.inner.pipeline.diagnostics.lost(Loss::RateLimited, 7);
    let _ = first.capture_exception(&"one", context! {});
    first.inner.queue.end(PATIENCE);
    let memory = MemoryProvider::default();
    let second = process(&folder, memory.clone());
    let _ = second.capture_exception(&"two", context! {});
    assert!(second.flush(PATIENCE));
    let told =
        |reason| memory.reports().iter().map(|report| report.losses().count(reason)).collect::<Vec<_>>();
    assert_eq!((told(Loss::Rejected), told(Loss::RateLimited)), (vec![1], vec![7]));
}

#[test]
fn what_is_left_in_memory_at_the_end_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let first =
        process(&folder, Scripted { starts: || Ok(()), sends: || Err(SendError::retry("no network")) });
    memory::keep(&first, Privacy::Strict);
    first.inner.queue.end(PATIENCE);
    assert_eq!(first.inner.pipeline.diagnostics.total().count(Loss::SpoolUnwritable), 1);
    let told = first.inner.pipeline.store.take_unreported();
    assert_eq!(told.count(Loss::SpoolUnwritable), 1, "the next run tells it");
}

#[test]
fn a_damaged_report_that_was_agreed_to_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let process = process(&folder, MemoryProvider::default());
    let pipeline = &process.inner.pipeline;
    let spool = pipeline.store.spool.as_ref().unwrap();
    let key = (pipeline.new_id(), pipeline.clock.now(), None);
    let stored = spool.put_for(key, ReportState::Ready, Clearance::Agreed, b"{\"torn\": ").unwrap();
    std::fs::write(spool.folder().join(stored.name.to_string()), b"torn").unwrap();
    drop(stored);
    process.flush(PATIENCE);
    assert_eq!(pipeline.diagnostics.total().count(Loss::Damaged), 1);
    assert!(spool.list().is_empty());
}
