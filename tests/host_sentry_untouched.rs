//! A host program with its own Sentry client, its own panic hook and `SENTRY_DSN` set keeps all three. Its client
//! receives nothing of ours.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has a hook of its own")]

mod scenario;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

/// The host's own transport, which keeps what the host's client sends.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl sentry::Transport for Kept {
    fn send_envelope(&self, envelope: sentry::Envelope) {
        let mut bytes = Vec::new();
        envelope.to_writer(&mut bytes).expect("written to memory");
        self.0.lock().expect("unpoisoned").push(String::from_utf8_lossy(&bytes).into_owned());
    }
}

static HOOK: AtomicU32 = AtomicU32::new(0);

fn program(_: &str) {
    let kept = Kept::default();
    let options =
        sentry::ClientOptions::new().dsn("https://host@host.example.com/1").transport(Arc::new(kept.clone()));
    let client = Arc::new(sentry::Client::from(options));
    sentry::Hub::main().bind_client(Some(Arc::clone(&client)));
    std::panic::set_hook(Box::new(|_| {
        HOOK.fetch_add(1, Ordering::SeqCst);
    }));

    let telemetry = sentry_builder().install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("ours"), context! {});
    drop(std::panic::catch_unwind(|| panic!("ours")));
    sentry::capture_message("the host's", sentry::Level::Info);
    drop(telemetry);

    let bound = sentry::Hub::main().client().expect("the host's client is bound");
    assert!(Arc::ptr_eq(&bound, &client), "and it is the same one");
    assert_eq!(HOOK.load(Ordering::SeqCst), 1, "the host's hook ran");
    let kept = kept.0.lock().expect("unpoisoned");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(
        kept.iter().all(|envelope| envelope.contains("the host's") && !envelope.contains("ours\"")),
        "{kept:?}"
    );
}

fn test(stage: &Stage) {
    let ours = Server::always(Reply::status(200));
    let theirs = Server::always(Reply::status(200));
    let mut command = stage.command_to(&ours);
    command.env("SENTRY_DSN", scenario::dsn(&theirs)).env("SENTRY_ENVIRONMENT", "host-environment");
    command.env("SENTRY_RELEASE", "host-release");
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(ours.wait_for_requests(2, Duration::from_secs(10)));
    assert_eq!(theirs.connections(), 0);
    for request in ours.requests() {
        let text = String::from_utf8_lossy(&request.raw).into_owned();
        assert!(!text.contains("the host's") && !text.contains("host-"), "{text}");
    }
}

fn main() {
    scenario::main(program, test);
}
