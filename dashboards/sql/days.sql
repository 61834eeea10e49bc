-- Reports of each day.
SELECT
    toDateTime(day, 'UTC') AS time,
    count() AS reports,
    countIf(fatal) AS fatal
FROM crash_reports
WHERE program = {program:String} AND day BETWEEN {until:Date} - 400 AND {until:Date} + 1
GROUP BY day
ORDER BY day
