use crawl4ai_telemetry::telemetry;

#[telemetry]
const fn fetch() -> u32 {
    1
}

fn main() {
    fetch();
}
