//! Creates many operations, on threads that end in the middle of one, in tasks that are aborted, and around errors that
//! cannot be printed. The program's result is unaffected, and the next operation starts clean.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod shared_telemetry;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;
use std::time::Duration;

use crawl4ai_telemetry::{FutureExt, OperationGuard, operation, telemetry, telemetry_context};
use shared_telemetry::{Fixed, only, path, reports};

#[telemetry]
fn fail(text: &'static str) -> Result<(), Fixed> {
    Err(Fixed(text))
}

fn on_a_thread(body: impl FnOnce() + Send + 'static) -> bool {
    Builder::new().spawn(body).expect("a thread").join().is_ok()
}

#[derive(Debug, PartialEq)]
struct Bomb(u32);

impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in Display")
    }
}

impl Error for Bomb {}

#[test]
fn an_error_that_cannot_be_printed_leaves_as_it_was() {
    #[telemetry]
    fn inner() -> Result<u32, Bomb> {
        Err(Bomb(7))
    }
    #[telemetry]
    fn outer() -> Result<u32, Bomb> {
        inner().map(|n| n + 1)
    }
    shared_telemetry::install();
    assert_eq!(outer(), Err(Bomb(7)));
    let found = reports("its Display panicked");
    assert_eq!(found.first().map(path).as_deref(), Some("outer > inner"));
    assert!(
        reports("in Display").is_empty(),
        "a panic of the reporter's own making is none of the program's"
    );
}

#[test]
fn a_million_nested_operations_are_bounded() {
    shared_telemetry::install();
    let guards: Vec<OperationGuard> = (0..1_000_000).map(|_| operation("again")).collect();
    assert!(fail("a million deep").is_err());
    let deep = only("a million deep");
    assert!((1..=64).contains(&deep.operations().count()), "{}", path(&deep));
    drop(guards);
    assert!(fail("after a million").is_err());
    assert_eq!(path(&only("after a million")), "fail");
}

#[test]
fn a_million_operations_one_after_another_leave_nothing() {
    shared_telemetry::install();
    for n in 0..1_000_000_u32 {
        let done = telemetry_context("again", || Ok::<_, Fixed>(n));
        assert!(done.is_ok_and(|done| done == n));
    }
    assert!(fail("after many").is_err());
    assert_eq!(path(&only("after many")), "fail");
}

thread_local! {
    static AT_THE_END: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
}

/// Runs an operation when its thread's locals are being destroyed.
struct AtTheEnd(Arc<AtomicUsize>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let _operation = operation("in a destructor");
        let failed = fail("in a destructor").is_err();
        self.0.fetch_add(usize::from(failed), Ordering::SeqCst);
    }
}

#[test]
fn threads_that_end_in_an_operation_take_it_with_them() {
    shared_telemetry::install();
    let ended = Arc::new(AtomicUsize::new(0));
    for round in 0..200 {
        let ended = Arc::clone(&ended);
        let ends_well = on_a_thread(move || {
            let at_the_end = AtTheEnd(ended);
            AT_THE_END.with(|slot| *slot.borrow_mut() = Some(at_the_end));
            // This operation is never closed.
            #[allow(clippy::mem_forget, reason = "what a program may do")]
            std::mem::forget(operation("forgotten"));
            let _open = operation("open");
            assert!(round % 2 == 0, "on purpose");
        });
        assert_eq!(ends_well, round % 2 == 0);
    }
    assert_eq!(ended.load(Ordering::SeqCst), 200, "the program's own code ran");
    // Two hundred errors in a row may fill the queue, which drops those that do not fit. So it is emptied first.
    shared_telemetry::flush();
    assert!(on_a_thread(|| assert!(fail("on a new thread").is_err())));
    assert_eq!(path(&only("on a new thread")), "fail");
    assert!(fail("on the old thread").is_err());
    assert_eq!(path(&only("on the old thread")), "fail");
}

#[test]
fn tasks_that_are_aborted_leave_nothing_open() {
    #[telemetry]
    async fn waits_for_ever(text: &'static str) -> Result<(), Fixed> {
        tokio::task::yield_now().await;
        let _guarded = pending::<()>().in_operation("within").await;
        Err(Fixed(text))
    }
    #[telemetry]
    async fn fails(text: &'static str) -> Result<(), Fixed> {
        tokio::task::yield_now().await;
        fail(text)
    }
    shared_telemetry::install();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..200).map(|_| tokio::spawn(waits_for_ever("never said"))).collect();
        tokio::task::yield_now().await;
        for task in tasks {
            task.abort();
            assert!(task.await.expect_err("aborted").is_cancelled());
        }
        let late = tokio::time::timeout(Duration::from_millis(20), waits_for_ever("never said")).await;
        assert!(late.is_err());
        tokio::select! {
            biased;
            () = std::future::ready(()) => {}
            _ = waits_for_ever("never said") => panic!("it never ends"),
        }
        for _ in 0..2 {
            assert!(tokio::spawn(fails("after aborted ones")).await.expect("no panic").is_err());
        }
    });
    assert!(reports("never said").is_empty());
    let paths: Vec<String> = reports("after aborted ones").iter().map(path).collect();
    assert_eq!(paths, ["fails > fail", "fails > fail"]);
}
