use crawl4ai_telemetry::telemetry;

#[telemetry]
fn fetch() -> Result<u32, std::fmt::Error> {
    "three"
}

#[telemetry]
async fn later() -> Result<u32, std::fmt::Error> {
    "three"
}

fn main() {
    let _ = fetch();
    drop(later());
}
