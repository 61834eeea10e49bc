use crawl4ai_telemetry::telemetry;

#[telemetry(operation)]
fn fetch() {}

#[telemetry(if)]
fn parse() {}

fn main() {
    fetch();
    parse();
}
