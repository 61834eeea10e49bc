use crawl4ai_telemetry::telemetry;

#[telemetry]
pub extern "C" fn fetch() -> u32 {
    1
}

fn main() {
    fetch();
}
