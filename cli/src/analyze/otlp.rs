//! Reads files of a collector's file exporter. Each line is an `ExportLogsServiceRequest` or an
//! `ExportTraceServiceRequest` as JSON (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>).

mod attributes;
mod parts;
mod trace;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::lists::{Keeper, read};
use super::record::{Described, Failed, Record, digits};
use attributes::{Attributes, time};
use parts::{Part, Parts, Resource};
pub(super) use trace::TraceRequest;

/// A line with logs.
#[derive(Deserialize)]
pub(super) struct LogsRequest<'a> {
    #[serde(borrow, rename = "resourceLogs")]
    resource_logs: Parts<ResourceLogs<'a>>,
}

#[derive(Deserialize)]
struct ResourceLogs<'a> {
    #[serde(borrow, default)]
    resource: Option<Resource<'a>>,
    #[serde(borrow, default, rename = "scopeLogs")]
    scope_logs: Parts<ScopeLogs<'a>>,
}

#[derive(Deserialize)]
struct ScopeLogs<'a> {
    #[serde(borrow, default, rename = "logRecords")]
    log_records: LogRecords<'a>,
}

impl Part for ResourceLogs<'_> {
    fn has_records(&self) -> bool {
        !self.scope_logs.0.is_empty()
    }
}

impl Part for ScopeLogs<'_> {
    fn has_records(&self) -> bool {
        !self.log_records.reports.is_empty() || self.log_records.others > 0
    }
}

/// The log records that may be reports, and the number of others.
#[derive(Default)]
struct LogRecords<'a> {
    reports: Vec<LogRecord<'a>>,
    others: u64,
}

impl<'a> Keeper<'a> for LogRecords<'a> {
    type Element = &'a RawValue;

    /// Each record is read by itself, so that one that cannot be read does not take others along.
    fn take(&mut self, record: &'a RawValue) {
        match serde_json::from_str::<LogRecord<'a>>(record.get()) {
            Ok(log) if log.fingerprint().is_some() => self.reports.push(log),
            Ok(_) | Err(_) => self.others += 1,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LogRecords<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let records: LogRecords<'de> = read(deserializer)?;
        Ok(records)
    }
}

#[derive(Deserialize)]
struct LogRecord<'a> {
    #[serde(borrow, default, rename = "timeUnixNano")]
    time: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "observedTimeUnixNano")]
    observed: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "severityText")]
    severity: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    attributes: Attributes<'a>,
}

impl<'a> LogRecord<'a> {
    fn fingerprint(&self) -> Option<u64> {
        let text = |key| self.attributes.text(key);
        digits(&text("report.fingerprint").or_else(|| text("crawl4ai.report.fingerprint"))?)
    }
}

impl<'a> LogsRequest<'a> {
    /// The reports in the line, and the number of other log records.
    pub(super) fn records(&self) -> (Vec<Record<'a>>, u64) {
        let (mut records, mut others) = (Vec::new(), 0);
        let nothing = Attributes::default();
        for resource in &self.resource_logs.0 {
            let of_program = resource.resource.as_ref().map_or(&nothing, |resource| &resource.attributes);
            for scope in &resource.scope_logs.0 {
                others += scope.log_records.others;
                for log in &scope.log_records.reports {
                    match record(log, of_program) {
                        Some(record) => records.push(record),
                        None => others += 1,
                    }
                }
            }
        }
        (records, others)
    }
}

fn record<'a>(log: &LogRecord<'a>, of_program: &Attributes<'a>) -> Option<Record<'a>> {
    let attributes = &log.attributes;
    let text = |key| attributes.text(key);
    let losses = Some(attributes.numbers("report.losses")).filter(|losses| !losses.is_empty());
    Some(Record {
        fingerprint: log.fingerprint()?,
        id: text("report.id").or_else(|| text("crawl4ai.report.id"))?,
        program: of_program.text("service.name").or_else(|| text("service.name"))?,
        version: text("service.version").or_else(|| of_program.text("service.version")).unwrap_or_default(),
        environment: text("deployment.environment.name").unwrap_or_default(),
        os: text("os.type").unwrap_or_default(),
        level: level(log.severity.as_deref()).into(),
        operation: attributes
            .last("report.operations")
            .or_else(|| attributes.last("crawl4ai.report.operations")),
        // Where the time was not set, the one counts at which the collector saw it, as in the tables of its exporters.
        time: log.time.and_then(time).or_else(|| log.observed.and_then(time)).map(|nanos| nanos / 1_000_000),
        losses: losses.unwrap_or_else(|| attributes.numbers("crawl4ai.report.losses")),
        failure: Failed::Read(Described {
            type_name: text("exception.type").unwrap_or_default().into_owned(),
            message: text("exception.message").map(Cow::into_owned),
            function: text("code.function.name").map(Cow::into_owned),
            file: text("code.file.path").map(Cow::into_owned),
            line: attributes.number("code.line.number"),
            stack: text("exception.stacktrace").map(Cow::into_owned),
        }),
    })
}

/// The library's name for a severity.
fn level(severity: Option<&str>) -> &'static str {
    match severity {
        Some("INFO") => "info",
        Some("WARN") => "warning",
        Some("FATAL") => "fatal",
        Some(_) | None => "error",
    }
}
