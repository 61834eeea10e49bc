//! Prints a report as Rust prints an error and its stack.

use crawl4ai_telemetry::printable::line;

use super::report::{Exception, Report};
use super::stack::StackFrame;
use crate::exit::Failure;
use crate::output::{Paint, Streams};

pub(super) fn print(report: &Report, streams: &mut Streams) -> Result<(), Failure> {
    let head = [&report.program, &report.version, &report.level, &report.time, &report.platform];
    let head: Vec<_> = head.into_iter().filter(|part| !part.is_empty()).map(|part| line(part)).collect();
    streams.paint(Paint::Faint, &format!("report {}: {}", line(&report.id), head.join(" ")))?;
    for (at, exception) in report.exceptions.iter().enumerate() {
        let cause = if at > 0 { "Caused by: " } else { "" };
        streams.paint(Paint::Strong, &format!("{cause}{}", title(exception)))?;
        if let Some((file, number)) = &exception.stack.location {
            streams.print(&format!("   at {}:{number}", line(file)))?;
        }
        print_stack(report, &exception.stack.frames, streams)?;
    }
    if !report.operations.is_empty() {
        let operations: Vec<_> = report.operations.iter().map(|name| line(name)).collect();
        streams.print(&format!("in {}", operations.join(" > ")))?;
    }
    streams.print("")
}

fn title(exception: &Exception) -> String {
    match &exception.value {
        Some(value) => format!("{}: {}", line(&exception.type_name), line(value)),
        None => line(&exception.type_name).into_owned(),
    }
}

fn print_stack(report: &Report, frames: &[StackFrame], streams: &mut Streams) -> Result<(), Failure> {
    for (at, frame) in frames.iter().enumerate() {
        // Of several functions at one address, all but the outermost were inlined.
        let outer = frames.get(at + 1);
        let is_inlined = outer.is_some_and(|outer| outer.number == frame.number);
        let inlined = if is_inlined { " (inlined)" } else { "" };
        let own = if frame.in_app { '*' } else { ' ' };
        let paint = if frame.in_app { Paint::Plain } else { Paint::Faint };
        streams.paint(paint, &format!("{own}{at:3}: {}{inlined}", function(report, frame)))?;
        if let Some(file) = &frame.file {
            let number = frame.line.map(|number| format!(":{number}")).unwrap_or_default();
            streams.paint(paint, &format!("          at {}{number}", line(file)))?;
        }
    }
    Ok(())
}

/// The function's name. If it is unknown, the position in its module.
fn function(report: &Report, frame: &StackFrame) -> String {
    let module = report.image(frame).map(|image| line(&image.name));
    match (&frame.function, module, frame.address) {
        (Some(name), ..) => line(name).into_owned(),
        (None, Some(module), Some(address)) => format!("{module}+{address:#x}"),
        (None, None, Some(address)) => format!("{address:#x}"),
        (None, _, None) => "unknown".to_owned(),
    }
}
