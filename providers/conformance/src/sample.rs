//! Sample reports, which the real sanitizer makes from raw events. Ids and times are fixed, so that equal calls give
//! equal reports.

use crawl4ai_telemetry_core::usage::{Common, Name, SpanIds, UsageDraft};
use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, Loss, Privacy, RawException, RawFrame, RawImage, Report, ReportId,
    Sanitizer, Timestamp, UsageSpan, context, usage_span,
};

/// The email address in [`email_report`].
pub const EMAIL: &str = "ada@example.com";

/// The build id of the first image of every sample: 20 bytes, as GNU linkers write them.
pub const BUILD_ID: &str = "00112233445566778899aabbccddeeff01234567";

/// The program that the sample reports come from.
#[must_use]
pub fn app() -> App {
    App::new("sample-tool", "1.4.2").in_app("sample_tool")
}

/// The time of every sample: 2026-11-20, 12:00:00.123 UTC.
#[must_use]
pub const fn time() -> Timestamp {
    Timestamp::from_millis(1_795_176_000_123)
}

/// An error of the program itself, with two causes, frames, operations and context.
#[must_use]
pub fn error_event() -> Event {
    let mut event = event(1, Level::Error);
    let mut raised = RawException::new(Kind::Error, "sample_tool::fetch::FetchError");
    raised.message = Some("cannot fetch page 3 of 12".to_owned());
    raised.frames = vec![
        frame("sample_tool::fetch::get", "/home/ada/sample-tool/src/fetch.rs", 88, 0x1f3a0),
        frame("sample_tool::crawl::crawl::{closure#0}", "/home/ada/sample-tool/src/crawl.rs", 41, 0x1a010),
        frame(
            "core::ops::function::FnOnce::call_once",
            "/rustc/0123456789abcdef0123456789abcdef01234567/library/core/src/ops/function.rs",
            250,
            0x11220,
        ),
        frame("sample_tool::main", "/home/ada/sample-tool/src/main.rs", 12, 0x10400),
    ];
    let mut cause = RawException::new(Kind::Error, "sample_tool::net::ConnectError");
    cause.message = Some("connection to ada@example.com failed".to_owned());
    let mut root = RawException::new(Kind::Error, "std::io::error::Error");
    root.message = Some("Connection refused (os error 111)".to_owned());
    event.exceptions = vec![raised, cause, root];
    event.operations = vec!["crawl".into(), "fetch".into()];
    event.context = context! { "status_code" => 404, "retries" => 3, "strategy" => "bfs", "cached" => false };
    event.losses.add(Loss::RateLimited, 2);
    event
}

/// A panic that ended the program, with its location and its frames.
#[must_use]
pub fn panic_event() -> Event {
    let mut event = event(2, Level::Fatal);
    let mut panic = RawException::new(Kind::Panic, "panic");
    panic.message = Some("index out of bounds: the len is 3 but the index is 7".to_owned());
    panic.location = Some(("src/extract.rs".into(), 19, 9));
    panic.frames = vec![
        frame("sample_tool::extract::row", "/home/ada/sample-tool/src/extract.rs", 19, 0x2b330),
        frame("sample_tool::main", "/home/ada/sample-tool/src/main.rs", 12, 0x10400),
    ];
    event.exceptions = vec![panic];
    event.thread = Some("worker-2".to_owned());
    event
}

/// The panic of a stripped binary. It has addresses and the panic's location, but no names of functions.
#[must_use]
pub fn stripped_panic_event() -> Event {
    let mut event = panic_event();
    event.id = ReportId::from_bytes([3; 16]);
    for frame in event.exceptions.iter_mut().flat_map(|e| &mut e.frames) {
        *frame = RawFrame { address: frame.address, image: frame.image, ..RawFrame::default() };
    }
    event
}

/// The report that the real sanitizer makes of an event.
#[must_use]
pub fn report(event: Event, privacy: Privacy) -> Report {
    Sanitizer::new().report(&app(), event, privacy)
}

/// The report of [`error_event`].
#[must_use]
pub fn error_report() -> Report {
    report(error_event(), Privacy::Standard)
}

/// The report of [`panic_event`].
#[must_use]
pub fn panic_report() -> Report {
    report(panic_event(), Privacy::Standard)
}

/// The report of [`stripped_panic_event`].
#[must_use]
pub fn stripped_panic_report() -> Report {
    report(stripped_panic_event(), Privacy::Standard)
}

/// The report of [`error_event`] at the strict level: no free text.
#[must_use]
pub fn strict_report() -> Report {
    report(error_event(), Privacy::Strict)
}

/// The report of [`error_event`] with [`EMAIL`], which the user agreed to send.
#[must_use]
pub fn email_report() -> Report {
    let mut event = error_event();
    event.email = Some(EMAIL.to_owned());
    report(event, Privacy::Standard)
}

/// A report with only its id, time and level.
#[must_use]
pub fn empty_report() -> Report {
    report(event(4, Level::Warning), Privacy::Standard)
}

/// Every sample, by name.
#[must_use]
pub fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("an error", error_report()),
        ("a panic", panic_report()),
        ("a panic of a stripped binary", stripped_panic_report()),
        ("a strict report", strict_report()),
        ("a report with an address", email_report()),
        ("an empty report", empty_report()),
    ]
}

usage_span! {
    /// That a sample was taken.
    pub struct SampleTaken = "Sample Taken" {
        /// Which samples are taken.
        feature: Name => Default since 1,
    }
}

/// A usage span of the program of [`app`].
#[must_use]
pub fn usage_span() -> UsageSpan {
    let taken = SampleTaken { feature: Name::constant("deploy:created") };
    let common = Common::new(app().name(), "sample-tool.telemetry");
    let ids = SpanIds::from_bytes([1; 16], [1; 8]);
    Sanitizer::new().usage_span(UsageDraft::new(taken, false, ids, time()), Some(&common))
}

fn event(id: u8, level: Level) -> Event {
    let mut event = Event::new(ReportId::from_bytes([id; 16]), time(), level);
    event.os_version = Some("Debian 12".to_owned());
    event.environment = Environment::Cli;
    event.images = vec![
        RawImage {
            path: "/home/ada/bin/sample-tool".into(),
            build_id: Some(BUILD_ID.into()),
            size: 0x40_0000,
        },
        RawImage { path: "/usr/lib/x86_64-linux-gnu/libc.so.6".into(), build_id: None, size: 0x20_0000 },
    ];
    event
}

fn frame(function: &str, file: &str, line: u32, address: u64) -> RawFrame {
    RawFrame {
        function: Some(function.to_owned()),
        file: Some(file.to_owned()),
        line: Some(line),
        address: Some(address),
        image: Some(0),
        ..RawFrame::default()
    }
}
