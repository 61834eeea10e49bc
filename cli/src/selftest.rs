//! `selftest`: sends one report that is marked as a test through every step.

use std::io::{self, BufRead, Read};

use clap::Args;
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::printable::line;

use crate::exit::Failure;
use crate::output::Streams;

/// The most bytes that are read of an answer.
const LONGEST: u64 = 64;

/// Send one test report the whole way, and say how each step went
///
/// The report is marked as a test. It holds an error that did not happen, and what
/// every report says of the program and your system; no e-mail address. It is sent
/// only if you agree to it, here and now; your decision about real reports stays.
/// Each step says what was wrong and how to mend it; when one failed, the exit code
/// is 1. There is no undo: what was sent is sent; `erase` helps to have it deleted.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Run {
    /// You agree to send the test report: no question is asked
    #[arg(long)]
    yes: bool,

    /// For other programs: one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Run {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        if !self.yes && !agrees(telemetry, streams)? {
            return Err(Failure::Refused("nobody agreed to a test report, so none was sent".to_owned()));
        }
        let mut written = Ok(());
        let found = telemetry.selftest(|step| {
            if !self.json && written.is_ok() {
                written = streams.print(&step.to_string()).and_then(|()| streams.finish());
            }
        });
        if self.json {
            written = streams.print_json(serde_json::to_string_pretty(&found));
        }
        // The test failed, whether or not somebody reads its steps to the end.
        if !found.passed() {
            return Err(Failure::Refused("the test report did not come through".to_owned()));
        }
        written?;
        let command = telemetry.app().command_name();
        if telemetry.status().asks_each_time() {
            streams
                .say("All is well up to the page, which is opened for a report only that you said yes to.");
            return Ok(());
        }
        streams.say(&format!("The test report came through. See it with `{command} show {}`.", found.report));
        Ok(())
    }
}

/// Asks the user explicitly. If nobody can answer, this counts as a no.
fn agrees(telemetry: &Telemetry, streams: &mut Streams) -> Result<bool, Failure> {
    if !streams.can_ask() {
        streams.say("There is nobody to ask here. To agree to one test report, add `--yes`.");
        return Ok(false);
    }
    let status = telemetry.status();
    if status.asks_each_time() {
        streams.say("One report is made that is marked as a test; no page is opened for it.");
        streams.ask("Make it? y or n: ");
    } else {
        let place = line(&status.destination);
        streams.say(&format!("One report goes to {place}. It is marked as a test, and holds an error"));
        streams.say("that did not happen, and what every report says of the program and your system:");
        let command = telemetry.app().command_name();
        streams.say(&format!("`{command} preview` shows one. No e-mail address goes along."));
        streams.ask("Send it? y or n: ");
    }
    let mut answer = String::new();
    io::stdin().lock().take(LONGEST).read_line(&mut answer).map_err(Failure::Input)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
