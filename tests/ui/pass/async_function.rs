use crawl4ai_telemetry::telemetry;

#[telemetry(context(retries))]
async fn fetch(url: &str, retries: u32) -> anyhow::Result<usize> {
    tokio::task::yield_now().await;
    if retries == 0 {
        return Err(anyhow::anyhow!("no tries left"));
    }
    Ok(url.len())
}

fn must_be_send<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(must_be_send(fetch("abc", 1)).await.unwrap(), 3);
    assert!(tokio::spawn(fetch("abc", 0)).await.unwrap().is_err());
}
