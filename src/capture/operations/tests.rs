use super::*;

fn enter(name: &'static str) -> OperationGuard {
    OperationGuard::enter(name)
}

use crawl4ai_telemetry_core::context;

#[test]
fn they_nest_and_end_in_order() {
    let crawl = enter("crawl");
    {
        let _fetch = enter("fetch");
        assert_eq!(names(), ["crawl", "fetch"]);
    }
    assert_eq!(names(), ["crawl"]);
    drop(crawl);
    assert!(names().is_empty());
}

#[test]
fn a_million_nested_ones_are_bounded() {
    let guards: Vec<_> = (0..1_000_000).map(|_| enter("again")).collect();
    assert_eq!(names().len(), MOST as usize);
    drop(guards);
    assert!(names().is_empty());
}

#[test]
fn guards_that_end_out_of_order_or_never_do_no_harm() {
    let outer = enter("outer");
    let inner = enter("inner");
    drop(outer);
    assert!(names().is_empty(), "what was opened inside ends with it");
    let next = enter("next");
    drop(inner);
    assert_eq!(names(), ["next"]);
    drop(next);

    let outer = enter("outer");
    #[expect(clippy::mem_forget, reason = "what a program may do must do no harm")]
    std::mem::forget(enter("forgotten"));
    drop(outer);
    assert!(names().is_empty());
}

#[test]
fn a_panic_closes_what_it_leaves() {
    let _outer = enter("outer");
    let caught = std::panic::catch_unwind(|| {
        let _inner = enter("inner");
        panic!("on purpose");
    });
    assert!(caught.is_err());
    assert_eq!(names(), ["outer"]);
}

fn run<T>(operation: &mut Suspended, poll: impl FnOnce() -> T) -> T {
    let _open = operation.open("crawl");
    poll()
}

#[test]
fn a_future_is_in_its_operation_only_while_it_runs() {
    let mut crawl = Suspended::new(Some(context! { "depth" => 2 }));
    let attached = || context_under(Context::new()).len();
    for _ in 0..3 {
        assert_eq!(run(&mut crawl, || (names(), attached())), (vec!["crawl"], 1));
        assert_eq!((names().len(), attached()), (0, 0));
        assert_eq!((run(&mut crawl, is_polled), is_polled()), (true, false));
    }
    let caught =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&mut crawl, || panic!("on purpose"))));
    assert!(caught.is_err());
    assert!(names().is_empty());
    // The same holds on another thread.
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(run(&mut crawl, attached), 1));
    });
}

#[test]
fn contexts_of_all_open_operations_are_merged_innermost_first() {
    let _crawl = AttachedScope::enter("crawl", Some(context! { "depth" => 1, "retries" => 9 }));
    let _plain = enter("plain");
    {
        let _fetch = AttachedScope::enter("fetch", Some(context! { "retries" => 3 }));
        let all = context_under(context! { "own" => 0, "depth" => 7 });
        let keys: Vec<&str> = all.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["own", "depth", "retries", "crawl.depth", "crawl.retries"]);
    }
    let left = context_under(Context::new());
    assert_eq!(left, context! { "depth" => 1, "retries" => 9 });
}

#[test]
fn what_an_ended_layer_left_aside_is_not_the_next_ones() {
    {
        let _first = Scope::enter("first");
        assert!(remember(Of::Here, ErrorSignature::default()).is_ok());
        assert!(find_signature(|_| Some(())).is_some());
    }
    let _second = Scope::enter("second");
    assert!(find_signature(|_| Some(())).is_none());
}

#[test]
fn there_is_nothing_around_the_outermost_layer() {
    let _no_layer = enter("no layer");
    assert!(remember(Of::Here, ErrorSignature::default()).is_err());
    let _outermost = Scope::enter("outermost");
    let _carried = carry(&["another task's"]);
    assert!(remember(Of::Around, ErrorSignature::default()).is_err());
    let _inner = Scope::enter("inner");
    let _no_layer = enter("no layer");
    assert!(remember(Of::Around, ErrorSignature::default()).is_ok());
    assert!(find_signature(|_| Some(())).is_none(), "it is the outer one's");
    assert_eq!(names(), ["no layer", "outermost", "another task's", "inner", "no layer"]);
    assert_eq!(own_names(), ["no layer", "outermost", "inner", "no layer"]);
}

#[test]
fn what_stands_aside_is_bounded() {
    let _outer = Scope::enter("outer");
    for _ in 0..1000 {
        assert!(remember(Of::Here, ErrorSignature::default()).is_ok());
    }
    let mut seen = 0;
    let none: Option<()> = find_signature(|_| {
        seen += 1;
        None
    });
    assert!(none.is_none());
    assert_eq!(seen, SIGNATURES);
}

#[test]
fn operations_of_another_task_are_opened_once() {
    let _outer = enter("outer");
    assert!(carry(&[]).is_none());
    assert!(carry(&["outer"]).is_none(), "they are open");
    {
        let _carried = carry(&["batch", "crawl"]);
        assert_eq!(names(), ["outer", "batch", "crawl"]);
    }
    assert_eq!(names(), ["outer"]);
}
