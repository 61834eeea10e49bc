//! Records crews, tasks and tools.

use std::time::Duration;

use crawl4ai_telemetry::Context;
use crawl4ai_telemetry::usage::{Decimal, Items, Name, OpenSpan, SharedMap, ToolName};

use crate::agent::{Agent, Llm};
use crate::crew::Crew;
use crate::declared::{
    CrewCreated, CrewExecution, IndividualTestResult, TaskCreated, TaskExecution, TaskOutputItem,
    TestExecution, ToolRepeatedUsage, ToolUsage, ToolUsageError,
};
use crate::system::system;
use crate::task::Task;
use crate::usage::CrewUsage;

/// A run of a shared crew, until [`CrewUsage::end_crew`]. The example of [`OpenSpan`] begins and ends a span.
pub type CrewSpan = OpenSpan<CrewExecution>;

/// A run of a task, until [`CrewUsage::task_ended`]. The example of [`CrewUsage`] begins and ends one.
pub type TaskSpan = OpenSpan<TaskExecution>;

impl CrewUsage {
    /// A crew was made. By default only the presence of `inputs` is recorded. The inputs themselves and facts about
    /// this system are recorded only if the crew is shared.
    pub fn crew_creation(&self, crew: &Crew, inputs: Option<&Context>) {
        self.put(crew.share, || {
            let system = crew.share.then(system).unwrap_or_default();
            CrewCreated {
                crew_key: crew.own_key(),
                crew_id: crew.own_id(),
                crew_fingerprint: crew.fingerprint.map(|(id, _)| id),
                crew_fingerprint_created_at: crew.fingerprint.map(|(_, at)| at),
                crew_process: crew.process,
                crew_memory: crew.memory,
                crew_inputs_present: inputs.is_some_and(|inputs| !inputs.is_empty()),
                crew_number_of_tasks: crew.tasks.len(),
                crew_number_of_agents: crew.agents.len(),
                crew_agents: crew.agent_items(),
                crew_tasks: crew.task_items(),
                runtime_version: self.runtime_version.clone(),
                platform: system.platform,
                platform_release: system.release,
                platform_system: system.name,
                platform_version: system.version,
                cpus: system.cpus,
                crew_inputs: shared_map(crew, inputs),
            }
        });
    }

    /// A shared crew begins to run. Returns `None` if the crew is not shared.
    #[must_use = "it ends by `end_crew`; dropped before, it stands for a failure"]
    pub fn crew_execution_span(&self, crew: &Crew, inputs: Option<&Context>) -> Option<CrewSpan> {
        let span = || CrewExecution {
            crew_key: crew.own_key(),
            crew_id: crew.own_id(),
            crew_inputs: shared_map(crew, inputs),
            crew_agents: crew.agent_items(),
            crew_tasks: crew.task_items(),
            crew_output: None,
            crew_tasks_output: None,
        };
        crew.share.then(|| self.begin(true, span))
    }

    /// A shared crew ended with `output`. Each of `tasks` is a task with its output.
    pub fn end_crew<'a>(
        &self,
        span: CrewSpan,
        output: &str,
        tasks: impl IntoIterator<Item = (&'a Task, &'a str)>,
    ) {
        let item = |(task, output): (&Task, &str)| TaskOutputItem {
            id: task.item.id,
            description: task.description(),
            output: Some(output.into()),
        };
        span.end_with(|span| {
            span.crew_output = Some(output.into());
            span.crew_tasks_output = Some(Items(tasks.into_iter().map(item).collect()));
        });
    }

    /// A task of a crew begins.
    pub fn task_started(&self, crew: &Crew, task: &Task) -> TaskSpan {
        self.put(crew.share, || created(crew, task));
        self.begin(crew.share, || execution(created(crew, task)))
    }

    /// A task ended. Its output is sent only if the crew is shared.
    pub fn task_ended(&self, span: TaskSpan, output: Option<&str>) {
        let output = output.filter(|_| span.is_shared());
        span.end_with(|span| span.task_output = output.map(Into::into));
    }

    /// A tool was used. `attempts` is the number of this attempt.
    pub fn tool_usage(
        &self,
        tool: impl Into<ToolName>,
        attempts: u32,
        llm: Option<&Llm>,
        agent: Option<&Agent>,
    ) {
        self.put(false, || ToolUsage {
            tool_name: tool.into(),
            attempts,
            llm: llm.map(model),
            agent_fingerprint: agent.and_then(|agent| agent.item.fingerprint),
            agent_role: agent.map(role),
        });
    }

    /// A tool was used again with the same arguments.
    pub fn tool_repeated_usage(&self, tool: impl Into<ToolName>, attempts: u32, llm: Option<&Llm>) {
        self.put(false, || ToolRepeatedUsage { tool_name: tool.into(), attempts, llm: llm.map(model) });
    }

    /// A tool failed.
    pub fn tool_usage_error(&self, tool: Option<&str>, llm: Option<&Llm>, agent: Option<&Agent>) {
        self.put_failed(|| ToolUsageError {
            tool_name: tool.map(Into::into),
            llm: llm.map(model),
            agent_fingerprint: agent.and_then(|agent| agent.item.fingerprint),
            agent_role: agent.map(role),
        });
    }

    /// The result of one round of a crew's test. A quality that is no finite number is not sent.
    pub fn individual_test_result_span(
        &self,
        crew: &Crew,
        quality: f64,
        exec_time: Duration,
        model_name: impl Into<Name>,
    ) {
        self.put(false, || IndividualTestResult {
            crew_key: crew.own_key(),
            crew_id: crew.own_id(),
            quality: Decimal(quality),
            exec_time: Decimal(exec_time.as_secs_f64()),
            model_name: model_name.into(),
        });
    }

    /// A crew is tested. The inputs are sent only if the crew is shared.
    pub fn test_execution_span(
        &self,
        crew: &Crew,
        iterations: u32,
        inputs: Option<&Context>,
        model_name: impl Into<Name>,
    ) {
        self.put(crew.share, || TestExecution {
            crew_key: crew.own_key(),
            crew_id: crew.own_id(),
            iterations: Decimal(iterations.into()),
            model_name: model_name.into(),
            inputs: shared_map(crew, inputs),
        });
    }
}

fn created(crew: &Crew, task: &Task) -> TaskCreated {
    let shared = |text: &Option<_>| text.clone().filter(|_| crew.share);
    TaskCreated {
        crew_key: crew.own_key(),
        crew_id: crew.own_id(),
        crew_fingerprint: crew.fingerprint.map(|(id, _)| id),
        task_key: task.item.key,
        task_id: task.item.id,
        task_fingerprint: task.item.fingerprint,
        task_fingerprint_created_at: task.item.fingerprint_created_at,
        agent_fingerprint: task.agent_fingerprint,
        agent_role: task.item.agent_role.clone(),
        formatted_description: shared(&task.item.description),
        formatted_expected_output: shared(&task.item.expected_output),
    }
}

/// The attributes of a task's run. They have the same names as those of its creation, and the compiler checks that none
/// is forgotten.
fn execution(created: TaskCreated) -> TaskExecution {
    let TaskCreated {
        crew_key,
        crew_id,
        crew_fingerprint,
        task_key,
        task_id,
        task_fingerprint,
        task_fingerprint_created_at,
        agent_fingerprint,
        agent_role,
        formatted_description,
        formatted_expected_output,
    } = created;
    TaskExecution {
        crew_key,
        crew_id,
        crew_fingerprint,
        task_key,
        task_id,
        task_fingerprint,
        task_fingerprint_created_at,
        agent_fingerprint,
        agent_role,
        formatted_description,
        formatted_expected_output,
        task_output: None,
    }
}

fn shared_map(crew: &Crew, inputs: Option<&Context>) -> Option<SharedMap> {
    inputs.filter(|_| crew.share).map(|inputs| SharedMap(inputs.clone()))
}

fn model(llm: &Llm) -> Name {
    llm.0.clone()
}

fn role(agent: &Agent) -> Name {
    agent.item.role.clone()
}
