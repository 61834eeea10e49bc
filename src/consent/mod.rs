//! Consent: decides whether a report may leave now, and names the rule that decided.

mod actions;
mod cached_answer;
pub mod config;
mod consent_text;
mod decision;
mod email;
mod machine;
mod notebook;
mod offer;
mod prompt;
mod rule;
mod usage;

pub use actions::ActionError;
pub(crate) use actions::spend_once;
pub(crate) use actions::{disable, enable, remove_email, set_email};
pub(crate) use cached_answer::CachedAnswer;
pub use config::{Consent, UsageConsent};
pub(crate) use consent_text::{
    KnownEmail, paragraphs as consent_paragraphs, stop, texts as consent_texts, undo, way_out,
    way_out_of_usage,
};
pub(crate) use decision::{Decision, StoredYes, decide, kill_switch, shows_only};
pub use email::EmailError;
pub(crate) use email::check_email;
pub(crate) use machine::{ByFile, MachinePolicy, machine_policy_path};
pub(crate) use machine::{Destinations, Heeded, MachinePolicyFile, Taken};
pub use machine::{MachinePolicyProblem, MachinePolicyStatus};
pub(crate) use notebook::{Notebook, Notice};
pub(crate) use offer::Offer;
pub(crate) use prompt::kernel;
pub use prompt::{Answer, Choice, ConsentPrompt, Occasion, Question, TerminalPrompt};
pub(crate) use prompt::{Kept, PromptLock, Undone, ending, terminal_number};
pub use rule::Rule;
pub use usage::UsageRule;
pub(crate) use usage::set_usage;
pub(crate) use usage::{UsageDecision, decide_usage};

/// The version of the consent text. It rises when the library begins to send more than the earlier text said; users who
/// agreed to an older version are then asked again.
pub(crate) const POLICY: u32 = 1;
