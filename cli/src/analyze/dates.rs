//! Days in the form `2026-11-27`.

use crawl4ai_telemetry::Timestamp;

use super::program::Day;

const MILLIS: u64 = 24 * 60 * 60 * 1000;

/// Writes a day as `2026-11-27`.
pub(super) fn date(day: Day) -> String {
    Timestamp::from_millis(u64::from(day) * MILLIS).to_string().chars().take(10).collect()
}

/// The name of a day of the week.
pub(super) fn weekday(day: Day) -> &'static str {
    // 1970 began on a Thursday.
    match day % 7 {
        0 => "Thursday",
        1 => "Friday",
        2 => "Saturday",
        3 => "Sunday",
        4 => "Monday",
        5 => "Tuesday",
        _ => "Wednesday",
    }
}

/// Reads a day like `2026-11-27`.
///
/// # Errors
/// When the text is not a date.
pub(super) fn parse(date: &str) -> Result<Day, String> {
    let time: Result<Timestamp, _> = format!("{date}T00:00:00Z").parse();
    let day = time.ok().and_then(|time| Day::try_from(time.as_millis() / MILLIS).ok());
    day.ok_or_else(|| "a date is written as 2026-11-27".to_owned())
}

/// The day of a time.
pub(super) fn day(time: Timestamp) -> Day {
    Day::try_from(time.as_millis() / MILLIS).unwrap_or(Day::MAX / 2)
}
