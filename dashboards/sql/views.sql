-- Two views that the queries beside this file stand on. Run it once, in the database of the exporter's tables:
--   clickhouse client --database crashes --queries-file views.sql
-- They store nothing. Only columns are read that every version of the exporter writes.

-- Each crash report once, by its id, with the fields that are counted: the earliest, where one stands there at two times.
-- Earlier versions of the library put `crawl4ai.` before the names of its own attributes.
CREATE OR REPLACE VIEW crash_reports AS
SELECT
    ServiceName AS program,
    if(LogAttributes['report.id'] != '', LogAttributes['report.id'], LogAttributes['crawl4ai.report.id']) AS id,
    lower(if(LogAttributes['report.fingerprint'] != '', LogAttributes['report.fingerprint'],
        LogAttributes['crawl4ai.report.fingerprint'])) AS fingerprint,
    toDate(Timestamp, 'UTC') AS day,
    SeverityText = 'FATAL' AS fatal,
    if(LogAttributes['service.version'] != '', LogAttributes['service.version'],
        ResourceAttributes['service.version']) AS version,
    LogAttributes['deployment.environment.name'] AS environment,
    LogAttributes['os.type'] AS os,
    -- The innermost operation, or nothing.
    JSONExtract(if(LogAttributes['report.operations'] != '', LogAttributes['report.operations'],
        LogAttributes['crawl4ai.report.operations']), 'Array(String)')[-1] AS operation,
    JSONExtractKeysAndValues(if(LogAttributes['report.losses'] != '', LogAttributes['report.losses'],
        LogAttributes['crawl4ai.report.losses']), 'UInt64') AS losses,
    concat(LogAttributes['exception.type'], multiIf(
        LogAttributes['code.function.name'] != '', concat(' in ', LogAttributes['code.function.name']),
        LogAttributes['code.file.path'] = '', '',
        LogAttributes['code.line.number'] = '', concat(' in ', LogAttributes['code.file.path']),
        concat(' in ', LogAttributes['code.file.path'], ':', LogAttributes['code.line.number']))) AS title
FROM otel_logs
WHERE id != '' AND match(fingerprint, '^[0-9a-f]{16}$')
-- In the order of the table, so that nothing is sorted.
ORDER BY toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp
LIMIT 1 BY program, id;

-- The versions of each program, the oldest first, by the rules of semantic versions. Missing numbers are 0, and texts
-- that are no versions come first. Builds of the same version stand in the order of their parts, numbers before texts.
CREATE OR REPLACE VIEW crash_versions AS
WITH
    extractGroups(version, concat('^v?(0|[1-9][0-9]*)(?:\\.(0|[1-9][0-9]*))?(?:\\.(0|[1-9][0-9]*))?',
        '(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?',
        '(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$')) AS parts,
    -- A number of any length by its digits: 0, 00, 1, 01, 2, 10.
    text -> arrayMap(
        part -> if(match(part, '[^0-9]'), (1, 0, part, 0),
            (0, length(trimLeft(part, '0')), trimLeft(part, '0'), length(part))),
        splitByChar('.', text)) AS in_parts
SELECT
    program,
    version,
    count() AS reports,
    row_number() OVER (
        PARTITION BY program
        ORDER BY notEmpty(parts), arrayMap(toUInt64OrZero, arraySlice(parts, 1, 3)), parts[4] = '',
            in_parts(parts[4]), in_parts(parts[5]), version
    ) AS place
FROM crash_reports
GROUP BY program, version;
