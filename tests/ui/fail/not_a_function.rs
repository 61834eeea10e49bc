use crawl4ai_telemetry::telemetry;

#[telemetry]
struct Page;

#[telemetry]
impl Page {
    fn fetch() {}
}

#[telemetry]
mod pages {}

#[telemetry]
pub trait Fetch {}

#[telemetry]
const DEPTH: u8 = 1;

fn main() {
    Page::fetch();
    let _ = DEPTH;
}
