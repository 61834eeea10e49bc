//! Writes reports for Elasticsearch: two lines each, as its bulk interface takes them
//! (<https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>), with the field names of the Elastic
//! Common Schema (<https://www.elastic.co/docs/reference/ecs/ecs-field-reference>).

use crawl4ai_telemetry::Timestamp;
use serde_json::{Map, Value, json};

use super::record::Record;

/// The version of the schema that defines these names.
const ECS: &str = "8.11.0";

/// Two lines: the action and the report. The index is a part of the address to which they are sent. The document's id
/// is that of the report, so that a report that is sent twice is stored once.
pub(super) fn lines(record: &Record<'_>) -> String {
    let failed = record.failure.described();
    let mut document = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            document.insert(key.to_owned(), value);
        }
    };
    put("@timestamp", record.time.map(|time| Timestamp::from_millis(time).to_string().into()));
    put("ecs.version", Some(ECS.into()));
    put("event.kind", Some("event".into()));
    put("event.dataset", Some("crash_reports".into()));
    put("event.id", Some((&*record.id).into()));
    put("log.level", Some((&*record.level).into()));
    put("service.name", Some((&*record.program).into()));
    put("service.version", Some((&*record.version).into()));
    put("service.environment", Some((&*record.environment).into()));
    put("host.os.type", Some((&*record.os).into()));
    put("error.id", Some(format!("{:016x}", record.fingerprint).into()));
    put("error.type", Some(failed.type_name.into()));
    put("error.message", failed.message.map(Value::from));
    put("error.stack_trace", failed.stack.map(Value::from));
    put("log.origin.function", failed.function.map(Value::from));
    put("log.origin.file.name", failed.file.map(Value::from));
    put("log.origin.file.line", failed.line.map(Value::from));
    put("labels.operation", record.operation.as_deref().map(Value::from));
    let action = json!({ "create": { "_id": record.id } });
    format!("{action}\n{}\n", Value::Object(document))
}
