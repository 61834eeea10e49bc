//! Admits spans, and hands them to the thread that sends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::usage::{Common, Schema, SpanIds, SpanSpec, UsageDraft};
use crawl4ai_telemetry_core::{Loss, Losses, TelemetryProvider};
use once_cell::race::OnceBox;
use serde::Serialize;

use super::queue::{Flushing, Message, QUEUE, QUEUE_BYTES, Ticket};
use super::settings::Declared;
use super::uploader;
use super::{ProgramRun, Settings};
use crate::clock::Clock;
use crate::consent::config::ConfigStore;
use crate::consent::{CachedAnswer, UsageConsent, UsageDecision, UsageRule, decide_usage};
use crate::deliver::sync::Mutex;
use crate::deliver::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use crate::deliver::{Pipeline, ProviderHealth, Sender, spawn};
use crate::diagnostics::Diagnostics;

/// For how long a decision counts at the capture. It is made again before each batch is sent.
const FRESH: Duration = Duration::from_secs(1);

/// No decision is remembered.
const UNKNOWN: u8 = 0;
/// The last one was a no.
const NO: u8 = 1;
/// The last one was a yes.
const YES: u8 = 2;

/// Where usage telemetry stands, for a person or, as JSON, for a program. Its keys are stable.
/// [`Usage::status`](super::Usage::status) gives it.
///
/// ```
/// use crawl4ai_telemetry::usage::Settings;
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry, UsageRule};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .usage(Settings::provider(MemoryProvider::default(), &[]))
///     .config_folder(folder.path())
/// #   .env(Env::from_pairs("WEATHER", [("TERM", "dumb")]))
///     .build()?;
/// let status = telemetry.usage().status().expect("usage was asked for");
/// assert_eq!((status.enabled, status.decided_by), (false, UsageRule::ProgramDefault));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UsageStatus {
    /// Would a span leave now?
    pub enabled: bool,
    /// What the user said, as stored.
    pub consent: UsageConsent,
    /// The rule that decided.
    pub decided_by: UsageRule,
    reason: Reason,
    /// Where spans go: a server's host, a file.
    pub destination: String,
    /// By which provider.
    pub provider: String,
    /// How that is.
    pub provider_health: ProviderHealth,
    /// Spans that were lost in this process, by reason.
    pub losses: Losses,
}

/// What the sentence of [`UsageStatus::reason`] is made of.
#[derive(Clone, Debug, PartialEq)]
struct Reason {
    rule: UsageRule,
    /// The prefix of the program's variables.
    prefix: String,
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rule.reason(&self.prefix))
    }
}

impl UsageStatus {
    /// The rule as a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        self.reason.rule.reason(&self.reason.prefix)
    }
}

/// What recorder and uploader share.
pub(super) struct RecorderShared {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) sender: Sender,
    pub(super) on_by_default: bool,
    /// Losses of spans, apart from those of reports.
    pub(super) diagnostics: Diagnostics,
    /// Has the notice been shown in this process, and the one about what is shared?
    pub(super) notice_shown: AtomicBool,
    pub(super) sharing_notice_shown: AtomicBool,
    closed: AtomicBool,
    /// How often somebody said no in this process: what was recorded before the last time is not sent, whatever they say
    /// later.
    refusals: AtomicU64,
    /// What the program declares of its spans.
    pub(super) declared: Declared,
    common: OnceBox<Common>,
}

/// Behind every [`Usage`](super::Usage).
pub(super) struct Recorder {
    shared: Arc<RecorderShared>,
    /// What was decided last: [`UNKNOWN`], [`NO`] or [`YES`].
    answer: CachedAnswer,
    /// Until when that counts, in milliseconds of the monotonic clock.
    fresh_until: AtomicU64,
    running: Mutex<Option<UsageThread>>,
}

struct UsageThread {
    /// A child of a fork has the memory of the thread, but not the thread.
    process: u32,
    messages: SyncSender<Message>,
    held: Arc<AtomicUsize>,
}

impl RecorderShared {
    /// May spans leave now? Everything is read again: the variables, too.
    pub(super) fn decide(&self) -> UsageDecision {
        let admission = &self.pipeline.policy.admission;
        let decision = decide_usage(admission.variables(), &admission.store().read(), self.on_by_default);
        if self.closed.load(Ordering::Relaxed) {
            return UsageDecision {
                allowed: false,
                rule: UsageRule::StoredDenial,
                opt_out_notice: false,
                ..decision
            };
        }
        UsageDecision { shows_only: decision.shows_only || self.pipeline.shows_only(), ..decision }
    }

    /// How often somebody has said no.
    pub(super) fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// What is known of this run of the program.
    fn run(&self) -> ProgramRun<'_> {
        let admission = &self.pipeline.policy.admission;
        let around = admission.run_environment();
        ProgramRun {
            version: admission.app().version(),
            env: admission.env(),
            environment: around.environment,
            is_container: around.host.container,
        }
    }

    /// Whose spans they are, and what each of them carries. Runs code of the program the first time.
    pub(super) fn common(&self) -> &Common {
        self.common.get_or_init(|| {
            let name = self.pipeline.policy.admission.app().name();
            Box::new(self.declared.common(name, &self.run()))
        })
    }
}

impl Recorder {
    /// `provider` is what the settings' choice came to.
    pub(super) fn new(
        pipeline: Arc<Pipeline>,
        provider: Arc<dyn TelemetryProvider>,
        settings: Settings,
    ) -> Self {
        let shared = RecorderShared {
            pipeline,
            sender: Sender::new(provider, false),
            on_by_default: settings.on_by_default,
            diagnostics: Diagnostics::default(),
            notice_shown: AtomicBool::new(false),
            sharing_notice_shown: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            refusals: AtomicU64::new(0),
            declared: settings.declared,
            common: OnceBox::new(),
        };
        Self {
            shared: Arc::new(shared),
            answer: CachedAnswer::new(UNKNOWN),
            fresh_until: AtomicU64::new(0),
            running: Mutex::new(None),
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.shared.pipeline.clock
    }

    pub(super) fn store(&self) -> &ConfigStore {
        self.shared.pipeline.policy.admission.store()
    }

    pub(super) fn run(&self) -> ProgramRun<'_> {
        self.shared.run()
    }

    pub(super) fn schema(&self) -> Schema {
        self.shared.declared.schema
    }

    /// Is this span in the program's list? One that is not is counted as lost.
    pub(super) fn declares(&self, span: &SpanSpec) -> bool {
        let declared = self.shared.declared.schema.declares(span);
        if !declared {
            self.shared.diagnostics.lost(Loss::Internal, 1);
        }
        declared
    }

    pub(super) fn new_ids(&self) -> SpanIds {
        let random = || self.shared.pipeline.new_id().to_bytes();
        let [a, b, c, d, e, f, ..] = random();
        // The last eight of these bytes hold no version of a UUID.
        let [.., g, h] = random();
        SpanIds::from_bytes(random(), [a, b, c, d, e, f, g, h])
    }

    /// May one more span be recorded? One load of what was decided within the last second.
    pub(super) fn admits(&self) -> bool {
        let now = u64::try_from(self.clock().monotonic().as_millis()).unwrap_or(u64::MAX);
        let answer = self.answer.code();
        if answer != UNKNOWN && now < self.fresh_until.load(Ordering::Relaxed) {
            return answer == YES;
        }
        // Before anything is read: what was decided meanwhile, in this process, must not be overwritten by it.
        let before = self.answer.before_reading();
        let shared = &self.shared;
        let allowed = self.sends() && !shared.sender.health.is_halted() && shared.decide().allowed;
        let fresh = u64::try_from(FRESH.as_millis()).unwrap_or(0);
        self.fresh_until.store(now.saturating_add(fresh), Ordering::Relaxed);
        self.answer.put(before, if allowed { YES } else { NO });
        allowed
    }

    /// Is there anywhere to send to?
    fn sends(&self) -> bool {
        self.shared.sender.provider.is_some()
    }

    pub(super) fn forget(&self) {
        self.answer.decided(UNKNOWN);
    }

    /// The variables are others. Where they say no, what was recorded before is not sent, whatever they say later.
    pub(super) fn refreshed(&self) {
        if !self.shared.decide().allowed {
            self.shared.refusals.fetch_add(1, Ordering::Relaxed);
        }
        self.forget();
    }

    /// How often somebody has said no.
    pub(super) fn refusals(&self) -> u64 {
        self.shared.refusals()
    }

    pub(super) fn close(&self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        self.shared.refusals.fetch_add(1, Ordering::Relaxed);
        self.forget();
    }

    pub(super) fn reopen(&self) {
        self.shared.closed.store(false, Ordering::Relaxed);
        self.forget();
    }

    /// Hands a span over; never waits. What does not fit is dropped and counted.
    pub(super) fn put(&self, draft: UsageDraft) {
        let (weight, refusals) = (draft.weight(), self.shared.refusals());
        let sent = self.with_thread(true, |running| {
            let ticket = Ticket::take(&running.held, weight, QUEUE_BYTES).ok_or(())?;
            let span = Message::Span { draft: Box::new(draft), ticket, refusals };
            running.messages.try_send(span).map_err(|_| ())
        });
        if sent != Some(Ok(())) {
            self.shared.diagnostics.lost(Loss::QueueFull, 1);
        }
    }

    /// Asks for a delivery; `None` when nothing was recorded in this process.
    pub(super) fn begin_flush(&self, within: Duration) -> Option<Flushing> {
        let (answer, answered) = sync_channel(1);
        let sent = self.with_thread(false, |running| {
            running.messages.try_send(Message::Flush { within, answer }).map_err(|refused| match refused {
                // A full queue is being delivered; whoever waits is told that something is left.
                TrySendError::Full(_) | TrySendError::Disconnected(_) => (),
            })
        })?;
        Some(Flushing::new(sent.is_ok().then_some(answered)))
    }

    fn with_thread<T>(&self, start: bool, act: impl FnOnce(&UsageThread) -> T) -> Option<T> {
        let mut running = self.running.lock();
        let process = std::process::id();
        if running.as_ref().is_none_or(|running| running.process != process) {
            *running = None;
            if start {
                *running = self.start(process);
            }
        }
        running.as_ref().map(act)
    }

    fn start(&self, process: u32) -> Option<UsageThread> {
        let (messages, queue) = sync_channel(QUEUE);
        let shared = Arc::clone(&self.shared);
        let started = spawn("telemetry-usage", move || uploader::run(shared, &queue));
        started.then(|| UsageThread { process, messages, held: Arc::default() })
    }

    pub(super) fn status(&self) -> UsageStatus {
        let shared = &self.shared;
        let admission = &shared.pipeline.policy.admission;
        let decision = shared.decide();
        UsageStatus {
            enabled: decision.allowed && !decision.shows_only && self.sends(),
            consent: admission.store().read().settings.usage,
            decided_by: decision.rule,
            reason: Reason { rule: decision.rule, prefix: admission.env().prefix().to_owned() },
            destination: shared.sender.destination().to_owned(),
            provider: shared.sender.name().to_owned(),
            provider_health: shared.sender.health.health(),
            losses: shared.diagnostics.total(),
        }
    }
}
