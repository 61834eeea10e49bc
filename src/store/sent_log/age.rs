//! The age of the ids of sent reports. The clock may have been wrong when a report was sent, and may be wrong now.

use std::time::Duration;

use crawl4ai_telemetry_core::Timestamp;

/// The year 2025. No version of this library sent a report before it, so that an earlier time comes from a clock that
/// was not set.
const EARLIEST: Timestamp = Timestamp::from_millis(1_735_689_600_000);

/// Maximum time for which a clock that is ahead goes unnoticed.
const UNNOTICED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Says of each id, in the order of sending, whether it was sent no longer than `keep` ago.
pub(super) fn are_within(sent: &[Timestamp], now: Timestamp, keep: Duration) -> Vec<bool> {
    dated(sent, now).into_iter().map(|time| now.since(time) <= keep).collect()
}

/// Says of each id, in the order of sending, whether it stays on the disk.
///
/// An id is removed when it is too old now and already was when some other report was sent a week ago or earlier. The
/// clock alone does not decide, because while it is ahead a single report would remove all ids.
pub(super) fn are_kept(sent: &[Timestamp], now: Timestamp, keep: Duration) -> Vec<bool> {
    let earlier = sent.iter().filter(|time| now.since(**time) >= UNNOTICED).max();
    let was_within = |time| earlier.is_none_or(|earlier| earlier.since(time) <= keep);
    dated(sent, now).into_iter().map(|time| now.since(time) <= keep || was_within(time)).collect()
}

/// The times from which ages are counted. A report whose clock was not set counts as sent with the next report, or now.
fn dated(sent: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
    let mut next = now;
    let date = |time: &Timestamp| {
        if *time >= EARLIEST {
            next = *time;
        }
        next
    };
    let mut times: Vec<Timestamp> = sent.iter().rev().map(date).collect();
    times.reverse();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1000;
    const MONTH: Duration = Duration::from_millis(30 * DAY);

    fn on(day: u64) -> Timestamp {
        Timestamp::from_millis(EARLIEST.as_millis() + day * DAY)
    }

    #[test]
    fn a_clock_that_is_ahead_hides_ids_and_removes_none() {
        let sent = [on(1), on(2), on(700), on(701)];
        assert_eq!(are_within(&sent, on(702), MONTH), [false, false, true, true]);
        for now in [701, 706, 3] {
            assert_eq!(are_kept(&sent, on(now), MONTH), [true; 4], "{now}");
        }
        assert_eq!(are_within(&sent, on(3), MONTH), [true; 4]);
        assert_eq!(are_kept(&sent, on(707), MONTH), [false, false, true, true], "it was right for a week");
    }

    #[test]
    fn an_old_id_goes_when_a_report_was_sent_a_week_ago() {
        let sent = [on(1), on(20), on(33)];
        assert_eq!(are_within(&sent, on(36), MONTH), [false, true, true]);
        assert_eq!(are_kept(&sent, on(39), MONTH), [true; 3]);
        assert_eq!(are_kept(&sent, on(40), MONTH), [false, true, true]);
    }

    #[test]
    fn what_was_sent_in_1970_counts_as_sent_with_the_next_report() {
        let unset = Timestamp::from_millis(DAY);
        let sent = [unset, on(1), unset];
        assert_eq!(are_within(&sent, on(10), MONTH), [true; 3]);
        assert_eq!(are_within(&sent, on(32), MONTH), [false, false, true]);
        assert_eq!(are_kept(&[unset, on(1), on(33)], on(40), MONTH), [false, false, true]);
        assert_eq!(are_within(&[unset], unset, MONTH), [true]);
    }
}
