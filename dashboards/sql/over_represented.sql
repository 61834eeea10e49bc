-- Systems, versions, environments and operations that a bug has more of than the other bugs (Fisher's exact test).
-- Less than five reports or one and a half times the part are not told. `p_corrected` is after Holm's procedure for a
-- quarter of 5 %: a test of each bug with each value.
WITH
    (n, k) -> lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) AS ln_choose,
    counts AS (
        SELECT fingerprint, of_report.1 AS dimension, of_report.2 AS value, count() AS reports
        FROM crash_reports
        ARRAY JOIN [('os', os), ('version', version), ('environment', environment), ('operation', operation)] AS of_report
        WHERE program = {program:String}
        GROUP BY fingerprint, dimension, value
    ),
    tables AS (
        SELECT
            *,
            sum(reports) OVER (PARTITION BY fingerprint, dimension) AS of_bug,
            sum(reports) OVER (PARTITION BY dimension, value) AS of_value,
            sum(reports) OVER (PARTITION BY dimension) AS total
        FROM counts
    ),
    tests AS (
        SELECT
            *,
            of_value - reports AS elsewhere,
            total - of_bug AS of_others,
            arraySum(arrayMap(
                i -> exp(ln_choose(of_value, i) + ln_choose(total - of_value, of_bug - i) - ln_choose(total, of_bug)),
                range(reports, least(of_bug, of_value) + 1))) AS p
        FROM tables
        WHERE reports >= 5 AND of_others > 0 AND reports / of_bug >= 1.5 * (elsewhere / of_others)
    ),
    ranked AS (
        SELECT
            *,
            row_number() OVER (ORDER BY p) AS rank,
            (SELECT uniqExact(fingerprint) * uniqExact(dimension, value) FROM counts) AS all_tests
        FROM tests
    ),
    corrected AS (
        SELECT *, max(p * (all_tests + 1 - rank) * 4) OVER (ORDER BY rank) AS p_corrected
        FROM ranked
    )
SELECT fingerprint, dimension, value, reports, of_bug, elsewhere, of_others, least(p, 1) AS p, p_corrected
FROM corrected
WHERE p_corrected <= 0.05
ORDER BY p, fingerprint
