use crawl4ai_telemetry::telemetry;

#[telemetry]
fn nothing() {}

#[telemetry]
fn number(n: u32) -> u32 {
    n + 1
}

#[telemetry]
fn option(n: u32) -> Option<u32> {
    Some(n.checked_sub(1)?)
}

#[telemetry]
async fn later(n: u32) -> Vec<u32> {
    vec![n]
}

#[telemetry]
fn never() -> ! {
    panic!("on purpose")
}

#[telemetry]
async fn never_later() -> ! {
    panic!("on purpose")
}

#[telemetry]
fn serves() {
    loop {
        panic!("on purpose");
    }
}

#[telemetry]
fn gives_up() {
    panic!("on purpose")
}

fn main() {
    nothing();
    assert_eq!((number(1), option(0)), (2, None));
    drop(later(1));
    drop(never_later());
    assert!(std::panic::catch_unwind(|| never()).is_err());
    assert!(std::panic::catch_unwind(serves).is_err());
    assert!(std::panic::catch_unwind(gives_up).is_err());
}
