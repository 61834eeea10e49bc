-- Reports that did not leave, as later reports say, by reason.
SELECT loss.1 AS reason, sum(loss.2) AS reports
FROM crash_reports
ARRAY JOIN losses AS loss
WHERE program = {program:String}
GROUP BY reason
ORDER BY reports DESC, reason
