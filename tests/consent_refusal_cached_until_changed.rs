//! A no is cached, but a later yes takes effect at once, and so does a later no.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use crawl4ai_telemetry::{
    App, Builder, Env, Environment, Limits, MemoryProvider, Outcome, Reason, Rule, Telemetry,
    capture_exception, context, disable, enable, with_telemetry,
};

fn builder(folder: &tempfile::TempDir) -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", [("LANG", "C")]))
        .environment(Environment::Ci)
        .config_folder(folder.path())
        .limits(Limits::none())
}

/// Captures often enough that the cached answer is used.
fn refused(reason: Reason) {
    for time in 0..5 {
        assert_eq!(capture(), Outcome::Suppressed(reason), "time {time}");
    }
}

fn queued() {
    for time in 0..3 {
        assert!(matches!(capture(), Outcome::Queued(_)), "time {time}");
    }
}

fn capture() -> Outcome {
    capture_exception(&std::io::Error::other("no route to host"), context! { "retries" => 3 })
}

#[test]
fn every_change_counts_at_once() {
    refused(Reason::NotInstalled);
    let (folder, other) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another folder"));
    {
        let guard = builder(&folder).provider(MemoryProvider::default()).install().expect("installed");
        let agreed = builder(&other).provider(MemoryProvider::default()).build().expect("built");
        agreed.enable().expect("stored");
        for _ in 0..3 {
            refused(Reason::NoConsent(Rule::NoConsent));
            with_telemetry(&agreed, queued);
            refused(Reason::NoConsent(Rule::NoConsent));
            // The scope of this thread does not apply to another thread.
            with_telemetry(&agreed, || {
                std::thread::scope(|scope| {
                    scope.spawn(|| refused(Reason::NoConsent(Rule::NoConsent)));
                });
                queued();
            });
        }
        enable().expect("stored");
        queued();
        disable().expect("stored");
        refused(Reason::NoConsent(Rule::StoredDenial));
        enable().expect("stored");
        queued();
        assert!(guard.flush(Duration::from_secs(60)));
    }
    refused(Reason::NotInstalled);

    // Without a provider nothing is sent. The answer cached in this scope is not used outside of it.
    let silent = builder(&other).build().expect("built");
    with_telemetry(&silent, || refused(Reason::NoProvider));
    refused(Reason::NotInstalled);
}
