//! `send` for users who report by themselves: a page opens with the report that they name.

use crawl4ai_telemetry::{DeliveryOutcome, ReportId, Rule, Telemetry, WaitsFor};

use super::{LONGEST, gone};
use crate::exit::Failure;
use crate::output::Streams;
use crate::show::find;

pub(super) fn open(named: &[String], telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
    let (status, command) = (telemetry.status(), telemetry.app().command_name());
    if named.is_empty() {
        streams
            .say(&format!("A page opens with the report that you name. `{command} log` lists what waits."));
        return Ok(());
    }
    if status.decided_by != Rule::TerminalUnanswered {
        return Err(Failure::Refused(format!("no page is opened here: {}", status.reason())));
    }
    let [wanted] = named else {
        // There is only one page, so the next report would replace the one that the browser is about to read.
        return Err(Failure::Refused("one report at a time: each opens a page of its own".to_owned()));
    };
    let id = find(wanted, telemetry)?;
    if !telemetry.waiting().into_iter().any(|one| one.id == id && one.waits_for == WaitsFor::Answer) {
        return Err(gone(id));
    }
    if !telemetry.agree_to(id) {
        return Err(Failure::Refused(format!("the report {id} cannot be opened now: its program runs")));
    }
    streams.say(telemetry.consent_text().trim_end());
    telemetry.flush(LONGEST);
    if !is_opened(id, telemetry) {
        let status = telemetry.status();
        return Err(Failure::Refused(format!("{} is {}", status.provider, status.provider_health)));
    }
    Ok(())
}

/// Does the record say that a page was opened with this report?
fn is_opened(id: ReportId, telemetry: &Telemetry) -> bool {
    telemetry
        .sent()
        .iter()
        .any(|entry| entry.id == id && entry.outcome == DeliveryOutcome::Delivered && entry.is_by_hand())
}
