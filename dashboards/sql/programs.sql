-- Programs that reports are of, the one with the most reports first.
SELECT program
FROM crash_reports
GROUP BY program
ORDER BY count() DESC, program
