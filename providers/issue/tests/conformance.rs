//! Runs the suite that every provider must pass, with and without a browser.

use crawl4ai_telemetry_browser::Browser;
use crawl4ai_telemetry_conformance as conformance;
use crawl4ai_telemetry_issue::{IssueLink, IssueProvider};

#[test]
fn keeps_what_every_provider_must_keep() {
    let folder = tempfile::tempdir().unwrap();
    let project = IssueLink::new("https://github.com/owner/weather").parse().unwrap();
    let nobody: [(&str, &str); 0] = [];
    let variables =
        [&nobody[..], if cfg!(unix) { &[("BROWSER", "true"), ("PATH", "/usr/bin:/bin")] } else { &nobody }];
    for variables in variables {
        let browser = Browser::new(variables.iter().copied());
        conformance::check(|| IssueProvider::new(project.clone(), folder.path(), browser.clone()));
        assert!(folder.path().join("telemetry/issue.md").is_file());
    }
    assert_eq!(folder.path().join("telemetry/issue.html").is_file(), cfg!(unix), "a page is for a browser");
}
