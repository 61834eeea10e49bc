//! Admits spans, and hands them to the thread that sends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::usage::{Schema, SpanIds, SpanSpec, UsageDraft};
use crawl4ai_telemetry_core::{Loss, Losses, TelemetryProvider};
use once_cell::race::OnceBox;
use serde::Serialize;

use super::queue::{Flushing, Message, QUEUE, QUEUE_BYTES, Ticket};
use super::shared::RecorderShared;
use super::span_delivery::SpanDelivery;
use super::{ProgramRun, Settings};
use crate::clock::Clock;
use crate::consent::config::ConfigStore;
use crate::consent::{ByFile, CachedAnswer, UsageConsent, UsageRule};
use crate::deliver::sync::Mutex;
use crate::deliver::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use crate::deliver::upload_loop::UploadLoop;
use crate::deliver::{Pipeline, ProviderHealth, Sender, spawn};
use crate::diagnostics::Diagnostics;

/// How long a cached decision is used for recording. Before each batch is sent, the decision is made again.
const FRESH: Duration = Duration::from_secs(1);

/// No decision is cached.
const UNKNOWN: u8 = 0;
/// The last decision was a no.
const NO: u8 = 1;
/// The last decision was a yes.
const YES: u8 = 2;

/// The state of usage telemetry, for a person or, as JSON with stable keys, for a program.
/// [`Usage::status`](super::Usage::status) returns it.
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
    /// The user's stored answer.
    pub consent: UsageConsent,
    /// The rule that decided.
    pub decided_by: UsageRule,
    reason: Reason,
    /// Where spans go: a server's host, or a file.
    pub destination: String,
    /// The name of the provider.
    pub provider: String,
    /// The health of the provider.
    pub provider_health: ProviderHealth,
    /// Spans that were lost in this process, by reason.
    pub losses: Losses,
}

/// The values from which [`UsageStatus::reason`] makes its sentence.
#[derive(Clone, Debug, PartialEq)]
struct Reason {
    rule: UsageRule,
    /// The prefix of the program's variables.
    prefix: String,
    /// The administrator's file, if there is one.
    file: Option<ByFile>,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sentence = self.rule.reason(&self.prefix);
        match self.file.as_ref().filter(|_| self.rule.is_administrators()) {
            Some(file) => f.write_str(&file.explain(&sentence)),
            None => f.write_str(&sentence),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl UsageStatus {
    /// The rule as a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        self.reason.to_string()
    }
}

/// The recorder that is shared by the clones of a [`Usage`](super::Usage).
pub(super) struct Recorder {
    shared: Arc<RecorderShared>,
    /// When the cached decision expires, in milliseconds of the monotonic clock.
    fresh_until: AtomicU64,
    running: Mutex<Option<UsageThread>>,
}

struct UsageThread {
    /// The process that started the thread. A forked child has a copy of this memory, but not the thread.
    process: u32,
    messages: SyncSender<Message>,
    held: Arc<AtomicUsize>,
}

impl Recorder {
    /// `provider` was made from the choice in `settings`.
    pub(super) fn new(
        pipeline: Arc<Pipeline>,
        provider: Arc<dyn TelemetryProvider>,
        settings: Settings,
    ) -> Self {
        let shared = RecorderShared {
            pipeline,
            sender: Arc::new(Sender::new(provider, false)),
            on_by_default: settings.on_by_default,
            diagnostics: Diagnostics::default(),
            notice_shown: AtomicBool::new(false),
            sharing_notice_shown: AtomicBool::new(false),
            answer: CachedAnswer::new(UNKNOWN),
            declared: settings.declared,
            common: OnceBox::new(),
        };
        Self { shared: Arc::new(shared), fresh_until: AtomicU64::new(0), running: Mutex::new(None) }
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

    /// Is this span in the program's list? A span outside the list is counted as lost.
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
        // Bytes 6 and 8 of a UUID hold its version and its variant, so the span id is made of bytes 0 to 5 of one UUID
        // and bytes 14 and 15 of another.
        let [.., g, h] = random();
        SpanIds::from_bytes(random(), [a, b, c, d, e, f, g, h])
    }

    /// May one more span be recorded? This costs two loads while the last decision is less than a second old.
    pub(super) fn admits(&self) -> bool {
        let now = u64::try_from(self.clock().monotonic().as_millis()).unwrap_or(u64::MAX);
        let answer = self.shared.answer.code();
        if answer != UNKNOWN && now < self.fresh_until.load(Ordering::Relaxed) {
            return answer == YES;
        }
        // This is called before anything is read, so that the answer cannot replace a decision made meanwhile.
        let before = self.shared.answer.before_reading();
        let shared = &self.shared;
        let decision = shared.decide();
        let allowed = self.sends() && !shared.sender.health.is_halted() && decision.allowed;
        let fresh = u64::try_from(FRESH.as_millis()).unwrap_or(0);
        self.fresh_until.store(now.saturating_add(fresh), Ordering::Relaxed);
        let is_new = self.shared.answer.put(before, if allowed { YES } else { NO });
        // Another process may have stored this no.
        if is_new && decision.rule == UsageRule::StoredDenial {
            self.shared.answer.refused();
        }
        allowed
    }

    /// Is there a provider to send to?
    fn sends(&self) -> bool {
        self.shared.sender.provider.is_some()
    }

    pub(super) fn forget(&self) {
        self.shared.answer.decided(UNKNOWN);
    }

    /// Takes note that the variables have changed. If they forbid usage telemetry now, spans recorded before are never
    /// sent, even if the variables allow it later.
    pub(super) fn refreshed(&self) {
        if !self.shared.decide().allowed {
            self.shared.answer.refused();
        }
        self.forget();
    }

    /// The count of refusals.
    pub(super) fn refusals(&self) -> u64 {
        self.shared.refusals()
    }

    pub(super) fn close(&self) {
        self.shared.answer.close(UNKNOWN);
    }

    pub(super) fn reopen(&self) {
        self.shared.answer.reopen();
        self.forget();
    }

    /// Hands a span to the thread that sends; never waits. A span that does not fit is dropped and counted.
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
                // A full queue is being delivered, and the caller is told that spans are left.
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
        let started = spawn("telemetry-usage", move || {
            let (sender, clock) = (Arc::clone(&shared.sender), Arc::clone(&shared.pipeline.clock));
            UploadLoop::new(SpanDelivery::new(shared), sender, clock).run(&queue);
        });
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
            reason: Reason {
                rule: decision.rule,
                prefix: admission.env().prefix().to_owned(),
                file: ByFile::of(admission.machine().read().as_ref()),
            },
            destination: shared.sender.destination().to_owned(),
            provider: shared.sender.name().to_owned(),
            provider_health: shared.sender.health.health(),
            losses: shared.diagnostics.total(),
        }
    }
}
