//! Crews: their agents and tasks and, if shared, their outputs.

use crawl4ai_telemetry::usage::{Id, Items, Key, Name, SharedMap, SharedText, SystemName, ToolName};
use crawl4ai_telemetry::{Timestamp, usage_attributes, usage_choice, usage_span};

usage_choice! {
    /// In which order the tasks of a crew are done.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::Process;
    ///
    /// assert_eq!(Process::Hierarchical.name(), "hierarchical");
    /// ```
    pub enum Process {
        /// One after another.
        Sequential = "sequential",
        /// As a manager decides.
        Hierarchical = "hierarchical",
    }
}

usage_attributes! {
    /// One agent of a crew.
    pub struct AgentItem {
        /// Joins what is told of one agent in one run.
        key: Key => Default since 1,
        /// Tells agents of one run apart.
        id: Id => Default since 1,
        /// Which kinds of agents people build, to choose the defaults for them.
        role: Name => Default since 1,
        /// How agents are instructed, when the owner of the crew chooses to show us.
        goal: Option<SharedText> => Shared since 1,
        /// How agents are instructed, when the owner of the crew chooses to show us.
        backstory: Option<SharedText> => Shared since 1,
        /// Whether people need the long output.
        verbose as "verbose?": bool => Default since 1,
        /// Whether the default limit of iterations fits.
        max_iter: u32 => Default since 1,
        /// Whether people need the limit of requests a minute.
        max_rpm: Option<u32> => Default since 1,
        /// Which languages prompts are written in.
        i18n: Option<Name> => Shared since 1,
        /// Which models are used for calling functions, to decide which to test.
        function_calling_llm: Option<Name> => Default since 1,
        /// Which models are used, to decide which to test.
        llm: Option<Name> => Default since 1,
        /// Whether delegation is used.
        delegation_enabled as "delegation_enabled?": bool => Default since 1,
        /// Whether code execution is used, which is worth most care.
        allow_code_execution as "allow_code_execution?": bool => Default since 1,
        /// Whether the default limit of retries fits.
        max_retry_limit: u32 => Default since 1,
        /// Which tools are used, to decide which to keep.
        tools_names: Vec<ToolName> => Default since 1,
        /// Tells copies of a shared agent apart.
        fingerprint: Option<Id> => Shared since 1,
        /// How long the copy has existed.
        fingerprint_created_at: Option<Timestamp> => Shared since 1,
    }
}

usage_attributes! {
    /// One task of a crew.
    pub struct TaskItem {
        /// Joins what is told of one task in one run.
        key: Key => Default since 1,
        /// Tells tasks of one run apart.
        id: Id => Default since 1,
        /// What tasks ask for, when the owner of the crew chooses to show us.
        description: Option<SharedText> => Shared since 1,
        /// What tasks ask for, when the owner of the crew chooses to show us.
        expected_output: Option<SharedText> => Shared since 1,
        /// Whether tasks run side by side.
        async_execution as "async_execution?": bool => Default since 1,
        /// Whether people take part.
        human_input as "human_input?": bool => Default since 1,
        /// Which kinds of agents do which kinds of tasks.
        agent_role: Option<Name> => Default since 1,
        /// Joins the task with its agent.
        agent_key: Option<Key> => Default since 1,
        /// On which other tasks' descriptions a task builds.
        context: Vec<SharedText> => Shared since 1,
        /// Which tools are used, to decide which to keep.
        tools_names: Vec<ToolName> => Default since 1,
        /// Tells copies of a shared task apart.
        fingerprint: Option<Id> => Shared since 1,
        /// How long the copy has existed.
        fingerprint_created_at: Option<Timestamp> => Shared since 1,
    }
}

usage_span! {
    /// That a crew was made, and of what.
    pub struct CrewCreated = "Crew Created" {
        /// Joins what is told of one crew in one run.
        crew_key: Key => Default since 1,
        /// Tells runs of one crew apart.
        crew_id: Id => Default since 1,
        /// Tells copies of a crew apart.
        crew_fingerprint: Option<Id> => Default since 1,
        /// How long crews live.
        crew_fingerprint_created_at: Option<Timestamp> => Default since 1,
        /// Whether the hierarchical process is used.
        crew_process: Process => Default since 1,
        /// Whether memory is used.
        crew_memory: bool => Default since 1,
        /// Whether crews are given inputs; never which.
        crew_inputs_present: bool => Default since 1,
        /// How large crews are.
        crew_number_of_tasks: usize => Default since 1,
        /// How large crews are.
        crew_number_of_agents: usize => Default since 1,
        /// What crews are made of; the list of fields stands below.
        crew_agents: Items<AgentItem> => Default since 1,
        /// What crews are made of; the list of fields stands below.
        crew_tasks: Items<TaskItem> => Default since 1,
        /// Which versions of the language's runtime must be supported.
        runtime_version: Option<Name> => Default since 1,
        /// Which systems must be supported, when the owner of the crew chooses to show us.
        platform: Option<SystemName> => Shared since 1,
        /// Which releases must be supported, when the owner of the crew chooses to show us.
        platform_release: Option<SystemName> => Shared since 1,
        /// Which systems must be supported, when the owner of the crew chooses to show us.
        platform_system: Option<SystemName> => Shared since 1,
        /// Which versions must be supported, when the owner of the crew chooses to show us.
        platform_version: Option<SystemName> => Shared since 1,
        /// How much can run side by side.
        cpus: Option<usize> => Shared since 1,
        /// What crews are asked, when the owner of the crew chooses to show us.
        crew_inputs: Option<SharedMap> => Shared since 1,
    }
}

usage_attributes! {
    /// What one task of a crew answered.
    pub struct TaskOutputItem {
        /// Joins the answer with its task.
        id: Id => Shared since 1,
        /// What the task asked for.
        description: Option<SharedText> => Shared since 1,
        /// What came of it.
        output: Option<SharedText> => Shared since 1,
    }
}

usage_span! {
    /// A whole run of a crew, from start to end. Exists only when the crew is shared.
    pub struct CrewExecution = "Crew Execution" {
        /// Joins the run with the crew.
        crew_key: Key => Shared since 1,
        /// Joins the run with the crew.
        crew_id: Id => Shared since 1,
        /// What the crew was asked.
        crew_inputs: Option<SharedMap> => Shared since 1,
        /// What the crew was made of; the list of fields stands above.
        crew_agents: Items<AgentItem> => Shared since 1,
        /// What the crew was made of; the list of fields stands above.
        crew_tasks: Items<TaskItem> => Shared since 1,
        /// What the crew answered.
        crew_output: Option<SharedText> => Shared since 1,
        /// What each task answered; the list of fields stands below.
        crew_tasks_output: Option<Items<TaskOutputItem>> => Shared since 1,
    }
}
