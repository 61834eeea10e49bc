//! Phase 1: the bytes of a minimal report that is clean by construction.
//!
//! The report holds only data that the compiler wrote, and none that the program computed: a place in the source,
//! addresses relative to the module, and the message and the names of operations if they are literals. Literals lie in
//! the read-only data of a module. Texts for which this is not certain are left out. The JSON is written by hand,
//! because a serializer is the code of another crate. It is read back and cleaned again, like any stored report.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::{ControlFlow, Range};
use std::panic::Location;

use crawl4ai_telemetry_core::__private::{COMPILER, source_file};
use crawl4ai_telemetry_core::sanitize::limits;
use crawl4ai_telemetry_core::{App, Environment, Privacy, ReportId, Timestamp};

use crate::capture::read_only::each_module;

/// The facts about a panic that are known on its thread.
pub(crate) struct PanicRecord<'a> {
    pub(crate) id: ReportId,
    pub(crate) time: Timestamp,
    pub(crate) app: &'a App,
    pub(crate) environment: Environment,
    pub(crate) privacy: Privacy,
    /// A message that was not formatted. It is left out unless it is a literal.
    pub(crate) message: Option<&'static str>,
    pub(crate) location: Option<&'a Location<'a>>,
    pub(crate) addresses: &'a [usize],
    pub(crate) operations: &'a [Cow<'static, str>],
}

/// The report as JSON.
pub(crate) fn record(panic: &PanicRecord<'_>) -> String {
    let mut out = String::with_capacity(4096);
    // Writing to a `String` cannot fail, so there is nothing to do with the result.
    let _ = write(&mut out, panic);
    out
}

fn write(out: &mut String, panic: &PanicRecord<'_>) -> std::fmt::Result {
    // `OwnWords` is written as `Standard`, because older versions know only two levels. The text is narrowed to own
    // words when the record is read.
    let privacy = match panic.privacy {
        Privacy::Standard | Privacy::OwnWords => Privacy::Standard,
        Privacy::Strict => Privacy::Strict,
    };
    let known = Known::look(panic);
    write!(
        out,
        r#"{{"schema":1,"id":"{}","time":"{}","level":"error","privacy":"{privacy}""#,
        panic.id, panic.time
    )?;
    out.push_str(r#","app":{"name":"#);
    string(out, panic.app.name());
    out.push_str(r#","version":"#);
    string(out, panic.app.version());
    write!(out, r#"}},"environment":"{}","platform":{{"os":"#, panic.environment)?;
    string(out, std::env::consts::OS);
    out.push_str(r#","arch":"#);
    string(out, std::env::consts::ARCH);
    if let Some(compiler) = COMPILER {
        out.push_str(r#","compiler":"#);
        string(out, compiler);
    }
    out.push_str(r#"},"fingerprint":"0000000000000000","exceptions":[{"kind":"panic","type":"panic""#);
    if let Some(message) = panic.message.filter(|_| known.message && panic.privacy != Privacy::Strict) {
        out.push_str(r#","value":"#);
        string(out, message);
    }
    if let Some(place) = panic.location {
        out.push_str(r#","location":{"file":"#);
        string(out, &source_file(place.file()));
        write!(out, r#","line":{},"column":{}}}"#, place.line(), place.column())?;
    }
    frames(out, panic.addresses, known.program.as_ref())?;
    out.push_str("}]");
    if let Some(size) = known.program.as_ref().map(Range::len) {
        out.push_str(r#","images":[{"name":"#);
        string(out, panic.app.name());
        write!(out, r#","size":{size}}}]"#)?;
    }
    operations(out, panic.operations, &known);
    out.push_str(r#","context":{}}"#);
    Ok(())
}

/// The results of one pass over the loaded modules.
#[derive(Default)]
struct Known {
    /// The addresses of the module that contains this code, if it was found.
    program: Option<Range<usize>>,
    /// Is the message a literal?
    message: bool,
    /// Which of the operations' names are literals?
    operations: [bool; limits::OPERATIONS],
}

impl Known {
    fn look(panic: &PanicRecord<'_>) -> Self {
        let anchor = record as fn(&PanicRecord<'_>) -> String as usize;
        let mut known = Self::default();
        each_module(|module| {
            if module.span.contains(&anchor) {
                known.program = Some(module.span.clone());
            }
            known.message |= panic.message.is_some_and(|message| module.holds(message));
            for (literal, name) in known.operations.iter_mut().zip(panic.operations) {
                *literal |= module.holds(name);
            }
            let mut names = known.operations.iter().zip(panic.operations);
            let all = known.message == panic.message.is_some() && names.all(|(literal, _)| *literal);
            if all && known.program.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        known
    }
}

/// Writes the addresses that lie in the program's own module, relative to its start.
fn frames(out: &mut String, addresses: &[usize], program: Option<&Range<usize>>) -> std::fmt::Result {
    let Some(span) = program else { return Ok(()) };
    out.push_str(r#","frames":["#);
    let own = addresses.iter().filter(|a| span.contains(a)).take(limits::FRAMES);
    for (at, address) in own.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        write!(out, r#"{comma}{{"in_app":false,"address":"{:#x}","image":0}}"#, address - span.start)?;
    }
    out.push(']');
    Ok(())
}

fn operations(out: &mut String, names: &[Cow<'static, str>], known: &Known) {
    out.push_str(r#","operations":["#);
    let mut first = true;
    // Computed names are left out, because they may hold anything; phase 2 cleans them.
    for (name, _) in names.iter().zip(known.operations).filter(|(_, literal)| *literal) {
        if !first {
            out.push(',');
        }
        first = false;
        string(out, name);
    }
    out.push(']');
}

/// A JSON string (RFC 8259, section 7). Control characters become spaces, and a long text is cut.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars().take(limits::EXCEPTION_VALUE) {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::{Level, Sanitizer};

    fn panic_at<'a>(app: &'a App, location: &'a Location<'a>, addresses: &'a [usize]) -> PanicRecord<'a> {
        PanicRecord {
            id: ReportId::from_bytes([7; 16]),
            time: Timestamp::from_millis(1_700_000_000_123),
            app,
            environment: Environment::Cli,
            privacy: Privacy::Standard,
            message: Some("a \"literal\" \\ with\nlines and \u{7f} é"),
            location: Some(location),
            addresses,
            operations: &[],
        }
    }

    #[test]
    fn what_it_writes_is_a_report() {
        let app = App::new("to\"ol", "1.0");
        let operations = [Cow::Borrowed("crawl"), Cow::Owned("for ada@example.com".to_owned())];
        let here = record as fn(&PanicRecord<'_>) -> String as usize;
        let addresses = [here, 0x1];
        let mut panic = panic_at(&app, Location::caller(), &addresses);
        panic.operations = &operations;
        let json = record(&panic);
        let report = Sanitizer::new().restore(json.as_bytes(), None, Privacy::Standard).expect(&json);
        assert_eq!(report.id(), panic.id);
        assert_eq!(report.time(), panic.time);
        assert_eq!(report.level(), Level::Error);
        assert_eq!(report.app_name(), "to\"ol");
        let exception = &report.exceptions()[0];
        assert_eq!(exception.type_name(), "panic");
        assert_eq!(exception.location().map(|l| l.file()), Some("src/capture/panic/record.rs"));
        if cfg!(target_os = "linux") {
            assert_eq!(report.operations().collect::<Vec<_>>(), ["crawl"]);
            assert_eq!(exception.frames().len(), 1, "0x1 lies in no module");
            assert!(exception.frames()[0].address() < Some(report.images()[0].size()));
        }
    }

    #[test]
    fn the_strict_level_has_no_message() {
        let app = App::new("tool", "1.0");
        let mut panic = panic_at(&app, Location::caller(), &[]);
        assert_eq!(record(&panic).contains("literal"), cfg!(target_os = "linux"));
        panic.privacy = Privacy::Strict;
        assert!(!record(&panic).contains("literal"));
    }

    #[test]
    fn what_was_computed_is_left_out_though_it_lives_as_long_as_the_program() {
        fn leak(text: &str) -> &'static str {
            Box::leak(format!("{text}-{}", std::process::id()).into_boxed_str())
        }
        let app = App::new("tool", "1.0");
        let operations = [Cow::Borrowed(leak("operation")), Cow::Borrowed("crawl")];
        let mut panic = panic_at(&app, Location::caller(), &[]);
        panic.message = Some(leak("message"));
        panic.operations = &operations;
        let json = record(&panic);
        assert!(!json.contains("message-") && !json.contains("operation-"), "{json}");
        assert_eq!(json.contains("crawl"), cfg!(target_os = "linux"));
    }
}
