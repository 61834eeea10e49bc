//! Explores the hand-off between captures, the store, the uploader and callers that wait. The threads take turns in
//! many ways, and no time limit ends a wait, so that a lost wake-up is a deadlock. Run by `.ci/handoff`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, Loss, MemoryProvider, Payload, Privacy, ProviderError,
    RawException, Report, ReportId, SendError, TelemetryProvider, UsageSpan,
};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};

use super::CaptureQueue;
use crate::capture::Captured;
use crate::capture::stack::Stack;
use crate::environment::Env;
use crate::store::limits::Limits;
use crate::telemetry::Telemetry;

/// The number of orders of the threads that each of two schedulers tries.
const WAYS: usize = 1_000;

const LONG: Duration = Duration::from_secs(3600);

/// A provider that lets other threads run at every report. It is dropped when both threads have ended, and must have
/// taken every capture by then.
struct Slow {
    taken: MemoryProvider,
    captured: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl Drop for Slow {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.taken.reports().len(), self.captured.load(Ordering::Relaxed), "lost at the end");
        }
    }
}

impl TelemetryProvider for Slow {
    fn name(&self) -> &str {
        "slow"
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        self.taken.render(report)
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        thread::yield_now();
        self.taken.send_exception(report)
    }
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        self.taken.send_event(span)
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

/// One telemetry and what its provider took.
struct Scene {
    telemetry: Telemetry,
    taken: MemoryProvider,
    captured: Arc<AtomicUsize>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (taken, captured) = (MemoryProvider::default(), Arc::default());
        let builder = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
            .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
            .environment(Environment::Cli)
            .config_folder(folder.path())
            .limits(Limits::none());
        let provider = Slow { taken: taken.clone(), captured: Arc::clone(&captured), _folder: folder };
        let telemetry = builder.provider(provider).build().unwrap();
        Self { telemetry, taken, captured }
    }

    fn queue(&self) -> &CaptureQueue {
        &self.telemetry.inner.queue
    }

    /// Hands a capture over. Returns its id when it was taken.
    fn capture(&self, n: usize) -> Option<ReportId> {
        let pipeline = &self.telemetry.inner.pipeline;
        let id = pipeline.new_id();
        let mut event = Event::new(id, pipeline.clock.now(), Level::Error);
        event.exceptions.push(RawException::new(Kind::Error, format!("Error{n}")));
        let captured = Captured { event, stack: Stack::Addresses(Vec::new()) };
        let taken = self.queue().enqueue(captured, Privacy::Standard, 0);
        self.captured.fetch_add(usize::from(taken), Ordering::Relaxed);
        taken.then_some(id)
    }

    fn delivered(&self) -> HashSet<ReportId> {
        let reports = self.taken.reports();
        let ids: HashSet<_> = reports.iter().map(Report::id).collect();
        assert_eq!(ids.len(), reports.len(), "one left twice");
        ids
    }

    fn waiting(&self) -> HashSet<ReportId> {
        self.telemetry.inner.pipeline.store.waiting().into_iter().collect()
    }
}

fn explore(scene: impl Fn() + Send + Sync + 'static) {
    let scene = Arc::new(scene);
    let config = || {
        let mut config = Config::new();
        // The stacks are large enough for the sanitizer, which is made on them.
        config.stack_size = 1 << 20;
        config
    };
    let again = Arc::clone(&scene);
    Runner::new(RandomScheduler::new(WAYS), config()).run(move || again());
    Runner::new(PctScheduler::new(3, WAYS), config()).run(move || scene());
}

#[test]
fn a_flush_returns_when_what_came_before_is_stored() {
    explore(|| {
        let scene = Arc::new(Scene::new());
        let threads: Vec<_> = (0..2)
            .map(|n| {
                let scene = Arc::clone(&scene);
                thread::spawn(move || {
                    let id = scene.capture(n);
                    let flushed = scene.queue().flush(LONG);
                    let Some(id) = id else { return };
                    let flushed = flushed.expect("no time limit ends a wait here");
                    assert!(scene.delivered().contains(&id) || scene.waiting().contains(&id), "lost");
                    assert!(flushed.waiting > 0 || scene.delivered().contains(&id), "it still waits");
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_full_queue_loses_what_it_counts_and_nothing_else() {
    static FULL: AtomicUsize = AtomicUsize::new(0);
    explore(|| {
        let scene = Arc::new(Scene::new());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let scene = Arc::clone(&scene);
                thread::spawn(move || (0..3).map(|n| scene.capture(n)).collect::<Vec<_>>())
            })
            .collect();
        let taken: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        scene.queue().flush(LONG).expect("no time limit ends a wait here");
        let losses = scene.telemetry.inner.pipeline.diagnostics.total();
        let refused = taken.iter().filter(|id| id.is_none()).count();
        assert_eq!(losses.count(Loss::QueueFull), refused as u64);
        FULL.fetch_add(refused, Ordering::Relaxed);
        let known: HashSet<_> = scene.delivered().union(&scene.waiting()).copied().collect();
        assert_eq!(known, taken.into_iter().flatten().collect(), "what was taken and what is there");
    });
    assert!(FULL.load(Ordering::Relaxed) > 0, "no way filled the queue");
}

#[test]
fn wake_ups_turn_nobody_away_who_flushes() {
    explore(|| {
        let scene = Scene::new();
        (0..4).for_each(|n| _ = scene.capture(n));
        let flushed = scene.queue().flush(LONG).expect("no time limit ends a wait here");
        assert_eq!(flushed.waiting, 0, "answered before it was its turn");
    });
}

#[test]
fn an_end_without_a_flush_delivers_what_was_captured() {
    explore(|| {
        let scene = Scene::new();
        assert!((0..3).filter_map(|n| scene.capture(n)).count() > 0);
    });
}
