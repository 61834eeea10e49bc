//! The sender against the scripted server.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crawl4ai_telemetry_conformance::{self as conformance, Reply, Server};
use crawl4ai_telemetry_core::{Report, SendError, TelemetryProvider};
use crawl4ai_telemetry_http::{Endpoint, RequestLimits, Sender, USER_AGENT};

const LIMITS: RequestLimits =
    RequestLimits::new().connect(Duration::from_secs(1)).request(Duration::from_secs(2)).response_bytes(64);
const PATIENCE: Duration = Duration::from_secs(6);

fn sender(url: &str) -> Sender {
    Sender::new(Endpoint::parse(url).unwrap(), LIMITS)
}

/// Posts, and returns the body of the answer.
fn post(sender: &Sender) -> Result<Vec<u8>, SendError> {
    sender.post(&[("X-Own", "1".into())], "text/plain", b"hello".to_vec()).map(|delivered| delivered.body)
}

/// The smallest provider on top of the sender.
struct Plain(Sender);

impl TelemetryProvider for Plain {
    fn name(&self) -> &str {
        "plain"
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        let payload = self.render(report)?;
        self.0.post(&[], payload.media_type, payload.bytes).map(drop)
    }
}

#[test]
fn a_provider_on_top_of_it_conforms() {
    let server = Server::always(Reply::status(200));
    conformance::check(|| Plain(sender(&server.url())));
    for response_bytes in [0, 64] {
        let limits = LIMITS.response_bytes(response_bytes);
        conformance::check_http(|url| Plain(sender(url).with_limits(limits)), PATIENCE);
    }
}

#[test]
fn says_who_it_is_and_nothing_of_the_machine() {
    let server = Server::always(Reply::status(200));
    post(&sender(&format!("{}/v1/x?y=z", server.url()))).unwrap();
    let request = &server.requests()[0];
    assert_eq!((&*request.method, &*request.path, &*request.body), ("POST", "/v1/x?y=z", &b"hello"[..]));
    let mut headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    headers.sort();
    let expected = [
        ("connection", "close"),
        ("content-length", "5"),
        ("content-type", "text/plain"),
        ("host", &*server.address().to_string()),
        ("user-agent", USER_AGENT),
        ("x-own", "1"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn reads_the_beginning_of_an_answer() {
    let table = [("", ""), ("short", "short"), (&*"long".repeat(100), &*"long".repeat(16))];
    for (body, expected) in table {
        let server = Server::always(Reply::status(200).body(body));
        assert_eq!(post(&sender(&server.url())), Ok(expected.into()));
    }
}

#[test]
fn an_answer_without_end_is_read_no_further_than_its_limit() {
    let server = Server::always(Reply::EndlessBody);
    assert_eq!(post(&sender(&server.url())), Ok(vec![b'x'; 64]));
}

#[test]
fn what_is_delivered_is_delivered_though_the_rest_of_the_answer_never_comes() {
    let server = Server::always(Reply::HangAfterHead);
    let start = Instant::now();
    assert_eq!(post(&sender(&server.url())), Ok(Vec::new()));
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn who_has_less_time_waits_less() {
    let server = Server::always(Reply::HangAfterAccept);
    let start = Instant::now();
    let patient = LIMITS.request(Duration::from_secs(60));
    let sender = sender(&server.url()).with_limits(patient);
    let error = sender.post_within(Duration::from_millis(100), &[], "text/plain", Vec::new()).unwrap_err();
    assert!(matches!(error, SendError::Retry { .. }), "{error:?}");
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn localhost_is_reached_by_its_address_and_keeps_its_name() {
    let server = Server::always(Reply::status(200));
    let port = server.address().port();
    post(&sender(&format!("http://localhost:{port}/x"))).unwrap();
    assert_eq!(server.requests()[0].header("Host"), Some(&*format!("localhost:{port}")));
}

#[test]
fn carries_no_cookie_from_one_answer_to_the_next_request() {
    let server = Server::always(Reply::status(200).header("Set-Cookie", "id=1; Path=/"));
    let sender = sender(&server.url());
    post(&sender).unwrap();
    post(&sender).unwrap();
    assert!(server.requests().iter().all(|request| request.header("Cookie").is_none()));
}

#[test]
fn speaks_tls_or_not_at_all() {
    let server = Server::always(Reply::status(200));
    let start = Instant::now();
    let error = post(&sender(&server.url().replace("http://", "https://"))).unwrap_err();
    assert!(matches!(error, SendError::Retry { after: None, .. }), "{error:?}");
    assert!(start.elapsed() < PATIENCE);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn the_whole_limit_holds_whatever_its_parts_allow() {
    let server = Server::always(Reply::HangAfterAccept);
    let limits = LIMITS.connect(Duration::from_secs(60));
    let start = Instant::now();
    let error = post(&sender(&server.url().replace("http://", "https://")).with_limits(limits)).unwrap_err();
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    assert!(error.to_string().ends_with("no answer within 2.0 s"), "{error}");
}

#[test]
fn a_sender_that_is_told_nothing_waits_this_long() {
    let limits = RequestLimits::default();
    assert_eq!(
        (limits.connect.as_secs(), limits.request.as_secs(), limits.response_bytes),
        (2, 10, 64 * 1024)
    );
}

#[test]
fn a_connection_that_does_not_come_about_is_given_up_before_the_rest() {
    // Nobody accepts connections, and the queue of waiting ones is full, so a new connection gets no answer.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let knock = || TcpStream::connect_timeout(&address, Duration::from_millis(500));
    let waiting: Vec<TcpStream> = (0..100_000).map_while(|_| knock().ok()).collect();
    let patient = LIMITS.request(Duration::from_secs(60));
    let start = Instant::now();
    let error = post(&sender(&format!("http://{address}")).with_limits(patient)).unwrap_err();
    assert!(matches!(error, SendError::Retry { after: None, .. }), "{error:?}");
    assert!(start.elapsed() < PATIENCE, "{:?} with {} who wait", start.elapsed(), waiting.len());
}

#[test]
fn a_host_that_does_not_exist_is_an_error_like_others() {
    // `invalid` never resolves (RFC 6761, section 6.4).
    let start = Instant::now();
    let error = post(&sender("https://sentry.invalid/api/1/envelope/")).unwrap_err();
    assert!(matches!(&error, SendError::Retry { after: None, .. }), "{error:?}");
    assert!(!error.to_string().contains("invalid"), "{error}");
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn a_header_that_is_none_is_no_panic() {
    let server = Server::always(Reply::status(200));
    let bad = [("X-Own", "a\r\nX-Evil: 1".to_owned())];
    let error = sender(&server.url()).post(&bad, "text/plain", Vec::new()).unwrap_err();
    assert!(matches!(error, SendError::Halt { .. }), "it fails at every try: {error:?}");
    assert!(error.reason().starts_with("a header of the request holds"), "{error:?}");
    assert!(!format!("{error:?}").contains("Evil"), "{error:?}");
    assert_eq!(server.connections(), 0);
}
