-- Bugs by fingerprint: how many reports, in which versions, and on which of the last 14 days. A bar is a day.
WITH
    (
        SELECT groupArray(version)
        FROM (SELECT version FROM crash_versions WHERE program = {program:String} ORDER BY place)
    ) AS versions
SELECT
    fingerprint,
    any(title) AS title,
    count() AS reports,
    countIf(fatal) AS fatal,
    versions[min(indexOf(versions, version))] AS first_version,
    versions[max(indexOf(versions, version))] AS last_version,
    minOrNullIf(day, day BETWEEN {until:Date} - 400 AND {until:Date} + 1) AS first_day,
    maxOrNullIf(day, day BETWEEN {until:Date} - 400 AND {until:Date} + 1) AS last_day,
    sumForEach(arrayMap(ago -> toUInt64(day + ago = {until:Date}), reverse(range(14)))) AS last_14_days,
    arrayStringConcat(arrayMap(
        n -> substringUTF8(' ▁▂▃▄▅▆▇█', if(n = 0, 1, 2 + toUInt64(ceil(n * 7 / arrayMax(last_14_days)))), 1),
        last_14_days)) AS trend
FROM crash_reports
WHERE program = {program:String}
GROUP BY fingerprint
ORDER BY reports DESC, fingerprint
