use crawl4ai_telemetry::telemetry;

struct Options;

#[telemetry(context(retries, options))]
fn fetch(retries: u32, options: Options) -> Result<u32, std::fmt::Error> {
    drop(options);
    Ok(retries)
}

fn main() {
    let _ = fetch(1, Options);
}
