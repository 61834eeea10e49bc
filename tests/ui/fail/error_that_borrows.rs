use crawl4ai_telemetry::telemetry;
use std::fmt;

#[derive(Debug)]
struct Borrowing<'a>(&'a str);

impl fmt::Display for Borrowing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Borrowing<'_> {}

#[telemetry]
fn fetch(url: &str) -> Result<(), Borrowing<'_>> {
    Err(Borrowing(url))
}

fn main() {
    let _ = fetch("");
}
