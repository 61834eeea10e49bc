//! The checks that every provider that sends over HTTP must pass.

use std::panic::resume_unwind;
use std::thread;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{SendError, TelemetryProvider};

use crate::check::{rendered, within};
use crate::{Reply, Server, assert_nothing_of_this_machine, refusing_url, sample};

/// Most bytes of an unread answer that the operating systems of client and server may buffer.
const IN_FLIGHT: u64 = 32 * 1024 * 1024;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a provider must react to a server's behaviour.
#[derive(Clone, Copy, Debug)]
enum Expected {
    Delivered,
    Rejected,
    Halt,
    Retry,
    /// A retry, but not before this time has passed. The time that the test itself takes is allowed for.
    RetryAfter(Duration),
}

/// Fails when a provider that sends over HTTP misreads a server, waits too long or follows a redirect.
///
/// `make` gets the base URL of a server (`http://127.0.0.1:PORT`) and returns a provider for it. `patience` is the
/// longest time of one delivery, whatever the server does. Make providers with a limit of two seconds, so that tests
/// take seconds, and set `patience` a little longer.
///
/// # Panics
/// When a promise is broken; the message names the promise.
pub fn check_http<P: TelemetryProvider>(make: impl Fn(&str) -> P + Sync, patience: Duration) {
    let make = &make;
    sends_what_it_renders(make);
    // The cases run at the same time, because most of them wait.
    thread::scope(|scope| {
        let cases = answers().into_iter().map(|case| scope.spawn(move || answered(make, case, patience)));
        let cases: Vec<_> = cases.collect();
        for case in cases {
            case.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    check_one("a refused connection", &make(&refusing_url()), Expected::Retry, patience);
    follows_no_redirect(make, patience);
    obeys_rate_limits(make, patience);
    recovers(make, patience);
    ends_in_time_with_a_silent_server(make);
}

type Case = (&'static str, Reply, Expected);

fn answered<P: TelemetryProvider>(
    make: impl Fn(&str) -> P,
    (what, reply, expected): Case,
    patience: Duration,
) {
    let server = Server::always(reply);
    check_one(what, &make(&server.url()), expected, patience);
    assert!(server.connections() >= 1, "{what}: nothing was sent");
    let read = server.bytes_written();
    assert!(read <= IN_FLIGHT, "{what}: {read} bytes of an answer were read");
}

fn answers() -> Vec<Case> {
    use Expected::{Delivered, Halt, Rejected, Retry, RetryAfter};
    let seconds = Duration::from_secs;
    let status = Reply::status;
    let limits = "X-Sentry-Rate-Limits";
    vec![
        ("200", status(200).body("{}"), Delivered),
        ("202", status(202), Delivered),
        ("204", status(204), Delivered),
        ("200 and no body that was announced", Reply::HangAfterHead, Delivered),
        ("200 and a body without end", Reply::EndlessBody, Delivered),
        ("400", status(400).body("secret of the server"), Rejected),
        ("413", status(413), Rejected),
        ("422", status(422), Rejected),
        ("401", status(401), Halt),
        ("403", status(403), Halt),
        ("404", status(404), Halt),
        ("429", status(429), Retry),
        ("429 with seconds", status(429).header("Retry-After", "120"), RetryAfter(seconds(120))),
        ("429 with a week", status(429).header("Retry-After", "604800"), RetryAfter(DAY)),
        (
            "429 with a date",
            status(429)
                .header("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
                .header("Retry-After", "Fri, 20 Nov 2026 12:05:00 GMT"),
            RetryAfter(seconds(300)),
        ),
        ("429 with nonsense", status(429).header("Retry-After", "soon"), Retry),
        (
            "429 with rate limits",
            status(429).header(limits, "90:error:organization"),
            RetryAfter(seconds(90)),
        ),
        ("500", status(500), Retry),
        ("502", status(502), Retry),
        ("503", status(503).body("secret of the server"), Retry),
        ("599", status(599), Retry),
        ("a hang after accept", Reply::HangAfterAccept, Retry),
        ("a hang within the head", Reply::HangInHead, Retry),
        ("a reset half-way", Reply::ResetHalfWay, Retry),
        ("garbage", Reply::Garbage, Retry),
        ("headers without end", Reply::EndlessHead, Retry),
        ("a slow drip", Reply::Drip, Retry),
    ]
}

fn check_one(what: &str, provider: &impl TelemetryProvider, expected: Expected, patience: Duration) {
    let start = Instant::now();
    let outcome = provider.send_exception(&sample::error_report());
    let took = start.elapsed();
    assert!(took <= patience, "{what}: took {took:?} where {patience:?} were allowed");
    let right = match (expected, &outcome) {
        (Expected::Delivered, Ok(()))
        | (Expected::Rejected, Err(SendError::Rejected { .. }))
        | (Expected::Halt, Err(SendError::Halt { .. }))
        | (Expected::Retry, Err(SendError::Retry { .. })) => true,
        (Expected::RetryAfter(wish), Err(SendError::Retry { after: Some(after), .. })) => {
            *after <= wish && *after + took + Duration::from_secs(1) >= wish
        }
        _ => false,
    };
    assert!(right, "{what}: expected {expected:?}, got {outcome:?}");
    if let Err(error) = outcome {
        let text = error.to_string();
        assert!(!text.contains("secret of the server"), "{what}: the error quotes the server: {text}");
        assert!(!text.contains("127.0.0.1"), "{what}: the error quotes the address: {text}");
        assert!(text.len() <= 200, "{what}: the error is a story: {text}");
    }
}

fn sends_what_it_renders<P: TelemetryProvider>(make: impl Fn(&str) -> P) {
    let server = Server::always(Reply::status(200));
    let provider = make(&server.url());
    for (at, (what, report)) in sample::all().into_iter().enumerate() {
        let payload = rendered(what, &provider, &report);
        if let Err(error) = provider.send_exception(&report) {
            panic!("{what} was not delivered: {error}");
        }
        let requests = server.requests();
        let request = requests.get(at).expect("the request of a delivered report");
        assert_eq!(requests.len(), at + 1, "{what}: more than one request");
        assert_eq!(request.method, "POST", "{what}");
        assert!(request.body == payload.bytes, "{what}: what arrived is not what render shows");
        assert_eq!(request.header("Content-Type"), Some(payload.media_type), "{what}");
        let agent = request.header("User-Agent").unwrap_or_default();
        assert!(agent.starts_with("crawl4ai-telemetry/"), "{what}: user agent {agent:?}");
        assert_eq!(request.header("Cookie"), None, "{what}");
        assert_nothing_of_this_machine(what, &request.raw);
    }
}

fn follows_no_redirect<P: TelemetryProvider>(make: impl Fn(&str) -> P, patience: Duration) {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::always(Reply::status(200));
        let server = Server::always(Reply::redirect(status, &format!("{}/api/1/envelope/", elsewhere.url())));
        check_one(&format!("redirect {status}"), &make(&server.url()), Expected::Halt, patience);
        assert_eq!(server.connections(), 1, "redirect {status}");
        assert_eq!(elsewhere.connections(), 0, "redirect {status} was followed");
    }
}

fn obeys_rate_limits<P: TelemetryProvider>(make: impl Fn(&str) -> P, patience: Duration) {
    let wish = Expected::RetryAfter(Duration::from_secs(3600));
    let limits = "60:transaction:key, 3600:error;default:organization";
    let cases = [
        ("429", Reply::status(429).header("Retry-After", "3600"), wish),
        (
            "rate limits on a 200",
            Reply::status(200).header("X-Sentry-Rate-Limits", limits),
            Expected::Delivered,
        ),
    ];
    for (what, reply, first) in cases {
        let server = Server::always(reply);
        let provider = make(&server.url());
        check_one(what, &provider, first, patience);
        check_one(&format!("the next after {what}"), &provider, wish, patience);
        assert_eq!(server.connections(), 1, "{what}: the server was asked again");
    }
}

fn recovers<P: TelemetryProvider>(make: impl Fn(&str) -> P, patience: Duration) {
    let server = Server::start([Reply::status(503), Reply::HangAfterAccept, Reply::status(200)]);
    let provider = make(&server.url());
    check_one("an outage", &provider, Expected::Retry, patience);
    check_one("a hang after it", &provider, Expected::Retry, patience);
    check_one("the server when it is back", &provider, Expected::Delivered, patience);
}

/// A usage span that cannot be delivered in time is held back. Neither a flush nor a shutdown waits longer for it than
/// its limit.
fn ends_in_time_with_a_silent_server<P: TelemetryProvider>(make: impl Fn(&str) -> P) {
    let server = Server::always(Reply::HangAfterAccept);
    let provider = make(&server.url());
    let _ = provider.send_event(&sample::usage_span());
    for limit in [Duration::ZERO, Duration::from_millis(100)] {
        let _ = within("flush with a silent server", limit, || provider.flush(limit));
    }
    let limit = Duration::from_millis(100);
    let _ = within("shutdown with a silent server", limit, || provider.shutdown(limit));
}
