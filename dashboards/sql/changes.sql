-- Bugs that are new in a version, stopped with one, or came back in one. `p` is the chance that all reports of the bug
-- miss the versions that do not have it, if they fall on versions as all reports do (hypergeometric distribution).
-- `p_corrected` is after Holm's procedure for a quarter of 5 %: three tests a bug.
WITH
    (n, k) -> lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) AS ln_choose,
    versions AS (
        SELECT version, reports, place
        FROM crash_versions
        WHERE program = {program:String}
        ORDER BY place
    ),
    (SELECT groupArray(version) FROM versions) AS names,
    -- Reports before the version at each place; one more at the end is the sum of all.
    (SELECT arrayConcat([0], arrayCumSum(groupArray(toInt64(reports)))) FROM versions) AS before,
    before[-1] AS total,
    -- A gap may lie between any two versions.
    greatest(length(names) * (length(names) - 1) / 2, 1) AS gaps,
    bugs AS (
        SELECT fingerprint, count() AS reports, arraySort(groupUniqArray(indexOf(names, version))) AS places
        FROM crash_reports
        WHERE program = {program:String}
        GROUP BY fingerprint
    ),
    -- What is tested: the kind, the place of the version, reports of versions without the bug, and the number of ways.
    tests AS (
        SELECT
            fingerprint,
            reports,
            arrayJoin(arrayConcat(
                [('new', places[1], before[places[1]], 1.)],
                [('stopped', places[-1] + 1, total - before[places[-1] + 1], 1.)],
                arraySlice(arraySort(gap -> (gap.3, gap.2), arrayMap(
                    (left, right) -> ('came_back', right, before[right] - before[left + 1], toFloat64(gaps)),
                    arrayPopBack(places), arrayPopFront(places))), -1)
            )) AS test,
            test.3 AS without,
            least(1, test.4 * if(reports > total - without, 0,
                exp(ln_choose(total - without, reports) - ln_choose(total, reports)))) AS p
        FROM bugs
        WHERE without > 0
    ),
    ranked AS (
        SELECT *, row_number() OVER (ORDER BY p) AS rank, 3 * (SELECT count() FROM bugs) AS all_tests
        FROM tests
    ),
    corrected AS (
        SELECT *, max(p * (all_tests + 1 - rank) * 4) OVER (ORDER BY rank) AS p_corrected
        FROM ranked
    )
SELECT
    test.1 AS kind,
    fingerprint,
    names[test.2] AS version,
    reports,
    without AS reports_without,
    p,
    p_corrected
FROM corrected
WHERE p_corrected <= 0.05
ORDER BY p, fingerprint
