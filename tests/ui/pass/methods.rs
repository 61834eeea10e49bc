use crawl4ai_telemetry::telemetry;
use std::fmt::Error;

struct Crawler {
    depth: u32,
    seen: Vec<String>,
}

impl Crawler {
    #[telemetry(operation = "new crawler")]
    fn new(depth: u32) -> Result<Self, Error> {
        Ok(Self { depth, seen: Vec::new() })
    }

    #[telemetry(context(depth = self.depth))]
    fn deepest(&self) -> Result<&str, Error> {
        self.seen.last().map(String::as_str).ok_or(Error)
    }

    #[telemetry]
    fn visit(&mut self, mut url: String) -> Result<&mut Self, Error> {
        url.push('/');
        self.seen.push(url);
        Ok(self)
    }

    #[telemetry]
    async fn crawl(&mut self, url: &str) -> Result<usize, Error> {
        tokio::task::yield_now().await;
        self.visit(url.to_owned())?.visit(url.to_owned())?;
        Ok(self.seen.len())
    }

    #[telemetry]
    fn finish(self) -> Vec<String> {
        self.seen
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut crawler = Crawler::new(2).unwrap();
    assert!(crawler.deepest().is_err());
    assert_eq!(crawler.crawl("a").await, Ok(2));
    assert_eq!(crawler.deepest(), Ok("a/"));
    assert_eq!(crawler.finish(), ["a/", "a/"]);
}
