//! `send` for users who report by themselves: a page opens with the report that they name.

use crawl4ai_telemetry::{Rule, Telemetry, WaitsFor};

use super::{LONGEST, fates};
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
    if named.len() > 1 {
        // There is only one page, so the next report would replace the one that the browser is about to read.
        return Err(Failure::Refused("one report at a time: each opens a page of its own".to_owned()));
    }
    for wanted in named {
        let id = find(wanted, telemetry)?;
        let waits =
            telemetry.waiting().into_iter().any(|one| one.id == id && one.waits_for == WaitsFor::Answer);
        if !waits {
            return Err(Failure::Refused(format!("the report {id} does not wait any more")));
        }
        if !telemetry.agree_to(id) {
            return Err(Failure::Refused(format!("the report {id} cannot be opened now: its program runs")));
        }
    }
    streams.say(telemetry.consent_text().trim_end());
    let before = fates(telemetry).0;
    telemetry.flush(LONGEST);
    if fates(telemetry).0.saturating_sub(before) < named.len() {
        let status = telemetry.status();
        return Err(Failure::Refused(format!("{} is {}", status.provider, status.provider_health)));
    }
    Ok(())
}
