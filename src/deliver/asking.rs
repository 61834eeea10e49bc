//! The question about reports that wait: when it may be asked, which report it is about, and what the answer does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{Payload, Report, ReportId};

use super::{CaptureQueue, Pipeline, Sender};
use crate::consent::{
    self, Answer, Choice, Kept, KnownEmail, Occasion, PromptLock, Question, Rule, StoredYes, Undone,
};
use crate::store::spool::{Clearance, ReportState, Spool, StoredName};

/// Asks the user about one waiting report: `about` if it is given, otherwise the newest that ended a process, otherwise
/// the newest. The user is asked about each report at most twice. `None` when the user was not asked.
pub(crate) fn ask(
    pipeline: &Pipeline,
    queue: &CaptureQueue,
    occasion: Occasion,
    about: Option<ReportId>,
) -> Option<Choice> {
    let spool = pipeline.store.spool.as_ref()?;
    if pipeline.policy.shows_only() || !pipeline.policy.can_ask() {
        return None;
    }
    let admission = &pipeline.policy.admission;
    let terminal = if pipeline.policy.asks_on_terminal() { consent::terminal_number() } else { None };
    let lock = PromptLock::take(admission.env(), admission.store().folder(), admission.app(), terminal)?;
    // The decision is read under the lock, because the process that held the lock before may have got an answer.
    let (stored, decision) = pipeline.policy.admission.decide();
    if decision.rule == Rule::StoredDenial && spool.purge().is_err() {
        pipeline.diagnostics.note("waiting reports could not be deleted".to_owned());
    }
    if decision.rule != Rule::TerminalUnanswered || decision.shows_only {
        return None;
    }
    // The user reads and counts all that a yes would send. What an earlier yes covered may have been for another place.
    pipeline.store.ask_about_unasked();
    pipeline.make_room(spool);
    let waiting = waiting(pipeline, spool, about);
    let (first, report, _) = waiting.first()?;
    if !pipeline.store.delivery_state.read().may_ask(first.id) {
        return None;
    }
    if !pipeline.policy.begin_to_ask() {
        return None;
    }
    let names: Vec<&StoredName> = waiting.iter().map(|(name, ..)| name).collect();
    // The report is noted as asked about before the question is shown, because a user who interrupts the program at the
    // question was asked.
    let delivery_state = &pipeline.store.delivery_state;
    delivery_state.update(|state| state.note_asked(first.id, names.iter().map(|name| name.id)));
    let is_last = !delivery_state.read().may_ask(first.id);
    let (payloads, wire) = for_people(&waiting);
    let alone = pipeline.sender.by_hand;
    let offer = admission.offer();
    let known_email = KnownEmail::of(admission.app(), admission.env(), &stored, &decision);
    let kept = Kept { waiting: spool.folder(), answer: admission.store().path() };
    let question = Question {
        app: admission.app(),
        occasion,
        policy_outdated: decision.stored_yes == StoredYes::Outdated,
        wants_email: !alone && known_email.is_none(),
        known_email: known_email.as_ref(),
        offer,
        beside: pipeline.beside.as_ref().map(Sender::destination),
        wire,
        reports: &payloads,
        about: Some(report),
        kept: &kept,
        is_last,
    };
    let answer = catch_unwind(AssertUnwindSafe(|| pipeline.policy.awaiting_consent.prompt.ask(&question)));
    let answer = answer.unwrap_or_else(|_| Choice::Unanswered.into());
    let is_none = answer.choice == Choice::ByHand && pipeline.by_hand().is_none();
    let answer = if is_none { Choice::Unanswered.into() } else { answer };
    let undone = carry_out(pipeline, spool, &answer, first, &names);
    let ending = consent::ending(&question, answer.choice, &undone);
    // A screen of the program's own that panics has got its answer carried out.
    let _ = catch_unwind(AssertUnwindSafe(|| pipeline.policy.awaiting_consent.prompt.tell(&ending)));
    drop(lock);
    match answer.choice {
        Choice::Once | Choice::Always | Choice::ByHand => queue.wake(),
        Choice::Never | Choice::NotNow | Choice::Unanswered => {}
    }
    Some(answer.choice)
}

/// The waiting reports that can be shown. The first is the one that the question is about.
fn waiting(
    pipeline: &Pipeline,
    spool: &Spool,
    about: Option<ReportId>,
) -> Vec<(StoredName, Report, Payload)> {
    let mut names: Vec<StoredName> = spool
        .list()
        .into_iter()
        .filter(|name| name.clearance == Clearance::AwaitingConsent)
        .filter_map(|name| spool.settled(&name))
        .collect();
    let state = pipeline.store.delivery_state.read();
    names.reverse();
    names.sort_by_key(|name| {
        (!state.may_ask(name.id), about != Some(name.id), name.state != ReportState::Fatal)
    });
    if names.first().is_none_or(|first| !state.may_ask(first.id)) {
        // No report is left to ask about, so that names need not be looked up at each end of the program.
        return Vec::new();
    }
    let complete = names.into_iter().map(|name| pipeline.complete_waiting(spool, name));
    let rendered = complete.filter_map(|name| {
        let report = pipeline.waiting_report(&name)?;
        let payload = pipeline.sender.render(&report)?;
        Some((name, report, payload))
    });
    rendered.collect()
}

/// The reports in the form that the user is shown. This is the bytes that leave, returned with `None`. If those bytes
/// are not readable, it is the same fields as JSON, returned with the media type of the bytes that leave.
fn for_people(waiting: &[(StoredName, Report, Payload)]) -> (Vec<Payload>, Option<&'static str>) {
    let sent = waiting.iter().map(|(_, _, payload)| payload);
    match sent.clone().find(|payload| !payload.is_readable()) {
        None => (sent.cloned().collect(), None),
        Some(payload) => {
            let written = waiting.iter().filter_map(|(_, report, _)| serde_json::to_vec_pretty(report).ok());
            (written.map(|bytes| Payload::new("application/json", bytes)).collect(), Some(payload.media_type))
        }
    }
}

/// Does what the user chose, and returns what of it could not be done.
fn carry_out(
    pipeline: &Pipeline,
    spool: &Spool,
    answer: &Answer,
    first: &StoredName,
    all: &[&StoredName],
) -> Undone {
    let email = answer.email.as_deref().filter(|email| consent::check_email(email).is_ok());
    let note =
        |failed: &Option<String>| failed.iter().for_each(|error| pipeline.diagnostics.note(error.clone()));
    let stays = || format!("its file in {} cannot be changed", spool.folder().display());
    let is_gone = || spool.is_gone(first);
    let mut undone = Undone::default();
    match answer.choice {
        // If a person carries the reports, each yes opens a page and is never a yes to the next report.
        Choice::Once | Choice::Always if pipeline.sender.by_hand => {
            pipeline.policy.awaiting_consent.agree_by_hand(first.id)
        }
        Choice::ByHand => pipeline.policy.awaiting_consent.agree_by_hand(first.id),
        Choice::Once => {
            undone.report = (!pipeline.agree_once(spool, first, email)).then(stays);
            undone.is_gone = undone.report.is_some() && is_gone();
        }
        Choice::Always => {
            let admission = &pipeline.policy.admission;
            let stored =
                consent::enable(admission.store(), &*pipeline.clock, email, false, admission.offer());
            undone.decision = stored.err().map(|error| error.to_string());
            note(&undone.decision);
            pipeline.policy.admission.reopen();
            // An address that was not stored goes along with the reports that the user agreed to now.
            let email = email.filter(|_| undone.decision.is_some());
            for name in all {
                let agreed = pipeline.agree_once(spool, name, email);
                if name.id == first.id && !agreed {
                    undone.report = Some(stays());
                    undone.is_gone = is_gone();
                }
            }
        }
        Choice::Never => {
            let (stored, deleted) = pipeline.refuse();
            undone.report = deleted.err().map(|error| error.to_string());
            undone.decision = stored.err().map(|error| error.to_string());
            // `status` shows the last note. A no that was not stored is the worse failure, so that it is noted last.
            note(&undone.report);
            note(&undone.decision);
        }
        Choice::NotNow => {
            undone.report = (!spool.remove(first)).then(stays);
            // Later captures of this run are not kept for a question either.
            pipeline.policy.awaiting_consent.limits.decline();
        }
        Choice::Unanswered => {}
    }
    undone
}
