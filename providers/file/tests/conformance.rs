//! Runs the suite that every provider must pass.

use std::sync::atomic::{AtomicUsize, Ordering};

use crawl4ai_telemetry_conformance as conformance;
use crawl4ai_telemetry_file::FileProvider;

#[test]
fn keeps_what_every_provider_must_keep() {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    conformance::check(|| {
        let n = made.fetch_add(1, Ordering::Relaxed);
        FileProvider::new(folder.path().join(format!("{n}.jsonl")))
    });
}
