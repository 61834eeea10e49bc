use crawl4ai_telemetry::telemetry;

#[telemetry(level = "warn")]
fn fetch() -> Result<(), std::fmt::Error> {
    Ok(())
}

#[telemetry(level = 3)]
fn parse() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    let _ = (fetch(), parse());
}
