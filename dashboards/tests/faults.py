"""Faults that the comparison must notice: the query, what is wrong with it, and what is replaced."""

FAULTS = [
    ("views", "a report counts each time it came", ("LIMIT 1 BY program, id", "")),
    ("views", "the latest of two reports with one id counts", (
        "ORDER BY toStartOfFiveMinutes(Timestamp)", "ORDER BY toStartOfFiveMinutes(Timestamp) DESC")),
    ("views", "other logs count", (" AND match(fingerprint, '^[0-9a-f]{16}$')", "")),
    ("views", "the outermost operation counts", ("'Array(String)')[-1]", "'Array(String)')[1]")),
    ("views", "versions stand in alphabetical order", (
        "notEmpty(parts), arrayMap(toUInt64OrZero, arraySlice(parts, 1, 3)), parts[4] = '',", "")),
    ("views", "rc.10 comes before rc.2", ("in_parts(parts[4])", "parts[4]")),
    ("views", "build.10 comes before build.7", ("in_parts(parts[5])", "parts[5]")),
    ("views", "a release comes before its candidates", ("parts[4] = ''", "parts[4] != ''")),
    ("programs", "the program with the fewest reports is first", ("count() DESC", "count()")),
    ("totals", "dates in the future count", (
        "maxOrNullIf(day, day BETWEEN {until:Date} - 400 AND {until:Date} + 1)", "max(day)")),
    ("days", "dates of long ago count", ("day BETWEEN {until:Date} - 400 AND {until:Date} + 1", "true")),
    ("bugs", "the trend ends a day earlier", ("day + ago =", "day + ago + 1 =")),
    ("bugs", "the first version is the alphabetically first", ("versions[min(indexOf(versions, version))]", "min(version)")),
    ("changes", "a gap counts as one way", ("toFloat64(gaps)", "1.")),
    ("changes", "one test a bug is corrected for", ("3 * (SELECT count() FROM bugs)", "(SELECT count() FROM bugs)")),
    ("changes", "reports are drawn with replacement", (
        "exp(ln_choose(total - without, reports) - ln_choose(total, reports))", "pow(1 - without / total, reports)")),
    ("changes", "three kinds of claims share 5 %", ("* 4) OVER", "* 3) OVER")),
    ("rises", "six days are a week", ("7 PRECEDING", "6 PRECEDING")),
    ("rises", "the first days are compared with half a week", ("complete + 7 AS", "complete + 3 AS")),
    ("rises", "the days begin with the oldest report", ("before <= greatest(1, intDiv(total, 100))", "before < 0")),
    ("rises", "the smaller chance counts", ("greatest(\n                    among", "least(\n                    among")),
    ("rises", "the smaller chance of all reports counts", ("greatest(\n                    in_part", "least(\n                    in_part")),
    ("rises", "the chance of exactly that many", (
        "range(k, least(n, hits) + 1))", "[k])")),
    ("rises", "the chance of exactly that many in all", ("range(k, n + 1))", "[k])")),
    ("over_represented", "the bug itself is among the others", ("total - of_bug AS of_others", "total AS of_others")),
    ("over_represented", "a somewhat larger part is told", (
        " AND reports / of_bug >= 1.5 * (elsewhere / of_others)", "")),
    ("over_represented", "each bug is corrected for by itself", ("uniqExact(fingerprint) * uniqExact", "uniqExact")),
    ("values", "operations are left out", (", ('operation', operation)", "")),
    ("lost", "reports with losses are counted, not what they lost", ("sum(loss.2)", "count()")),
]
