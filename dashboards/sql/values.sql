-- Reports by system, version, environment and operation. The value of a report without an operation is empty.
SELECT of_report.1 AS dimension, of_report.2 AS value, count() AS reports
FROM crash_reports
ARRAY JOIN [('os', os), ('version', version), ('environment', environment), ('operation', operation)] AS of_report
WHERE program = {program:String}
GROUP BY dimension, value
ORDER BY dimension, reports DESC, value
