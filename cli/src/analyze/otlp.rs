//! Reads files of a collector's file exporter. Each line is an `ExportLogsServiceRequest` as JSON
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>).

use std::borrow::Cow;

use serde::Deserialize;

use super::record::{Described, Failed, Record, digits};

/// One line of the file.
#[derive(Deserialize)]
pub(super) struct Request<'a> {
    #[serde(borrow, rename = "resourceLogs")]
    resource_logs: Vec<ResourceLogs<'a>>,
}

#[derive(Deserialize)]
struct ResourceLogs<'a> {
    #[serde(borrow, default)]
    resource: Option<Resource<'a>>,
    #[serde(borrow, default, rename = "scopeLogs")]
    scope_logs: Vec<ScopeLogs<'a>>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    attributes: Vec<KeyValue<'a>>,
}

#[derive(Deserialize)]
struct ScopeLogs<'a> {
    #[serde(borrow, default, rename = "logRecords")]
    log_records: Vec<LogRecord<'a>>,
}

#[derive(Deserialize)]
struct LogRecord<'a> {
    #[serde(borrow, default, rename = "timeUnixNano")]
    time: Option<Number<'a>>,
    #[serde(borrow, default, rename = "severityText")]
    severity: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    attributes: Vec<KeyValue<'a>>,
}

#[derive(Deserialize)]
struct KeyValue<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<Value<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow, default, rename = "stringValue")]
    string: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "intValue")]
    int: Option<Number<'a>>,
    #[serde(borrow, default, rename = "arrayValue")]
    array: Option<Values<'a>>,
    #[serde(borrow, default, rename = "kvlistValue")]
    map: Option<Pairs<'a>>,
}

#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow, default)]
    values: Vec<Value<'a>>,
}

#[derive(Deserialize)]
struct Pairs<'a> {
    #[serde(borrow, default)]
    values: Vec<KeyValue<'a>>,
}

/// A 64-bit number is a string in this encoding, but some programs write a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Number(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

impl Number<'_> {
    fn get(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl<'a> Request<'a> {
    /// The reports in the line, and the number of other log records.
    pub(super) fn records(&self) -> (Vec<Record<'a>>, u64) {
        let (mut records, mut others) = (Vec::new(), 0);
        for resource in &self.resource_logs {
            let of_program = resource.resource.as_ref().map(|resource| resource.attributes.as_slice());
            let of_program = of_program.unwrap_or_default();
            for log in resource.scope_logs.iter().flat_map(|scope| &scope.log_records) {
                match record(log, of_program) {
                    Some(record) => records.push(record),
                    None => others += 1,
                }
            }
        }
        (records, others)
    }
}

fn record<'a>(log: &LogRecord<'a>, of_program: &[KeyValue<'a>]) -> Option<Record<'a>> {
    let get = |key| find(&log.attributes, key);
    let text = |key| get(key).and_then(|value| value.string.clone());
    let of_program = |key| find(of_program, key).and_then(|value| value.string.clone());
    // Earlier versions put the name of one program, `crawl4ai`, before these keys.
    let report = |new, old| get(new).or_else(|| get(old));
    let own_text = |new, old| report(new, old).and_then(|value| value.string.clone());
    let operations =
        report("report.operations", "crawl4ai.report.operations").and_then(|value| value.array.as_ref());
    let losses = report("report.losses", "crawl4ai.report.losses").and_then(|value| value.map.as_ref());
    let losses = losses.map(|losses| losses.values.as_slice()).unwrap_or_default().iter();
    let lost = |loss: &KeyValue<'a>| Some((loss.key.clone(), loss.value.as_ref()?.int.as_ref()?.get()?));
    Some(Record {
        fingerprint: digits(&own_text("report.fingerprint", "crawl4ai.report.fingerprint")?)?,
        id: own_text("report.id", "crawl4ai.report.id")?,
        program: of_program("service.name").or_else(|| text("service.name"))?,
        version: text("service.version").or_else(|| of_program("service.version")).unwrap_or_default(),
        environment: text("deployment.environment.name").unwrap_or_default(),
        os: text("os.type").unwrap_or_default(),
        level: level(log.severity.as_deref()).into(),
        operation: operations.and_then(|operations| operations.values.last()?.string.clone()),
        time: log.time.as_ref().and_then(Number::get).map(|nanos| nanos / 1_000_000),
        losses: losses.filter_map(lost).collect(),
        failure: Failed::Read(Described {
            type_name: text("exception.type").unwrap_or_default().into_owned(),
            message: text("exception.message").map(Cow::into_owned),
            function: text("code.function.name").map(Cow::into_owned),
            file: text("code.file.path").map(Cow::into_owned),
            line: get("code.line.number").and_then(|value| value.int.as_ref()?.get()),
            stack: text("exception.stacktrace").map(Cow::into_owned),
        }),
    })
}

fn find<'v, 'a>(attributes: &'v [KeyValue<'a>], key: &str) -> Option<&'v Value<'a>> {
    attributes.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.as_ref())
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
