//! Measures the cost of reading words. `measure PROGRAM...` prints the milliseconds for a megabyte of words and for a
//! megabyte of code, and the memory. Each time is the least of several tries, because the others include other work of
//! the machine.

use std::hint::black_box;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::own_words::{Look, OwnWords, WordSource};
use crawl4ai_telemetry_words::Program;

/// Three texts of one report.
const TEXTS: [&str; 3] = [
    "cannot open the archive of Ada Lovelace: no such file or directory at line 17",
    "the request for 4711 was refused by the server: it may not be read by anybody",
    "step 3 of the job was abandoned, because the answer could not be understood",
];

fn least(tries: usize, mut run: impl FnMut() -> Duration) -> Duration {
    (0..tries).map(|_| run()).min().unwrap_or_default()
}

fn millis_per_megabyte(time: Duration, bytes: u64) -> f64 {
    time.as_secs_f64() * 1e3 / (bytes as f64 / 1e6)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let open = || Program::open(Path::new(&path));
        let (words, code) = (open()?.bytes(), open()?.code_bytes());
        let look = |program: &Program, look: Look| {
            let begun = Instant::now();
            // The visitor gets its first block when all edges that this look needs are known.
            let _ = program.visit(look, &mut |_| ControlFlow::Break(()));
            begun.elapsed()
        };
        let (mut tables, mut closer, mut memory) = (Duration::MAX, Duration::MAX, 0);
        for _ in 0..40 {
            let program = open()?;
            tables = tables.min(look(&program, Look::Known));
            closer = closer.min(look(&program, Look::Closer));
            memory = program.memory();
        }
        let own = OwnWords::new(vec![Box::new(open()?)]);
        let _ = own.mark(&TEXTS, &[])?;
        let scan = least(300, || {
            let begun = Instant::now();
            let _ = black_box(own.mark(&TEXTS, &[]));
            begun.elapsed()
        });
        writeln!(out, "{path}: {:.2} MB of words, {:.2} MB of code", words as f64 / 1e6, code as f64 / 1e6)?;
        writeln!(
            out,
            "  scan of one report    {:>8.2} ms, {:.2} ms a megabyte of words",
            scan.as_secs_f64() * 1e3,
            millis_per_megabyte(scan, words)
        )?;
        writeln!(out, "  edges from tables     {:>8.2} ms, once", tables.as_secs_f64() * 1e3)?;
        writeln!(
            out,
            "  edges from code       {:>8.2} ms, once, {:.2} ms a megabyte of code",
            closer.as_secs_f64() * 1e3,
            millis_per_megabyte(closer, code)
        )?;
        writeln!(out, "  memory of the edges   {:>8.2} MiB", memory as f64 / f64::from(1 << 20))?;
    }
    Ok(())
}
