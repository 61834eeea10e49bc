use crawl4ai_telemetry::telemetry;

struct AppError(anyhow::Error);

#[telemetry]
fn fails() -> Result<(), AppError> {
    Err(AppError(anyhow::anyhow!("no")))
}

fn main() {
    let _ = fails();
}
