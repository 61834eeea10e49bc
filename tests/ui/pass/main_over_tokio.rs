use crawl4ai_telemetry::telemetry;

#[telemetry]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::task::yield_now().await;
    Ok(())
}
