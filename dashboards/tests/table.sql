-- The table for logs as version 0.161 of the OpenTelemetry collector's ClickHouse exporter makes it: names and types of
-- its columns, partitions and order are those of `exporter/clickhouseexporter/internal/sqltemplates/logs_table.sql` in
-- the repository open-telemetry/opentelemetry-collector-contrib. Its codecs, its indexes and the columns that are made
-- of attributes of Kubernetes are left out, because no answer depends on them.
CREATE TABLE otel_logs
(
    Timestamp DateTime64(9),
    TraceId String,
    SpanId String,
    TraceFlags UInt8,
    SeverityText LowCardinality(String),
    SeverityNumber UInt8,
    ServiceName LowCardinality(String),
    Body String,
    ResourceSchemaUrl LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String),
    ScopeSchemaUrl LowCardinality(String),
    ScopeName String,
    ScopeVersion LowCardinality(String),
    ScopeAttributes Map(LowCardinality(String), String),
    LogAttributes Map(LowCardinality(String), String),
    EventName String
)
ENGINE = MergeTree()
PARTITION BY toDate(Timestamp)
ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp);
