//! Facts about this run of the program, for attributes of spans.

use crawl4ai_telemetry_core::Environment;

use crate::environment::{Env, is_ci};

/// Facts about this run of the program, for the attributes that all of the program's spans carry: see
/// [`Settings::common`](super::Settings::common).
///
/// Only the presence of a variable can be asked for, so that no variable's value can get into a span.
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

    /// Is this a run of a build or test service? Such services are recognized by the variables that they set.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        is_ci(self.env)
    }

    /// The environment in which the program runs, with the same value as in crash reports.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// Does the program run in a container, whatever its [environment](Self::environment) is?
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
