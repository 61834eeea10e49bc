use crawl4ai_telemetry::telemetry;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[allow(clippy::too_many_arguments)]
#[telemetry(context(a, b, c, d, e, f, g, h, i, j, k, l, m))]
fn many(
    a: u32, b: &u64, c: &str, d: String, e: &String, f: Option<u8>, g: &Path, h: PathBuf, i: Duration,
    j: Vec<u8>, k: &[i64], l: bool, m: &f64,
) -> Result<String, std::fmt::Error> {
    // They are copied, not moved.
    drop((a, b, c, e, f, g, h, i, j, k, l, m));
    Ok(d)
}

fn main() {
    let text = String::from("e");
    let answer = many(
        1, &2, "c", "d".into(), &text, None, Path::new("g"), "h".into(), Duration::ZERO, vec![1], &[2], true, &0.5,
    );
    assert_eq!(answer, Ok("d".into()));
}
