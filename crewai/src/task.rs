//! Tasks as a program describes them.

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::usage::{Id, Key, SharedText, ToolName};

use crate::agent::Agent;
use crate::crew::{new_id, new_key};
use crate::declared::TaskItem;

/// A task. Its description, expected output and context leave only when its crew is shared.
///
/// ```
/// use crawl4ai_telemetry_crewai::Task;
///
/// let sources = Task::new("find sources on tides", "ten links").tool("web_search").async_execution(true);
/// # drop(sources);
/// ```
#[derive(Clone, Debug)]
pub struct Task {
    pub(crate) item: TaskItem,
    pub(crate) agent_fingerprint: Option<Id>,
}

impl Task {
    /// A task by its description and what is expected of it. Its key is random, and that of its clones.
    #[must_use]
    pub fn new(description: impl Into<String>, expected_output: impl Into<String>) -> Self {
        let (description, expected) = (description.into(), expected_output.into());
        let item = TaskItem {
            key: new_key(),
            id: new_id(),
            description: Some(description.into()),
            expected_output: Some(expected.into()),
            async_execution: false,
            human_input: false,
            agent_role: None,
            agent_key: None,
            context: Vec::new(),
            tools_names: Vec::new(),
            fingerprint: None,
            fingerprint_created_at: None,
        };
        Self { item, agent_fingerprint: None }
    }

    /// A key of the program's own; a random one otherwise. It leaves by default: make it of no text.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.item.key = key;
        self
    }

    /// An id of the program's own; a random one otherwise.
    #[must_use]
    pub fn id(mut self, id: Id) -> Self {
        self.item.id = id;
        self
    }

    /// Who does it.
    #[must_use]
    pub fn agent(mut self, agent: &Agent) -> Self {
        self.item.agent_role = Some(agent.item.role.clone());
        self.item.agent_key = Some(agent.item.key);
        self.agent_fingerprint = agent.item.fingerprint;
        self
    }

    /// Does it run beside others?
    #[must_use]
    pub fn async_execution(mut self, runs: bool) -> Self {
        self.item.async_execution = runs;
        self
    }

    /// Does it ask a person?
    #[must_use]
    pub fn human_input(mut self, asks: bool) -> Self {
        self.item.human_input = asks;
        self
    }

    /// A task on whose outcome it builds.
    #[must_use]
    pub fn context(mut self, task: &Self) -> Self {
        self.item.context.extend(task.item.description.clone());
        self
    }

    /// One more tool.
    #[must_use]
    pub fn tool(mut self, name: impl Into<ToolName>) -> Self {
        self.item.tools_names.push(name.into());
        self
    }

    /// Its fingerprint, and when that was made.
    #[must_use]
    pub fn fingerprint(mut self, id: Id, created_at: Timestamp) -> Self {
        self.item.fingerprint = Some(id);
        self.item.fingerprint_created_at = Some(created_at);
        self
    }

    pub(crate) fn description(&self) -> Option<SharedText> {
        self.item.description.clone()
    }
}
