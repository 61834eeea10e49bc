//! Crews as a program describes them.

use crawl4ai_telemetry::usage::{Id, Items, Key};
use crawl4ai_telemetry::{ReportId, Timestamp};

use crate::agent::Agent;
use crate::declared::{AgentItem, Process, TaskItem};
use crate::task::Task;

/// A crew: agents, and the tasks that they do.
///
/// ```
/// use crawl4ai_telemetry_crewai::{Agent, Crew, Process, Task};
///
/// let writer = Agent::new("Writer", "tell it", "wrote letters");
/// let crew = Crew::new()
///     .task(Task::new("describe the tides", "a page").agent(&writer))
///     .agent(writer)
///     .process(Process::Hierarchical)
///     .memory(true)
///     .share_crew(false); // goals, descriptions and outputs stay here
/// # drop(crew);
/// ```
#[derive(Clone, Debug)]
pub struct Crew {
    id: Id,
    key: Key,
    pub(crate) fingerprint: Option<(Id, Timestamp)>,
    pub(crate) process: Process,
    pub(crate) memory: bool,
    pub(crate) agents: Vec<AgentItem>,
    pub(crate) tasks: Vec<TaskItem>,
    pub(crate) share: bool,
}

impl Default for Crew {
    fn default() -> Self {
        Self::new()
    }
}

impl Crew {
    /// A crew without agents, tasks and memory. It is sequential and not shared.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: new_id(),
            key: new_key(),
            fingerprint: None,
            process: Process::Sequential,
            memory: false,
            agents: Vec::new(),
            tasks: Vec::new(),
            share: false,
        }
    }

    /// Adds an agent.
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agents.push(agent.item);
        self
    }

    /// Adds a task.
    #[must_use]
    pub fn task(mut self, task: Task) -> Self {
        self.tasks.push(task.item);
        self
    }

    /// In which order the crew's tasks are done.
    #[must_use]
    pub const fn process(mut self, process: Process) -> Self {
        self.process = process;
        self
    }

    /// Does the crew have a memory?
    #[must_use]
    pub const fn memory(mut self, memory: bool) -> Self {
        self.memory = memory;
        self
    }

    /// Sets a key of the program's own; otherwise the key is random. The key is sent by default, so do not derive it
    /// from a text.
    #[must_use]
    pub const fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// Sets an id of the program's own; otherwise the id is random.
    #[must_use]
    pub const fn id(mut self, id: Id) -> Self {
        self.id = id;
        self
    }

    /// The crew's fingerprint, and when the fingerprint was made.
    #[must_use]
    pub const fn fingerprint(mut self, id: Id, created_at: Timestamp) -> Self {
        self.fingerprint = Some((id, created_at));
        self
    }

    /// Also sends the crew's goals, descriptions, inputs and outputs, cleaned like any text. The program's code decides
    /// this, and the library cannot tell whether the crew's owner agreed. So take the value from a setting of the
    /// owner, and never set it for them. If usage figures are sent without a stored yes, one line tells this before the
    /// first of these texts is sent.
    #[must_use]
    pub const fn share_crew(mut self, share: bool) -> Self {
        self.share = share;
        self
    }

    pub(crate) const fn own_key(&self) -> Key {
        self.key
    }

    pub(crate) const fn own_id(&self) -> Id {
        self.id
    }

    pub(crate) fn agent_items(&self) -> Items<AgentItem> {
        Items(self.agents.clone())
    }

    pub(crate) fn task_items(&self) -> Items<TaskItem> {
        Items(self.tasks.clone())
    }
}

/// A random id.
pub(crate) fn new_id() -> Id {
    Id::from_bytes(ReportId::from_bytes(random()).to_bytes())
}

/// A random key.
pub(crate) fn new_key() -> Key {
    Key::from_bytes(random())
}

/// Random bytes; all zeros without a random source. Zeros distinguish nothing, and tell nothing about anybody.
fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    let _ = getrandom::fill(&mut bytes);
    bytes
}
