use crawl4ai_telemetry::telemetry;

#[telemetry]
#[telemetry(operation = "fetch")]
fn fetch() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    let _ = fetch();
}
