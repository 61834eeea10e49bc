//! `Telemetry::builder(app)`: `build()` for an instance, `install()` for the process.

mod asking;
mod by_hand;
mod cleaning;
mod error;
mod ignoring;
mod machine;
#[cfg(feature = "native")]
mod native;
mod servers;
mod start;
mod variables;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry_core::own_words::WordSource;
use crawl4ai_telemetry_core::sanitize::SanitizerBuilder;
use crawl4ai_telemetry_core::{App, Environment, Privacy};

use crate::admission::AdmissionControl;
use crate::clock::{Clock, SystemClock};
use crate::consent::config::{self, ConfigStore};
use crate::consent::{ConsentPrompt, Heeded, Offer, TerminalPrompt};
use crate::deliver::connection::Connection;
use crate::deliver::providers::{self, Destination, ProviderChoice};
use crate::deliver::{CaptureQueue, Cleaning, Panics, Pipeline, Policy, Sender};
use crate::diagnostics::Diagnostics;
use crate::environment::Env;
use crate::environment::{Host, UserFolders};
use crate::fork_safe::ForkSafe;
use crate::store::disk::Store;
use crate::store::limits::Limits;
use crate::telemetry::guard::Guard;
use crate::telemetry::{Ignoring, Instance, Telemetry};
use crate::telemetry::{ending, global};
use crate::usage::{self, Usage};

pub use error::BuildError;
use start::start;

/// How long the program waits at its end for reports to leave, unless it sets another time.
const EXIT: Duration = Duration::from_millis(250);

/// The longest time that a program can set for its end.
const LONGEST_EXIT: Duration = Duration::from_secs(10);

/// Collects the settings of a [`Telemetry`].
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::{App, MemoryProvider, Privacy, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())        // or `file`, `sentry_dsn`, `otlp_endpoint`
///     .config_folder(folder.path())               // else ~/.weather
///     .privacy(Privacy::Strict)                   // no free text, whatever the user agreed to
///     .exit_timeout(Duration::from_millis(100))
///     .build()?;
/// assert_eq!(telemetry.status().provider, "memory");
///
/// // What else can be set, none of which a program has to.
/// use crawl4ai_telemetry::{Env, Environment, Limits, clock::SystemClock, sanitize::Pattern};
/// let builder = Telemetry::builder(App::new("weather", "1.4.0"))
///     .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")])) // instead of the process's
///     .environment(Environment::ApiServer)
///     .sensitive_key("ticket")                    // `ticket_id` is redacted
///     .safe_key("planet")                         // `planet` may leave at the strict level
///     .detector(Pattern::new("CUST-[0-9]{4}")?)   // becomes `[custom]`
///     .limits(Limits { per_hour: 20, ..Limits::default() })
///     .clock(SystemClock::new())
///     .without_panic_hook();
/// # drop(builder);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build()` or `install()`"]
pub struct Builder {
    app: App,
    choice: ProviderChoice,
    #[cfg(feature = "issue")]
    issue_link: Option<crawl4ai_telemetry_issue::IssueLink>,
    connection: Connection,
    env: Option<Env>,
    folders: Option<UserFolders>,
    config_folder: Option<PathBuf>,
    machine: machine::Settings,
    environment: Option<Environment>,
    privacy: Privacy,
    rules: SanitizerBuilder,
    words: Vec<Arc<dyn WordSource>>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    exit_timeout: Duration,
    panic_hook: bool,
    prompt: Option<Arc<dyn ConsentPrompt>>,
    ask_at_end: bool,
    code_path: Option<&'static str>,
    usage: Option<usage::Settings>,
    ignoring: Ignoring,
    #[cfg(feature = "native")]
    native: Option<crawl4ai_telemetry_native::Handler>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("app", &self.app).finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            choice: ProviderChoice::default(),
            #[cfg(feature = "issue")]
            issue_link: None,
            connection: Connection::default(),
            env: None,
            folders: None,
            config_folder: None,
            machine: machine::Settings::default(),
            environment: None,
            privacy: Privacy::OwnWords,
            rules: SanitizerBuilder::default(),
            words: Vec::new(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock::default()),
            exit_timeout: EXIT,
            panic_hook: true,
            prompt: None,
            ask_at_end: false,
            code_path: None,
            usage: None,
            ignoring: Ignoring::default(),
            #[cfg(feature = "native")]
            native: None,
        }
    }

    /// Records usage spans, which have their own consent. Without this call none are recorded.
    pub fn usage(mut self, settings: usage::Settings) -> Self {
        self.usage = Some(settings);
        self
    }

    /// Uses these variables instead of the process's.
    pub fn env(mut self, env: Env) -> Self {
        self.env = Some(env);
        self
    }

    /// Keeps the configuration and the spool in this folder instead of below the home folder.
    pub fn config_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config_folder = Some(folder.into());
        self
    }

    /// Declares where the program runs instead of finding out.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Sets how much text a report may hold if the user agreed. The default is [`Privacy::OwnWords`]. With
    /// [`Privacy::Standard`], text that the program did not write leaves too, except what the detectors find in it; the
    /// question then says so. If nobody said yes, the level is [`Privacy::Strict`], whatever is set here.
    pub fn privacy(mut self, privacy: Privacy) -> Self {
        self.privacy = privacy;
        self
    }

    /// Sets how much may leave in an hour and a day.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes the time from this clock; for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets how long the guard waits for reports to leave. The default is 250 ms, and the longest time is 10 s.
    ///
    /// Stored reports that the server has not taken by then go out at the next start. A report whose functions have not
    /// been named by then is stored without names. Reports that are not stored yet would be lost. For them the guard
    /// waits 250 ms even if the time set here is shorter; storing takes a few milliseconds as a rule. With zero the
    /// guard waits for nothing.
    pub fn exit_timeout(mut self, timeout: Duration) -> Self {
        self.exit_timeout = timeout.min(LONGEST_EXIT);
        self
    }

    /// Leaves the panic hook alone, so that panics are not reported.
    pub fn without_panic_hook(mut self) -> Self {
        self.panic_hook = false;
        self
    }

    /// Builds an instance that is not installed: it has no panic hook, and the free functions do not reach it.
    ///
    /// # Errors
    /// When the chosen provider cannot work, or the privacy notice is no address.
    pub fn build(self) -> Result<Telemetry, BuildError> {
        self.build_with(Diagnostics::default())
    }

    /// Installs the telemetry for the process: the free functions reach it, panics are reported, and what an earlier
    /// run left in the spool is delivered.
    ///
    /// # Errors
    /// As for [`build`](Self::build); also when another telemetry is installed.
    pub fn install(self) -> Result<Guard, BuildError> {
        let hooks = self.hooks();
        let telemetry = self.build()?;
        if !global::install(&telemetry) {
            return Err(BuildError::AlreadyInstalled);
        }
        start(&telemetry, hooks);
        Ok(Guard::new(telemetry))
    }

    /// Does what [`build`](Self::build) does, but never fails. Parts that cannot be set up are left out, and `status`
    /// says why.
    #[must_use]
    pub fn build_anyway(mut self) -> Telemetry {
        let diagnostics = Diagnostics::default();
        let by_hand = self.carried_to().unwrap_or_else(|error| {
            diagnostics.note(error.to_string());
            None
        });
        let destination = self.reports_go_to(by_hand).unwrap_or_else(|error| {
            diagnostics.note(error.to_string());
            providers::nowhere_because(error)
        });
        let usage = self.usage_goes_to().unwrap_or_else(|error| {
            diagnostics.note(error.to_string());
            None
        });
        if self.app.has_broken_privacy_notice() {
            diagnostics.note(BuildError::PrivacyNotice.to_string());
        }
        self.build_for(destination, usage, diagnostics)
    }

    /// Does what [`install`](Self::install) does, but never fails. Parts that cannot be set up are left out, and
    /// `status` says why.
    pub fn init(self) -> Guard {
        let hooks = self.hooks();
        let telemetry = self.build_anyway();
        if !global::install(&telemetry) {
            telemetry.inner.pipeline.diagnostics.note(BuildError::AlreadyInstalled.to_string());
            return Guard::second(global::installed().unwrap_or(telemetry));
        }
        start(&telemetry, hooks);
        Guard::new(telemetry)
    }

    fn build_with(mut self, diagnostics: Diagnostics) -> Result<Telemetry, BuildError> {
        if self.app.has_broken_privacy_notice() {
            return Err(BuildError::PrivacyNotice);
        }
        let by_hand = self.carried_to()?;
        let (destination, usage) = (self.reports_go_to(by_hand)?, self.usage_goes_to()?);
        Ok(self.build_for(destination, usage, diagnostics))
    }

    fn build_for(
        mut self,
        destination: Destination,
        usage: Option<usage::Chosen>,
        diagnostics: Diagnostics,
    ) -> Telemetry {
        let env = self.snapshot();
        let of_user = self.machine.taken.address == Heeded::Users;
        let (machine, of_administrator) = self.machine_file(&diagnostics);
        // The folders are read now, on the thread that sets telemetry up, and never later.
        let folders = self.user_folders();
        let folder = self
            .config_folder
            // The variables usually name the folder. The machine is asked only if they do not.
            .or_else(|| config::folder(&self.app, &env, &Host::default()))
            .or_else(|| config::folder(&self.app, &env, &Host::look(&folders)));
        let (clock, started) = (Arc::clone(&self.clock), self.clock.monotonic());
        let (below, version, limits) = (folder.as_deref(), self.app.version(), self.limits);
        let kept = Store::below(below, version, limits, Arc::clone(&clock), diagnostics.clone());
        let store = ConfigStore::new(folder);
        let prompt = self.prompt.unwrap_or_else(|| Arc::new(TerminalPrompt::new(&env)));
        let sender = Sender::new(destination.provider, destination.ignores_user_dsn)
            .with_eraser(destination.eraser)
            .because(destination.unusable);
        let beside = destination.beside.map(|provider| Sender::new(provider, false));
        let offer = Offer {
            privacy: self.privacy,
            destination: sender.destination().to_owned(),
            by_hand: sender.by_hand,
            of_administrator,
            of_user,
        };
        let admission =
            AdmissionControl::new(self.app, store, env, folders, self.environment, offer, self.limits)
                .under(machine);
        let policy = Policy::new(admission, prompt, self.code_path, Arc::clone(&clock), diagnostics.clone());
        let pipeline = Arc::new(Pipeline {
            policy,
            store: kept,
            sender: Arc::new(sender),
            beside,
            cleaning: Cleaning::new(self.rules, self.words),
            clock,
            diagnostics,
            started,
        });
        let queue = Arc::new(CaptureQueue::new(Arc::clone(&pipeline)).on_start(ending::register));
        let panics = Arc::new(Panics::new(Arc::clone(&pipeline), Arc::clone(&queue)));
        let usage = Usage::new(&pipeline, usage);
        let (exit_timeout, ignoring) = (self.exit_timeout, self.ignoring);
        let (ask_at_end, installed) = (self.ask_at_end.into(), false.into());
        Telemetry {
            inner: Arc::new(Instance {
                pipeline,
                queue,
                panics,
                usage,
                exit_timeout,
                ignoring,
                ask_at_end,
                left_by_earlier_run: ForkSafe::default(),
                installed,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
