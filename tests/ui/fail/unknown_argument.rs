use crawl4ai_telemetry::telemetry;

#[telemetry(operaton = "fetch")]
fn fetch() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    let _ = fetch();
}
