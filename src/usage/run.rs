//! Facts about this run of the program, for attributes of spans.

use crawl4ai_telemetry_core::Environment;

use crate::environment::{Env, is_ci};

/// Facts about this run of the program, for the attributes that each of its spans carries: see
/// [`Settings::common`](super::Settings::common).
///
/// Variables are known by their presence only, so that no value of one can stand in a span.
///
/// ```
/// use crawl4ai_telemetry::usage::Settings;
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
///
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .usage(Settings::provider(MemoryProvider::default(), &[]))
///     .env(Env::from_pairs("WEATHER", [("CODESPACES", "true")]))
///     .build()?;
/// let run = telemetry.usage().run().expect("usage was asked for");
/// assert_eq!(run.version(), "1.4.0");
/// assert!(run.is_set("CODESPACES") && !run.is_ci());
/// # Ok::<(), crawl4ai_telemetry::BuildError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ProgramRun<'a> {
    pub(super) version: &'a str,
    pub(super) env: &'a Env,
    pub(super) environment: Environment,
    pub(super) is_container: bool,
}

impl ProgramRun<'_> {
    /// The version of the program.
    #[must_use]
    pub fn version(&self) -> &str {
        self.version
    }

    /// Was this variable set, and not empty, when telemetry was set up?
    #[must_use]
    pub fn is_set(&self, variable: &str) -> bool {
        self.env.is_set(variable)
    }

    /// Is this a build or test run, by the variables of the services that run them?
    #[must_use]
    pub fn is_ci(&self) -> bool {
        is_ci(self.env)
    }

    /// Where the program runs, as crash reports tell it.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// Does it run in a container, whatever its environment is?
    #[must_use]
    pub const fn is_container(&self) -> bool {
        self.is_container
    }
}

/// Shows no variables.
impl std::fmt::Debug for ProgramRun<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProgramRun")
            .field("version", &self.version)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
