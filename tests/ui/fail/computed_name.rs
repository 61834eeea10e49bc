use crawl4ai_telemetry::telemetry;

#[telemetry(operation = format!("fetch {url}"))]
fn fetch(url: &str) -> Result<usize, std::fmt::Error> {
    Ok(url.len())
}

fn main() {
    let _ = fetch("");
}
