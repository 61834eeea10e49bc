use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use crawl4ai_telemetry_core::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, MemoryProvider, RawException, Timestamp,
};

use super::*;
use crate::capture::Captured;
use crate::capture::stack::Stack;
use crate::deliver::words_reading::Words;
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
    let named = pipeline.with_names(&name, spool.read(&name).unwrap(), None);
    drop(partial);
    let counted = || pipeline.store.delivery_state.read().ends_without_lines;
    assert_eq!(counted(), ends + 1, "whatever was found, a process that ends now has delivered nothing");
    let report = pipeline.sanitizer().restore(&named, None, Privacy::OwnWords).unwrap();
    assert!(pipeline.settle(spool, name, &report).is_some());
    let (named, counted) = (String::from_utf8(named).unwrap(), counted());
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

/// Names that send a message when they are asked for.
struct Told(Sender<()>);

impl FrameNames for Told {
    fn functions(&self, places: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
        self.0.send(()).unwrap();
        let frame = RawFrame { function: Some("tool::boil".to_owned()), ..RawFrame::default() };
        places.iter().map(|_| vec![frame.clone()]).collect()
    }
}

/// Words whose reading waits until names are asked for.
struct AfterNames {
    asked: Mutex<Receiver<()>>,
    waited_in_vain: Arc<Mutex<bool>>,
}

impl WordSource for AfterNames {
    fn name(&self) -> &'static str {
        "after names"
    }

    fn bytes(&self) -> u64 {
        0
    }

    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn prepare(&self, _: Look) {
        let asked = self.asked.lock().unwrap().recv_timeout(Duration::from_secs(20));
        *self.waited_in_vain.lock().unwrap() |= asked.is_err();
    }
}

/// If one look-up came after the other, both would take more time than the end of a short program has.
#[test]
fn names_are_looked_up_while_the_words_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (tell, asked) = channel();
    let waited_in_vain = Arc::new(Mutex::new(false));
    let words = AfterNames { asked: Mutex::new(asked), waited_in_vain: Arc::clone(&waited_in_vain) };
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .provider(MemoryProvider::default())
        .own_words(words)
        .build()
        .unwrap();
    let pipeline = &telemetry.inner.pipeline;
    let mut event = Event::new(pipeline.new_id(), Timestamp::default(), Level::Error);
    event.exceptions.push(RawException::new(Kind::Error, "Error"));
    let captured = Captured { event, stack: Stack::here() };
    let _partial = pipeline.store_partial(&captured, Privacy::OwnWords, Clearance::Rules).unwrap();
    let spool = pipeline.store.spool.as_ref().unwrap();
    let [name] = spool.list().try_into().unwrap();
    let bytes = spool.read(&name).unwrap();

    let beside = pipeline.names_beside_words(&name, &bytes, Privacy::OwnWords, || Told(tell));
    assert_eq!(pipeline.words_for(&name, Privacy::OwnWords), Words::AtHand);
    assert!(!*waited_in_vain.lock().unwrap(), "the words were waited for first");
    let named = pipeline.with_names(&name, bytes.clone(), beside.as_ref());
    assert!(String::from_utf8(named).unwrap().contains("tool::boil"));
    let again = pipeline.names_beside_words(&name, &bytes, Privacy::OwnWords, LoadedModules::look);
    assert!(again.is_none(), "no words are read any more");
}
