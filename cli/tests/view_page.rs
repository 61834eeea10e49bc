//! The page of `view`: its content, the exact bytes of sent reports, and that nothing in a report makes the page do
//! anything.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "support/page.rs"]
mod page;
mod support;

use std::fs;

use crawl4ai_telemetry::printable;
use page::{HOSTILE, allows_only_its_style, between, is_harmless, unescaped};
use serde_json::{Value, json};
use support::planted::Home;

/// The bytes of a report as the page shows them.
fn shown(html: &str, id: &str) -> Option<String> {
    let before = format!("aria-label=\"The bytes of report {}\"><code>", &id[..8]);
    between(html, &before, "</code></pre>").map(unescaped)
}

#[test]
fn only_its_own_style_is_allowed() {
    let html = Home::new().page();
    allows_only_its_style(&html);
}

#[test]
fn without_reports_it_says_so_and_what_to_do() {
    let home = Home::new();
    let html = home.page();
    is_harmless(&html);
    for said in [
        "<title>Crash reports of weather</title>",
        "Nothing waits on this computer.",
        "No report is remembered that was sent from here.",
        "Nothing was taken out of the reports on this page: there are none.",
        "<code>no_consent</code>",
        "<code class=\"copy\">weather telemetry enable</code>",
        "<code class=\"copy\">weather telemetry disable</code>",
        "<code class=\"copy\">WEATHER_TELEMETRY=0</code>",
        "<code class=\"copy\">weather telemetry erase</code>",
        "Weather Ltd, 1 High Street, Dublin, privacy@weather.example.com",
        "<dd>90 days</dd>",
        "<code class=\"copy\">https://weather.example.com/privacy</code>",
        "<dd><bdi>nowhere</bdi></dd>",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(!html.to_lowercase().contains("crawl4ai") && !html.contains("crwl"), "{html}");
    assert!(!home.path().join(".weather").exists(), "looking leaves nothing behind");
}

#[test]
fn what_waits_and_what_was_sent_stand_on_it_byte_for_byte() {
    let home = Home::new();
    home.let_wait(3);
    let sent = home.remember(3);
    let html = home.page();
    is_harmless(&html);
    assert!(
        html.contains("are <span class=\"on\">on</span>") && html.contains("<code>stored_consent</code>"),
        "{html}"
    );
    assert!(
        html.contains("<b>3</b> reports wait</a>") && html.contains("<b>3</b> reports sent</a>"),
        "{html}"
    );
    for (id, bytes) in &sent {
        assert_eq!(shown(&html, id).unwrap().as_bytes(), bytes, "{id}");
    }
    let telemetry = home.builder().build().unwrap();
    let waiting = telemetry.waiting();
    assert_eq!(waiting.len(), 3);
    for report in waiting {
        let bytes = telemetry.waiting_bytes(report.id).unwrap().bytes;
        assert!(!bytes.is_empty());
        assert_eq!(shown(&html, &report.id.to_string()).unwrap().as_bytes(), bytes);
        assert!(html.contains("<p class=\"failed\"><bdi>"), "{html}");
    }
    // The newest report comes first.
    let at = |text: &str| html.find(text).unwrap();
    assert!(
        at("aria-label=\"The bytes of report 00000000\"") < at("aria-label=\"The bytes of report 00000002\"")
    );
    // Removed data is nowhere on the page, but is counted in the picture and in its table.
    assert!(
        !html.contains("example.com/0") && !html.contains("ada0@") && !html.contains("hunter2"),
        "{html}"
    );
    assert!(html.contains("<svg role=\"img\" aria-label=\"Web addresses: "), "{html}");
    assert!(html.contains("<th scope=\"row\">E-mail addresses</th>"), "{html}");
}

#[test]
fn five_hundred_are_listed_and_more_are_counted() {
    let home = Home::new();
    let sent = home.remember(500);
    let html = home.page();
    is_harmless(&html);
    assert_eq!(html.matches("<pre ").count(), 500);
    assert!(html.contains("<summary>480 older reports</summary>"), "{html}");
    assert!(!html.contains("has no room for"));
    for (id, bytes) in &sent {
        assert_eq!(shown(&html, id).unwrap().as_bytes(), bytes, "{id}");
    }
    assert!(html.len() < 4 * 1024 * 1024, "{}", html.len());

    home.remember(1_200);
    let html = home.page();
    is_harmless(&html);
    assert_eq!(html.matches("<pre ").count(), 500);
    assert!(html.contains("has no room for 700 reports that are older still"), "{html}");
    assert!(html.contains("<b>1,200</b> reports sent"));
}

#[test]
fn nothing_in_a_report_does_anything() {
    let home = Home::new();
    for (n, text) in HOSTILE.iter().enumerate() {
        let different: Vec<(&str, Value)> =
            ["failed", "error", "culprit", "provider", "media_type"].map(|key| (key, json!(text))).to_vec();
        home.remember_one(n as u64, &different, text.as_bytes());
    }
    let config =
        json!({ "telemetry": { "consent": "always", "email": HOSTILE.concat(), "level": "own_words" } });
    fs::write(home.path().join(".weather/config.json"), config.to_string()).unwrap();
    let state = json!({ "trouble": HOSTILE.concat(), "failures": 1 });
    fs::write(home.telemetry().join("ledger.json"), state.to_string()).unwrap();
    let html = home.page();
    is_harmless(&html);
    for (n, text) in HOSTILE.iter().enumerate() {
        let id = format!("{n:08x}");
        assert_eq!(shown(&html, &id).unwrap(), printable::text(text), "{text:?}");
    }
    assert_eq!(html.matches("<pre ").count(), HOSTILE.len());
}

#[test]
fn what_is_too_long_is_cut_and_says_so_and_where_all_of_it_is() {
    let home = Home::new();
    let long = "<größe> ".repeat(1 << 18);
    let all = long.len();
    assert!(all > 2 << 20);
    // The first line of a delivery's record may have 16 KiB at most.
    let text = "long ".repeat(2_000);
    home.remember_one(0, &[("failed", json!(text))], long.as_bytes());
    for n in 1..60 {
        home.remember_one(n, &[], long.as_bytes());
    }
    let html = home.page();
    is_harmless(&html);
    let first = shown(&html, "00000000").unwrap();
    assert!(
        first.len() <= 256 * 1024 && first.len() > 255 * 1024 && long.starts_with(&first),
        "{}",
        first.len()
    );
    assert!(
        html.contains("of 2,621,440 bytes. All: <code>weather telemetry show 00000000</code>."),
        "what was cut"
    );
    assert!(
        html.contains("the first 0 of 2,621,440 bytes. All: <code>weather telemetry show 0000003b</code>.")
    );
    assert!(html.contains("… 9,700 characters more"), "of what failed");
    // Escaping turns a character into six bytes at most.
    assert!(html.len() < 6 * 6 * 1024 * 1024, "{}", html.len());
}

#[test]
fn what_is_broken_is_passed_over_or_said() {
    let home = Home::new();
    home.let_wait(2);
    let good = home.remember(1);
    let journal = home.telemetry().join("journal");
    for (at, content) in [("nonsense", 2), ("", 3), ("{}", 4), ("{\"id\":", 5), ("\u{0}\u{0}", 6)]
        .map(|(content, n)| (format!("{n:015}_{n:08x}01234def8123456789abcdef.sent"), content))
    {
        fs::write(journal.join(at), content).unwrap();
    }
    fs::create_dir(journal.join("000000000000009_0000000901234def8123456789abcdef.sent")).unwrap();
    // Entries of another version, with kinds that this one does not know.
    home.remember_one(7, &[("redactions", json!({ "dna": 4 })), ("failed", Value::Null)], b"{}");
    home.remember_one(8, &[("redactions", json!("many"))], b"\xff\x00\xfe{}");

    // A waiting report whose content does not match its file name any more.
    let spool = home.telemetry().join("spool");
    let mut reports: Vec<_> = fs::read_dir(&spool).unwrap().flatten().map(|entry| entry.path()).collect();
    reports.retain(|path| path.extension().is_some_and(|e| e == "report"));
    assert_eq!(reports.len(), 2);
    fs::write(&reports[0], "<script>").unwrap();
    fs::write(spool.join("0.report"), "{").unwrap();

    let html = home.page();
    is_harmless(&html);
    assert_eq!(shown(&html, &good[0].0).unwrap().as_bytes(), good[0].1);
    assert_eq!(shown(&html, "00000008").unwrap(), "\\xff\\u0000\\xfe{}");
    assert!(html.contains("This form is for machines"), "{html}");
    assert!(html.contains("It cannot be read any more, and does not leave."), "{html}");
    assert!(!html.contains("nonsense"));
    assert!(html.contains("<b>2</b> reports wait</a>"), "{html}");
}

/// Writes the pages that `tests/view/run` shows in a browser.
#[test]
#[ignore = "writes the pages that tests/view/run looks at"]
#[expect(clippy::disallowed_methods, reason = "where a script wants them, in tests only")]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("VIEW_PAGES").unwrap());
    for many in [0, 3, 500] {
        let home = Home::new();
        if many > 0 {
            home.let_wait(if many == 3 { 3 } else { 50 });
            home.remember(many);
        }
        fs::write(folder.join(format!("{many}.html")), home.page()).unwrap();
    }
    let home = Home::new();
    for (n, text) in HOSTILE.iter().enumerate() {
        home.remember_one(n as u64, &[("failed", json!(text)), ("provider", json!(text))], text.as_bytes());
    }
    home.remember_one(99, &[("failed", json!("x".repeat(5_000)))], "y".repeat(3 << 20).as_bytes());
    fs::write(folder.join("hostile.html"), home.page()).unwrap();
}
