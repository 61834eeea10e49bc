//! The state itself: counts in windows of time.

mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crawl4ai_telemetry_core::{Fingerprint, Losses, ReportId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::limits::{Limits, Window};

/// Maximum number of different bugs that are counted in an hour. Reports of further bugs are refused.
const BUGS: usize = 256;

/// Maximum number of times that the user is asked about one report without an answer.
const QUESTIONS: u32 = 2;

/// Maximum length of a stored reason, in characters.
const REASON: usize = 240;

/// Maximum wait that a server can ask for. A time further ahead was written while the clock was wrong.
const FARTHEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The number of reports that left in each window, the losses that no report has told, and the time of the next
/// attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DeliveryState {
    hour: CountWindow,
    day: CountWindow,
    bugs: BTreeMap<String, CountWindow>,
    /// Losses of processes that ended before a report could tell them.
    #[serde(rename = "untold")]
    unreported: Losses,
    /// Number of consecutive deliveries that failed.
    pub(crate) failures: u32,
    /// Number of consecutive runs of the program that ended without time to read its own words.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) ends_without_words: u32,
    /// Number of consecutive runs of the program that ended without time to look up the lines of reports that were
    /// stored with addresses only.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) ends_without_lines: u32,
    /// The number of questions about each report that waits for the user's answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    asked: BTreeMap<String, u32>,
    /// The terms under which reports leave although the stored yes was for others, if what was stored before waits for an
    /// answer already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) terms: Option<String>,
    /// Time before which nothing is sent.
    not_before: Option<Timestamp>,
    /// Why the last delivery failed. It is removed by the next delivery that succeeds.
    trouble: Option<String>,
}

/// Work for which there was no time at the end of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndWithout {
    /// Reading the program's own words.
    Words,
    /// Looking up the lines of reports that were stored with addresses only.
    Lines,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The count of one window of time. A clock that jumps, in either direction, opens a new window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct CountWindow {
    number: u64,
    count: u32,
}

impl CountWindow {
    fn is_full(self, number: u64, most: u32) -> bool {
        self.number == number && self.count >= most
    }

    fn add(&mut self, number: u64) {
        let count = if self.number == number { self.count } else { 0 };
        *self = Self { number, count: count.saturating_add(1) };
    }
}

impl DeliveryState {
    /// Number of consecutive runs of the program that ended without time for this work.
    pub(crate) fn ends_without(&mut self, what: EndWithout) -> &mut u32 {
        match what {
            EndWithout::Words => &mut self.ends_without_words,
            EndWithout::Lines => &mut self.ends_without_lines,
        }
    }

    /// Checks whether one more report of this bug may leave, and counts it if so.
    pub(crate) fn admit(&mut self, bug: Fingerprint, now: Timestamp, limits: Limits) -> bool {
        let since_1970 = Duration::from_millis(now.as_millis());
        let (hour, day) = (Window::Hour.number(since_1970), Window::Day.number(since_1970));
        self.bugs.retain(|_, window| window.number == hour);
        let bug = bug.to_string();
        let of_bug = self.bugs.get(&bug).copied().unwrap_or_default();
        let known = self.bugs.contains_key(&bug) || self.bugs.len() < BUGS;
        let admitted = known
            && !of_bug.is_full(hour, limits.per_bug_and_hour)
            && !self.hour.is_full(hour, limits.per_hour)
            && !self.day.is_full(day, limits.per_day);
        if admitted {
            self.hour.add(hour);
            self.day.add(day);
            self.bugs.entry(bug).or_default().add(hour);
        }
        admitted
    }

    /// Keeps losses that no report has told.
    pub(crate) fn keep_unreported(&mut self, losses: &Losses) {
        for (reason, n) in losses.iter() {
            self.unreported.add(reason, n);
        }
    }

    /// Is there a loss that no report has told?
    pub(crate) fn has_unreported(&self) -> bool {
        !self.unreported.is_empty()
    }

    /// Takes the losses, for the report that will tell them.
    pub(crate) fn take_unreported(&mut self) -> Losses {
        std::mem::take(&mut self.unreported)
    }

    /// May the user be asked about this report once more?
    pub(crate) fn may_ask(&self, id: ReportId) -> bool {
        self.asked.get(&id.to_string()).is_none_or(|times| *times < QUESTIONS)
    }

    /// Counts a question about this report. The counts of reports that no longer wait are removed.
    pub(crate) fn note_asked(&mut self, id: ReportId, waiting: impl Iterator<Item = ReportId>) {
        let waiting: BTreeSet<String> = waiting.map(|id| id.to_string()).collect();
        self.asked.retain(|id, _| waiting.contains(id));
        let times = self.asked.entry(id.to_string()).or_default();
        *times = times.saturating_add(1);
    }

    /// Stores, after a failed delivery, that nothing is sent for this long.
    pub(crate) fn wait(&mut self, now: Timestamp, wait: Duration) {
        let millis = u64::try_from(wait.min(FARTHEST).as_millis()).unwrap_or(u64::MAX);
        self.not_before = Some(Timestamp::from_millis(now.as_millis().saturating_add(millis)));
    }

    /// Stores why a delivery failed, for processes that check the state before they send.
    pub(crate) fn note_trouble(&mut self, reason: &str) {
        self.trouble = Some(reason.chars().take(REASON).collect());
    }

    /// Why the last delivery failed, if no delivery has succeeded since.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Notes that a delivery succeeded.
    pub(crate) fn went_well(&mut self) {
        self.not_before = None;
        self.forget_trouble();
    }

    /// Notes that a delivery went well in another process than the one that failed.
    pub(crate) fn forget_trouble(&mut self) {
        self.failures = 0;
        self.trouble = None;
    }

    /// Time that remains until something may be sent.
    pub(crate) fn left_to_wait(&self, now: Timestamp) -> Option<Duration> {
        let left = self.not_before?.since(now);
        (left > Duration::ZERO && left <= FARTHEST).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::Loss;

    const LIMITS: Limits = Limits { per_hour: 3, per_day: 5, per_bug_and_hour: 2 };

    fn at(hour: u64) -> Timestamp {
        Timestamp::from_millis(hour * 3_600_000 + 1)
    }

    #[test]
    fn so_many_of_a_bug_an_hour_and_a_day() {
        let mut state = DeliveryState::default();
        let mut admitted = |bug: &str, hour| {
            let bug: Fingerprint = bug.repeat(16).parse().unwrap();
            (0..4).filter(|_| state.admit(bug, at(hour), LIMITS)).count()
        };
        assert_eq!((admitted("a", 0), admitted("b", 0), admitted("c", 0)), (2, 1, 0));
        assert_eq!((admitted("a", 1), admitted("b", 1)), (2, 0), "the day is full");
        assert_eq!(admitted("a", 24), 2, "another day");
        assert_eq!(admitted("a", 0), 2, "a clock that went back opens a window, and a bounded one");
    }

    #[test]
    fn a_wait_that_lies_too_far_ahead_was_written_by_a_wrong_clock() {
        let mut state = DeliveryState::default();
        assert_eq!(state.left_to_wait(at(0)), None);
        state.wait(at(10), Duration::from_secs(90));
        assert_eq!(state.left_to_wait(at(10)), Some(Duration::from_secs(90)));
        assert_eq!(state.left_to_wait(at(11)), None, "it is over");
        assert_eq!(state.left_to_wait(at(0)), Some(Duration::from_secs(10 * 3600 + 90)));
        assert_eq!(at(9_000).since(at(0)), Duration::from_secs(9_000 * 3600));
        state.wait(at(9_000), Duration::MAX);
        assert_eq!(state.left_to_wait(at(9_000)), Some(FARTHEST));
        assert_eq!(state.left_to_wait(at(0)), None, "a year ahead");
    }

    #[test]
    fn losses_are_told_once() {
        let mut state = DeliveryState::default();
        let mut losses = Losses::default();
        losses.add(Loss::RateLimited, 7);
        state.keep_unreported(&losses);
        state.keep_unreported(&losses);
        assert_eq!(state.take_unreported().count(Loss::RateLimited), 14);
        assert!(state.take_unreported().is_empty());
    }

    #[test]
    fn the_memory_of_bugs_is_bounded() {
        let mut state = DeliveryState::default();
        for n in 0..1000_u64 {
            state.admit(format!("{n:016x}").parse().unwrap(), at(0), Limits::none());
        }
        assert_eq!(state.bugs.len(), BUGS);
    }

    #[test]
    fn nobody_is_asked_a_third_time_about_a_report() {
        let mut state = DeliveryState::default();
        let (one, other) = (ReportId::from_bytes([1; 16]), ReportId::from_bytes([2; 16]));
        for times in 0..3 {
            assert_eq!(state.may_ask(one), times < 2, "asked {times} times");
            state.note_asked(one, [one, other].into_iter());
        }
        assert!(state.may_ask(other));
        let state: DeliveryState = serde_json::from_slice(&serde_json::to_vec(&state).unwrap()).unwrap();
        assert!(!state.may_ask(one), "it outlives the process");
        let mut state = state;
        state.note_asked(other, [other].into_iter());
        assert_eq!(state.asked.len(), 1, "and is forgotten with the report");
    }
}
