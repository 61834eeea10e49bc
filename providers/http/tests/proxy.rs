//! A proxy that was set for this library: what the proxy sees, and what happens to a report if the proxy does not work.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::{Duration, Instant};

use crawl4ai_telemetry_conformance::tls::{Authority, Front};
use crawl4ai_telemetry_conformance::{self as conformance, Reply, Server, refusing_url};
use crawl4ai_telemetry_core::SendError;
use crawl4ai_telemetry_http::{CaCertificates, Endpoint, Proxy, RequestLimits, Sender, USER_AGENT};

/// A name that only the proxy can resolve.
const HOST: &str = "crashes.invalid";
const CREDENTIALS: &str = "ada:p%40ss%3Aword";
/// The header for `ada:p@ss:word`.
const AUTHORIZATION: &str = "Basic YWRhOnBAc3M6d29yZA==";
const PATIENCE: Duration = Duration::from_secs(6);

/// A server of [`HOST`] behind a TLS front, which only the proxy can reach.
struct Place {
    server: Server,
    front: Front,
    authority: Authority,
}

impl Place {
    fn new() -> Self {
        let server = Server::always(Reply::status(200).body("taken"));
        let authority = Authority::new("a company");
        let front = Front::start(&server, authority.certify(HOST));
        Self { server, front, authority }
    }

    fn proxy(&self, authorization: Option<&'static str>) -> conformance::ConnectProxy {
        conformance::ConnectProxy::start(self.front.address(), authorization)
    }

    fn sender(&self, proxy: Proxy) -> Sender {
        sender(&format!("https://{HOST}:8443/api/?key=4711"), proxy)
            .with_ca_certificates(CaCertificates::pem(self.authority.pem()))
            .unwrap()
    }
}

fn sender(url: &str, proxy: Proxy) -> Sender {
    let limits = RequestLimits::new().connect(Duration::from_secs(1)).request(Duration::from_secs(2));
    Sender::new(Endpoint::parse(url).unwrap(), limits).with_proxy(proxy)
}

fn post(sender: &Sender) -> Result<Vec<u8>, SendError> {
    sender.post(&[("X-Own", "key-4711".into())], "text/plain", b"hello".to_vec()).map(|taken| taken.body)
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn the_proxy_learns_the_host_and_the_port_and_nothing_else() {
    let place = Place::new();
    let proxy = place.proxy(None);
    assert_eq!(post(&place.sender(Proxy::parse(&proxy.url()).unwrap())), Ok(b"taken".to_vec()));
    let [request] = &proxy.requests()[..] else { panic!("one tunnel") };
    assert_eq!((&*request.method, &*request.path), ("CONNECT", "crashes.invalid:8443"));
    let mut headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), &**value)).collect();
    headers.sort();
    let expected =
        [("host", "crashes.invalid:8443"), ("proxy-connection", "Keep-Alive"), ("user-agent", USER_AGENT)];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value)));
    let through = proxy.upstream();
    // The first byte of a TLS record with a handshake.
    assert_eq!(through.first(), Some(&22));
    for word in ["hello", "4711", "X-Own", "POST", "/api"] {
        assert!(!holds(&through, word) && !holds(&request.raw, word), "{word} was sent in the clear");
    }
    let request = &place.server.requests()[0];
    assert_eq!((&*request.path, &*request.body), ("/api/?key=4711", &b"hello"[..]));
    assert_eq!(request.header("Proxy-Authorization"), None);
}

#[test]
fn credentials_are_decoded_and_go_to_the_proxy_alone() {
    let place = Place::new();
    let proxy = place.proxy(Some(AUTHORIZATION));
    let address = proxy.address();
    let named = Proxy::parse(&format!("http://{CREDENTIALS}@{address}")).unwrap();
    let sender = place.sender(named);
    assert_eq!(post(&sender), Ok(b"taken".to_vec()));
    assert_eq!(proxy.requests()[0].header("Proxy-Authorization"), Some(AUTHORIZATION));
    let request = &place.server.requests()[0];
    assert!(!holds(&request.raw, "Proxy-") && !holds(&request.raw, "YWRh"), "{:?}", request.headers);
    let shown = format!("{sender:?}");
    assert!(shown.contains(&address.to_string()) && shown.contains("with a user name"), "{shown}");
    assert!(!shown.contains("ada") && !shown.contains("ss"), "{shown}");
}

#[test]
fn wrong_credentials_end_the_run_so_that_no_account_is_locked() {
    let place = Place::new();
    let proxy = place.proxy(Some(AUTHORIZATION));
    for credentials in ["", "ada:hunter2@"] {
        let url = format!("http://{credentials}{}", proxy.address());
        let error = post(&place.sender(Proxy::parse(&url).unwrap())).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, SendError::Halt { .. }), "{text}");
        assert!(text.contains("the proxy") && text.contains("password") && text.contains("407"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("ada") && !text.contains("127.0.0.1"), "{text}");
    }
    assert_eq!(proxy.requests().len(), 2, "each was tried once");
    assert_eq!(place.front.connections(), 0);
}

#[test]
fn a_proxy_that_is_down_is_tried_again_and_named_as_the_reason() {
    let down = Proxy::parse(&refusing_url()).unwrap();
    let unknown = Proxy::parse("http://proxy.invalid:3128").unwrap();
    for proxy in [down, unknown] {
        let error = post(&sender("https://crashes.invalid/", proxy)).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, SendError::Retry { after: None, .. }), "{text}");
        assert!(text.contains("the proxy"), "{text}");
        assert!(!text.contains("127.0.0.1") && !text.contains("invalid"), "{text}");
    }
}

#[test]
fn whatever_a_proxy_answers_it_takes_no_longer_than_allowed() {
    let cases = [
        (Reply::status(403), "halt", "403"),
        (Reply::status(405), "halt", "405"),
        (Reply::status(429), "retry", "429"),
        (Reply::status(502).body("secret of the proxy"), "retry", "502"),
        (Reply::status(302), "retry", "302"),
        (Reply::HangAfterAccept, "retry", ""),
        (Reply::HangInHead, "retry", ""),
        (Reply::ResetHalfWay, "retry", ""),
        (Reply::Garbage, "retry", ""),
        (Reply::EndlessHead, "retry", ""),
        (Reply::Drip, "retry", ""),
        // The proxy answers with a body instead of a tunnel, and the body is not TLS.
        (Reply::status(200).body("welcome"), "retry", ""),
    ];
    for (reply, becomes, said) in cases {
        let proxy = Server::always(reply.clone());
        let start = Instant::now();
        let error =
            post(&sender("https://crashes.invalid/", Proxy::parse(&proxy.url()).unwrap())).unwrap_err();
        assert!(start.elapsed() < PATIENCE, "{reply:?}: {:?}", start.elapsed());
        let text = error.to_string();
        let right = match error {
            SendError::Retry { after: None, .. } => "retry",
            SendError::Halt { .. } => "halt",
            SendError::Retry { .. } | SendError::Rejected { .. } => "another",
        };
        assert_eq!(right, becomes, "{reply:?}: {text}");
        assert!(text.contains(said) && !text.contains("secret") && text.len() < 200, "{reply:?}: {text}");
        assert!(said.is_empty() || text.contains("the proxy"), "{reply:?}: {text}");
        assert!(proxy.requests().iter().all(|request| !holds(&request.raw, "hello")), "{reply:?}");
    }
}

/// The number of the sender's threads.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "telemetry-http").count()
}

#[cfg(target_os = "linux")]
#[test]
fn a_proxy_whose_headers_never_end_keeps_no_thread() {
    let proxy = Server::always(Reply::EndlessHead);
    post(&sender("https://crashes.invalid/", Proxy::parse(&proxy.url()).unwrap())).unwrap_err();
    let start = Instant::now();
    while threads() > 0 {
        assert!(start.elapsed() < Duration::from_secs(30), "the request runs on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn this_machine_is_never_reached_through_a_proxy() {
    let place = Place::new();
    let proxy = place.proxy(None);
    let named = || Proxy::parse(&proxy.url()).unwrap();
    assert_eq!(post(&sender(&place.server.url(), named())), Ok(b"taken".to_vec()));
    let port = place.server.address().port();
    assert_eq!(post(&sender(&format!("http://localhost:{port}/"), named())), Ok(b"taken".to_vec()));
    // The request fails because the certificate is for another host, but it did not use the proxy.
    post(&sender(&place.front.url(), named())).unwrap_err();
    assert!(place.front.connections() > 0);
    assert!(proxy.requests().is_empty());
}

#[test]
fn what_is_excepted_is_reached_directly_or_not_at_all() {
    let place = Place::new();
    let proxy = place.proxy(None);
    let named = Proxy::parse(&proxy.url()).unwrap().except("example.com,.invalid:8443");
    let error = post(&place.sender(named)).unwrap_err();
    assert!(matches!(error, SendError::Retry { .. }), "the name cannot be resolved here: {error}");
    assert!(!error.to_string().contains("proxy"), "{error}");
    assert!(proxy.requests().is_empty());
}

#[test]
fn a_provider_behind_a_proxy_obeys_the_server_all_the_same() {
    let server = Server::always(Reply::status(429).header("Retry-After", "120"));
    let authority = Authority::new("a company");
    let front = Front::start(&server, authority.certify(HOST));
    let place = Place { server, front, authority };
    let proxy = place.proxy(None);
    let sender = place.sender(Proxy::parse(&proxy.url()).unwrap());
    assert!(matches!(post(&sender), Err(SendError::Retry { after: Some(_), .. })));
    assert!(matches!(post(&sender), Err(SendError::Retry { after: Some(_), .. })));
    assert_eq!(proxy.requests().len(), 1, "it was not asked again");
}
