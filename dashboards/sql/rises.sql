-- Days on which a bug has a larger part of all reports than in the seven days before (Fisher's exact test), and days
-- with more reports in all than the seven days before (two Poisson rates, where no fingerprint stands); and both than
-- the same day of up to four weeks before, so that a rhythm of weeks is no rise. `p` is the larger chance. Of each the
-- first day. `p_corrected` is after Holm's procedure for a quarter of 5 %: a test of each bug on each day.
WITH
    (n, k) -> lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) AS ln_choose,
    -- The chance of k or more of n, where a part of all has it.
    (part, k, n) -> arraySum(arrayMap(
        i -> exp(ln_choose(n, i) + i * log(part) + (n - i) * log(1 - part)), range(k, n + 1))) AS in_part,
    -- The chance of k or more hits among n, where so many of all are hits.
    (k, n, hits, total) -> arraySum(arrayMap(
        i -> exp(ln_choose(hits, i) + ln_choose(total - hits, n - i) - ln_choose(total, n)),
        range(k, least(n, hits) + 1))) AS among,
    -- The row without a fingerprint is that of all reports.
    days AS (
        SELECT fingerprint, day, count() AS reports
        FROM crash_reports
        WHERE program = {program:String} AND day BETWEEN {until:Date} - 400 AND {until:Date} + 1
        GROUP BY GROUPING SETS ((fingerprint, day), (day))
    ),
    -- A hundredth of all reports, or one, before a silent week is of clocks that were wrong, and compared with no day.
    begins AS (
        SELECT
            day,
            sum(reports) OVER (ORDER BY day) - reports AS before,
            sum(reports) OVER () AS total,
            day - lagInFrame(day, 1, day) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS since
        FROM days
        WHERE fingerprint = ''
    ),
    -- The first day is rarely complete, and seven must lie before a day.
    assumeNotNull((
        SELECT max(day) + 1 FROM begins
        WHERE before = 0 OR since > 7 AND before <= greatest(1, intDiv(total, 100))
    )) AS complete,
    complete + 7 AS first_day,
    (SELECT max(day) FROM days) AS last_day,
    weeks AS (
        SELECT
            *,
            least(4, intDiv(day - complete, 7)) AS weeks_before,
            sum(reports) OVER (
                PARTITION BY fingerprint ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING
            ) AS week_before,
            sum(if(day < complete, 0, reports)) OVER (
                PARTITION BY fingerprint, toDayOfWeek(day) ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING
            ) AS weekdays_before
        FROM days
    ),
    of_all AS (
        SELECT
            *,
            sumIf(reports, fingerprint = '') OVER (PARTITION BY day) AS all_reports,
            sumIf(week_before, fingerprint = '') OVER (PARTITION BY day) AS all_before,
            sumIf(weekdays_before, fingerprint = '') OVER (PARTITION BY day) AS all_weekdays
        FROM weeks
    ),
    tests AS (
        SELECT
            fingerprint,
            day,
            reports,
            week_before,
            weekdays_before,
            weeks_before,
            if(fingerprint = '',
                greatest(
                    in_part(1 / 8, reports, reports + week_before),
                    in_part(1 / (1 + weeks_before), reports, reports + weekdays_before)),
                greatest(
                    among(reports, all_reports, reports + week_before, all_reports + all_before),
                    among(reports, all_reports, reports + weekdays_before, all_reports + all_weekdays))) AS p
        FROM of_all
        WHERE day >= first_day AND reports >= 5
            AND reports * 7 >= 2 * week_before AND reports * weeks_before >= 2 * weekdays_before
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
        SELECT
            nullIf(fingerprint, '') AS fingerprint, day, reports, week_before, weekdays_before,
            weeks_before AS weeks, least(p, 1) AS p, p_corrected
        FROM corrected
        WHERE p_corrected <= 0.05
        ORDER BY day
        LIMIT 1 BY fingerprint
    )
SELECT *
FROM claims
ORDER BY p, fingerprint
