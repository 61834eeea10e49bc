-- Days on which a bug has a larger part of all reports than in the seven days before (Fisher's exact test), and days
-- with more reports in all than the seven days before (two Poisson rates, where no fingerprint stands). Of each the
-- first day. `p_corrected` is after Holm's procedure for a quarter of 5 %: a test of each bug on each day.
WITH
    (n, k) -> lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) AS ln_choose,
    -- The row without a fingerprint is that of all reports.
    days AS (
        SELECT fingerprint, day, count() AS reports
        FROM crash_reports
        WHERE program = {program:String} AND day BETWEEN {until:Date} - 400 AND {until:Date} + 1
        GROUP BY GROUPING SETS ((fingerprint, day), (day))
    ),
    -- The first day is rarely complete, and seven must lie before a day.
    (SELECT min(day) + 8 FROM days) AS first_day,
    (SELECT max(day) FROM days) AS last_day,
    weeks AS (
        SELECT *, sum(reports) OVER (
            PARTITION BY fingerprint ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING
        ) AS week_before
        FROM days
    ),
    of_all AS (
        SELECT
            *,
            sumIf(reports, fingerprint = '') OVER (PARTITION BY day) AS all_reports,
            sumIf(week_before, fingerprint = '') OVER (PARTITION BY day) AS all_before
        FROM weeks
    ),
    tests AS (
        SELECT
            fingerprint,
            day,
            reports,
            week_before,
            arraySum(if(fingerprint = '',
                arrayMap(i -> exp(ln_choose(reports + week_before, i)
                    + i * log(1 / 8) + (reports + week_before - i) * log(7 / 8)),
                    range(reports, reports + week_before + 1)),
                arrayMap(i -> exp(ln_choose(reports + week_before, i)
                    + ln_choose(all_reports + all_before - reports - week_before, all_reports - i)
                    - ln_choose(all_reports + all_before, all_reports)),
                    range(reports, least(all_reports, reports + week_before) + 1))
            )) AS p
        FROM of_all
        WHERE day >= first_day AND reports >= 5 AND reports * 7 >= 2 * week_before
    ),
    ranked AS (
        SELECT
            *,
            row_number() OVER (ORDER BY p) AS rank,
            (last_day + 1 - first_day)
                * (1 + (SELECT uniqExact(fingerprint) FROM crash_reports WHERE program = {program:String})) AS all_tests
        FROM tests
    ),
    corrected AS (
        SELECT *, max(p * (all_tests + 1 - rank) * 4) OVER (ORDER BY rank) AS p_corrected
        FROM ranked
    ),
    claims AS (
        SELECT nullIf(fingerprint, '') AS fingerprint, day, reports, week_before, least(p, 1) AS p, p_corrected
        FROM corrected
        WHERE p_corrected <= 0.05
        ORDER BY day
        LIMIT 1 BY fingerprint
    )
SELECT *
FROM claims
ORDER BY p, fingerprint
