use crawl4ai_telemetry::telemetry;

#[telemetry(level = "info", level = "error")]
fn fetch() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    let _ = fetch();
}
