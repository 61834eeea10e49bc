use crawl4ai_telemetry::telemetry;

#[telemetry]
fn fetch(url: String) -> Result<String, std::fmt::Error> {
    drop(url);
    Ok(url)
}

fn main() {
    let _ = fetch(String::new());
}
