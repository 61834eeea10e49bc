use std::io::BufRead;
fn main() {
    let s = crawl4ai_telemetry_core::Sanitizer::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { continue };
        let c = s.text(&line);
        if &*c != line {
            println!("{line}\n   -> {c}");
        }
    }
}
