#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod agent;
mod crew;
mod crew_spans;
mod declared;
mod environment;
mod flow;
mod program_spans;
mod settings;
mod system;
mod task;
mod usage;

pub use agent::{Agent, Llm};
pub use crew::Crew;
pub use crew_spans::{CrewSpan, TaskSpan};
pub use declared::*;
pub use flow::Flow;
pub use settings::{COLLECTOR, to_collector, under_crewai_names};
pub use task::Task;
pub use usage::CrewUsage;
