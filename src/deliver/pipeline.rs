//! The state that the threads of the library and the panic hook share, in three parts: the policy, the store and the
//! sender.
//!
//! A function takes only the part that it needs. The functions in this module need two parts.

use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry_core::{Event, Report, ReportId, Sanitizer};

use super::cleaning::Cleaning;
use super::policy::Policy;
use super::sender::Sender;
use crate::clock::Clock;
use crate::consent::config::StoredConfig;
use crate::consent::{self, Decision, StoredYes};
use crate::diagnostics::Diagnostics;
use crate::store::disk::{SentTo, Store};
use crate::store::sent_log::DeliveryOutcome;
use crate::store::spool::{Clearance, Spool, StoredName};

/// The times of reports are whole milliseconds.
const GRAIN: Duration = Duration::from_millis(2);

/// Everything that the stages after admission need. It is made once and shared by all.
pub(crate) struct Pipeline {
    pub(crate) policy: Policy,
    pub(crate) store: Store,
    pub(crate) sender: Arc<Sender>,
    /// The destination to which a person may carry a report instead, if the program offers one besides its provider.
    pub(crate) beside: Option<Sender>,
    pub(crate) cleaning: Cleaning,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) diagnostics: Diagnostics,
    /// The moment when this was made, on the clock's monotonic scale. It is taken for the start of the process.
    pub(crate) started: Duration,
}

impl Pipeline {
    /// Is there anywhere to send to? Without a provider nothing is stored either.
    pub(crate) fn sends(&self) -> bool {
        self.sender.provider.is_some() || self.policy.shows_only()
    }

    /// The sanitizer. It knows the values of this machine that it removes.
    pub(crate) fn sanitizer(&self) -> &Sanitizer {
        self.cleaning.sanitizer(&self.policy.admission)
    }

    /// The event with its environment, the user's e-mail address, and the losses that no report contains yet.
    pub(super) fn complete_event(
        &self,
        mut event: Event,
        (stored, decision): &(StoredConfig, Decision),
    ) -> Event {
        self.policy.admission.note_environment(&mut event, decision);
        event.email = decision.email(self.policy.admission.env(), stored).map(str::to_owned);
        // A report that is only shown changes nothing on the disk, so that it leaves out the losses of earlier
        // processes, which are stored there.
        event.losses = if decision.shows_only {
            self.diagnostics.take_unreported()
        } else {
            self.store.take_unreported()
        };
        event
    }

    /// Deletes reports that are too old or too many, and counts them.
    ///
    /// A kill switch does not stop this, because reports have to be deleted after a time. Under a kill switch nothing
    /// is written, not even a count.
    pub(crate) fn make_room(&self, spool: &Spool) {
        self.store.make_room(spool, consent::kill_switch(self.policy.admission.env()).is_none());
    }

    /// Lets the reports of earlier runs wait for the user's answer when the stored yes does not count any more, because
    /// they were stored under it. The caller holds the sender's lock if there are reports, because one that is being
    /// sent is not asked about. Where another rule lets reports leave now, it is for what is stored from then on, so
    /// that this is done once for the same terms.
    pub(crate) fn ask_about_earlier_runs(&self, spool: &Spool) {
        let admission = &self.policy.admission;
        let decision = admission.decide().1;
        let outdated = decision.stored_yes == StoredYes::Outdated;
        // A kill switch or a no says nothing about which yes holds. Reports that no yes covers any more wait for an
        // answer also where nothing else lets them leave, so that the user is asked.
        if !decision.allowed && !outdated || decision.rule.leaves_nothing_behind() {
            return;
        }
        let offer = admission.offer();
        let terms =
            outdated.then(|| format!("{} {:?} {}", consent::POLICY, offer.privacy, offer.destination));
        if self.store.delivery_state.read().terms == terms {
            return;
        }
        if outdated {
            self.hold_earlier_runs(spool);
        }
        self.store.delivery_state.update(|state| state.terms = terms);
    }

    fn hold_earlier_runs(&self, spool: &Spool) {
        let running = self.clock.monotonic().saturating_sub(self.started).saturating_add(GRAIN);
        let now = self.clock.now();
        let earlier = |name: &StoredName| {
            // The clock may have been set back since.
            let is_of_this_run = now.since(name.time) <= running && name.time.since(now) <= GRAIN;
            name.clearance == Clearance::Rules && !is_of_this_run && !spool.is_process_alive(name)
        };
        for name in spool.list().into_iter().filter(earlier) {
            spool.ask_again(&name);
        }
    }

    /// Leaves the losses that no report has told to the next process. After a no and under a kill switch nothing is
    /// written.
    pub(crate) fn leave_unreported(&self) {
        let admission = &self.policy.admission;
        let forbidden = consent::kill_switch(admission.variables()).is_some()
            || admission.decide().1.rule.leaves_nothing_behind();
        if !forbidden && !self.policy.shows_only() {
            self.store.leave_unreported();
        }
    }

    /// Notes in the sent log a report that was sent, so that the user can look at it.
    pub(crate) fn remember(&self, report: &Report, outcome: DeliveryOutcome) {
        self.remember_of(&self.sender, report, outcome);
    }

    /// Notes in the sent log the report that `sender` took. If a person carries it, its id is not kept for a later
    /// request for erasure. Only that person knows whether it arrived, and they ask for erasure where they posted it.
    pub(super) fn remember_of(&self, sender: &Sender, report: &Report, outcome: DeliveryOutcome) {
        if self.store.sent_log.is_some() {
            let sent = SentTo {
                provider: sender.name(),
                destination: &sender.whole_destination(),
                of_program: self.policy.admission.offer().is_of_program(),
                payload: sender.render(report),
                keep_id_for: (!sender.by_hand).then(|| self.policy.remembers_ids_for()),
            };
            self.store.remember(report, outcome, sent);
        }
    }

    /// An id for a report.
    pub(crate) fn new_id(&self) -> ReportId {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a source of randomness, the time in nanoseconds and the process still tell reports apart.
            let nanos = self.clock.monotonic().as_nanos() ^ (u128::from(self.clock.now().as_millis()) << 64);
            bytes = (nanos ^ (u128::from(std::process::id()) << 96)).to_be_bytes();
        }
        ReportId::from_bytes(bytes)
    }
}
