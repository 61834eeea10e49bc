use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, MemoryProvider, RawException, Timestamp,
};

use super::*;
use crate::capture::stack::Stack;
use crate::clock::ManualClock;
use crate::consent;
use crate::env::Env;
use crate::telemetry::Telemetry;

fn telemetry(folder: &std::path::Path) -> Telemetry {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder)
        .clock(ManualClock::new(at(20)))
        .provider(MemoryProvider::default())
        .build()
        .unwrap()
}

fn captured(desk: &Desk, time: Timestamp) -> Captured {
    let mut event = Event::new(desk.new_id(), time, Level::Error);
    event.exceptions.push(RawException::new(Kind::Error, "Error"));
    Captured { event, stack: Stack::Addresses(Vec::new()) }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1000)
}

#[test]
fn consent_is_read_again_before_anything_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let desk = &telemetry.inner.desk;
    let clock = ManualClock::new(at(10));
    consent::enable(desk.gate.store(), &clock, None, false).unwrap();
    assert_eq!(desk.gate.allowed(), Ok(Privacy::Standard));
    let spool = desk.spool.as_ref().unwrap();
    assert!(store(desk, captured(desk, at(11)), Privacy::Standard).is_none());
    assert_eq!(spool.list().len(), 1, "stored");

    // As another process does it: this one remembers the yes.
    consent::disable(desk.gate.store(), &clock).unwrap();
    assert_eq!(desk.gate.allowed(), Ok(Privacy::Standard));
    assert!(store(desk, captured(desk, at(12)), Privacy::Standard).is_none());
    assert_eq!(spool.list().len(), 1, "and no other");
}

#[test]
fn what_waits_for_an_answer_goes_when_it_came_after_the_yes() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let desk = &telemetry.inner.desk;
    consent::enable(desk.gate.store(), &ManualClock::new(at(10)), None, false).unwrap();
    for (second, goes) in [(9, false), (10, true), (11, true)] {
        assert_eq!(desk.hold(captured(desk, at(second))).is_some(), goes, "captured at {second}");
    }
    assert!(desk.spool.as_ref().unwrap().is_empty(), "nobody is asked about what came before");
}
