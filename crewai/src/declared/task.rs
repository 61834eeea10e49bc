//! Tasks: that a task began, and how long it ran.

use crawl4ai_telemetry::usage::{Id, Key, Name, SharedText};
use crawl4ai_telemetry::{Timestamp, usage_span};

usage_span! {
    /// That a task began.
    pub struct TaskCreated = "Task Created" {
        /// Joins the task with its crew.
        crew_key: Key => Default since 1,
        /// Joins the task with the run of its crew.
        crew_id: Id => Default since 1,
        /// Joins the task with the copy of its crew.
        crew_fingerprint: Option<Id> => Default since 1,
        /// Joins what is told of one task in one run.
        task_key: Key => Default since 1,
        /// Tells tasks of one run apart.
        task_id: Id => Default since 1,
        /// Tells copies of a task apart.
        task_fingerprint: Option<Id> => Default since 1,
        /// How long tasks live.
        task_fingerprint_created_at: Option<Timestamp> => Default since 1,
        /// Joins the task with its agent.
        agent_fingerprint: Option<Id> => Default since 1,
        /// Which kinds of agents do which kinds of tasks.
        agent_role: Option<Name> => Default since 1,
        /// What the task asked for, when the owner of the crew chooses to show us.
        formatted_description: Option<SharedText> => Shared since 1,
        /// What was expected, when the owner of the crew chooses to show us.
        formatted_expected_output: Option<SharedText> => Shared since 1,
    }
}

usage_span! {
    /// How long a task ran, from start to end.
    pub struct TaskExecution = "Task Execution" {
        /// Joins the task with its crew.
        crew_key: Key => Default since 1,
        /// Joins the task with the run of its crew.
        crew_id: Id => Default since 1,
        /// Joins the task with the copy of its crew.
        crew_fingerprint: Option<Id> => Default since 1,
        /// Joins what is told of one task in one run.
        task_key: Key => Default since 1,
        /// Tells tasks of one run apart.
        task_id: Id => Default since 1,
        /// Tells copies of a task apart.
        task_fingerprint: Option<Id> => Default since 1,
        /// How long tasks live.
        task_fingerprint_created_at: Option<Timestamp> => Default since 1,
        /// Joins the task with its agent.
        agent_fingerprint: Option<Id> => Default since 1,
        /// Which kinds of agents do which kinds of tasks.
        agent_role: Option<Name> => Default since 1,
        /// What the task asked for, when the owner of the crew chooses to show us.
        formatted_description: Option<SharedText> => Shared since 1,
        /// What was expected, when the owner of the crew chooses to show us.
        formatted_expected_output: Option<SharedText> => Shared since 1,
        /// What came of the task, when the owner of the crew chooses to show us.
        task_output: Option<SharedText> => Shared since 1,
    }
}
