"""What is done with each program: arguments of the program's own first, `cases.rs` for what it does not fail at by itself.

Whatever a user could have typed holds a word of `PLANTED`, and none of them may be found in any report.
"""

from dataclasses import dataclass, field

# Whole words, that no program here has among its own.
PLANTED = (
    "Ada Lovelace wilhelmina hunter2 nightingale Jordan Smith Falcon acme topsecret zquorble biopsy salary Merger 4711 "
    "Blackwood"
).split()


@dataclass(frozen=True)
class Case:
    name: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    # A script that runs first, in the same folder; `$PROGRAM` is the program, told to report nothing.
    before: str = ""
    # How many reports there have to be.
    reports: int = 1
    panics: bool = False
    # `None`, `full` (a device that takes nothing) or `closed` (a pipe whose reader has gone).
    output: str | None = None
    errors: str | None = None
    # Ended by Ctrl-C, this many seconds after it said `waits`.
    interrupted: float | None = None
    # Not in the table of the twelve and the ends, but one of the twenty with planted words.
    planted_only: bool = False


def on_demand(name: str, data: str = "Ada Lovelace", **more: object) -> Case:
    return Case(name, environment={"ADOPT_CASE": name, "ADOPT_DATA": data}, **more)


def ends(works: tuple[str, ...], before: str = "", long: tuple[str, ...] | None = None) -> list[Case]:
    """The ends of a program that are no errors, or that are ends in the middle of things."""
    sleeping = [Case("Ctrl-C, nothing failed", long, reports=0, interrupted=1.0)] if long else []
    return [
        on_demand("exit", "project nightingale"),
        Case("pipe: no reader", works, before=before, output="closed", reports=0),
        Case("works", works, before=before, reports=0),
        Case("wrong arguments", ("--hunter2",), reports=0),
        on_demand("waits", "wilhelmina", interrupted=1.0),
        *sleeping,
    ]


def hyperfine() -> list[Case]:
    def case(name: str, *arguments: str, **more: object) -> Case:
        return Case(name, arguments, **more)

    return [
        case("exit codes are none", "--ignore-failure=Jordan", "true"),
        case("no range of runs", "--min-runs", "4711", "--max-runs", "2", "true"),
        case("shell is no command line", "--shell", "'Ada Lovelace", "true"),
        case("no such input", "--input", "/srv/clients/Ada Lovelace/acme.csv", "true"),
        case("unknown output", "--output", "topsecret", "true"),
        case("a step of nothing", "-P", "wilhelmina", "1", "4", "-D", "0", "echo {wilhelmina}"),
        case("bounds are no numbers", "-P", "x", "1", "nightingale", "echo {x}"),
        case("no export", "--export-json", "/srv/clients/Jordan Smith/x.json", "true"),
        case("no such command", "-N", "zquorble --password hunter2"),
        case("command fails", "test wilhelmina = acme"),
        on_demand("panic", "project nightingale", panics=True),
        on_demand("index", "hunter2", panics=True),
        on_demand("thread", "Merger Falcon", panics=True),
        *ends(("--runs", "2", "-N", "true"), long=("-N", "sleep 4711")),
        case("too many names", "-n", "Ada", "-n", "Lovelace", "true", planted_only=True),
        case("no metric", "--metrics", "salary", "true", planted_only=True),
        case("an assignment", "TOKEN=hunter2 true", planted_only=True),
        case("an operator", "cat Jordan.txt | grep Smith", planted_only=True),
        case("preparation fails", "--prepare", "test Ada = Lovelace", "true", planted_only=True),
        case("setup fails", "--setup", "test acme = topsecret", "true", planted_only=True),
        case("time is no number", "--min-benchmarking-time", "nightingale", "true", planted_only=True),
        case("no export of another kind", "--export-csv", "/srv/Merger/Falcon.csv", "true", planted_only=True),
        on_demand("answer", planted_only=True),
        on_demand("chain", "wilhelmina", planted_only=True),
    ]


def tokei() -> list[Case]:
    return [
        Case("no such folder", ("/srv/clients/Ada Lovelace",)),
        on_demand("file"),
        on_demand("number", "4711 biopsy"),
        on_demand("bytes", "Blackwood"),
        on_demand("variant", "salary of Jordan"),
        on_demand("field", "Merger Falcon"),
        on_demand("chain", "acme/wilhelmina"),
        on_demand("text", "nightingale"),
        on_demand("other text", "Jordan Smith"),
        on_demand("refused"),
        on_demand("panic", "hunter2", panics=True),
        on_demand("index", "topsecret", panics=True),
        Case("a full device", ("--output", "json", "."), output="full", before="echo 'fn acme() {}' >hunter2.rs", panics=True),
        *ends((".",), before="for i in $(seq 400); do echo 'fn acme() {}' >wilhelmina$i.rs; done"),
        on_demand("answer", planted_only=True),
        on_demand("permission", "Ada Lovelace may not read acme", planted_only=True),
        on_demand("format", "wilhelmina", planted_only=True),
        on_demand("thread", "project nightingale", planted_only=True, panics=True),
        Case("a full device, streaming", ("--streaming", "json", "."), output="full", planted_only=True, panics=True,
             before="echo 'fn acme() {}' >hunter2.rs"),
        Case("no such file", ("/srv/clients/acme/Jordan.rs", "--sort", "code"), planted_only=True),
        on_demand("file", "topsecret/hunter2", planted_only=True),
        on_demand("text", "zquorble 4711", planted_only=True),
    ]


def sqlx() -> list[Case]:
    def migrated(*statements: str) -> str:
        made = ["mkdir -p migrations", "$PROGRAM database create -D sqlite://acme.db"]
        files = [f"printf '%s\\n' \"{s}\" >migrations/{i}_topsecret.sql" for i, s in enumerate(statements, 1)]
        return "\n".join(made + files)

    def case(name: str, arguments: str, before: str = "", **more: object) -> Case:
        return Case(name, tuple(arguments.split()), before=before, **more)

    run = "migrate run -D sqlite://acme.db"
    info = "migrate info -D sqlite://acme.db"
    table = "CREATE TABLE biopsy(salary UNIQUE CHECK(salary < 4711), born NOT NULL);"
    return [
        case("no address", "migrate info --source /srv/clients/Lovelace"),
        case("no such database", "migrate info -D sqlite:///srv/clients/Ada/wilhelmina.db", migrated("SELECT 1;")),
        case("no such server", "migrate info -D zquorble://wilhelmina:hunter2@nightingale.example.com/acme", migrated("SELECT 1;")),
        case("no migrations", f"{run} --source Merger/Falcon", migrated()),
        case("wrong SQL", run, migrated("SELEKT Ada FROM Lovelace;")),
        case("no such table", run, migrated("SELECT * FROM wilhelmina;")),
        case("a constraint", run, migrated(table + " INSERT INTO biopsy VALUES(9999999, 'Ada Lovelace');")),
        case("no such version", f"{run} --target-version 4711", migrated("SELECT 1;")),
        case("changed since", run, migrated("SELECT 1;") + f"\n$PROGRAM {run}\necho '-- Jordan Smith' >>migrations/1_topsecret.sql"),
        case("missing now", run, migrated("SELECT 1;", "SELECT 2;") + f"\n$PROGRAM {run}\nrm migrations/2_topsecret.sql"),
        case("nobody to confirm", "database drop -D sqlite://acme.db", migrated(), panics=True),
        case("a full device", info, migrated("SELECT 1;"), output="full", panics=True),
        on_demand_in("thread", "project nightingale", panics=True),
        *(with_arguments(c) for c in ends(tuple(info.split()), before=migrated(*["SELECT 1;"] * 300))),
        case("no settings", "migrate info --config Merger/Falcon.toml", planted_only=True),
        case("wrong settings", "migrate info --config Falcon.toml", "echo '[common]\nwilhelmina = \"hunter2\"' >Falcon.toml",
             planted_only=True),
        case("settings are none", "migrate info --config Falcon.toml", "echo 'Ada Lovelace was here' >Falcon.toml",
             planted_only=True),
        case("no database in it", run, migrated("SELECT 1;") + "\nyes 'Ada Lovelace' | head -2000 >acme.db", planted_only=True),
        case("no such mode", "migrate info -D sqlite://acme.db?mode=nightingale", migrated("SELECT 1;"), planted_only=True),
        case("a trigger's own words", run, migrated(
            "CREATE TABLE acme(a); CREATE TRIGGER t BEFORE INSERT ON acme BEGIN SELECT RAISE(ABORT, 'Ada Lovelace owes 4711'); END;"
            " INSERT INTO acme VALUES(1);"), planted_only=True),
        case("malformed JSON", run, migrated("SELECT json('{Ada Lovelace');"), planted_only=True),
        case("in the way", "migrate add Merger --source topsecret/Falcon", "echo acme >topsecret", planted_only=True),
        on_demand_in("answer", planted_only=True),
        on_demand_in("chain", "acme/Jordan Smith", planted_only=True),
        on_demand_in("format", "zquorble", planted_only=True),
    ]


def with_arguments(case: Case) -> Case:
    """Where the program fails on demand behind its parser, that has to be content."""
    if case.arguments:
        return case
    return Case(**(case.__dict__ | {"arguments": ("migrate", "info", "-D", "sqlite://acme.db")}))


def on_demand_in(name: str, data: str = "Ada Lovelace", **more: object) -> Case:
    return with_arguments(on_demand(name, data, **more))


OF = {"hyperfine": hyperfine, "tokei": tokei, "sqlx-cli": sqlx}
