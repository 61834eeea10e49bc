//! The content of `status`: the decision and the rule that made it, the destinations of reports and usage figures, and
//! what waits.

mod text;

use std::path::PathBuf;
use std::time::Duration;

use crawl4ai_telemetry_core::{App, Environment, Losses, Privacy, Timestamp};
use serde::Serialize;

use crate::consent::config::ConfigProblem;
use crate::consent::{ByFile, Consent, MachinePolicyStatus, PromptLock, Rule, StoredYes, UsageConsent};
use crate::deliver::{Pipeline, ProviderHealth};
use crate::store::disk::Store;
use crate::store::problem::Problem;
use crate::store::sent_log::{DeliveryOutcome, SentLog};
use crate::store::spool::{Clearance, Spool};
use crate::usage::UsageStatus;

/// The state of telemetry. Its printed form is the output of `crwl telemetry status`; its JSON form is for programs.
/// The keys are stable, and so are the words for enum values.
///
/// ```
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, ProviderHealth, Rule, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "0")]))
///     .build()?;
///
/// let status = telemetry.status();
/// assert_eq!((status.provider.as_str(), status.pending), ("memory", Some(0)));
/// assert_eq!((status.decided_by, &status.provider_health), (Rule::KillSwitch, &ProviderHealth::Unused));
/// assert!(status.to_string().starts_with("Crash reports of weather are off."));
/// assert_eq!(status.destination, "the memory of this process");
/// assert_eq!(serde_json::to_value(&status)?["decided_by"], "kill_switch");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    #[serde(skip)]
    app: App,
    /// Would a crash report leave now?
    pub enabled: bool,
    /// The user's decision about reports, as stored.
    pub consent: Consent,
    /// When the user decided.
    pub decided_at: Option<Timestamp>,
    /// The rule that decided.
    pub decided_by: Rule,
    reason: Reason,
    /// How much a report may hold.
    pub privacy: Privacy,
    /// The address that would be sent with a report.
    pub email: Option<String>,
    /// Where the program runs.
    pub environment: Environment,
    /// Where reports go: a server's host, or a file.
    pub destination: String,
    /// The address of the program's privacy notice. This and the next two are `None` where the user or the administrator named
    /// the place, because the program declares them of its own.
    pub privacy_notice: Option<&'static str>,
    /// The controller of the reports, as the program declares it.
    pub controller: Option<&'static str>,
    /// How long the destination keeps reports, in days, as the program declares it.
    pub retention_days: Option<u64>,
    /// Where a person may report it themselves: a project at an issue tracker.
    pub by_hand: Option<String>,
    /// The provider that reports go to.
    pub provider: String,
    /// The state of the provider.
    pub provider_health: ProviderHealth,
    /// The user's variable that names another destination. It is ignored, because the program brings its own provider.
    pub unused_dsn: Option<String>,
    /// Number of reports that wait in the spool. `None`, as in the next two, if their folder
    /// [cannot be read](Status::unreadable).
    pub pending: Option<usize>,
    /// Number of [pending](Status::pending) reports that wait for the user's answer.
    pub unanswered: Option<usize>,
    /// Number of [unanswered](Status::unanswered) reports about which the user is not asked again, because they were
    /// asked twice.
    pub asked_twice: Option<usize>,
    /// The user's programs that ask at this moment, on any terminal, each with its name and process.
    pub asking: Vec<String>,
    /// Number of delivered reports that the sent log holds. `None` if it cannot be read.
    pub errors_sent: Option<usize>,
    /// The user's decision about usage figures, as stored.
    pub usage_consent: UsageConsent,
    /// Whether usage figures leave; `None` if this program records none.
    pub usage: Option<UsageStatus>,
    /// Losses in this process, by reason.
    pub losses: Losses,
    /// The configuration file.
    pub config_path: Option<PathBuf>,
    /// The folder of reports that wait.
    pub spool_path: Option<PathBuf>,
    /// The policy of this machine's administrator; `None` if there is no such file.
    pub machine_policy: Option<MachinePolicyStatus>,
    /// What is wrong with the configuration file.
    pub config_problem: Option<ConfigProblem>,
    /// Why all or some reports are neither stored in their folder nor sent from it.
    pub spool_problem: Option<String>,
    /// Sentences that say which stored data cannot be read, why, and how to fix that: the folder of waiting reports,
    /// the record and the ids of sent reports, and the counts. What cannot be counted for that is `None`.
    pub unreadable: Vec<String>,
    /// Why the program's own words cannot be read. It is set only if reports may hold no other text, so that they hold
    /// none.
    pub words_problem: Option<String>,
    /// The library's last failure of its own.
    pub last_failure: Option<String>,
}

/// Which counts are known. The content of a folder that cannot be read cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    waiting: bool,
    sent: bool,
}

/// Sentences about the data that cannot be read, and which counts are known nevertheless.
fn unreadable(store: &Store) -> (Vec<String>, Known) {
    let spool = store.spool.as_ref().and_then(Spool::problem);
    let sent = store.sent_log.as_ref().and_then(SentLog::problem);
    let is_known = |problem: &Option<Problem>| problem.as_ref().is_none_or(|problem| !problem.is_whole);
    let known = Known { waiting: is_known(&spool), sent: is_known(&sent) };
    let ids = store.sent_log.as_ref().and_then(SentLog::ids_problem);
    let said = [
        ("the folder of reports", spool),
        ("the record of what was sent", sent),
        ("the list of ids of what was sent", ids),
        ("the file of counts", store.delivery_state.problem()),
    ];
    (said.into_iter().filter_map(|(what, problem)| Some(format!("{what} {}", problem?.why))).collect(), known)
}

/// Why the program's own words cannot be read. The caller checks this only if a report may leave, so that no file is
/// opened after a no.
fn words_problem(pipeline: &Pipeline, privacy: Privacy) -> Option<String> {
    let asked = privacy == Privacy::OwnWords && pipeline.sender.provider.is_some();
    let problem = asked.then(|| pipeline.sanitizer().words_build().err()).flatten()?;
    Some(format!("cannot be read: {problem}; reports hold no free text"))
}

/// The facts that [`Status::reason`] puts into a sentence.
#[derive(Clone, Debug, PartialEq)]
struct Reason {
    rule: Rule,
    /// The prefix of the program's variables.
    prefix: String,
    /// Is anything set up to send reports to?
    sends: bool,
    /// Are reports shown instead of sent?
    shows_only: bool,
    /// Is the user asked about every report, because a person carries it?
    by_hand: bool,
    /// Why a stored yes does not cover what would leave now, if there is such a yes.
    not_covered: Option<String>,
    /// The e-mail address of that yes. It goes along again after a new one.
    kept_email: Option<String>,
    /// The administrator's file, if there is one.
    file: Option<ByFile>,
}

impl Status {
    /// The reason as text: a sentence for the rule, and another one if there is nowhere to send to or reports are only
    /// shown.
    #[must_use]
    pub fn reason(&self) -> String {
        self.reason.to_string()
    }

    /// Is the user asked about every report, whatever answer is stored? This is so if a yes opens a page on which the
    /// user reports it themselves. The program then has [no other destination](Self::by_hand).
    #[must_use]
    pub fn asks_each_time(&self) -> bool {
        self.reason.by_hand
    }

    pub(crate) fn of(pipeline: &Pipeline, usage: Option<UsageStatus>) -> Self {
        let (unreadable, known) = unreadable(&pipeline.store);
        let (stored, decision) = pipeline.policy.admission.decide();
        let machine_policy = pipeline.policy.admission.machine().read();
        let sends = pipeline.sends();
        let waiting = pipeline.store.spool.as_ref().map(Spool::list).unwrap_or_default();
        let unanswered = || waiting.iter().filter(|name| name.clearance == Clearance::AwaitingConsent);
        let state = pipeline.store.delivery_state.read();
        let sent = pipeline.store.sent_log.as_ref().map(SentLog::list).unwrap_or_default();
        let reason = Reason {
            rule: decision.rule,
            prefix: pipeline.policy.admission.env().prefix().to_owned(),
            sends: pipeline.sender.provider.is_some(),
            shows_only: decision.shows_only,
            by_hand: decision.by_hand,
            not_covered: (decision.stored_yes == StoredYes::Outdated)
                .then(|| pipeline.policy.admission.offer().not_covered_because(&stored.settings)),
            kept_email: decision
                .agreed()
                .email(pipeline.policy.admission.env(), &stored)
                .filter(|_| decision.stored_yes == StoredYes::Outdated)
                .map(str::to_owned),
            file: ByFile::of(machine_policy.as_ref()),
        };
        // What the program declares applies only to the destination that the program chose.
        let app = pipeline.policy.admission.app();
        let declared = Some(app).filter(|_| pipeline.policy.admission.offer().is_of_program());
        Self {
            app: app.clone(),
            enabled: decision.allowed && sends && !decision.shows_only,
            consent: stored.settings.consent,
            decided_at: stored.settings.decided_at,
            decided_by: decision.rule,
            reason,
            privacy: decision.privacy,
            email: decision.email(pipeline.policy.admission.env(), &stored).map(str::to_owned),
            environment: pipeline.policy.admission.run_environment().environment,
            destination: pipeline.sender.destination().to_owned(),
            privacy_notice: declared.and_then(App::privacy_notice_url),
            controller: declared.and_then(App::controller_address),
            retention_days: declared.and_then(App::retention_time).map(days),
            by_hand: pipeline.by_hand().map(|sender| sender.destination().to_owned()),
            provider: pipeline.sender.name().to_owned(),
            provider_health: provider_health(pipeline),
            unused_dsn: pipeline
                .sender
                .chosen
                .ignores_user_dsn
                .then(|| format!("{}_SENTRY_DSN", pipeline.policy.admission.env().prefix())),
            pending: known.waiting.then_some(waiting.len()),
            unanswered: known.waiting.then(|| unanswered().count()),
            asked_twice: known.waiting.then(|| unanswered().filter(|name| !state.may_ask(name.id)).count()),
            asking: PromptLock::holders(
                pipeline.policy.admission.env(),
                pipeline.policy.admission.store().folder(),
            ),
            errors_sent: known
                .sent
                .then(|| sent.iter().filter(|entry| entry.outcome == DeliveryOutcome::Delivered).count()),
            usage_consent: stored.settings.usage,
            usage,
            losses: pipeline.diagnostics.total(),
            config_path: pipeline.policy.admission.store().path(),
            spool_path: pipeline.store.spool.as_ref().map(|spool| spool.folder()),
            machine_policy,
            config_problem: stored.problem,
            spool_problem: pipeline.store.spool.as_ref().and_then(Spool::problem).map(|problem| problem.why),
            unreadable,
            words_problem: decision.allowed.then(|| words_problem(pipeline, decision.privacy)).flatten(),
            last_failure: pipeline.diagnostics.last(),
        }
    }
}

/// A time in days, rounded up, because a report that is kept for an hour is kept on one day.
fn days(time: Duration) -> u64 {
    time.as_secs().div_ceil(24 * 60 * 60)
}

/// The provider's state. If this process has not tried to send yet, it is the failure that another process noted.
fn provider_health(pipeline: &Pipeline) -> ProviderHealth {
    let health = pipeline.sender.health.health();
    let state = pipeline.store.delivery_state.read();
    match (health, state.trouble()) {
        (ProviderHealth::Unused, Some(trouble)) => ProviderHealth::FailedBefore {
            reason: trouble.to_owned(),
            next_try_in: state.left_to_wait(pipeline.clock.now()),
        },
        (health, _) => health,
    }
}

#[cfg(test)]
mod tests;
