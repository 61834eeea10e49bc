use crawl4ai_telemetry::telemetry;

#[telemetry(context(retries, retries = 3))]
fn fetch(retries: u32) -> u32 {
    retries
}

fn main() {
    fetch(1);
}
