use crawl4ai_telemetry::telemetry;

struct Page {
    title: String,
}

#[telemetry]
fn fetch(page: &Page) -> Result<usize, std::fmt::Error> {
    let length = page.title.
}

fn main() {
    let _ = fetch(&Page { title: String::new() });
}
