//! `enable`: stores the user's yes.

use clap::Args;
use crawl4ai_telemetry::{Rule, Telemetry};

use crate::exit::Failure;
use crate::output::Streams;
use crate::status;

/// Agree to send crash reports
///
/// Reports are cleaned before they are stored or sent. It says what they hold, what
/// is taken out of them, what may be missed, and where they go; `preview` shows a
/// whole one. Undo with `disable`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Enable {
    /// Send this e-mail address along; undo with `email --remove`
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,

    /// Agree to the next report only; after it you have not decided again
    #[arg(long)]
    once: bool,
}

impl Enable {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let written = telemetry.enable_with(self.email.as_deref(), self.once)?;
        status::tell_copied_aside(&written, streams);
        let asks_each_time = telemetry.status().asks_each_time();
        streams.say(if asks_each_time {
            "You are asked about each crash report, and nothing opens without a yes."
        } else if self.once {
            "You said yes to the next crash report, and to no other before you decide again."
        } else {
            "You said yes to crash reports from now on."
        });
        streams.say(telemetry.consent_text().trim_end());
        if !asks_each_time || forbids_the_question(telemetry.status().decided_by) {
            status::tell_if_otherwise(telemetry, true, streams);
        }
        streams.say(&format!("Undo with `{} disable`.", telemetry.app().command_name()));
        Ok(())
    }
}

/// Does the rule forbid a question about a report? [`Rule::NoConsent`] does not: it says that nobody can be asked here.
fn forbids_the_question(rule: Rule) -> bool {
    !matches!(rule, Rule::TerminalUnanswered | Rule::NoConsent)
}
