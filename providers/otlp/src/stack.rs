//! The exception chain and its frames as text, in the form of the program's language, because `exception.stacktrace` is
//! one string.

use std::fmt::Write as _;

use crawl4ai_telemetry_core::{Exception, Frame, Location, Report};

/// The title of an exception, `FetchError: cannot fetch page 3 of 12`.
pub(crate) fn title(exception: &Exception) -> String {
    match exception.value() {
        Some(value) => format!("{}: {value}", exception.type_name()),
        None => exception.type_name().to_owned(),
    }
}

/// The whole exception chain, in the form of the program's language.
pub(crate) fn write(report: &Report) -> String {
    match report.platform().language() {
        Some("python") => traceback(report),
        Some(_) | None => backtrace(report),
    }
}

/// The form that Python prints: causes come first, and each exception's outermost frame comes first.
fn traceback(report: &Report) -> String {
    const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
    let told = report.exceptions().iter().rev().map(|exception| {
        let mut out = String::new();
        if !exception.frames().is_empty() {
            out.push_str("Traceback (most recent call last):\n");
        }
        for frame in exception.frames().iter().rev() {
            // Writing to a string cannot fail.
            let _ = write!(out, "  File \"{}\"", frame.file().unwrap_or("<unknown>"));
            if let Some(line) = frame.line() {
                let _ = write!(out, ", line {line}");
            }
            let _ = writeln!(out, ", in {}", frame.function().unwrap_or("<unknown>"));
        }
        if exception.frames_cut() > 0 {
            let _ = writeln!(out, "  [{} frames cut]", exception.frames_cut());
        }
        out.push_str(&title(exception));
        out.push('\n');
        out
    });
    let mut out = told.collect::<Vec<_>>().join(CAUSE);
    out.truncate(out.trim_end().len());
    out
}

/// The form that Rust prints: the outermost error first.
fn backtrace(report: &Report) -> String {
    let mut out = String::new();
    for (at, exception) in report.exceptions().iter().enumerate() {
        if at > 0 {
            out.push_str("Caused by: ");
        }
        out.push_str(&title(exception));
        out.push('\n');
        // Writing to a string cannot fail.
        if let Some(place) = exception.location() {
            let _ = writeln!(out, "   at {}", written(place));
        }
        if let Some(place) = exception.captured_at() {
            let _ = writeln!(out, "   caught at {}", written(place));
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

/// The file, the line, and the column if it is known.
fn written(place: &Location) -> String {
    match place.column() {
        0 => format!("{}:{}", place.file(), place.line()),
        column => format!("{}:{}:{column}", place.file(), place.line()),
    }
}

/// The function's name. If the name is unknown, the module with the address in it, which debug information can name.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::{
        App, Event, Kind, Level, Privacy, RawException, RawFrame, ReportId, Sanitizer, Timestamp, runtime,
    };

    #[test]
    fn a_traceback_of_python() {
        let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
        event.runtime = runtime("CPython", "3.11.7");
        let frame = |function: &str, line| RawFrame {
            function: Some(function.to_owned()),
            file: Some("tool/crawler.py".to_owned()),
            line,
            in_app: Some(true),
            ..RawFrame::default()
        };
        let mut raised = RawException::new(Kind::Error, "tool.FetchError");
        raised.message = Some("no page".to_owned());
        raised.frames = vec![frame("fetch", Some(7)), frame("main", None)];
        event.exceptions = vec![raised, RawException::new(Kind::Error, "KeyError")];
        let report = Sanitizer::new().report(&App::new("tool", "1.0"), event, Privacy::Standard);
        let expected = "KeyError\n\nThe above exception was the direct cause of the following exception:\n\n\
                        Traceback (most recent call last):\n  File \"tool/crawler.py\", in main\n  \
                        File \"tool/crawler.py\", line 7, in fetch\ntool.FetchError: no page";
        assert_eq!(write(&report), expected);
    }
}
