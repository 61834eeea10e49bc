//! The steps of the self-test: they use the same parts as every report, in the same order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry_core::{
    Event, Kind, Level, Payload, Privacy, RawException, Report, ReportId, SendError, context,
};

use super::answer::{in_case_it_arrived, mend};
use super::disk::through_the_spool;
use super::hook::PanicHook;
use super::{Selftest, SelftestOutcome, SelftestPart, SelftestStep};
use crate::capture::Captured;
use crate::capture::stack::Stack;
use crate::consent::config::StoredConfig;
use crate::consent::{ByFile, Decision, Rule};
use crate::deliver::sync::mpsc::sync_channel;
use crate::deliver::{Pipeline, spawn};
use crate::store::sent_log::DeliveryOutcome;

/// The type of the test report's error. It distinguishes the test from a real report, and gives it its own fingerprint.
const TYPE: &str = "selftest";

/// An address that the sanitizer has to remove from the text.
const PLANTED: &str = "selftest@example.com";

/// Maximum wait for the provider. Connecting takes at most 2 s and an answer at most 10 s, so a slower provider has
/// exceeded its limits.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends a test report. The caller must have the user's yes to it.
pub(crate) fn selftest(
    pipeline: &Arc<Pipeline>,
    hook: PanicHook,
    tell: &mut dyn FnMut(&SelftestStep),
) -> Selftest {
    let mut road = Road { pipeline, tell, done: Selftest { report: pipeline.new_id(), steps: Vec::new() } };
    if let Some(decision) = road.consent() {
        road.hook(hook);
        road.travel(&decision);
    }
    road.done
}

struct Road<'a> {
    pipeline: &'a Arc<Pipeline>,
    tell: &'a mut dyn FnMut(&SelftestStep),
    done: Selftest,
}

impl Road<'_> {
    fn step(&mut self, part: SelftestPart, outcome: SelftestOutcome, found: String, mend: Option<String>) {
        let step = SelftestStep { part, outcome, found, mend };
        (self.tell)(&step);
        self.done.steps.push(step);
    }

    fn passed(&mut self, part: SelftestPart, found: impl Into<String>) {
        self.step(part, SelftestOutcome::Passed, found.into(), None);
    }

    fn skipped(&mut self, part: SelftestPart, found: impl Into<String>) {
        self.step(part, SelftestOutcome::Skipped, found.into(), None);
    }

    fn failed(&mut self, part: SelftestPart, found: impl Into<String>, mend: impl Into<String>) {
        self.step(part, SelftestOutcome::Failed, found.into(), Some(mend.into()));
    }

    /// A rule that forbids reports outright forbids a test too.
    fn consent(&mut self) -> Option<(StoredConfig, Decision)> {
        let admission = &self.pipeline.policy.admission;
        let (stored, decision) = admission.decide();
        let decision = decision.agreed();
        let prefix = admission.env().prefix().to_owned();
        if decision.shows_only {
            let found = format!("{prefix}_TELEMETRY_DEBUG is set: reports are shown, not sent.");
            self.failed(SelftestPart::Consent, found, "Take the variable away for the test.");
            return None;
        }
        if !decision.allowed {
            let mend = match decision.rule {
                Rule::KillSwitch | Rule::DoNotTrack => "Take the variable away for the test.".to_owned(),
                Rule::AdministratorDenial => "Ask whoever administers this machine.".to_owned(),
                Rule::Unreadable => {
                    "Mend the configuration file; `status` says what is wrong with it.".to_owned()
                }
                // Of these rules, only a stored no still forbids a report after the user has agreed.
                Rule::StoredDenial
                | Rule::StoredConsent
                | Rule::EnvironmentConsent
                | Rule::QuestionHidden
                | Rule::ServerDefault
                | Rule::NotebookUnanswered
                | Rule::TerminalUnanswered
                | Rule::NoConsent => format!(
                    "Run the test with {prefix}_CONFIG_DIR set to an empty folder: your no stays as it is."
                ),
            };
            let file = ByFile::of(admission.machine().read().as_ref());
            self.failed(SelftestPart::Consent, decision.rule.reason_by(&prefix, file.as_ref()), mend);
            return None;
        }
        self.passed(SelftestPart::Consent, "You agreed to this one test report, and nothing forbids it.");
        Some((stored, decision))
    }

    fn hook(&mut self, hook: PanicHook) {
        match hook {
            PanicHook::InPlace => {
                self.passed(SelftestPart::Hook, "Panics are reported: the hook is in place.")
            }
            PanicHook::LeftAlone => {
                self.skipped(SelftestPart::Hook, "Panics are not reported: the program installed no hook.");
            }
            PanicHook::NotInstalled => self.skipped(
                SelftestPart::Hook,
                "This command installs no panic hook; a program tries its own with `Telemetry::selftest`.",
            ),
        }
    }

    fn travel(&mut self, decision: &(StoredConfig, Decision)) {
        let event = self.capture(&decision.1);
        let privacy = decision.1.privacy;
        let pipeline = Arc::clone(self.pipeline);
        // Panics are caught, because the program's own detectors run here.
        let cleaned = catch_unwind(AssertUnwindSafe(|| {
            pipeline.sanitizer().report(pipeline.policy.admission.app(), event, privacy)
        }));
        let Ok(report) = cleaned else {
            let mend = "Try the program's detectors in a test of their own.";
            return self.failed(SelftestPart::Cleaning, "The sanitizer panicked: no report leaves.", mend);
        };
        self.words(privacy);
        let Some(payload) = self.cleaning(&report, privacy) else { return };
        self.disk(&report, decision);
        if self.provider() {
            self.server(report, payload);
        }
    }

    /// Makes an error that did not happen, with the stack of this place.
    fn capture(&mut self, decision: &Decision) -> Event {
        let mut event = Event::new(self.done.report, self.pipeline.clock.now(), Level::Info);
        self.pipeline.policy.admission.note_environment(&mut event, decision);
        let mut raised = RawException::new(Kind::Error, TYPE);
        raised.message =
            Some(format!("selftest: nothing is wrong; a report that was sent on purpose ({PLANTED})"));
        event.exceptions.push(raised);
        event.thread = std::thread::current().name().map(str::to_owned);
        event.context = context! { "selftest" => true };
        let stack = Stack::here();
        let frames = stack.addresses().len();
        if frames > 0 {
            self.passed(
                SelftestPart::Capture,
                format!("An error and its stack of {frames} frames were taken."),
            );
        } else {
            self.skipped(SelftestPart::Capture, "The error was taken; its stack cannot be walked here.");
        }
        let event = self.pipeline.cleaning.symbolication.resolve(Captured { event, stack }, || ());
        let named = |raised: &RawException| raised.frames.iter().filter(|f| f.function.is_some()).count();
        match event.exceptions.first().map_or(0, named) {
            0 => self.skipped(
                SelftestPart::Names,
                "No function has a name: the program is stripped. Reports carry addresses, which a server looks up in \
                 the program's debug file.",
            ),
            named => self.passed(SelftestPart::Names, format!("{named} functions on the stack have names.")),
        }
        event
    }

    /// Can the program's own words be read? This is checked only at the level that needs them.
    fn words(&mut self, privacy: Privacy) {
        let found = match privacy {
            Privacy::Standard => "Not checked: at this level all cleaned texts are sent.",
            Privacy::Strict => "Not checked: at this level no free text is sent.",
            Privacy::OwnWords => {
                let found = self.pipeline.sanitizer().words_build().map(str::to_owned);
                return match found {
                    Ok(build) => {
                        self.passed(SelftestPart::Words, format!("Read from the program, build {build}."));
                    }
                    Err(why) => self.failed(
                        SelftestPart::Words,
                        format!("The program's own words cannot be read: {why}. Reports hold no free text."),
                        "Ship the program unpacked, with its table of sections (strip keeps it).",
                    ),
                };
            }
        };
        self.skipped(SelftestPart::Words, found);
    }

    /// Checks that the bytes that would leave do not hold the planted address.
    fn cleaning(&mut self, report: &Report, privacy: Privacy) -> Option<Payload> {
        let payload = self.pipeline.sender.render(report).or_else(|| {
            serde_json::to_vec(report).ok().map(|bytes| Payload::new("application/json", bytes))
        })?;
        let holds = |bytes: &[u8]| bytes.windows(PLANTED.len()).any(|part| part == PLANTED.as_bytes());
        if holds(&payload.bytes) {
            let mend = "Nothing was sent. Tell the authors of this library.";
            self.failed(
                SelftestPart::Cleaning,
                "An address that was planted in the text is still there.",
                mend,
            );
            return None;
        }
        let level = match privacy {
            Privacy::Standard => "The address that was planted in its text is gone",
            Privacy::OwnWords => {
                "The address that was planted in its text is gone, and so is what the program did not write"
            }
            Privacy::Strict => "It holds no free text, at the strict level",
        };
        self.passed(SelftestPart::Cleaning, format!("{level}; {} bytes would leave.", payload.bytes.len()));
        Some(payload)
    }

    /// Stores the report in the spool and reads it again, as the next start would. Meanwhile the report is marked as
    /// waiting for an answer, so that no uploader takes it. The original report is sent, because the one that is read
    /// again carries the stored e-mail address, which a test does not need.
    fn disk(&mut self, report: &Report, (stored, decision): &(StoredConfig, Decision)) {
        let prefix = self.pipeline.policy.admission.env().prefix().to_owned();
        let mend = format!(
            "Make room or give the right to write there, or name another folder with {prefix}_CONFIG_DIR."
        );
        let Some(spool) = &self.pipeline.store.spool else {
            return self.failed(SelftestPart::Disk, "There is no home folder to keep reports in.", mend);
        };
        match through_the_spool(self.pipeline, spool, report, (stored, decision)) {
            Ok(()) => {
                let folder = spool.folder();
                self.passed(
                    SelftestPart::Disk,
                    format!("Written to {}, read again and deleted.", folder.display()),
                );
            }
            Err(error) => self.failed(SelftestPart::Disk, format!("{error}."), mend),
        }
    }

    fn provider(&mut self) -> bool {
        let sender = &self.pipeline.sender;
        if sender.provider.is_none() {
            let prefix = self.pipeline.policy.admission.env().prefix();
            let because =
                sender.chosen.unusable.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
            let mend = match &sender.chosen.unusable {
                Some(error) => error.mend(prefix),
                None => format!("Set {prefix}_SENTRY_DSN, or let the program name a place."),
            };
            let found = format!("Nothing is set up to send reports to{because}.");
            self.failed(SelftestPart::Provider, found, mend);
            return false;
        }
        let place = format!("{}, to {}", sender.name(), sender.destination());
        match self.pipeline.sender.call(self.pipeline.clock.monotonic(), |_| Ok(())) {
            Ok(()) => {
                self.passed(SelftestPart::Provider, format!("{place}."));
                true
            }
            Err(error) => {
                let mend = "Mend its settings: an address, a file, a certificate.";
                self.failed(SelftestPart::Provider, format!("{place}: {}.", error.reason()), mend);
                false
            }
        }
    }

    fn server(&mut self, report: Report, payload: Payload) {
        if self.pipeline.sender.by_hand {
            let found = format!("No page is opened for a test; it would hold {} bytes.", payload.bytes.len());
            return self.skipped(SelftestPart::Server, found);
        }
        let id = report.id();
        match self.send(&report) {
            Some(Ok(())) => {
                let found = format!("Taken: {} bytes of {}.", payload.bytes.len(), payload.media_type);
                self.passed(SelftestPart::Server, found);
                self.log(&report, id);
            }
            Some(Err(error)) => {
                let mut found = format!("Not taken: {}.", error.reason());
                if matches!(error, SendError::Retry { .. }) {
                    // The connection may have broken behind the last byte.
                    found.push_str(&in_case_it_arrived(id));
                }
                self.failed(SelftestPart::Server, found, mend(&error));
            }
            None => {
                let found = format!("No answer within {} s.{}", PATIENCE.as_secs(), in_case_it_arrived(id));
                self.failed(SelftestPart::Server, found, "Check that the server runs and is not overloaded.");
            }
        }
    }

    /// Sends on a new thread, because a foreign provider may never return.
    fn send(&self, report: &Report) -> Option<Result<(), SendError>> {
        let (done, answer) = sync_channel(1);
        let (pipeline, report) = (Arc::clone(self.pipeline), report.clone());
        let send = move || {
            let now = || pipeline.clock.monotonic();
            let sent = pipeline.sender.call(now(), |provider| provider.send_exception(&report));
            let sent = sent.and_then(|()| match pipeline.sender.flush(now(), PATIENCE) {
                true => Ok(()),
                false => Err(SendError::retry("the provider took it, but did not deliver it in time")),
            });
            // The receiver may be gone after the maximum wait.
            let _ = done.try_send(sent);
        };
        if !spawn("telemetry-selftest", send) {
            return Some(Err(SendError::retry("no thread can be started to send it")));
        }
        answer.recv_timeout(PATIENCE).ok()
    }

    fn log(&mut self, report: &Report, id: ReportId) {
        self.pipeline.remember(report, DeliveryOutcome::Delivered);
        let shown = self.pipeline.store.sent_log.as_ref().and_then(|log| log.show(id).ok().flatten());
        if shown.is_some() {
            self.passed(
                SelftestPart::Log,
                format!("The sent report is stored in the sent log as {id}, byte for byte."),
            );
        } else {
            let mend = "Make room, or give the right to write in the folder of the configuration.";
            self.failed(SelftestPart::Log, "The sent report cannot be stored in the sent log.", mend);
        }
    }
}
