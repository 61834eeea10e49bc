use crawl4ai_telemetry::telemetry;

#[telemetry(if = |error| error.kind())]
fn fetch() -> std::io::Result<()> {
    Ok(())
}

#[telemetry(if = true)]
fn parse() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = (fetch(), parse());
}
