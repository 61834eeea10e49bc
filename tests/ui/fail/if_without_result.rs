use crawl4ai_telemetry::telemetry;

#[telemetry(if = |error| true)]
fn fetch() -> u32 {
    1
}

#[telemetry(level = "info")]
async fn later() {}

fn main() {
    fetch();
    drop(later());
}
