use std::time::Instant;

use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, MemoryProvider, RawException, Timestamp,
};

use super::*;
use crate::capture::Captured;
use crate::capture::stack::Stack;
use crate::environment::Env;
use crate::telemetry::Telemetry;
use crawl4ai_telemetry_core::Privacy;

/// Adds names to a report at an end of the program that has no time for line numbers, after `ends` such ends in a row.
/// Returns whether the report has line numbers, whether it has names, and how many such ends are counted then.
fn at_the_end(ends: u32) -> (bool, bool, u32) {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .provider(MemoryProvider::default())
        .build()
        .unwrap();
    let pipeline = &telemetry.inner.pipeline;
    pipeline.store.delivery_state.update(|state| state.ends_without_lines = ends);
    let mut event = Event::new(pipeline.new_id(), Timestamp::default(), Level::Error);
    event.exceptions.push(RawException::new(Kind::Error, "Error"));
    let captured = Captured { event, stack: Stack::here() };
    let partial = pipeline.store_partial(&captured, Privacy::OwnWords, Clearance::Rules).unwrap();

    let spool = pipeline.store.spool.as_ref().unwrap();
    let [name] = spool.list().try_into().unwrap();
    assert_eq!((name.fingerprint, name.state), (None, ReportState::Partial));
    pipeline.cleaning.symbolication.until(Some(Instant::now()));
    let named = pipeline.with_names(&name, spool.read(&name).unwrap());
    drop(partial);
    let named = String::from_utf8(named).unwrap();
    let counted = pipeline.store.delivery_state.read().ends_without_lines;
    (named.contains("\"line\":"), named.contains("\"function\":"), counted)
}

/// A bug gets the same names however busy the machine is at the end of the program. They are looked up late in the
/// debug information, because the symbol table has fewer names.
#[test]
fn lines_wait_for_three_ends_and_the_report_for_no_more() {
    for (ends, lines, counted) in [(0, true, 0), (1, true, 0), (2, false, 3), (9, false, 10)] {
        assert_eq!(at_the_end(ends), (lines, true, counted), "after {ends} ends");
    }
}
