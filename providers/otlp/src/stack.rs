//! The chain and its frames as text, as Rust prints them: `exception.stacktrace` is one string.

use std::fmt::Write as _;

use crawl4ai_telemetry_core::{Exception, Frame, Report};

/// `FetchError: cannot fetch page 3 of 12`.
pub(crate) fn title(exception: &Exception) -> String {
    match exception.value() {
        Some(value) => format!("{}: {value}", exception.type_name()),
        None => exception.type_name().to_owned(),
    }
}

/// The whole chain, outermost error first.
pub(crate) fn write(report: &Report) -> String {
    let mut out = String::new();
    for (at, exception) in report.exceptions().iter().enumerate() {
        if at > 0 {
            out.push_str("Caused by: ");
        }
        out.push_str(&title(exception));
        out.push('\n');
        // Writing to a string cannot fail.
        if let Some(place) = exception.location() {
            let _ = writeln!(out, "   at {}:{}:{}", place.file(), place.line(), place.column());
        }
        for (number, frame) in exception.frames().iter().enumerate() {
            let _ = writeln!(out, "{number:4}: {}", function(report, frame));
            match (frame.file(), frame.line()) {
                (Some(file), Some(line)) => drop(writeln!(out, "             at {file}:{line}")),
                (Some(file), None) => drop(writeln!(out, "             at {file}")),
                (None, _) => {}
            }
        }
        if exception.frames_cut() > 0 {
            let _ = writeln!(out, "      [{} frames cut]", exception.frames_cut());
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The function's name; where none is known, the place in its module, which debug information can name.
fn function(report: &Report, frame: &Frame) -> String {
    if let Some(name) = frame.function() {
        return name.to_owned();
    }
    let module = frame.image().and_then(|at| report.images().get(at)).map(|image| image.name());
    match (module, frame.address()) {
        (Some(module), Some(address)) => format!("{module}+{address:#x}"),
        (None, Some(address)) => format!("{address:#x}"),
        (_, None) => "<unknown>".to_owned(),
    }
}
