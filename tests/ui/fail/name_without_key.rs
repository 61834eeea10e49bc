use crawl4ai_telemetry::telemetry;

#[telemetry("fetch")]
fn fetch() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    let _ = fetch();
}
