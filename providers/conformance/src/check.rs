//! The checks that every provider must pass.

use std::thread;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{NullProvider, Payload, Report, SendError, TelemetryProvider};

use crate::facts::contains;
use crate::{assert_nothing_of_this_machine, sample};

/// The time that a flush or shutdown may take beyond its limit. It is a second, because the machine may be busy.
const LENIENCY: Duration = Duration::from_secs(1);

/// The time in which a provider with a working server must deliver what it holds back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fails when a provider breaks the contract of [`TelemetryProvider`].
///
/// `make` returns a new provider each time, and each provider must be able to deliver. If it needs a server, the server
/// must accept everything. Sample reports are sent through these providers.
///
/// # Panics
/// When a promise is broken; the message names the promise.
pub fn check<P: TelemetryProvider>(make: impl Fn() -> P) {
    let provider = make();
    name_is_a_word(&provider);
    destination_is_for_people(&provider);
    initializes_on_another_thread(&provider);
    for (what, report) in sample::all() {
        renders_the_same_each_time(what, &make, &report);
        holds_the_report(what, &provider, &report);
        delivers(what, &provider, &report);
    }
    ends_in_time(&provider);
    delivers_what_it_holds_back(&make());
    forgets_what_is_discarded(&make());
    ends_without_a_beginning(&make());
}

fn name_is_a_word(provider: &impl TelemetryProvider) {
    let name = provider.name().to_owned();
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    assert!(
        (1..=16).contains(&name.len()) && name.bytes().all(word),
        "{name:?} is no short lower-case name for `status`"
    );
    assert_eq!(provider.name(), name, "the name changes");
}

/// The destination is one line that names a place, without a key or a user name, because people read it before they
/// decide about consent.
fn destination_is_for_people(provider: &impl TelemetryProvider) {
    let destination = provider.destination();
    assert!(
        !destination.trim().is_empty()
            && !destination.chars().any(char::is_control)
            && !destination.contains("://")
            && !destination.contains(['@', '?']),
        "{destination:?} does not tell people where reports go: name the host or the file, without scheme, query or user"
    );
    assert_eq!(provider.destination(), destination, "the destination changes");
}

fn initializes_on_another_thread(provider: &impl TelemetryProvider) {
    let before = (provider.name().to_owned(), provider.destination().into_owned());
    let outcome = thread::scope(|scope| scope.spawn(|| provider.initialize()).join());
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("initialize failed: {error}"),
        Err(_) => panic!("initialize panicked"),
    }
    // The library reads the name and the destination once, before it calls `initialize`.
    let after = (provider.name().to_owned(), provider.destination().into_owned());
    assert_eq!(before, after, "the name or the destination changes when it is initialized");
}

fn renders_the_same_each_time<P: TelemetryProvider>(what: &str, make: impl Fn() -> P, report: &Report) {
    let provider = make();
    let first = rendered(what, &provider, report);
    let same = |payload: Payload| {
        assert!(payload == first, "{what}: render is not deterministic");
    };
    same(rendered(what, &provider, report));
    same(rendered(what, &make(), report));
    let elsewhere = thread::scope(|scope| scope.spawn(|| rendered(what, &provider, report)).join());
    same(elsewhere.expect("render on another thread"));
    let _ = provider.send_exception(report);
    same(rendered(what, &provider, report));
    assert!(
        first.media_type.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty()),
        "{:?} is no media type",
        first.media_type
    );
}

fn holds_the_report(what: &str, provider: &impl TelemetryProvider, report: &Report) {
    let payload = rendered(what, provider, report);
    assert_nothing_of_this_machine(what, &payload.bytes);
    if provider.name() == NullProvider::NAME {
        return;
    }
    for text in clean_strings(report) {
        let as_json = serde_json::to_string(text).expect("a string as JSON");
        let as_json = as_json.trim_matches('"');
        assert!(
            contains(&payload.bytes, text.as_bytes()) || contains(&payload.bytes, as_json.as_bytes()),
            "{what}: {text:?} of the report is missing or was changed"
        );
    }
}

/// The strings that make a report useful.
fn clean_strings(report: &Report) -> impl Iterator<Item = &str> {
    let exceptions = report.exceptions().iter().flat_map(|exception| {
        let functions = exception.frames().iter().filter_map(|frame| frame.function());
        [Some(exception.type_name()), exception.value()].into_iter().flatten().chain(functions)
    });
    exceptions
        .chain([report.app_name(), report.app_version()])
        .chain(report.operations())
        .chain(report.user_email())
}

fn delivers(what: &str, provider: &impl TelemetryProvider, report: &Report) {
    if let Err(error) = provider.send_exception(report) {
        panic!("{what} was not delivered: {error}");
    }
}

/// Flush and shutdown return even with a limit of zero. They succeed, because nothing is held back.
fn ends_in_time(provider: &impl TelemetryProvider) {
    for limit in [Duration::ZERO, Duration::from_millis(100)] {
        within("flush", limit, || done("flush with nothing held back", provider.flush(limit)));
    }
    let limit = Duration::from_millis(100);
    within("shutdown", limit, || done("shutdown with nothing held back", provider.shutdown(limit)));
}

/// A provider may refuse usage spans. A span that it accepted must be sent by a flush or a shutdown.
fn delivers_what_it_holds_back<P: TelemetryProvider>(provider: &P) {
    initializes_on_another_thread(provider);
    for what in ["flush", "shutdown"] {
        let refused = provider.send_event(&sample::usage_span()).err();
        assert!(
            !matches!(refused, Some(SendError::Retry { .. } | SendError::Halt { .. })),
            "a usage span is neither taken nor refused for good: {refused:?}"
        );
        let ends = if what == "flush" { P::flush } else { P::shutdown };
        within(what, PATIENCE, || {
            done(&format!("{what} with a usage span held back"), ends(provider, PATIENCE));
        });
    }
}

fn forgets_what_is_discarded(provider: &impl TelemetryProvider) {
    initializes_on_another_thread(provider);
    let _ = provider.send_event(&sample::usage_span());
    provider.discard();
    within("flush", Duration::ZERO, || {
        done("a flush without time, after what was held back is discarded", provider.flush(Duration::ZERO));
    });
    delivers("a report after a discard", provider, &sample::error_report());
}

/// A program can end before it has anything to send. Its provider was then never initialized.
fn ends_without_a_beginning(provider: &impl TelemetryProvider) {
    let limit = Duration::from_millis(100);
    within("shutdown", limit, || {
        done("shutdown of a provider that was never initialized", provider.shutdown(limit));
    });
}

fn done(what: &str, outcome: Result<(), SendError>) {
    if let Err(error) = outcome {
        panic!("{what} failed: {error}");
    }
}

pub(crate) fn within<T>(what: &str, limit: Duration, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let outcome = act();
    let took = start.elapsed();
    assert!(took <= limit + LENIENCY, "{what} took {took:?} where {limit:?} were allowed");
    outcome
}

pub(crate) fn rendered(what: &str, provider: &impl TelemetryProvider, report: &Report) -> Payload {
    match provider.render(report) {
        Ok(payload) => payload,
        Err(error) => panic!("{what} cannot be rendered: {error}"),
    }
}
