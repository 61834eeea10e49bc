use crawl4ai_telemetry::telemetry;

struct Failure;

#[telemetry]
fn fetch() -> Result<(), Failure> {
    Err(Failure)
}

#[telemetry]
async fn later() -> Result<u8, Failure> {
    Err(Failure)
}

fn main() {
    let _ = fetch();
    drop(later());
}
