//! Crews, agents, tasks and flows, with the values that Python has read from its objects.

use std::time::Duration;

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::usage::{Id, Key};
use crawl4ai_telemetry_crewai::{Agent, Crew, Flow, FlowOrigin, Llm, Process, Task};
use pyo3::prelude::*;

use crate::given::Lossy;

/// A fingerprint, and the time it was made, in seconds since 1970.
type Fingerprint = Option<([u8; 16], f64)>;

/// An agent. If its crew is not shared, Python does not read its goal and backstory, and they are empty.
#[derive(FromPyObject)]
pub(super) struct GivenAgent {
    #[pyo3(item)]
    key: [u8; 16],
    #[pyo3(item)]
    id: Option<[u8; 16]>,
    #[pyo3(item)]
    role: Lossy,
    #[pyo3(item)]
    goal: Option<Lossy>,
    #[pyo3(item)]
    backstory: Option<Lossy>,
    #[pyo3(item)]
    verbose: bool,
    #[pyo3(item)]
    max_iter: Option<u32>,
    #[pyo3(item)]
    max_rpm: Option<u32>,
    #[pyo3(item)]
    max_retry_limit: Option<u32>,
    #[pyo3(item)]
    llm: Option<Lossy>,
    #[pyo3(item)]
    function_calling_llm: Option<Lossy>,
    #[pyo3(item)]
    allow_delegation: bool,
    #[pyo3(item)]
    allow_code_execution: bool,
    #[pyo3(item)]
    tools: Vec<Lossy>,
    #[pyo3(item)]
    fingerprint: Fingerprint,
}

impl GivenAgent {
    pub(super) fn into_agent(self) -> Agent {
        let text = |text: Option<Lossy>| text.map(|text| text.0).unwrap_or_default();
        let mut agent = Agent::new(self.role.0, text(self.goal), text(self.backstory))
            .key(Key::from_bytes(self.key))
            .verbose(self.verbose)
            .allow_delegation(self.allow_delegation)
            .allow_code_execution(self.allow_code_execution);
        if let Some(id) = self.id {
            agent = agent.id(Id::from_bytes(id));
        }
        if let Some(most) = self.max_iter {
            agent = agent.max_iter(most);
        }
        if let Some(most) = self.max_rpm {
            agent = agent.max_rpm(most);
        }
        if let Some(most) = self.max_retry_limit {
            agent = agent.max_retry_limit(most);
        }
        if let Some(model) = self.llm {
            agent = agent.llm(Llm::new(model.0));
        }
        if let Some(model) = self.function_calling_llm {
            agent = agent.function_calling_llm(Llm::new(model.0));
        }
        if let Some((id, at)) = self.fingerprint {
            agent = agent.fingerprint(Id::from_bytes(id), time(at));
        }
        self.tools.into_iter().fold(agent, |agent, tool| agent.tool(tool.0))
    }
}

/// A task. If its crew is not shared, its texts are left out.
#[derive(FromPyObject)]
pub(super) struct GivenTask {
    #[pyo3(item)]
    key: [u8; 16],
    #[pyo3(item)]
    id: Option<[u8; 16]>,
    #[pyo3(item)]
    description: Option<Lossy>,
    #[pyo3(item)]
    expected_output: Option<Lossy>,
    #[pyo3(item)]
    context: Vec<Lossy>,
    #[pyo3(item)]
    async_execution: bool,
    #[pyo3(item)]
    human_input: bool,
    #[pyo3(item)]
    agent: Option<GivenAgent>,
    #[pyo3(item)]
    tools: Vec<Lossy>,
    #[pyo3(item)]
    fingerprint: Fingerprint,
}

impl GivenTask {
    pub(super) fn into_task(self) -> Task {
        let text = |text: Option<Lossy>| text.map(|text| text.0).unwrap_or_default();
        let mut task = Task::new(text(self.description), text(self.expected_output))
            .key(Key::from_bytes(self.key))
            .async_execution(self.async_execution)
            .human_input(self.human_input);
        if let Some(id) = self.id {
            task = task.id(Id::from_bytes(id));
        }
        if let Some(agent) = self.agent {
            task = task.agent(&agent.into_agent());
        }
        if let Some((id, at)) = self.fingerprint {
            task = task.fingerprint(Id::from_bytes(id), time(at));
        }
        let task = self.context.into_iter().fold(task, |task, other| task.context(&Task::new(other.0, "")));
        self.tools.into_iter().fold(task, |task, tool| task.tool(tool.0))
    }
}

/// A crew. Its agents and tasks are empty if the span does not contain them.
#[derive(FromPyObject)]
pub(super) struct GivenCrew {
    #[pyo3(item)]
    key: [u8; 16],
    #[pyo3(item)]
    id: Option<[u8; 16]>,
    #[pyo3(item)]
    share: bool,
    #[pyo3(item)]
    is_hierarchical: bool,
    #[pyo3(item)]
    memory: bool,
    #[pyo3(item)]
    agents: Vec<GivenAgent>,
    #[pyo3(item)]
    tasks: Vec<GivenTask>,
    #[pyo3(item)]
    fingerprint: Fingerprint,
}

impl GivenCrew {
    pub(super) fn into_crew(self) -> Crew {
        let process = if self.is_hierarchical { Process::Hierarchical } else { Process::Sequential };
        let mut crew = Crew::new()
            .key(Key::from_bytes(self.key))
            .process(process)
            .memory(self.memory)
            .share_crew(self.share);
        if let Some(id) = self.id {
            crew = crew.id(Id::from_bytes(id));
        }
        if let Some((id, at)) = self.fingerprint {
            crew = crew.fingerprint(Id::from_bytes(id), time(at));
        }
        let crew = self.agents.into_iter().fold(crew, |crew, agent| crew.agent(agent.into_agent()));
        self.tasks.into_iter().fold(crew, |crew, task| crew.task(task.into_task()))
    }
}

/// A flow: its name, the names of its nodes, its origin, and whether it is conversational.
#[derive(FromPyObject)]
pub(super) struct GivenFlow {
    #[pyo3(item)]
    name: Lossy,
    #[pyo3(item)]
    nodes: Vec<Lossy>,
    #[pyo3(item)]
    origin: String,
    #[pyo3(item)]
    conversational: bool,
}

impl GivenFlow {
    pub(super) fn into_flow(self) -> Flow {
        let flow = Flow::new(self.name.0)
            .nodes(self.nodes.into_iter().map(|name| name.0))
            .conversational(self.conversational);
        if self.origin == FlowOrigin::Internal.name() { flow.internal() } else { flow }
    }
}

/// Converts seconds since 1970. A time that is out of range becomes 1970.
fn time(seconds: f64) -> Timestamp {
    let since = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
