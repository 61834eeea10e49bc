use crawl4ai_telemetry::telemetry;

#[telemetry(context = retries)]
fn fetch(retries: u32) -> u32 {
    retries
}

#[telemetry(context())]
fn parse(retries: u32) -> u32 {
    retries
}

fn main() {
    fetch(parse(1));
}
