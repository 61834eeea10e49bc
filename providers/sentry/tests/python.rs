//! The report of a Python exception. It has the form in which Sentry's SDK for Python would send it, without the SDK's
//! additions.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Privacy, RawException, RawFrame, ReportId, Sanitizer, TelemetryProvider,
    Timestamp, runtime,
};
use crawl4ai_telemetry_sentry::SentryProvider;
use serde_json::{Value, json};

fn event(level: Level) -> Value {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(1), level);
    event.runtime = runtime("CPython", "3.11.7");
    let frame = |function: &str, line, in_app| RawFrame {
        function: Some(function.to_owned()),
        module: Some("tool.crawler".to_owned()),
        file: Some("tool/crawler.py".to_owned()),
        line: Some(line),
        in_app: Some(in_app),
        ..RawFrame::default()
    };
    let mut raised = RawException::new(Kind::Error, "tool.errors.FetchError");
    raised.message = Some("cannot fetch the page".to_owned());
    raised.frames = vec![frame("Crawler.fetch", 7, true), frame("main", 90, false)];
    event.exceptions = vec![raised, RawException::new(Kind::Error, "ValueError")];
    let report = Sanitizer::new().report(&App::new("tool", "1.0"), event, Privacy::Standard);
    let provider = SentryProvider::new("https://0123456789abcdef@sentry.example.com/42").unwrap();
    let bytes = provider.render(&report).unwrap().bytes;
    serde_json::from_slice(bytes.split(|b| *b == b'\n').nth(2).unwrap()).unwrap()
}

#[test]
fn frames_have_modules_and_the_innermost_stands_last() {
    let event = event(Level::Error);
    assert_eq!((&event["platform"], &event["transaction"]), (&json!("python"), &json!("Crawler.fetch")));
    assert_eq!(
        event["contexts"]["runtime"],
        json!({ "type": "runtime", "name": "CPython", "version": "3.11.7" })
    );
    let frame = |function: &str, line: u32, in_app: bool| json!({ "function": function, "module": "tool.crawler", "filename": "tool/crawler.py", "lineno": line, "in_app": in_app });
    assert_eq!(
        event["exception"]["values"],
        json!([
            { "type": "ValueError" },
            {
                "type": "FetchError",
                "module": "tool.errors",
                "value": "cannot fetch the page",
                "mechanism": { "type": "generic", "handled": true },
                "stacktrace": { "frames": [frame("main", 90, false), frame("Crawler.fetch", 7, true)] },
            },
        ])
    );
}

#[test]
fn what_nobody_caught_came_to_the_hook() {
    let event = event(Level::Fatal);
    let raised = event["exception"]["values"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(raised["mechanism"], json!({ "type": "excepthook", "handled": false }));
}
