use crawl4ai_telemetry::telemetry;

#[telemetry(operation = "")]
fn fetch() {}

fn main() {
    fetch();
}
