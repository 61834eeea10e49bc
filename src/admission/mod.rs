//! Admission: may anything be captured at all? When the answer is no, nothing has been allocated.

#[cfg(feature = "native")]
pub(crate) mod native;
mod rate;
pub(crate) mod refusal_cache;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{App, Environment, Event, Privacy};
use once_cell::race::OnceBox;

use crate::consent::config::{ConfigStore, StoredConfig};
use crate::consent::{self, CachedAnswer, Decision, Offer, Rule};
use crate::environment::Env;
use crate::environment::{self, Host, UserFolders};
use crate::store::limits::Limits;

#[cfg(feature = "native")]
use native::NativeCrashes;
use rate::Rate;

/// The last answer of admission, so that the next answer costs one load: nothing yet, yes at a level, or no by a rule.
const UNKNOWN: u8 = 0;
const STANDARD: u8 = 1;
const OWN_WORDS: u8 = 2;
const STRICT: u8 = 3;
const DENIED: u8 = 4;

/// Decides, from the environment and the stored consent, and remembers the answer.
pub(crate) struct AdmissionControl {
    app: App,
    store: ConfigStore,
    /// The environment variables as they were at the set-up.
    env: Env,
    /// The user's folders as they were at the set-up.
    folders: UserFolders,
    /// The variables as last read by [`refresh_environment`](Self::refresh_environment).
    refreshed: NextVariables,
    given_environment: Option<Environment>,
    /// What a yes has to cover: how much a report may hold, and where it goes.
    offer: Offer,
    run_environment: OnceBox<RunEnvironment>,
    answer: CachedAnswer,
    closed: AtomicBool,
    pub(crate) rate: Rate,
    /// The handler of signals: it must know each decision, because it can ask nobody.
    #[cfg(feature = "native")]
    native: OnceBox<NativeCrashes>,
}

/// Newer snapshots of the variables, as a list without a lock, because the panic hook and a child of a fork read it.
/// Older ones are kept, because a thread may be reading them.
#[derive(Default)]
struct NextVariables(OnceBox<Refreshed>);

struct Refreshed {
    env: Env,
    next: NextVariables,
}

/// Facts that are looked at once, at the first event or command, never before.
pub(crate) struct RunEnvironment {
    pub(crate) host: Host,
    pub(crate) environment: Environment,
}

/// The answer of admission before a report is made.
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
            store,
            env,
            folders,
            refreshed: NextVariables::default(),
            given_environment,
            offer,
            run_environment: OnceBox::new(),
            answer: CachedAnswer::new(UNKNOWN),
            closed: AtomicBool::new(false),
            rate: Rate::new(limits),
            #[cfg(feature = "native")]
            native: OnceBox::new(),
        }
    }

    /// Where the program runs.
    pub(crate) fn run_environment(&self) -> &RunEnvironment {
        self.run_environment.get_or_init(|| {
            let host = Host::look(&self.folders);
            let environment = self
                .given_environment
                .unwrap_or_else(|| environment::detect(&self.env, &host, self.app.is_server()));
            Box::new(RunEnvironment { host, environment })
        })
    }

    /// Notes where the program runs, and on which version of the system, if the decision lets that leave.
    pub(crate) fn note_surroundings(&self, event: &mut Event, decision: &Decision) {
        event.environment = self.run_environment().environment;
        if decision.privacy < Privacy::Strict && !decision.leaves_system_out {
            event.os_version = environment::os_version();
        }
    }

    /// Pretends that a person is at a terminal, whatever runs the test.
    #[cfg(test)]
    pub(crate) fn at_a_terminal(&self) {
        let host = Host { stdin_terminal: true, stderr_terminal: true, foreground: true, ..Host::default() };
        let around = RunEnvironment { host, environment: Environment::Cli };
        assert!(self.run_environment.set(Box::new(around)).is_ok(), "nobody has looked yet");
    }

    /// The stored choice, read now, and the decision that follows from it; asked before a report is stored or sent.
    ///
    /// The variables are those that were read last. No thread of the library reads the environment, because a host that
    /// calls C `setenv` at that moment would crash.
    pub(crate) fn decide(&self) -> (StoredConfig, Decision) {
        self.decide_by(self.variables())
    }

    /// The variables as last read.
    pub(crate) fn variables(&self) -> &Env {
        let mut newest = &self.env;
        let mut next = &self.refreshed;
        while let Some(refreshed) = next.0.get() {
            newest = &refreshed.env;
            next = &refreshed.next;
        }
        newest
    }

    /// Reads the variables again, on the calling thread, and keeps them if they have changed.
    pub(crate) fn refresh_environment(&self) {
        let env = self.env.refresh();
        if !env.says_the_same_as(self.variables()) {
            let mut link = Box::new(Refreshed { env, next: NextVariables::default() });
            let mut last = &self.refreshed;
            loop {
                while let Some(refreshed) = last.0.get() {
                    last = &refreshed.next;
                }
                match last.0.set(link) {
                    Ok(()) => break,
                    // Another thread was first, so this snapshot goes behind its own.
                    Err(back) => link = back,
                }
            }
        }
        self.forget();
    }

    /// [`decide`](Self::decide) by these variables.
    fn decide_by(&self, env: &Env) -> (StoredConfig, Decision) {
        let around = self.run_environment();
        let before = self.answer.before_reading();
        #[cfg(feature = "native")]
        let native = self.native.get().map(|native| (native, native.stamp()));
        let stored = self.store.read();
        let mut decision =
            consent::decide(env, &stored, around.environment, &around.host, consent::POLICY, &self.offer);
        decision.shows_only |= consent::shows_only(&self.env);
        if self.closed.load(Ordering::Relaxed) {
            decision.allowed = false;
            decision.rule = Rule::StoredDenial;
        }
        let answer = match (decision.allowed, decision.privacy) {
            (false, _) => refused_by(decision.rule),
            (true, Privacy::Standard) => STANDARD,
            (true, Privacy::OwnWords) => OWN_WORDS,
            (true, Privacy::Strict) => STRICT,
        };
        if self.answer.put(before, answer) {
            refusal_cache::changed();
        }
        #[cfg(feature = "native")]
        if let Some((native, stamp)) = native {
            // A decision that was made while the file was read is newer than the file.
            let is_current = self.answer.before_reading() == before && !self.closed.load(Ordering::Relaxed);
            native.follow(stamp, consent_to_record(&decision).filter(|_| is_current));
            // A no may have come in between, and must be the last word.
            if self.closed.load(Ordering::Relaxed) || self.answer.before_reading() != before {
                native.follow(stamp, None);
            }
        }
        (stored, decision)
    }

    /// Installs the handler of signals, which is told each decision from now on. Only where a report may be made or the
    /// user may be asked; after a no there is no handler.
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
            // Decides once more, so that the handler is told.
            self.decide();
        }
        Ok(())
    }

    /// The decision about a report that the user said yes to.
    pub(crate) fn agreed(&self, decision: Decision) -> Decision {
        let agreed = decision.agreed();
        Decision { privacy: agreed.privacy.max(self.offer.privacy), ..agreed }
    }

    /// Was the last answer that the user at the terminal has to be asked? One load, because the panic hook calls it.
    pub(crate) fn awaits_user(&self) -> bool {
        self.answer.code() == refused_by(Rule::TerminalUnanswered)
    }

    /// How much a report may hold if the user agrees to it.
    pub(crate) fn privacy_if_agreed(&self) -> Privacy {
        self.offer.privacy
    }

    /// Forgets the last answer, because something has just been decided.
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
        self.closed.store(false, Ordering::Relaxed);
        self.forget();
    }

    /// Refuses everything in this process, because the user has just said no, whether or not that could be stored.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.answer.decided(refused_by(Rule::StoredDenial));
        refusal_cache::changed();
        #[cfg(feature = "native")]
        if let Some(native) = self.native.get() {
            native.follow(native.stamp(), None);
        }
    }

    /// May reports be made at all, and at which level? Reads the stored consent only when no answer is known.
    ///
    /// A no is remembered for the life of the process, so that it costs one load, unless the user of a notebook has yet
    /// to answer. A yes is checked again before a report is stored and before it is sent.
    pub(crate) fn allowed(&self) -> Result<Privacy, Rule> {
        match self.answer.code() {
            STANDARD => Ok(Privacy::Standard),
            OWN_WORDS => Ok(Privacy::OwnWords),
            STRICT => Ok(Privacy::Strict),
            UNKNOWN => self.look(),
            // Asked again, because another cell of the notebook takes the answer, with an admission control of its own.
            refused if rule_of(refused) == Rule::NotebookUnanswered => self.look(),
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

    /// What the user is asked to agree to.
    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn store(&self) -> &ConfigStore {
        &self.store
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }
}

/// May a signal be recorded: with the user's yes, to be asked about, or (`None`) not at all?
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

fn refused_by(rule: Rule) -> u8 {
    let at = Rule::ALL.iter().position(|known| *known == rule).unwrap_or_default();
    DENIED.saturating_add(u8::try_from(at).unwrap_or(u8::MAX))
}

fn rule_of(answer: u8) -> Rule {
    let at = usize::from(answer.saturating_sub(DENIED));
    Rule::ALL.get(at).copied().unwrap_or(Rule::NoConsent)
}
