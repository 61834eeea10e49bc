use async_trait::async_trait;
use crawl4ai_telemetry::telemetry;
use std::fmt::Error;

#[async_trait]
trait Fetch: Sync {
    async fn fetch(&self, url: &str) -> Result<usize, Error>;

    #[telemetry]
    async fn provided(&self) -> Result<usize, Error> {
        self.fetch("default").await
    }
}

struct Memory(usize);

#[async_trait]
impl Fetch for Memory {
    #[telemetry(operation = "fetch", context(url, most = self.0))]
    async fn fetch(&self, url: &str) -> Result<usize, Error> {
        tokio::task::yield_now().await;
        if url.len() > self.0 {
            return Err(Error);
        }
        Ok(url.len())
    }
}


#[tokio::main(flavor = "current_thread")]
async fn main() {
    let fetch: Box<dyn Fetch + Send> = Box::new(Memory(7));
    assert_eq!(tokio::spawn(async move { fetch.provided().await }).await.unwrap(), Ok(7));
    assert_eq!(Memory(0).fetch("x").await, Err(Error));
}
