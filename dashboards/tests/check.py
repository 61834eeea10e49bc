"""Compares the queries with `crwl telemetry analyze` on the same logs.

check.py LOGS FOUND METRICS    the logs, and what the command says of them as JSON and for Prometheus

Each query is run from its file and as the dashboard has it, by ClickHouse in this process (chdb). After that, faults
are put into the queries one by one, and each must be noticed.
"""

import json
import math
import re
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chdb.session import Session
from exporter import rows
from faults import FAULTS

UNTIL = date(2026, 11, 27)
PROGRAM = "weather"
HERE = Path(__file__).parent
QUERIES = HERE.parent / "sql"
DASHBOARD = HERE.parent / "crash-reports.json"

Rows = list[dict[str, Any]]


class Database:
    def __init__(self, logs: Path) -> None:
        self.session = Session()
        self.session.query((HERE / "table.sql").read_text())
        with logs.open() as lines:
            written = [json.dumps(row, ensure_ascii=False) for line in lines for row in rows(line)]
        file = logs.with_suffix(".rows.jsonl")
        file.write_text("\n".join(written))
        columns = list(json.loads(written[0]))
        values = ["fromUnixTimestamp64Nano(Timestamp)", *columns[1:]]
        self.session.query(
            f"INSERT INTO otel_logs ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM file('{file}', JSONEachRow, '{self.types(columns)}') SETTINGS max_partitions_per_insert_block = 0"
        )
        self.log_records = len(written)

    def types(self, columns: list[str]) -> str:
        described = str(self.session.query("DESCRIBE TABLE otel_logs", "JSONEachRow")).splitlines()
        types = {column["name"]: column["type"] for column in map(json.loads, described)} | {"Timestamp": "Int64"}
        return ", ".join(f"{column} {types[column]}" for column in columns)

    def views(self, text: str) -> None:
        for statement in filter(str.strip, re.split(r";\n", text)):
            self.session.query(statement)

    def rows(self, query: str) -> Rows:
        parameters = {"program": PROGRAM, "until": UNTIL.isoformat()}
        used = {name: value for name, value in parameters.items() if f"{{{name}:" in query}
        said = str(self.session.query(query, "JSONEachRow", params=used))
        return [json.loads(line) for line in said.splitlines()]


def as_grafana_sends(query: str) -> str:
    """The query with the variables of the dashboard replaced."""
    to = int((UNTIL - date(1970, 1, 1)).total_seconds() * 1000) + 12 * 3600 * 1000
    query = query.replace("${program:sqlstring}", f"'{PROGRAM}'").replace("${__to}", str(to))
    assert "$" not in query, query
    return query


def expected(found: dict[str, Any], metrics: str) -> dict[str, Rows]:
    """What each query must answer, by what the command says."""
    of_days: dict[str, int] = {}
    bugs = []
    for bug in found["bugs"]:
        days = {day: count for day, count in bug["days"]}
        for day, count in days.items():
            of_days[day] = of_days.get(day, 0) + count
        last = [days.get((UNTIL - timedelta(days=ago)).isoformat(), 0) for ago in reversed(range(14))]
        bugs.append(
            {"fingerprint": bug["fingerprint"], "title": bug["title"], "reports": bug["count"], "fatal": bug["fatal"],
             "first_version": bug["first_version"], "last_version": bug["last_version"],
             "first_day": bug["first_day"], "last_day": bug["last_day"],
             "last_14_days": last, "trend": trend(last)}
        )
    ranked = {"p": "p", "p_corrected": "p_corrected"}
    return {
        "programs": [{"program": PROGRAM}, {"program": "forecast"}],
        "totals": [{"reports": found["reports"], "fatal": found["fatal"], "bugs": len(bugs),
                    "versions": len(found["versions"]), "first_day": found["first_day"], "last_day": found["last_day"]}],
        "days": [{"time": f"{day} 00:00:00", "reports": count} for day, count in sorted(of_days.items())],
        "bugs": bugs,
        "changes": renamed(found["changes"], ranked | {
            "kind": "kind", "fingerprint": "fingerprint", "version": "version", "reports": "count",
            "reports_without": "reports_without"}),
        "rises": renamed(found["rises"], ranked | {
            "fingerprint": "fingerprint", "day": "day", "reports": "count", "week_before": "week_before",
            "weekdays_before": "weekdays_before", "weeks": "weeks"}),
        "over_represented": renamed(found["over_represented"], ranked | {
            "fingerprint": "fingerprint", "dimension": "dimension", "value": "value", "reports": "count", "of_bug": "of",
            "elsewhere": "elsewhere", "of_others": "of_others"}),
        "values": samples(metrics),
        "lost": [{"reason": reason, "reports": lost} for reason, lost in found["lost"].items()],
    }


def renamed(claims: Rows, columns: dict[str, str]) -> Rows:
    return [{column: claim[key] for column, key in columns.items()} for claim in claims]


def trend(days: list[int]) -> str:
    most = max(days)
    return "".join(" " if n == 0 else "▁▂▃▄▅▆▇█"[math.ceil(n * 7 / most)] for n in days)


def samples(metrics: str) -> Rows:
    form = re.compile(r'crash_reports_by_(\w+)\{program="weather",\1="(.*)"\} (\d+)')
    return [{"dimension": d, "value": value, "reports": int(n)} for d, value, n in form.findall(metrics)]


def differences(name: str, answered: Rows, right: Rows) -> list[str]:
    """How an answer differs. The order counts only among bugs and programs, where no two can be equal."""
    keys = list(right[0]) if right else []
    if name == "days":
        # The command does not say how many of a day were fatal.
        answered = [{key: row[key] for key in keys} for row in answered]
    if name not in ("programs", "bugs"):
        order = lambda row: [str(row[key]) for key in keys if key not in ("p", "p_corrected")]  # noqa: E731
        answered, right = sorted(answered, key=order), sorted(right, key=order)
    said = [f"{name}: expected {len(right)} rows, found {len(answered)}"] if len(answered) != len(right) else []
    said += [f"{name}: expected {theirs}, found {ours}"
             for ours, theirs in zip(answered, right) if not same(ours, theirs)]
    return said


def same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    def equal(key: str) -> bool:
        if key in ("p", "p_corrected"):
            return math.isclose(ours[key], theirs[key], rel_tol=1e-6)
        return bool(ours[key] == theirs[key])

    return ours.keys() == theirs.keys() and all(equal(key) for key in theirs)


def compared(right: dict[str, Rows], answer: Callable[[str], Rows]) -> list[str]:
    return [said for name in right for said in differences(name, answer(name), right[name])]


def main(logs: str, found: str, metrics: str) -> None:
    right = expected(json.loads(Path(found).read_text()), Path(metrics).read_text())
    texts = {file.stem: file.read_text() for file in QUERIES.glob("*.sql")}
    views = texts.pop("views")
    assert texts.keys() == right.keys(), texts.keys() ^ right.keys()
    database = Database(Path(logs))
    database.views(views)
    print(f"{database.log_records} log records: " + ", ".join(f"{len(rows)} {name}" for name, rows in right.items()))
    assert all(right.values()), "each query has something to answer"
    wrong = compared(right, lambda name: database.rows(texts[name]))

    dashboard = json.loads(DASHBOARD.read_text())
    queries = {target["refId"]: target["rawSql"] for panel in dashboard["panels"] for target in panel["targets"]}
    queries |= {variable["name"] + "s": variable["query"]["rawSql"]
                for variable in dashboard["templating"]["list"] if variable["type"] == "query"}
    assert queries.keys() == right.keys(), queries.keys() ^ right.keys()
    wrong += compared(right, lambda name: database.rows(as_grafana_sends(queries[name])))
    if wrong:
        sys.exit("\n".join(wrong[:20]))
    print(f"{len(texts)} files and {len(queries)} queries of the dashboard say what the command says")

    for name, fault, (before, after) in FAULTS:
        text = texts.get(name, views)
        assert text.count(before) == 1, f"{name}: {before!r} stands there {text.count(before)} times"
        faulty = text.replace(before, after)
        if name == "views":
            database.views(faulty)
            noticed = any(differences(name, database.rows(texts[name]), right[name]) for name in right)
            database.views(views)
        else:
            noticed = bool(differences(name, database.rows(faulty), right[name]))
        if not noticed:
            sys.exit(f"{name}: nobody noticed that {fault}")
        print(f"noticed: {name}: {fault}")


if __name__ == "__main__":
    main(*sys.argv[1:])
