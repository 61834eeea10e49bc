//! Waiting and sent reports as the page lists them: newest first, each with its bytes. All sizes are bounded.

use std::borrow::Cow;

use crawl4ai_telemetry::sanitize::Counts;
use crawl4ai_telemetry::{
    DeliveryOutcome, ReportId, SentEntry, Telemetry, Timestamp, Waiting, WaitsFor, printable,
};

use super::words::{Moment, Piece, counted, grouped, pieces, short};

/// The number of reports that are visible at once. Older ones appear after a click.
const IN_SIGHT: usize = 20;

/// The most reports in a list: ten times as many as the library keeps.
const LISTED: usize = 500;

/// The most bytes of one report on the page, which is more than any report of the library has.
const OF_ONE: usize = 256 * 1024;

/// The most bytes of all reports on the page, so that a browser opens it quickly.
const OF_ALL: usize = 6 * 1024 * 1024;

/// The longest text about the failure and about its place, in characters, so that the other columns have room.
const FAILED: usize = 300;
const PLACE: usize = 120;

/// Reports of one list.
#[derive(Debug)]
pub(super) struct List {
    pub(super) in_sight: Vec<Entry>,
    pub(super) older: Vec<Entry>,
    /// Number of reports that are not on the page.
    pub(super) unlisted: usize,
    pub(super) count: usize,
}

/// The beginning of the report's id, which distinguishes it from others.
#[derive(Debug)]
pub(super) struct Entry {
    /// The beginning of its id, which tells one report from another.
    pub(super) id: String,
    pub(super) when: Moment,
    pub(super) failed: String,
    pub(super) place: Option<String>,
    /// The outcome, in one to three words.
    pub(super) state: &'static str,
    pub(super) is_bad: bool,
    /// The outcome, in a sentence.
    pub(super) became: String,
    pub(super) size: String,
    /// The bytes in a form that can be shown; `None` if they cannot be read.
    pub(super) bytes: Option<String>,
    /// A note on the bytes that are not shown, and how to see them.
    pub(super) besides: Vec<Piece>,
    at: Timestamp,
    counts: Counts,
}

impl List {
    fn of(mut entries: Vec<Entry>, unlisted: usize) -> Self {
        let count = entries.len() + unlisted;
        // Older reports appear after a click.
        let older = entries.split_off(entries.len().min(IN_SIGHT));
        Self { in_sight: entries, older, unlisted, count }
    }

    /// The redaction counts of each report, with the time of its error.
    pub(super) fn taken_out(&self) -> impl Iterator<Item = (Timestamp, &Counts)> {
        self.in_sight.iter().chain(&self.older).map(|entry| (entry.at, &entry.counts))
    }
}

/// How many bytes still fit on the page, and the command that shows the others.
pub(super) struct Room<'a> {
    left: usize,
    command: &'a str,
}

impl<'a> Room<'a> {
    pub(super) fn new(telemetry: &'a Telemetry) -> Self {
        Self { left: OF_ALL, command: telemetry.app().command_name() }
    }

    /// The part of `bytes` that is shown, and the note on the rest.
    fn show(&mut self, bytes: &[u8], short_id: &str) -> (String, Vec<Piece>) {
        let all = grouped(bytes.len() as u64);
        let most = bytes.len().min(OF_ONE).min(self.left);
        let shown = whole_characters(bytes, most);
        self.left -= shown.len();
        let mut besides = String::new();
        if shown.len() < bytes.len() {
            let first = grouped(shown.len() as u64);
            besides = format!(
                "The page has room for the first {first} of {all} bytes. All: `{} show {short_id}`.",
                self.command
            );
        } else if std::str::from_utf8(bytes).is_err() {
            besides = format!(
                "This form is for machines; what is no text is shown by its number. `{} show {short_id}` has it as it is.",
                self.command
            );
        }
        (printable::bytes(shown).into_owned(), pieces(&besides))
    }
}

/// The first bytes, cut between characters.
fn whole_characters(bytes: &[u8], most: usize) -> &[u8] {
    let inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    // A character has four bytes at most. A longer sequence of continuation bytes is not a character.
    let end = (most.saturating_sub(3)..=most).rev().find(|at| !inside(*at)).unwrap_or(most);
    bytes.get(..end).unwrap_or(bytes)
}

/// Waiting reports, newest first.
pub(super) fn waiting(telemetry: &Telemetry, room: &mut Room<'_>) -> List {
    let mut all = telemetry.waiting();
    all.reverse();
    let unlisted = all.len().saturating_sub(LISTED);
    List::of(all.iter().take(LISTED).map(|report| waits(report, telemetry, room)).collect(), unlisted)
}

/// Reports that were sent, newest first.
pub(super) fn sent(telemetry: &Telemetry, room: &mut Room<'_>) -> List {
    let mut all = telemetry.sent();
    all.reverse();
    let unlisted = all.len().saturating_sub(LISTED);
    List::of(all.iter().take(LISTED).map(|entry| left(entry, telemetry, room)).collect(), unlisted)
}

fn waits(waiting: &Waiting, telemetry: &Telemetry, room: &mut Room<'_>) -> Entry {
    let (state, became) = match waiting.waits_for {
        WaitsFor::Delivery => ("to be sent", "It waits to be sent.".to_owned()),
        WaitsFor::Answer => ("your answer", "It waits for your answer, and is not sent without.".to_owned()),
        WaitsFor::Process => ("its program", "It waits for its program to end or to go on.".to_owned()),
        _ => ("waits", "It waits.".to_owned()),
    };
    let id = short_id(waiting.id);
    let (failed, place, counts, payload) = match telemetry.waiting_report(waiting.id) {
        Some((report, payload)) => (
            report.failed().unwrap_or_default().to_owned(),
            report.culprit().and_then(|frame| frame.function()).map(str::to_owned),
            report.redactions().clone(),
            Some(payload),
        ),
        None => (String::new(), None, Counts::default(), None),
    };
    let size = payload.as_ref().map_or(0, |payload| payload.bytes.len());
    let (bytes, besides) = match &payload {
        Some(payload) => {
            let (bytes, besides) = room.show(&payload.bytes, &id);
            (Some(bytes), besides)
        }
        None => (None, pieces("It cannot be read any more, and does not leave.")),
    };
    Entry {
        when: waiting.time.into(),
        failed: said(&failed),
        place: place.map(|place| short(&place, PLACE)),
        state,
        is_bad: payload.is_none(),
        became,
        size: counted(size as u64, "byte"),
        bytes,
        besides,
        at: waiting.time,
        counts,
        id,
    }
}

fn left(entry: &SentEntry, telemetry: &Telemetry, room: &mut Room<'_>) -> Entry {
    let to = short(&entry.provider, PLACE);
    let (state, became) = match entry.outcome {
        DeliveryOutcome::Delivered if entry.is_by_hand() => {
            ("opened", "It was opened for you, to be reported by yourself.".to_owned())
        }
        DeliveryOutcome::Delivered => ("delivered", format!("It was taken by {to}.")),
        DeliveryOutcome::Refused => ("refused", format!("It reached {to}, which did not take it.")),
        _ => ("sent", format!("It was sent to {to}.")),
    };
    let id = short_id(entry.id);
    let bytes = telemetry.sent_bytes(entry.id).ok().flatten().map(|(_, bytes)| bytes);
    let size = bytes.as_ref().map_or(entry.bytes, Vec::len);
    let (bytes, besides) = match bytes {
        Some(bytes) => {
            let (bytes, besides) = room.show(&bytes, &id);
            (Some(bytes), besides)
        }
        None => (None, pieces("Its bytes cannot be read any more.")),
    };
    let failed = if entry.failed.is_empty() { &entry.error } else { &entry.failed };
    Entry {
        when: entry.sent_at.into(),
        failed: said(failed),
        place: entry.culprit.as_deref().map(|place| short(place, PLACE)),
        state,
        is_bad: entry.outcome == DeliveryOutcome::Refused,
        became,
        size: counted(size as u64, "byte"),
        bytes,
        besides,
        at: entry.time,
        counts: entry.redactions.clone(),
        id,
    }
}

fn said(failed: &str) -> String {
    let failed: Cow<'_, str> = printable::line(failed);
    if failed.trim().is_empty() { "something without a name".to_owned() } else { short(&failed, FAILED) }
}

fn short_id(id: ReportId) -> String {
    id.to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_ends_between_characters_and_never_past_the_room() {
        for (bytes, most, shown) in [
            ("größe".as_bytes(), 7, "größe".as_bytes()),
            ("größe".as_bytes(), 4, "grö".as_bytes()),
            ("größe".as_bytes(), 3, "gr".as_bytes()),
            ("🦀🦀".as_bytes(), 7, "🦀".as_bytes()),
            (b"\x80\x80\x80\x80\x80\x80", 5, b"\x80\x80\x80\x80\x80"),
            (b"", 0, b""),
            (b"abc", 0, b""),
        ] {
            assert_eq!(whole_characters(bytes, most), shown, "{bytes:?} {most}");
        }
        let mut room = Room { left: 10, command: "weather telemetry" };
        let (shown, besides) = room.show(b"12345678", "0123abcd");
        assert_eq!((&*shown, besides.len(), room.left), ("12345678", 0, 2));
        let (shown, besides) = room.show(b"12345678", "0123abcd");
        assert_eq!((&*shown, room.left), ("12", 0));
        let said: String = besides.iter().map(|piece| &*piece.text).collect();
        assert_eq!(
            said,
            "The page has room for the first 2 of 8 bytes. All: weather telemetry show 0123abcd."
        );
        assert_eq!(room.show(b"\xff", "0123abcd").0, "");
    }
}
