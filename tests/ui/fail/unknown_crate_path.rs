use crawl4ai_telemetry::telemetry;

#[telemetry(crate = ::not_there)]
fn fetch() -> u32 {
    1
}

#[telemetry(crate = 3)]
fn parse() -> u32 {
    1
}

fn main() {
    fetch();
    parse();
}
