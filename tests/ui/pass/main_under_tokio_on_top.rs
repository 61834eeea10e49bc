use crawl4ai_telemetry::telemetry;

#[tokio::main]
#[telemetry]
async fn main() -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    Ok(())
}
