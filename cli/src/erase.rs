//! `erase`: deletes sent reports where they went, or writes a letter that asks for it.

use clap::Args;
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::printable::line;

use crate::exit::Failure;
use crate::output::Streams;
use crate::send::reports;

/// Have deleted what was sent
///
/// Reports that went to a file on this computer are taken out of it. For those that
/// went to a server it prints a letter with their ids and dates, which you can
/// send to whoever runs the server; nothing is sent by itself. The ids are kept
/// as long as reports are kept there, a year if the program does not say. There is
/// no undo. Your decision stays; change that with `enable` and `disable`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Erase {
    /// For other programs: one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Erase {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let sent = telemetry.sent_ids().len();
        let done = telemetry.erase().map_err(|error| Failure::Refused(error.to_string()))?;
        if self.json {
            return streams.print_json(serde_json::to_string_pretty(&done));
        }
        if sent == 0 {
            streams.say("No report is known that was sent from here.");
            return Ok(());
        }
        if let Some(file) = &done.file {
            streams.say(&format!("Deleted {} from {}.", reports(done.erased), line(file)));
        }
        for file in &done.other_files {
            streams.say(&format!(
                "Earlier reports are in {}, which this does not change: delete it yourself.",
                line(file)
            ));
        }
        if let Some(letter) = &done.letter {
            let count = reports(done.on_servers.len());
            streams.say(&format!("A server has {count} from here. This letter asks for their erasure;"));
            streams.say("put in your name, and send it to the address at its top.");
            if telemetry.app().controller_address().is_none() {
                streams
                    .say("The program names no address: its web page or package says who its authors are.");
            }
            streams.say("");
            streams.print(letter.trim_end())?;
        }
        Ok(())
    }
}
