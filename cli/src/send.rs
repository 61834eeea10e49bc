//! `send`: delivers waiting reports, and prints the result.

mod by_hand;

use std::collections::HashSet;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use crawl4ai_telemetry::{Consent, DeliveryOutcome, ProviderHealth, ReportId, Status, Telemetry, WaitsFor};

use crate::exit::{Failure, all_was_seen, explained};
use crate::output::Streams;
use crate::show::find;

/// The longest delivery: fifty reports to a server that takes ten seconds for each.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// The time between two checks of the progress.
const LOOK: Duration = Duration::from_millis(200);

/// Deliver what waits
///
/// Sends the reports that you agreed to and that could not be delivered yet. One
/// that waits for your answer is sent only if you name it; look at it first, with
/// `show`. If you post reports yourself, a page opens with the one that you name.
/// Undo is not possible: what was sent is sent; `disable` deletes what still
/// waits.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Send {
    /// The ids of reports that wait for your answer: you agree to send them
    id: Vec<String>,
}

impl Send {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        if telemetry.status().asks_each_time() {
            return by_hand::open(&self.id, telemetry, streams);
        }
        for id in unanswered(&self.id, telemetry)? {
            if !telemetry.agree_to(id) {
                return Err(busy(id));
            }
        }
        let status = telemetry.status();
        let all = ready(telemetry);
        if let Some(n @ 1..) = status.unanswered {
            streams.say(&held_back(n, &status, telemetry.app().command_name()));
        }
        if all == 0 {
            all_was_seen(telemetry)?;
            streams.say("Nothing waits to be sent.");
            return Ok(());
        }
        streams.say(&format!("Sending {} to {} …", reports(all), status.provider));
        let before: HashSet<ReportId> = telemetry.sent().into_iter().map(|entry| entry.id).collect();
        deliver(telemetry, all, streams);
        let (delivered, refused) = fates(telemetry, &before);
        let left = ready(telemetry);
        let held = telemetry.status().unanswered.unwrap_or_default();
        streams.say(&format!("{delivered} delivered, {refused} refused, {left} still to be sent."));
        if held > status.unanswered.unwrap_or_default() {
            // Their yes was for another place or another text.
            return Err(Failure::Refused(held_back(held, &status, telemetry.app().command_name())));
        }
        if left == 0 {
            return Ok(());
        }
        Err(explained(Failure::Refused(why_not(&telemetry.status())), telemetry))
    }
}

/// The named reports that wait for an answer. If one of the named reports cannot be sent, all are refused, so that the
/// user agrees to nothing by a command that fails.
fn unanswered(named: &[String], telemetry: &Telemetry) -> Result<Vec<ReportId>, Failure> {
    let waiting = telemetry.waiting();
    let mut unanswered = Vec::new();
    for wanted in named {
        let id = find(wanted, telemetry)?;
        match waiting.iter().find(|report| report.id == id).map(|report| report.waits_for) {
            // The same report may be named twice.
            Some(WaitsFor::Answer) if unanswered.contains(&id) => {}
            Some(WaitsFor::Answer) => unanswered.push(id),
            Some(WaitsFor::Delivery) => {}
            Some(_) => return Err(busy(id)),
            None => return Err(explained(gone(id), telemetry)),
        }
    }
    Ok(unanswered)
}

fn busy(id: ReportId) -> Failure {
    Failure::Refused(format!("the report {id} cannot be sent now: its program runs"))
}

fn gone(id: ReportId) -> Failure {
    Failure::Refused(format!("the report {id} does not wait any more"))
}

/// How many reports are not sent, because they wait for an answer.
fn held_back(n: usize, status: &Status, command: &str) -> String {
    let why = match status.consent {
        Consent::Always | Consent::Once => "from before your yes",
        Consent::NotSet | Consent::Denied => "waiting for your answer",
    };
    let them = if n == 1 { "it" } else { "them" };
    format!("{n} {why}: sent only if you name {them}. See `{command} log`.")
}

/// Why reports are left. A current failure takes precedence over a rule, because a named report has a yes of its own.
fn why_not(status: &Status) -> String {
    let health = &status.provider_health;
    let untried = matches!(health, ProviderHealth::Unused | ProviderHealth::FailedBefore { .. });
    if untried && !status.enabled {
        format!("not now: {}", status.reason())
    } else if let (ProviderHealth::Unused | ProviderHealth::Well, Some(failure)) =
        (health, &status.last_failure)
    {
        // The provider is not the cause. Possible causes are a read-only folder, and a report that cannot be deleted.
        format!("not now: {failure}")
    } else if *health == ProviderHealth::Unused {
        "not now: the next try is not due yet".to_owned()
    } else {
        format!("{} is {health}", status.provider)
    }
}

/// Delivers on another thread, and prints how many reports are gone. If no thread can be started, nothing is printed.
fn deliver(telemetry: &Telemetry, all: usize, streams: &mut Streams) {
    let (done, wait) = sync_channel(1);
    let sender = telemetry.clone();
    let body = move || {
        sender.flush(LONGEST);
        // The receiver may have stopped waiting.
        let _ = done.try_send(());
    };
    if thread::Builder::new().name("send".into()).spawn(body).is_err() {
        telemetry.flush(LONGEST);
        return;
    }
    let start = Instant::now();
    let mut told = 0;
    while start.elapsed() < LONGEST {
        match wait.recv_timeout(LOOK) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let gone = all.saturating_sub(ready(telemetry));
                if gone > told {
                    told = gone;
                    streams.say(&format!("  {gone} of {all}"));
                }
            }
        }
    }
}

fn ready(telemetry: &Telemetry) -> usize {
    telemetry.waiting().iter().filter(|report| report.waits_for == WaitsFor::Delivery).count()
}

/// How many reports were delivered and how many were refused, except for those that were known before. The length of
/// the record does not tell, because a full record drops an old entry for each new one.
fn fates(telemetry: &Telemetry, before: &HashSet<ReportId>) -> (usize, usize) {
    let mut sent = telemetry.sent();
    sent.retain(|entry| !before.contains(&entry.id));
    let ended = |outcome| sent.iter().filter(|entry| entry.outcome == outcome).count();
    (ended(DeliveryOutcome::Delivered), ended(DeliveryOutcome::Refused))
}

pub(crate) fn reports(n: usize) -> String {
    if n == 1 { "1 report".to_owned() } else { format!("{n} reports") }
}
