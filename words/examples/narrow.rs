//! Narrows texts by the words of the given programs: `narrow PROGRAM... < NUL-separated texts`. With `BATCH=n`, each
//! report has `n` texts. With `TIMES=n`, each report is marked `n` times, and the time of one marking is printed.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::own_words::{OwnWords, Unreadable, WordSource, narrow};
use crawl4ai_telemetry_words::{Program, system_texts};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number = |name: &str| std::env::args().find_map(|a| a.strip_prefix(name)?.parse::<usize>().ok());
    let (batch, times) = (number("BATCH=").unwrap_or(64), number("TIMES=").unwrap_or(1));
    let programs = std::env::args().skip(1).filter(|a| !a.contains('='));
    let programs =
        programs.map(|path| Program::open(Path::new(&path))).collect::<Result<Vec<_>, Unreadable>>()?;
    let bytes: u64 = programs.iter().map(WordSource::bytes).sum();
    let sources = programs.into_iter().map(|p| Box::new(p) as Box<dyn WordSource>).collect();
    let own = OwnWords::new(sources).with_public_texts(system_texts());
    let sanitizer = Sanitizer::new();

    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let input = String::from_utf8_lossy(&input);
    let mut texts: Vec<&str> =
        input.split('\0').map(|text| text.strip_suffix('\n').unwrap_or(text)).collect();
    texts.pop_if(|last| last.is_empty());
    let mut out = std::io::stdout().lock();
    let begun = Instant::now();
    for report in texts.chunks(batch) {
        let mut marked = own.mark(report, &[])?;
        for _ in 1..times {
            marked = own.mark(report, &[])?;
        }
        for (text, runs) in report.iter().zip(&marked.runs) {
            let found = if times > 1 { Vec::new() } else { sanitizer.spans(text) };
            out.write_all(narrow(text, runs, &found).as_bytes())?;
            out.write_all(b"\0\n")?;
        }
    }
    let each = begun.elapsed() / u32::try_from(texts.len().div_ceil(batch).max(1) * times)?;
    writeln!(std::io::stderr().lock(), "{bytes} bytes of words, {each:?} a report")?;
    Ok(())
}
