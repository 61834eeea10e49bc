use crawl4ai_telemetry::telemetry;

// What the expansion calls its own, and what the prelude calls its own.
#[allow(dead_code)]
struct Result;
#[allow(dead_code)]
enum Option { Some, None }
#[allow(dead_code)]
mod std {}
#[allow(dead_code)]
mod core {}

#[telemetry(context(operation, outcome))]
fn plain(operation: u8, outcome: u8, context: u8, future: u8) -> ::core::result::Result<u8, ::std::fmt::Error> {
    Ok(operation + outcome + context + future)
}

#[telemetry(context(context, hint))]
async fn later(operation: u8, outcome: u8, context: u8, hint: u8) -> ::core::result::Result<u8, ::std::fmt::Error> {
    Ok(operation + outcome + context + hint)
}

#[telemetry]
fn r#type(r#fn: u8) -> u8 {
    r#fn
}

fn main() {
    assert_eq!(plain(1, 2, 3, 4), Ok(10));
    assert_eq!(r#type(1), 1);
    drop(later(1, 2, 3, 4));
}
