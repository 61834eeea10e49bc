use crawl4ai_telemetry::telemetry;
use std::fmt::Error;

trait Fetch {
    type Page;
    fn fetch(&self, url: &str) -> Result<Self::Page, Error>;
    fn fetch_later(&self, url: &str) -> impl Future<Output = Result<Self::Page, Error>> + Send;
    async fn fetch_async(&self, url: &str) -> Result<Self::Page, Error>;

    #[telemetry]
    fn provided(&self) -> Result<Self::Page, Error> {
        self.fetch("default")
    }
}

struct Memory;

impl Fetch for Memory {
    type Page = usize;

    #[telemetry]
    fn fetch(&self, url: &str) -> Result<Self::Page, Error> {
        Ok(url.len())
    }

    #[telemetry]
    fn fetch_later(&self, url: &str) -> impl Future<Output = Result<Self::Page, Error>> + Send {
        let length = url.len();
        async move { Ok(length) }
    }

    #[telemetry]
    async fn fetch_async(&self, url: &str) -> Result<Self::Page, Error> {
        self.fetch(url)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(Memory.provided(), Ok(7));
    assert_eq!(Memory.fetch_later("ab").await, Ok(2));
    assert_eq!(Memory.fetch_async("abc").await, Ok(3));
}
