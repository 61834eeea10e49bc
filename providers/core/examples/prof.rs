use std::hint::black_box;
fn main() {
    let s = crawl4ai_telemetry_core::Sanitizer::new();
    let a: Vec<String> = std::env::args().collect();
    let n: usize = a[1].parse().unwrap();
    let text = if a[2] == "@" { a[3].repeat(a[4].parse().unwrap()) } else { a[2].clone() };
    let t = std::time::Instant::now();
    for _ in 0..n {
        black_box(s.text(black_box(&text)));
    }
    println!("{:.1} ns, {} bytes", t.elapsed().as_nanos() as f64 / n as f64, text.len());
}
