//! Agents as a program describes them.

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::usage::{Id, Key, Name, ToolName};

use crate::crew::{new_id, new_key};
use crate::declared::AgentItem;

/// A language model, by the name under which its vendor sells it. The example of [`Agent`] uses one.
#[derive(Clone, Debug)]
pub struct Llm(pub(crate) Name);

impl Llm {
    /// A model by its name.
    #[must_use]
    pub fn new(model: impl Into<Name>) -> Self {
        Self(model.into())
    }
}

/// An agent. Its goal and backstory are sent only if its crew is shared.
///
/// ```
/// use crawl4ai_telemetry_crewai::{Agent, Llm};
///
/// let researcher = Agent::new("Researcher", "find facts", "was a librarian")
///     .llm(Llm::new("gpt-9"))
///     .max_iter(10)
///     .allow_delegation(true)
///     .tool("web_search");
/// # drop(researcher);
/// ```
#[derive(Clone, Debug)]
pub struct Agent {
    pub(crate) item: AgentItem,
}

impl Agent {
    /// An agent by its role, its goal and its backstory. The role is a name that the program's author chose. The
    /// agent's key is random, and its clones have the same key.
    #[must_use]
    pub fn new(role: impl Into<String>, goal: impl Into<String>, backstory: impl Into<String>) -> Self {
        let (role, goal, backstory) = (role.into(), goal.into(), backstory.into());
        let item = AgentItem {
            key: new_key(),
            id: new_id(),
            role: role.into(),
            goal: Some(goal.into()),
            backstory: Some(backstory.into()),
            verbose: false,
            max_iter: 25,
            max_rpm: None,
            i18n: None,
            function_calling_llm: None,
            llm: None,
            delegation_enabled: false,
            allow_code_execution: false,
            max_retry_limit: 2,
            tools_names: Vec::new(),
            fingerprint: None,
            fingerprint_created_at: None,
        };
        Self { item }
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

    /// Does the agent print what it does?
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.item.verbose = verbose;
        self
    }

    /// How many iterations the agent may need; 25 unless set.
    #[must_use]
    pub fn max_iter(mut self, most: u32) -> Self {
        self.item.max_iter = most;
        self
    }

    /// How many requests the agent may make in a minute.
    #[must_use]
    pub fn max_rpm(mut self, most: u32) -> Self {
        self.item.max_rpm = Some(most);
        self
    }

    /// How often the agent may try again; 2 unless set.
    #[must_use]
    pub fn max_retry_limit(mut self, most: u32) -> Self {
        self.item.max_retry_limit = most;
        self
    }

    /// The language of the agent's prompts.
    #[must_use]
    pub fn i18n(mut self, language: impl Into<Name>) -> Self {
        self.item.i18n = Some(language.into());
        self
    }

    /// The agent's model.
    #[must_use]
    pub fn llm(mut self, llm: Llm) -> Self {
        self.item.llm = Some(llm.0);
        self
    }

    /// The agent's model for calling functions.
    #[must_use]
    pub fn function_calling_llm(mut self, llm: Llm) -> Self {
        self.item.function_calling_llm = Some(llm.0);
        self
    }

    /// May the agent pass tasks on?
    #[must_use]
    pub fn allow_delegation(mut self, allow: bool) -> Self {
        self.item.delegation_enabled = allow;
        self
    }

    /// May the agent run code?
    #[must_use]
    pub fn allow_code_execution(mut self, allow: bool) -> Self {
        self.item.allow_code_execution = allow;
        self
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, name: impl Into<ToolName>) -> Self {
        self.item.tools_names.push(name.into());
        self
    }

    /// The agent's fingerprint, and when the fingerprint was made.
    #[must_use]
    pub fn fingerprint(mut self, id: Id, created_at: Timestamp) -> Self {
        self.item.fingerprint = Some(id);
        self.item.fingerprint_created_at = Some(created_at);
        self
    }
}
