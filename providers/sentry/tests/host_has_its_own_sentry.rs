//! A host program that uses Sentry notices nothing, and none of its data is sent.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server, sample};
use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_sentry::SentryProvider;
use sentry::{Client, ClientOptions, Envelope, Hub, Level, Transport};

const ADDRESS: &str = "TEST_ADDRESS";

/// Data of the host, which must not be sent with a report.
const HOSTS: [&str; 4] = ["hosts-key", "hosts-release", "hosts-environment", "hosts-tag"];

#[test]
fn neither_takes_anything_from_the_other() {
    let (ours, theirs) = (Server::always(Reply::status(200)), Server::always(Reply::status(200)));
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(ADDRESS, ours.url())
        .env("SENTRY_DSN", format!("{}/1", theirs.url().replace("http://", "http://hosts-key@")))
        .env("SENTRY_RELEASE", "hosts-release")
        .env("SENTRY_ENVIRONMENT", "hosts-environment")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(theirs.connections(), 0);
    let requests = ours.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let text = String::from_utf8(request.raw).unwrap();
        for word in HOSTS {
            assert!(!text.contains(word), "{word} of the host left: {text}");
        }
    }
}

/// Keeps the envelopes that the host's own client sends.
#[derive(Default)]
struct Recorder(Mutex<Vec<Envelope>>);

impl Transport for Recorder {
    fn send_envelope(&self, envelope: Envelope) {
        self.0.lock().unwrap().push(envelope);
    }
}

#[test]
#[ignore = "runs in the process that the other test starts"]
fn child() {
    let recorder = Arc::new(Recorder::default());
    let factory = {
        let recorder = Arc::clone(&recorder);
        move |_: &ClientOptions| Arc::clone(&recorder) as Arc<dyn Transport>
    };
    let options = ClientOptions::new().dsn("https://hosts-key@hosts.example.com/1").transport(factory);
    let client = Arc::new(Client::from(options));
    let hub = Hub::main();
    hub.bind_client(Some(Arc::clone(&client)));
    hub.configure_scope(|scope| scope.set_tag("hosts-tag", "1"));

    #[expect(clippy::disallowed_methods, reason = "how the other test hands its address over")]
    let address = std::env::var(ADDRESS).unwrap();
    let provider = SentryProvider::new(&format!("{}/42", address.replace("http://", "http://abc@"))).unwrap();
    provider.initialize().unwrap();
    let report = sample::panic_report();
    provider.send_exception(&report).unwrap();
    std::thread::scope(|scope| scope.spawn(|| provider.send_exception(&report).unwrap()).join()).unwrap();
    provider.flush(Duration::from_secs(1)).unwrap();
    provider.shutdown(Duration::from_secs(1)).unwrap();
    drop(provider);

    assert!(recorder.0.lock().unwrap().is_empty(), "the host's client was used");
    assert!(Arc::ptr_eq(&hub.client().unwrap(), &client), "the host's hub has another client");
    assert_eq!(hub.last_event_id(), None, "the host's hub has seen an event");
    hub.capture_message("the host's own", Level::Error);
    let sent = recorder.0.lock().unwrap();
    let event = sent.first().and_then(Envelope::event).unwrap();
    assert_eq!((sent.len(), event.message.as_deref()), (1, Some("the host's own")));
    assert_eq!(event.tags.get("hosts-tag").map(String::as_str), Some("1"), "the host's scope is its own");
}
