//! Records CrewAI's spans.

use crawl4ai_telemetry::usage::{DeclaredSpan, Name, OpenSpan, Usage};

/// Records CrewAI's spans with the [`Usage`] of a telemetry. Clones share all state.
///
/// ```
/// use crawl4ai_telemetry::usage::Settings;
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
/// use crawl4ai_telemetry_crewai::{Agent, Crew, CrewUsage, Llm, SPANS, Task, under_crewai_names};
///
/// let settings = under_crewai_names(Settings::provider(MemoryProvider::default(), SPANS), "");
/// let telemetry = Telemetry::builder(App::new("my-crews", "1.0.0")).usage(settings.on_by_default()).build()?;
/// let usage = CrewUsage::new(telemetry.usage().clone());
///
/// let researcher = Agent::new("Researcher", "find facts", "was a librarian").llm(Llm::new("gpt-9"));
/// let task = Task::new("find out about bees", "ten facts").agent(&researcher);
/// let crew = Crew::new().agent(researcher).task(task.clone());
/// usage.crew_creation(&crew, None);
///
/// let span = usage.task_started(&crew, &task);
/// usage.task_ended(span, Some("bees dance"));    // not sent: the crew is not shared
/// # Ok::<(), crawl4ai_telemetry::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CrewUsage {
    pub(crate) usage: Usage,
    pub(crate) runtime_version: Option<Name>,
}

impl CrewUsage {
    /// Records with this `usage`, whose settings were made with [`SPANS`](crate::SPANS).
    #[must_use]
    pub const fn new(usage: Usage) -> Self {
        Self { usage, runtime_version: None }
    }

    /// Sets the version of the language's runtime, if the program has one. For example, a program with a Rust core may
    /// run in `python 3.14.1`.
    #[must_use]
    pub fn runtime_version(mut self, version: impl Into<Name>) -> Self {
        self.runtime_version = Some(version.into());
        self
    }

    /// The [`Usage`] that records the spans. It is needed for consent, flushes and status.
    #[must_use]
    pub const fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Records a span that begins and ends now. The span is made only if it may be sent.
    pub(crate) fn put<S: DeclaredSpan>(&self, shared: bool, span: impl FnOnce() -> S) {
        self.begin(shared, span).end();
    }

    /// Records a span of a failure, which begins and ends now.
    pub(crate) fn put_failed<S: DeclaredSpan>(&self, span: impl FnOnce() -> S) {
        self.begin(false, span).fail();
    }

    pub(crate) fn begin<S: DeclaredSpan>(&self, shared: bool, span: impl FnOnce() -> S) -> OpenSpan<S> {
        self.usage.start_with(shared, span)
    }
}
