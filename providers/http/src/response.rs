//! The meaning of a response. It depends on the response's head only, and the rules are the same for every provider.

use std::fmt;
use std::time::Duration;

use crawl4ai_telemetry_core::{SendError, Timestamp};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// The longest wait. A server that asks for more is still tried again after this day.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait after a 429 that names no time, as Sentry asks of its clients
/// (<https://develop.sentry.dev/sdk/expected-features/rate-limiting/>).
const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// The part of a response that decides what happens to the report.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::Timestamp;
/// use crawl4ai_telemetry_http::{ResponseHead, interpret_response};
///
/// let mut head = ResponseHead::new(429);
/// head.retry_after = Some("120".to_owned());
/// assert_eq!(interpret_response(&head, Timestamp::default()).retry_after, Some(Duration::from_secs(120)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseHead {
    /// The status code.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<String>,
    /// The header `Retry-After`: seconds, or a date.
    pub retry_after: Option<String>,
    /// The header `X-Sentry-Rate-Limits`.
    pub rate_limits: Option<String>,
}

impl ResponseHead {
    /// A head with this status and no headers.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self { status, date: None, retry_after: None, rate_limits: None }
    }
}

/// The meaning of a response, for the sent report and for the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseMeaning {
    /// The outcome for the report.
    pub outcome: Result<(), SendError>,
    /// The least time before the next request, if the server asks for one. A server may ask for it even if it took the
    /// report.
    pub retry_after: Option<Duration>,
}

/// Reads an answer. `now` is the time of this machine; it is used only if the server names a date but not its own time.
///
/// | status | meaning |
/// |---|---|
/// | 2xx | delivered |
/// | 401, 403, 404, and redirects | wrong key or address: stop for this run, keep the report |
/// | 408, 425 | the request came at a bad time: try again |
/// | 429 | try again, not before the server says, at most [`LONGEST_WAIT`] |
/// | other 4xx | this report is refused for good |
/// | 5xx, and any other number | try again; a `Retry-After` of a 503 counts (RFC 9110, section 15.6.4) |
///
/// ```
/// use crawl4ai_telemetry_core::Timestamp;
/// use crawl4ai_telemetry_http::{ResponseHead, interpret_response};
///
/// assert_eq!(interpret_response(&ResponseHead::new(200), Timestamp::default()).outcome, Ok(()));
/// ```
#[must_use]
pub fn interpret_response(head: &ResponseHead, now: Timestamp) -> ResponseMeaning {
    let status = head.status;
    let limited = head.rate_limits.as_deref().and_then(longest_limit);
    let asked = || head.retry_after.as_deref().and_then(|wish| wait(wish, head.date.as_deref(), now));
    let retry_after = match status {
        // Sentry's own header takes precedence over the standard one.
        429 => limited.or_else(asked).or(Some(DEFAULT_WAIT)),
        503 => limited.max(asked()),
        _ => limited,
    };
    let retry_after = retry_after.map(|wait| wait.min(LONGEST_WAIT)).filter(|wait| !wait.is_zero());
    let outcome = match status {
        200..=299 => Ok(()),
        300..=399 => Err(SendError::halt(format_args!(
            "the server redirects ({status}), which is not followed: correct the address"
        ))),
        401 | 403 => Err(SendError::halt(format_args!("the server does not accept the key ({status})"))),
        404 => Err(SendError::halt(format_args!("the server does not know the project ({status})"))),
        413 => Err(SendError::rejected(format_args!("the server finds the report too large ({status})"))),
        408 | 425 => Err(SendError::retry(format_args!("the server asks to repeat the request ({status})"))),
        429 => Err(retry(retry_after, format_args!("the server has had too many reports ({status})"))),
        400..=499 => Err(SendError::rejected(format_args!("the server refuses the report ({status})"))),
        _ => Err(retry(retry_after, format_args!("the server failed ({status})"))),
    };
    ResponseMeaning { outcome, retry_after }
}

fn retry(after: Option<Duration>, reason: fmt::Arguments<'_>) -> SendError {
    after.map_or_else(|| SendError::retry(reason), |after| SendError::retry_after(after, reason))
}

/// The wait that `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
///
/// Only the form of a date that servers must write is read; the two obsolete forms are ignored.
fn wait(wish: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let wish = wish.trim();
    seconds(wish).or_else(|| {
        let until = read_date(wish)?;
        // If the server sent its own time, the wait is the difference of the server's times, because this machine's
        // clock may be wrong.
        let now = date.and_then(read_date).unwrap_or(now);
        Some(until.since(now))
    })
}

fn read_date(text: &str) -> Option<Timestamp> {
    let seconds = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?.unix_timestamp();
    Some(Timestamp::from_millis(u64::try_from(seconds).ok()?.saturating_mul(1000)))
}

/// Reads a number of seconds. Sentry also writes fractions, which are rounded up.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| number)?;
    Duration::try_from_secs_f64(seconds.ceil()).ok().or(Some(LONGEST_WAIT))
}

/// The longest limit for error reports in a header such as `60:error;default:organization, 2700::key`.
///
/// A limit starts with its seconds, followed by its categories; without categories it applies to all. Limits of other
/// categories, and parts that cannot be read, are skipped, as Sentry asks.
fn longest_limit(header: &str) -> Option<Duration> {
    let limit = |limit: &str| {
        let mut parts = limit.trim().split(':');
        let wait = seconds(parts.next()?.trim())?;
        let categories = parts.next().unwrap_or_default().trim();
        let concerns_us = categories.is_empty() || categories.split(';').any(|c| c.trim() == "error");
        concerns_us.then_some(wait)
    };
    header.split(',').filter_map(limit).max()
}

#[cfg(test)]
mod tests;
