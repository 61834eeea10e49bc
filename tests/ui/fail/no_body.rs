use crawl4ai_telemetry::telemetry;

trait Fetch {
    #[telemetry]
    fn fetch(&self) -> Result<(), std::fmt::Error>;
}

fn main() {}
