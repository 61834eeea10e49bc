use crawl4ai_telemetry::telemetry;

struct Options {
    depth: u8,
}

#[telemetry(
    operation = "fetch page",
    context(retries, depth = options.depth, "dotted.key" = retries + 1),
    if = |error| error.kind() != std::io::ErrorKind::NotFound,
    level = "warning",
    crate = ::crawl4ai_telemetry,
)]
fn fetch(retries: u32, options: &Options) -> std::io::Result<u32> {
    if retries == 0 {
        return Err(std::io::Error::other("no tries left"));
    }
    Ok(retries + u32::from(options.depth))
}

fn main() {
    assert_eq!(fetch(1, &Options { depth: 2 }).unwrap(), 3);
    assert!(fetch(0, &Options { depth: 2 }).is_err());
}
