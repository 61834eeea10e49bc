use crawl4ai_telemetry::telemetry;

struct Options {
    depth: u8,
}

#[telemetry(context(options.depth))]
fn fetch(options: &Options) -> u8 {
    options.depth
}

fn main() {
    fetch(&Options { depth: 1 });
}
