//! Admission decides whether anything may be captured at all. If the answer is no, nothing has been allocated.

mod answer;
mod files;
#[cfg(feature = "native")]
pub(crate) mod native;
mod rate;
pub(crate) mod refusal_cache;
mod run_environment;
mod variables;

use std::time::Duration;

use crawl4ai_telemetry_core::{App, Environment, Event, Privacy};
use once_cell::race::OnceBox;

use crate::consent::config::{ConfigStore, StoredConfig};
use crate::consent::{self, CachedAnswer, Decision, MachinePolicyFile, Offer, Rule, StoredYes};
use crate::environment::Env;
use crate::environment::{self, UserFolders};
use crate::store::limits::Limits;

use answer::{UNKNOWN, code_of, privacy_of, refused_by, rule_of};
use files::DecidingFiles;
#[cfg(feature = "native")]
use native::NativeCrashes;
use rate::Rate;
use run_environment::{LazyRunEnvironment, RunEnvironment};
use variables::Variables;

/// Decides from the environment and the stored consent, and remembers the answer.
pub(crate) struct AdmissionControl {
    app: App,
    files: DecidingFiles,
    variables: Variables,
    run_environment: LazyRunEnvironment,
    /// The offer that a yes has to cover: how much a report may hold, and where it goes.
    offer: Offer,
    answer: CachedAnswer,
    pub(crate) rate: Rate,
    /// The handler of signals. It must be told each decision, because it cannot ask for one.
    #[cfg(feature = "native")]
    native: OnceBox<NativeCrashes>,
}

/// The decision of admission before a report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AdmissionDecision {
    Go(Privacy),
    Denied(Rule),
    TooMany,
}

impl AdmissionControl {
    pub(crate) fn new(
        app: App,
        store: ConfigStore,
        env: Env,
        folders: UserFolders,
        given_environment: Option<Environment>,
        offer: Offer,
        limits: Limits,
    ) -> Self {
        Self {
            app,
            files: DecidingFiles::new(store, offer.privacy),
            variables: Variables::new(env),
            run_environment: LazyRunEnvironment { folders, given_environment, looked_at: OnceBox::new() },
            offer,
            answer: CachedAnswer::new(UNKNOWN),
            rate: Rate::new(limits),
            #[cfg(feature = "native")]
            native: OnceBox::new(),
        }
    }

    /// Makes this file of the administrator override the user's.
    pub(crate) fn under(self, machine: MachinePolicyFile) -> Self {
        Self { files: self.files.under(machine), ..self }
    }

    /// Where the program runs.
    pub(crate) fn run_environment(&self) -> &RunEnvironment {
        self.run_environment.look(self.env(), &self.app)
    }

    /// Adds to the event where the program runs, and the version of the system if the decision permits that.
    pub(crate) fn note_environment(&self, event: &mut Event, decision: &Decision) {
        event.environment = self.run_environment().environment;
        if decision.privacy < Privacy::Strict && decision.stored_yes != StoredYes::WithoutSystem {
            event.os_version = environment::os_version();
        }
    }

    /// Pretends that a person is at a terminal, whatever runs the test.
    #[cfg(test)]
    pub(crate) fn at_a_terminal(&self) {
        let host = environment::Host {
            stdin_terminal: true,
            stderr_terminal: true,
            foreground: true,
            ..environment::Host::default()
        };
        let around = RunEnvironment { host, environment: Environment::Cli };
        assert!(self.run_environment.looked_at.set(Box::new(around)).is_ok(), "nobody has looked yet");
    }

    /// Reads the stored choice and returns it with the decision that follows from it. This is called before a report is
    /// stored or sent.
    ///
    /// The variables are those that were read last. No thread of the library reads the environment, because a host that
    /// calls C `setenv` at that moment would crash.
    pub(crate) fn decide(&self) -> (StoredConfig, Decision) {
        self.decide_by(self.variables())
    }

    /// The variables as last read.
    pub(crate) fn variables(&self) -> &Env {
        self.variables.newest()
    }

    /// Reads the variables again, on the calling thread, and keeps them if they have changed.
    pub(crate) fn refresh_environment(&self) {
        self.variables.refresh();
        self.forget();
    }

    /// Like [`decide`](Self::decide), with these variables.
    fn decide_by(&self, env: &Env) -> (StoredConfig, Decision) {
        let around = self.run_environment();
        let before = self.answer.before_reading();
        #[cfg(feature = "native")]
        let native = self.native.get().map(|native| (native, native.stamp()));
        let (stored, machine) = self.files.read();
        let (environment, host) = (around.environment, &around.host);
        let mut decision =
            consent::decide(env, &stored, machine, environment, host, consent::POLICY, &self.offer);
        self.files.note_limit(decision.limit);
        decision.shows_only |= consent::shows_only(self.env());
        if self.answer.is_closed() {
            decision.allowed = false;
            decision.rule = Rule::StoredDenial;
        }
        let answer = if decision.allowed { code_of(decision.privacy) } else { refused_by(decision.rule) };
        if self.answer.put(before, answer) {
            refusal_cache::changed();
            // Another process may have stored this no.
            if decision.rule.leaves_nothing_behind() {
                self.answer.refused();
            }
        }
        #[cfg(feature = "native")]
        if let Some((native, stamp)) = native {
            // A decision that was made while the files were read is newer than their content.
            let is_current = self.answer.before_reading() == before && !self.answer.is_closed();
            native.follow(stamp, consent_to_record(&decision).filter(|_| is_current));
            // A no may have been decided in between. It is applied last.
            if self.answer.is_closed() || self.answer.before_reading() != before {
                native.follow(stamp, None);
            }
        }
        (stored, decision)
    }

    /// Installs the handler of signals and from now on tells it each decision. It is installed only if a report may be
    /// made or the user may be asked; after a no there is no handler.
    ///
    /// # Errors
    /// The error of `install`.
    #[cfg(feature = "native")]
    pub(crate) fn follow_with<E>(
        &self,
        install: impl FnOnce(Environment) -> Result<NativeCrashes, E>,
    ) -> Result<(), E> {
        if consent_to_record(&self.decide().1).is_none() {
            return Ok(());
        }
        let native = install(self.run_environment().environment)?;
        if self.native.set(Box::new(native)).is_ok() {
            // This decides once more, so that the handler is told the decision.
            self.decide();
        }
        Ok(())
    }

    /// Was the last answer that the user at the terminal has to be asked? This is one load, because the panic hook
    /// calls it.
    pub(crate) fn awaits_user(&self) -> bool {
        self.answer.code() == refused_by(Rule::TerminalUnanswered)
    }

    /// How much a report may hold if the user agrees to it, as last decided. This is one load, because the panic hook
    /// calls it.
    pub(crate) fn privacy_if_agreed(&self) -> Privacy {
        self.files.limit()
    }

    /// Forgets the last answer, because a new decision was made.
    pub(crate) fn forget(&self) {
        self.answer.decided(UNKNOWN);
        refusal_cache::changed();
        #[cfg(feature = "native")]
        if self.native.get().is_some() {
            self.decide();
        }
    }

    /// Undoes [`close`](Self::close), because the user has just said yes.
    pub(crate) fn reopen(&self) {
        self.answer.reopen();
        self.forget();
    }

    /// Refuses everything in this process, because the user has just said no, whether or not that could be stored.
    pub(crate) fn close(&self) {
        self.answer.close(refused_by(Rule::StoredDenial));
        refusal_cache::changed();
        #[cfg(feature = "native")]
        if let Some(native) = self.native.get() {
            native.follow(native.stamp(), None);
        }
    }

    /// How often this process saw that the user said no. Reports that were captured before a no do not leave after a
    /// later yes.
    pub(crate) fn refusals(&self) -> u64 {
        self.answer.refusals()
    }

    /// May reports be made at all, and at which level? This reads the stored consent only when no answer is known.
    ///
    /// A no is remembered until the process ends, so that it costs one load, unless it is a no that can end by itself.
    /// A yes is checked again before a report is stored and before it is sent.
    pub(crate) fn allowed(&self) -> Result<Privacy, Rule> {
        let code = self.answer.code();
        if let Some(privacy) = privacy_of(code) {
            return Ok(privacy);
        }
        match code {
            UNKNOWN => self.look(),
            refused if rule_of(refused).may_end_by_itself() => self.look(),
            refused => Err(rule_of(refused)),
        }
    }

    fn look(&self) -> Result<Privacy, Rule> {
        match self.decide().1 {
            decision if decision.allowed => Ok(decision.privacy),
            decision => Err(decision.rule),
        }
    }

    /// May one more report be made?
    pub(crate) fn admit(&self, now: Duration) -> AdmissionDecision {
        match self.allowed() {
            Err(rule) => AdmissionDecision::Denied(rule),
            Ok(privacy) if self.rate.admit(now) => AdmissionDecision::Go(privacy),
            Ok(_) => AdmissionDecision::TooMany,
        }
    }

    /// The offer to which the user is asked to agree.
    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The variables as they were at the set-up.
    pub(crate) fn env(&self) -> &Env {
        self.variables.first()
    }

    pub(crate) fn store(&self) -> &ConfigStore {
        &self.files.config
    }

    /// The administrator's file.
    pub(crate) fn machine(&self) -> &MachinePolicyFile {
        &self.files.machine
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }
}

/// May a signal be recorded: because of the user's yes, so that the user can be asked later, or (`None`) not at all?
#[cfg(feature = "native")]
fn consent_to_record(decision: &Decision) -> Option<crawl4ai_telemetry_native::Consent> {
    use crawl4ai_telemetry_native::Consent;
    match decision {
        Decision { shows_only: true, .. } => None,
        Decision { allowed: true, .. } => Some(Consent::Given),
        Decision { rule: Rule::TerminalUnanswered, .. } => Some(Consent::Awaited),
        _ => None,
    }
}
