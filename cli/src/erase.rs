//! `erase`: deletes sent reports from a local file, or prints a letter that asks a server for it.

use clap::Args;
use crawl4ai_telemetry::printable::line;
use crawl4ai_telemetry::{Erasure, Telemetry};

use crate::exit::{Failure, all_was_seen};
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
            let printed = streams.print_json(serde_json::to_string_pretty(&done));
            return left(&done, telemetry).and(printed);
        }
        if sent == 0 {
            all_was_seen(telemetry)?;
            streams.say("No report is known that was sent from here.");
            return Ok(());
        }
        if let Some(file) = &done.file {
            streams.say(&format!("Deleted {} from {}.", reports(done.erased), line(file)));
            tell_unreadable(&done, streams);
        }
        for file in &done.other_files {
            streams.say(&format!(
                "Earlier reports are in {}, which this does not change: delete it yourself.",
                line(file)
            ));
        }
        let printed = match &done.letter {
            Some(letter) => {
                tell_recipients(&done, telemetry, streams);
                streams.print(letter.trim_end())
            }
            None => Ok(()),
        };
        left(&done, telemetry).and(printed)
    }
}

/// Says whom the letters are for, and who chose those servers.
fn tell_recipients(done: &Erasure, telemetry: &Telemetry, streams: &mut Streams) {
    let count = reports(done.on_servers.len());
    match done.recipients.len() {
        0 | 1 => {
            streams.say(&format!("A server has {count} from here. This letter asks for their erasure;"));
            streams.say("put in your name, and send it to whom its top names.");
        }
        letters => {
            streams.say(&format!("Servers have {count} from here. {letters} letters ask for their"));
            streams.say("erasure; put in your name, and send each to whom its top names.");
        }
    }
    let names = |begin| done.recipients.iter().any(|recipient| recipient.starts_with(begin));
    if names("the authors of ") && telemetry.app().controller_address().is_none() {
        streams.say("The program does not name that address. Look for its authors on its web page");
        streams.say("or in its package.");
    }
    match (done.on_servers.iter().any(|sent| sent.of_program == Some(false)), done.is_chooser_unknown) {
        (true, false) => {
            streams.say("The program did not choose that server: you did, in a variable, or the");
            streams.say("administrator of this machine, who may know who runs it.");
        }
        (true, true) => {
            streams.say("You, in a variable, or the administrator of this machine chose one of those");
            streams.say("servers. It is not known who chose the others.");
        }
        (false, true) => streams.say("It is not known who chose that server."),
        (false, false) => {}
    }
    streams.say("");
}

/// Prints what could not be read, where it is, and what the user can do about it.
fn tell_unreadable(done: &Erasure, streams: &mut Streams) {
    if !done.torn_lines.is_empty() {
        let (lines, are) = numbered(&done.torn_lines);
        streams.say(&format!(
            "{lines} of that file {are} torn. A part of a report from here is left, which was not deleted."
        ));
        streams.say("Open the file in an editor, and delete what is yours there.");
    }
    if !done.unreadable_lines.is_empty() {
        let (lines, _) = numbered(&done.unreadable_lines);
        streams.say(&format!(
            "{lines} of that file cannot be read. A report may be there, from here or somebody else's."
        ));
        streams.say("Look at it in an editor, and delete what is yours.");
    }
    if done.unlisted_lines > 0 {
        streams.say(&format!("Further lines that cannot be read: {}.", done.unlisted_lines));
    }
}

/// `Line 3` or `Lines 3, 4, 7`, and the verb.
fn numbered(lines: &[u64]) -> (String, &'static str) {
    let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
    let (name, are) = if lines.len() == 1 { ("Line", "is") } else { ("Lines", "are") };
    (format!("{name} {}", numbers.join(", ")), are)
}

/// Fails if a torn report of this user is left in the file, or if the status lists something unreadable.
fn left(done: &Erasure, telemetry: &Telemetry) -> Result<(), Failure> {
    match (done.torn_lines.len(), &done.file) {
        (0, _) | (_, None) => all_was_seen(telemetry),
        (1, Some(file)) => Err(Failure::Refused(format!("a torn report from here is left in {file}"))),
        (n, Some(file)) => Err(Failure::Refused(format!("{n} torn reports from here are left in {file}"))),
    }
}
