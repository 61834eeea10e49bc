use super::*;

/// 2026-11-20T12:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_176_000_000);

fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    let value = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
    ResponseHead {
        status,
        date: value("Date"),
        retry_after: value("Retry-After"),
        rate_limits: value("X-Sentry-Rate-Limits"),
    }
}

fn kind(reading: &ResponseMeaning) -> &'static str {
    match &reading.outcome {
        Ok(()) => "delivered",
        Err(SendError::Retry { .. }) => "retry",
        Err(SendError::Halt { .. }) => "halt",
        Err(SendError::Rejected { .. }) => "rejected",
    }
}

#[test]
fn every_status_has_a_meaning() {
    for status in 0..=1000 {
        let expected = match status {
            200..=299 => "delivered",
            300..=399 | 401 | 403 | 404 => "halt",
            408 | 425 | 429 => "retry",
            400..=499 => "rejected",
            _ => "retry",
        };
        assert_eq!(kind(&interpret_response(&head(status, &[]), NOW)), expected, "{status}");
    }
}

#[test]
fn a_429_says_how_long() {
    let at_noon = ("Date", "Fri, 20 Nov 2026 12:00:00 GMT");
    let table: &[(&[(&str, &str)], u64)] = &[
        (&[], 60),
        (&[("Retry-After", "120")], 120),
        (&[("Retry-After", " 120 ")], 120),
        (&[("Retry-After", "1.2")], 2),
        (&[("Retry-After", "604800")], 86_400),
        (&[("Retry-After", "99999999999999999999999999")], 86_400),
        (&[("Retry-After", "-5")], 60),
        (&[("Retry-After", "inf")], 60),
        (&[("Retry-After", "1e3")], 60),
        (&[("Retry-After", "soon")], 60),
        (&[("Retry-After", "")], 60),
        // The server's clock is ten minutes ahead of this machine's clock, so the wait is the difference of the two
        // headers.
        (&[("Date", "Fri, 20 Nov 2026 12:10:00 GMT"), ("Retry-After", "Fri, 20 Nov 2026 12:15:00 GMT")], 300),
        (&[("Retry-After", "Fri, 20 Nov 2026 12:05:00 GMT")], 300),
        (&[at_noon, ("Retry-After", "Fri, 20 Nov 2027 12:00:00 GMT")], 86_400),
        (&[("Date", "yesterday"), ("Retry-After", "Fri, 20 Nov 2026 12:05:00 GMT")], 300),
        (&[("X-Sentry-Rate-Limits", "90:error:organization")], 90),
        (&[("X-Sentry-Rate-Limits", "90::organization"), ("Retry-After", "7")], 90),
        (&[("X-Sentry-Rate-Limits", "60:transaction:key, 2700:default;error;security:organization")], 2700),
        (&[("X-Sentry-Rate-Limits", "2700")], 2700),
        (&[("X-Sentry-Rate-Limits", "x:y:z,,:, 5:error")], 5),
        // Limits of other categories do not override `Retry-After`.
        (&[("X-Sentry-Rate-Limits", "2700:transaction:key"), ("Retry-After", "7")], 7),
        (&[("X-Sentry-Rate-Limits", "nonsense")], 60),
    ];
    for (headers, expected) in table {
        let reading = interpret_response(&head(429, headers), NOW);
        let expected = Some(Duration::from_secs(*expected));
        assert_eq!(reading.retry_after, expected, "{headers:?}");
        assert!(
            matches!(&reading.outcome, Err(SendError::Retry { after, .. }) if *after == expected),
            "{headers:?}: {reading:?}"
        );
    }
}

#[test]
fn a_date_that_has_passed_keeps_nobody_away() {
    let headers =
        [("Date", "Fri, 20 Nov 2026 12:00:00 GMT"), ("Retry-After", "Fri, 20 Nov 2026 11:00:00 GMT")];
    let reading = interpret_response(&head(429, &headers), NOW);
    assert_eq!((kind(&reading), reading.retry_after), ("retry", None));
}

#[test]
fn a_delivered_report_can_be_the_last_for_a_while() {
    let table = [
        ("3600:error:organization", Some(3600)),
        ("3600:transaction:organization", None),
        ("0:error:organization", None),
        ("", None),
    ];
    for (limits, expected) in table {
        let reading = interpret_response(&head(200, &[("X-Sentry-Rate-Limits", limits)]), NOW);
        assert_eq!(reading.outcome, Ok(()), "{limits}");
        assert_eq!(reading.retry_after, expected.map(Duration::from_secs), "{limits}");
    }
}

#[test]
fn an_outage_may_say_how_long_it_lasts() {
    let after = |status, headers: &[_]| interpret_response(&head(status, headers), NOW).retry_after;
    assert_eq!(after(503, &[("Retry-After", "30")]), Some(Duration::from_secs(30)));
    assert_eq!(after(503, &[]), None);
    assert_eq!(after(500, &[("Retry-After", "30")]), None);
    assert_eq!(after(200, &[("Retry-After", "30")]), None);
}
