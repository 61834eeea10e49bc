//! Crash reports as OTLP logs, by OpenTelemetry's conventions for exceptions
//! (<https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/>).
//!
//! Attributes for which the conventions have no name begin with `report.`.

use crawl4ai_telemetry_core::{Frame, Image, Level, Report};
use prost::Message;

use crate::proto::{AnyValue, ExportLogsServiceRequest, KeyValue, LogRecord, ResourceLogs, ScopeLogs, Value};
use crate::stack;
use crate::value::{fields, list, map, nanos, pair, resource, scope, text};

/// The request for one report. Equal reports give equal bytes.
pub(crate) fn request(report: &Report) -> Vec<u8> {
    let scope = scope(&format!("{}.telemetry", report.app_name()));
    let scope_logs = vec![ScopeLogs { scope, log_records: vec![record(report)] }];
    let resource_logs = vec![ResourceLogs { resource: resource(report.app_name()), scope_logs }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

fn record(report: &Report) -> LogRecord {
    // The severity numbers and names of OpenTelemetry's log data model.
    let (severity_number, severity) = match report.level() {
        Level::Info => (9, "INFO"),
        Level::Warning => (13, "WARN"),
        Level::Fatal => (21, "FATAL"),
        Level::Error => (17, "ERROR"),
        // A level that this version does not know is at least an error.
        _ => (17, "ERROR"),
    };
    let time = nanos(report.time());
    LogRecord {
        time_unix_nano: time,
        severity_number,
        severity_text: severity.to_owned(),
        body: report.exceptions().first().map(|e| AnyValue { value: Some(text(stack::title(e))) }),
        attributes: attributes(report),
        // This is the report's time and not the time of delivery, so that equal reports give equal bytes.
        observed_time_unix_nano: time,
        event_name: "exception".to_owned(),
    }
}

fn attributes(report: &Report) -> Vec<KeyValue> {
    let mut out = Vec::new();
    if let Some(raised) = report.exceptions().first() {
        out.push(pair("exception.type", text(raised.type_name())));
        out.extend(raised.value().map(|value| pair("exception.message", text(value))));
        out.push(pair("exception.stacktrace", text(stack::write(report))));
    }
    let culprit = report.culprit();
    out.extend(culprit.and_then(Frame::function).map(|name| pair("code.function.name", text(name))));
    let of_culprit = culprit.and_then(|frame| Some((frame.file()?, frame.line())));
    let place = of_culprit.or_else(|| report.place().map(|place| (place.file(), Some(place.line()))));
    if let Some((file, line)) = place {
        out.push(pair("code.file.path", text(file)));
        out.extend(line.map(|line| pair("code.line.number", Value::Int(line.into()))));
    }
    out.extend(report.thread().map(|name| pair("thread.name", text(name))));
    out.extend([
        pair("service.version", text(report.app_version())),
        pair("deployment.environment.name", text(report.environment().name())),
        pair("os.type", text(report.platform().os())),
        pair("host.arch", text(report.platform().arch())),
    ]);
    out.extend(report.platform().os_version().map(|version| pair("os.description", text(version))));
    let built_or_run_by = report.platform().runtime().or(report.platform().compiler());
    if let Some((name, version)) = built_or_run_by.and_then(|said| said.split_once(' ')) {
        // For a compiled program the runtime is its compiler (semantic conventions of processes).
        out.extend([
            pair("process.runtime.name", text(name)),
            pair("process.runtime.version", text(version)),
        ]);
    }
    out.extend(report.user_email().map(|email| pair("user.email", text(email))));
    let own = |name: &str, value| pair(format!("report.{name}"), value);
    out.extend([
        own("id", text(report.id().to_string())),
        own("fingerprint", text(report.fingerprint().to_string())),
        own("privacy", text(report.privacy().name())),
        own("operations", list(report.operations().map(text))),
        own("context", fields(report.context())),
        own("images", list(report.images().iter().map(image))),
        own("redactions", counts(report.redactions().iter().map(|(kind, n)| (kind.name(), n.into())))),
        own("losses", counts(report.losses().iter().map(|(reason, n)| (reason.name(), n)))),
        own("exceptions_cut", Value::Int(report.exceptions_cut().into())),
    ]);
    out
}

fn image(image: &Image) -> Value {
    let build_id = image.build_id().map(|id| pair("build_id", text(id)));
    let size = pair("size", Value::Int(i64::try_from(image.size()).unwrap_or(i64::MAX)));
    map([Some(pair("name", text(image.name()))), build_id, Some(size)].into_iter().flatten())
}

fn counts(counts: impl Iterator<Item = (&'static str, u64)>) -> Value {
    map(counts.map(|(what, n)| pair(what, Value::Int(i64::try_from(n).unwrap_or(i64::MAX)))))
}
