//! Exceptions and their frames in Sentry's order: the outermost exception and the innermost frame come last.

use std::sync::LazyLock;

use crawl4ai_telemetry_core as core;
use crawl4ai_telemetry_core::{Kind, Level, Location, Report};
use sentry::ClientOptions;
use sentry::protocol::{Exception, Frame, Map, Mechanism, MechanismMeta, PosixSignal, Stacktrace, Value};
use sentry_backtrace::process_event_stacktrace;

use crate::fields::cut;
use crate::images;

/// The longest name of a type, function or file that Relay does not cut, in characters.
const NAME: usize = 256;

/// Empty client options, which Sentry's function for stack traces requires. No option is read from the environment, and
/// no client is made from them.
static OPTIONS: LazyLock<ClientOptions> = LazyLock::new(|| ClientOptions::new().default_integrations(false));

pub(crate) fn exceptions(report: &Report) -> Vec<Exception> {
    let fatal = report.level() == Level::Fatal;
    let outermost_first = report.exceptions().iter().enumerate();
    if report.platform().language().is_some() {
        return outermost_first.rev().map(|(at, e)| interpreted(e, (at == 0).then_some(fatal))).collect();
    }
    // Only the raised exception says how it was caught; its causes do not.
    outermost_first.rev().map(|(at, e)| exception(e, (at == 0).then_some(fatal))).collect()
}

/// An exception of an interpreted language, where types and functions belong to modules.
fn interpreted(exception: &core::Exception, raised_fatal: Option<bool>) -> Exception {
    let (module, ty) = exception.type_name().rsplit_once('.').unzip();
    let frames = exception
        .frames()
        .iter()
        .map(|f| Frame { module: f.module().map(|name| cut(name, NAME)), ..frame(f) });
    Exception {
        ty: cut(ty.unwrap_or(exception.type_name()), NAME),
        module: module.map(|name| cut(name, NAME)),
        value: exception.value().map(str::to_owned),
        stacktrace: Stacktrace::from_frames_reversed(frames.collect()),
        mechanism: raised_fatal.map(|fatal| Mechanism {
            // Sentry's name for the hook that gets exceptions which no code caught.
            ty: if fatal { "excepthook" } else { "generic" }.to_owned(),
            handled: Some(!fatal),
            ..Mechanism::default()
        }),
        ..Exception::default()
    }
}

fn exception(exception: &core::Exception, raised_fatal: Option<bool>) -> Exception {
    Exception {
        ty: cut(exception.type_name(), NAME),
        // Without a message, the value is the place of the panic, because the title `panic` alone tells nothing.
        value: exception.value().map(str::to_owned).or_else(|| exception.location().map(place)),
        stacktrace: stacktrace(exception),
        mechanism: raised_fatal.map(|fatal| mechanism(exception, fatal)),
        ..Exception::default()
    }
}

fn mechanism(exception: &core::Exception, fatal: bool) -> Mechanism {
    let (ty, handled) = match exception.kind() {
        Kind::Panic => ("panic", !fatal),
        // `signalhandler` is Sentry's name. A signal that ended the process was not handled.
        Kind::Signal => ("signalhandler", false),
        Kind::Error => ("generic", true),
        _ => ("generic", true),
    };
    let data = exception.location().or(exception.captured_at()).map(|location| {
        let column = column(location).map(|column| ("column", column.into()));
        let data: [(&str, Value); 2] = [("file", location.file().into()), ("line", location.line().into())];
        data.into_iter().chain(column).map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()
    });
    Mechanism {
        ty: ty.to_owned(),
        handled: Some(handled),
        data: data.unwrap_or_default(),
        meta: MechanismMeta { signal: signal(exception), ..MechanismMeta::default() },
        ..Mechanism::default()
    }
}

/// The number and the name of a signal. The numbers are Linux's, because other systems record no signals.
fn signal(exception: &core::Exception) -> Option<PosixSignal> {
    if exception.kind() != Kind::Signal {
        return None;
    }
    let (name, _) = exception.type_name().split_once(": ")?;
    let number = match name {
        "SIGILL" => 4,
        "SIGTRAP" => 5,
        "SIGABRT" => 6,
        "SIGBUS" => 7,
        "SIGFPE" => 8,
        "SIGSEGV" => 11,
        _ => return None,
    };
    Some(PosixSignal { number, code: None, name: Some(name.to_owned()), code_name: None })
}

fn stacktrace(exception: &core::Exception) -> Option<Stacktrace> {
    let frames = exception.frames();
    let mut innermost_first = Vec::with_capacity(frames.len().saturating_add(1));
    // Even a stripped binary knows the place of a panic, and where the program handed an error over.
    let of_panic = exception.location().filter(|_| frames.iter().all(|frame| frame.function().is_none()));
    let of_capture = exception.captured_at().filter(|_| !frames.iter().any(core::Frame::in_app));
    innermost_first.extend(of_panic.or(of_capture).map(location_frame));
    innermost_first.extend(frames.iter().map(frame));
    let mut stacktrace = Stacktrace::from_frames_reversed(innermost_first)?;
    // Adds the crate's name to each frame; the frames' in-app flags are kept.
    process_event_stacktrace(&mut stacktrace, &OPTIONS);
    Some(stacktrace)
}

fn frame(frame: &core::Frame) -> Frame {
    Frame {
        function: frame.function().map(|name| cut(name, NAME)),
        filename: frame.file().map(|name| cut(name, NAME)),
        lineno: frame.line().map(u64::from),
        in_app: Some(frame.in_app()),
        instruction_addr: images::instruction(frame),
        ..Frame::default()
    }
}

fn location_frame(location: &Location) -> Frame {
    Frame {
        filename: Some(cut(location.file(), NAME)),
        lineno: Some(u64::from(location.line())),
        colno: column(location).map(u64::from),
        in_app: Some(true),
        ..Frame::default()
    }
}

fn column(location: &Location) -> Option<u32> {
    Some(location.column()).filter(|column| *column > 0)
}

/// The file and the line, `src/main.rs:12`.
pub(crate) fn place(location: &Location) -> String {
    format!("{}:{}", location.file(), location.line())
}
