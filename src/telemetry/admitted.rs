//! Decides whether a report may be made at all, before anything of an error is read.

use crawl4ai_telemetry_core::Privacy;

use super::{Reason, Telemetry};
use crate::admission::refusal_cache::{CacheWord, Refusal};
use crate::capture::reentrancy::ReentrancyGuard;
use crate::consent::Rule;

impl Telemetry {
    /// Would a capture be taken now? For bindings of languages in which an error is costly to read: a known no costs
    /// two loads, and nothing of the error has to be read.
    ///
    /// A yes is no promise, because limits and the user's decisions until the report is stored still count. In a
    /// notebook whose user has not decided, the first call shows the choices, as a capture would.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let with = |word: &str| {
    ///     Telemetry::builder(App::new("weather", "1.4.0"))
    ///         .provider(MemoryProvider::default())
    ///         .config_folder(folder.path())
    ///         .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", word)]))
    ///         .build()
    /// };
    /// assert!(with("1")?.wants_reports());
    /// assert!(!with("0")?.wants_reports());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn wants_reports(&self) -> bool {
        let cached = CacheWord::now();
        if cached.is_one() && !cached.is_open() && self.is_installed() {
            return false;
        }
        let Some(_inside) = ReentrancyGuard::enter() else { return false };
        self.admitted().is_ok()
    }

    /// The privacy level of the report that may be made, `None` where the user is to be asked. Else why none may be
    /// made.
    pub(super) fn admitted(&self) -> Result<Option<Privacy>, Reason> {
        let cached = CacheWord::before_asking();
        let pipeline = &self.inner.pipeline;
        if !pipeline.sends() {
            return Err(self.refuse(cached, Refusal::NoProvider));
        }
        match pipeline.policy.admission.allowed() {
            Ok(privacy) => Ok(Some(privacy)),
            Err(rule) if pipeline.may_await_consent(rule) => Ok(None),
            Err(rule) => {
                if rule == Rule::NotebookUnanswered {
                    self.show_notebook_notice();
                }
                Err(self.refuse(cached, Refusal::NoConsent(rule)))
            }
        }
    }

    /// The reason of a refusal, which is cached for later captures where it is for good.
    fn refuse(&self, cached: CacheWord, refusal: Refusal) -> Reason {
        let for_good = match refusal {
            Refusal::Nobody | Refusal::NoProvider => true,
            Refusal::NoConsent(rule) => rule != Rule::TerminalUnanswered && !rule.may_end_by_itself(),
        };
        if for_good && cached.is_one() && self.is_installed() {
            cached.cache_refusal(refusal);
        }
        refusal.into()
    }
}
