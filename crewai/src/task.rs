//! Tasks as a program describes them.

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::usage::{Id, Key, SharedText, ToolName};

use crate::agent::Agent;
use crate::crew::{new_id, new_key};
use crate::declared::TaskItem;

/// A task. Its description, expected output and context are sent only if its crew is shared.
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
    /// A task by its description and its expected output. Its key is random, and its clones have the same key.
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

    /// Sets a key of the program's own; otherwise the key is random. The key is sent by default, so do not derive it
    /// from a text.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.item.key = key;
        self
    }

    /// Sets an id of the program's own; otherwise the id is random.
    #[must_use]
    pub fn id(mut self, id: Id) -> Self {
        self.item.id = id;
        self
    }

    /// The agent that does the task.
    #[must_use]
    pub fn agent(mut self, agent: &Agent) -> Self {
        self.item.agent_role = Some(agent.item.role.clone());
        self.item.agent_key = Some(agent.item.key);
        self.agent_fingerprint = agent.item.fingerprint;
        self
    }

    /// Does the task run while others run?
    #[must_use]
    pub fn async_execution(mut self, runs: bool) -> Self {
        self.item.async_execution = runs;
        self
    }

    /// Does the task ask a person?
    #[must_use]
    pub fn human_input(mut self, asks: bool) -> Self {
        self.item.human_input = asks;
        self
    }

    /// Adds a task on whose outcome this task builds.
    #[must_use]
    pub fn context(mut self, task: &Self) -> Self {
        self.item.context.extend(task.item.description.clone());
        self
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, name: impl Into<ToolName>) -> Self {
        self.item.tools_names.push(name.into());
        self
    }

    /// The task's fingerprint, and when the fingerprint was made.
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
