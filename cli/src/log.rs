//! `log`: lists sent and waiting reports.

use clap::Args;
use crawl4ai_telemetry::{
    DeliveryOutcome, ReportId, SentEntry, Telemetry, Timestamp, Waiting, WaitsFor, printable,
};
use serde_json::{json, to_string_pretty};

use crate::exit::{Failure, all_was_seen};
use crate::output::{Paint, Streams};

/// The number of characters of a short id. They distinguish reports, and `show` accepts them.
const SHORT: usize = 8;

/// The number of columns of a narrow terminal.
const WIDTH: usize = 80;

/// List what was sent from this machine, and what waits
///
/// Oldest first. See one with `show`, delete them with `purge`.
/// Changes nothing and sends nothing. `enable` and `disable` change the decision.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Log {
    /// For other programs: one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let (sent, waiting) = (telemetry.sent(), telemetry.waiting());
        if self.json {
            let json = to_string_pretty(&json!({ "sent": sent, "waiting": waiting }));
            let printed = streams.print_json(json);
            return all_was_seen(telemetry).and(printed);
        }
        if sent.is_empty() && waiting.is_empty() {
            all_was_seen(telemetry)?;
            streams.say("Nothing was sent from here, and nothing waits.");
            return Ok(());
        }
        let printed = print_rows(&sent, &waiting, streams);
        all_was_seen(telemetry).and(printed)
    }
}

fn print_rows(sent: &[SentEntry], waiting: &[Waiting], streams: &mut Streams) -> Result<(), Failure> {
    let head = row("WHEN (UTC)", "WHAT", "ID", "");
    streams.paint(Paint::Faint, head.trim_end())?;
    for entry in sent {
        let (what, paint) = outcome_text(entry);
        streams.paint(paint, &row(&when(entry.sent_at), what, &short(entry.id), &error(entry)))?;
    }
    for report in waiting {
        streams.paint(Paint::Plain, &waiting_row(report))?;
    }
    Ok(())
}

fn outcome_text(entry: &SentEntry) -> (&'static str, Paint) {
    match entry.outcome {
        // Only the user knows whether the report was sent from the opened page.
        DeliveryOutcome::Delivered if entry.is_by_hand() => ("opened", Paint::Good),
        DeliveryOutcome::Delivered => ("delivered", Paint::Good),
        DeliveryOutcome::Refused => ("refused", Paint::Bad),
        _ => ("unknown", Paint::Plain),
    }
}

fn waiting_row(report: &Waiting) -> String {
    let what = match report.waits_for {
        WaitsFor::Delivery => "to be sent",
        WaitsFor::Answer => "your answer",
        WaitsFor::Process => "its process",
        _ => "",
    };
    row(&when(report.time), "waits for", &short(report.id), what)
}

/// The type of the error, its place if that is known, and the provider.
fn error(entry: &SentEntry) -> String {
    let place = entry.culprit.as_ref().map_or_else(String::new, |culprit| format!(" in {culprit}"));
    format!("{}{place}, to {}", entry.error, entry.provider)
}

fn row(when: &str, what: &str, id: &str, rest: &str) -> String {
    let whole = format!("{when:<19}  {what:<9}  {id:<SHORT$}  {}", printable::line(rest));
    if whole.chars().count() <= WIDTH {
        return whole.trim_end().to_owned();
    }
    whole.chars().take(WIDTH - 1).chain(['…']).collect()
}

/// A time to the second: `2026-11-20 12:00:00`.
fn when(time: Timestamp) -> String {
    time.to_string().replace('T', " ").chars().take(19).collect()
}

fn short(id: ReportId) -> String {
    id.to_string().chars().take(SHORT).collect()
}
