-- How many reports, bugs and versions there are, and from when. Dates more than 400 days ago or in the future are none.
SELECT
    count() AS reports,
    countIf(fatal) AS fatal,
    uniqExact(fingerprint) AS bugs,
    uniqExact(version) AS versions,
    minOrNullIf(day, day BETWEEN {until:Date} - 400 AND {until:Date} + 1) AS first_day,
    maxOrNullIf(day, day BETWEEN {until:Date} - 400 AND {until:Date} + 1) AS last_day
FROM crash_reports
WHERE program = {program:String}
