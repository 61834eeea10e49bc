"""CrewAI's class over the library's usage figures: names on the wire, two tiers, keys, and objects that misbehave."""

import inspect
import json

import pytest
from crewai_parts import SCHEMA, named, run, schema_of, shared_tier, spans


#: The public methods of the original, `crewai.telemetry.telemetry.Telemetry` at f4731f50, and of its base in `crewai_core`.
SIGNATURES = {
    "set_tracer": "",
    "crew_creation": "crew, inputs",
    "task_started": "crew, task",
    "task_ended": "span, task, crew",
    "tool_repeated_usage": "llm, tool_name, attempts",
    "tool_usage": "llm, tool_name, attempts, agent=None",
    "tool_usage_error": "llm, agent=None, tool_name=None",
    "individual_test_result_span": "crew, quality, exec_time, model_name",
    "test_execution_span": "crew, iterations, inputs, model_name",
    "deploy_signup_error_span": "",
    "start_deployment_span": "uuid=None, source='cli'",
    "create_crew_deployment_span": "source='cli'",
    "get_crew_logs_span": "uuid, log_type='deployment'",
    "remove_crew_span": "uuid=None",
    "crew_execution_span": "crew, inputs",
    "end_crew": "crew, final_string_output",
    "flow_creation_span": "flow_name",
    "flow_plotting_span": "flow_name, node_names",
    "flow_execution_span": "flow_name, node_names, origin='user', resumed=False, conversational=False",
    "flow_completed_span": "flow_name, duration_ms, outcome, origin='user', conversational=False, error_type=None",
    "flow_paused_span": "flow_name, origin='user'",
    "flow_method_failed_span": "flow_name, origin='user', error_type=None",
    "env_context_span": "tool",
    "human_feedback_span": "event_type, has_routing, num_outcomes=0, feedback_provided=None, outcome=None",
    "hook_dispatched_span": "interception_point, outcome",
    "coding_agent_span": "",
    "template_installed_span": "template_name",
}


#: Those of later versions, or with more arguments there.
LATER = {
    "task_failed": "span, task, error_type=None",
    "crew_completed_span": "crew, duration_ms, outcome",
    "feature_usage_span": "feature, attributes=None",
}


def test_every_method_has_the_originals_arguments():
    from crawl4ai_telemetry.compat.crewai import Telemetry

    found = {}
    for name, method in inspect.getmembers(Telemetry, inspect.isfunction):
        if not name.startswith("_"):
            found[name] = str(inspect.signature(method))[1:-1].removeprefix("self").removeprefix(", ")
    assert found == SIGNATURES | LATER


@pytest.mark.parametrize("share", [False, True])
def test_each_span_is_one_of_the_schema_in_its_tier(program, share):
    run(program, f"t = Telemetry(); every(t, crew({share})); sent(t)\n")
    found = spans(program)
    names = {span["span"] for span in found}
    expected = {one["properties"]["span"]["const"] for one in json.loads(SCHEMA.read_text())["oneOf"]}
    assert names == expected - (set() if share else {"Crew Execution"})
    for span in found:
        declared = schema_of(span["span"])[1]
        assert set(span["attributes"]) <= set(declared), span
    shared = {name for span in found for name in shared_tier(span)}
    if share:
        assert {"crew_inputs", "crew_agents.goal", "crew_tasks.context", "crew_output", "task_output", "inputs"} <= shared
    else:
        assert shared == set()
        assert "PLANTED" not in json.dumps(found), "no goal, description, input, output or metadata"


def test_values_are_as_the_originals(program):
    installed = program.packages / "crewai-9.9.9.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: crewai\nVersion: 9.9.9\n")
    run(program, "t = Telemetry(); made = crew(True); every(t, made); sent(t); print(made.id)\n")
    [created] = named(program, "Crew Created")
    assert (created["crew_process"], created["crew_memory"], created["crew_inputs_present"]) == ("hierarchical", "true", "true")
    assert (created["crew_number_of_tasks"], created["crew_number_of_agents"]) == (2, 2)
    first = json.loads(created["crew_agents"])[0]
    assert (first["role"], first["llm"], first["function_calling_llm"]) == ("Researcher", "gpt-9", "gpt-9-mini")
    assert (first["tools_names"], first["max_retry_limit"], first["delegation_enabled?"]) == (["search_the_web"], 3, True)
    assert created["runtime_version"].startswith("python 3.")
    assert json.loads(created["crew_inputs"]) == {"topic": "PLANTED"}
    [done, failed] = [span for span in spans(program) if span["span"] == "Task Execution"]
    assert done["attributes"]["task_output"] == "PLANTED answer" and not done["failed"]
    assert failed["failed"] and "task_output" not in failed["attributes"]
    [well, badly] = named(program, "Flow Completed")
    assert (well["duration_ms"], well["outcome"], badly["outcome"], badly["error_type"]) == (1500, "completed", "failed", "KeyError")
    [flow] = named(program, "Flow Execution")
    assert (flow["resumed"], flow["conversational"], flow["origin"]) == ("true", "true", "internal")
    features = [each["feature"] for each in named(program, "Feature Usage")]
    assert features == [
        "coding_agent:unknown", "deploy:pushed", "deploy:created", "planning:creation", "hooks:pre_tool_call", "hooks:aborted",
    ]
    for span in spans(program):
        assert {"crewai_version", "coding_agent", "runtime_context", "project_id"} <= set(span["attributes"])
        assert span["attributes"]["crewai_version"] == "9.9.9"


@pytest.mark.parametrize(
    ("memory", "inputs", "expected"),
    [
        ("True", "{'topic': 1}", ("true", "true")),
        ("False", "{}", ("false", "false")),
        ("None", "None", ("false", "false")),
        ("Made()", "{'a': 1, 'b': 2}", ("true", "true")),
    ],
)
def test_flags_are_texts_and_inputs_are_told_by_their_presence(program, memory, inputs, expected):
    run(program, f"t = Telemetry(); made = crew(); made.memory = {memory}; t.crew_creation(made, {inputs}); sent(t)\n")
    [created] = named(program, "Crew Created")
    assert (created["crew_memory"], created["crew_inputs_present"]) == expected
    assert "crew_inputs" not in created


def test_keys_join_what_is_told_of_one_crew_and_are_no_hashes(program):
    source = "t = Telemetry(); made = crew(); run(t, made); run(t, made); sent(t); print(made.key, made.agents[0].key)\n"
    hashes, _ = run(program, source)
    first = {each["crew_key"] for each in named(program, "Crew Created") + named(program, "Task Execution")}
    agents = {json.loads(each["crew_agents"])[0]["key"] for each in named(program, "Crew Created")}
    does = {item["agent_key"] for each in named(program, "Crew Created") for item in json.loads(each["crew_tasks"])}
    assert len(first) == 1 and agents == does and len(agents) == 1
    assert not (first | agents) & set(hashes.split())
    run(program, source)
    assert len({each["crew_key"] for each in named(program, "Crew Created")}) == 2, "another in the next run"


def test_keys_are_random_and_no_more_are_remembered_than_there_is_room_for():
    from types import SimpleNamespace as Made

    from crawl4ai_telemetry.compat import _crewai_objects as read

    first = read.key(Made(key="one"))
    assert len(first) == 16 and read.key(Made(key="one")) == first != read.key(Made(key="other"))
    assert read.key(Made(key=7)) != read.key(Made(key=7)) and read.key(Made(key="x" * 129)) != read.key(Made(key="x" * 129))
    for number in range(read._MOST_KEYS):
        read.key(Made(key=f"{number}"))
    assert len(read._keys) <= read._MOST_KEYS
    assert read.key(Made(key="one")) != first, "made of nothing: what is forgotten cannot be made again"


def test_a_run_is_a_span_where_it_is_shared_and_a_task_always(program):
    run(
        program,
        """
t = Telemetry()
for share in True, False:
    made = crew(share)
    span = t.crew_execution_span(made, None)
    assert bool(span) is share
    task_span = t.task_started(made, made.tasks[0])
    assert task_span
    for _ in range(2):
        t.task_ended(task_span, made.tasks[0], made)
    t.end_crew(made, "nobody kept the span")
    t.task_ended(None, made.tasks[0], made)
sent(t)
""",
    )
    assert len(named(program, "Task Execution")) == 2, "ended once each"
    assert [span["failed"] for span in spans(program) if span["span"] == "Crew Execution"] == [True], "one that nobody ended"


def test_there_is_one_and_threads_find_it(program):
    run(
        program,
        """
import threading
t = Telemetry()
found = []
threads = [threading.Thread(target=lambda: found.append(Telemetry())) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert all(each is t for each in found) and Telemetry() is t
Telemetry._instance = None
assert Telemetry() is not t
""",
    )


def test_objects_that_fail_harm_nobody(program):
    run(
        program,
        """
class Broken:
    def __getattr__(self, name): raise RuntimeError(name)
    @property
    def __class__(self): raise RuntimeError("class")
    def __eq__(self, other): raise RuntimeError("compared")
    def __bool__(self): raise RuntimeError("asked")
    def __format__(self, how): raise RuntimeError("shown")
    def __call__(self): sys.exit("somebody's object was called")
t = Telemetry()
odd = Made(share_crew=7, key=7, id="no uuid", agents="x", tasks=None, process=None, memory=None, fingerprint=Made(uuid_str=None))
every_one = [Broken(), odd, None, 7, "text"]
for made in every_one:
    t.crew_creation(made, made); t.crew_execution_span(made, made); t.end_crew(made, made)
    span = t.task_started(made, made)
    t.task_ended(span, made, made); t.task_ended(made, made, made); t.task_failed(made, made)
    t.tool_usage(made, made, made, made); t.tool_usage_error(made, made, made); t.tool_repeated_usage(made, made, made)
    t.individual_test_result_span(made, made, made, made); t.test_execution_span(made, made, made, made)
    t.flow_execution_span(made, made, made, True, True); t.flow_completed_span(made, made, made, made, True, made)
    t.human_feedback_span("other", True, made, True, made); t.feature_usage_span(made); t.remove_crew_span(made)
    t.human_feedback_span(made, made, made, made, made); t.hook_dispatched_span(made, made); t.start_deployment_span(made, made)
    t.flow_completed_span("F", float("nan"), "failed"); t.flow_completed_span("F", -1, "failed"); t.flow_completed_span("F", 1e300, "x")
    t.tool_usage(None, "half \\udc80", -1); t.tool_usage(None, "x" * 1_000_000, 2**80)
sent(t)
""",
    )
    assert named(program, "Flow Completed")
    assert max(len(json.dumps(span)) for span in spans(program)) < 20_000


def test_an_error_that_the_user_wrote_is_told_as_what_it_is_made_from(program, planted):
    name = planted[0]
    run(
        program,
        f"""
class {name}Error(LookupError): pass
t = Telemetry()
assert t._safe_error_type({name}Error) == "{name}Error", "as ever"
assert t._safe_error_type("secret_token") is None and t._safe_error_type(ValueError("secret")) is None
t.flow_method_failed_span("F", error_type={name}Error)
t.flow_completed_span("F", 1, "failed", error_type={name}Error)
t.flow_method_failed_span("F", error_type="secret_token")
sent(t)
""",
    )
    told = [each["error_type"] for each in named(program, "Flow Method Failed") + named(program, "Flow Completed")]
    assert told == ["LookupError", "Exception", "LookupError"]
    assert name not in json.dumps(spans(program)) and "secret_token" not in json.dumps(spans(program))


@pytest.mark.parametrize("order", [("capture", "record"), ("record", "capture")])
def test_crash_reports_and_usage_figures_each_ask_whose_a_type_is(program, planted, order):
    """Of a crash report's own packages the types are named; of usage figures no package is the program's own."""
    name = planted[0]
    program.module("errors", f"class {name}Error(LookupError): pass\ndef fail(): raise {name}Error('no such page')\n")
    steps = {
        "capture": f"""
try:
    errors.fail()
except LookupError as error:
    assert telemetry.capture_exception(error)
""",
        "record": f"t.flow_method_failed_span('F', error_type=errors.{name}Error)\n",
    }
    run(program, "from tool import errors\nbegin()\nt = Telemetry()\n" + "".join(steps[each] for each in order) + "sent(t)\n")
    [told] = named(program, "Flow Method Failed")
    assert told["error_type"] == "LookupError" and name not in json.dumps(spans(program))
    [report] = program.reports
    assert report["exceptions"][0]["type"] == f"tool.errors.{name}Error"
    assert [frame["function"] for frame in report["exceptions"][0]["frames"]][0] == "fail"


@pytest.mark.parametrize("raised", ["SystemExit", "GeneratorExit", "BaseException"])
def test_what_a_property_raises_reaches_nobody_but_ctrl_c(program, raised):
    run(
        program,
        f"""
class Raising:
    def __getattr__(self, name): raise RAISED(name)
RAISED = {raised}
t = Telemetry()
made = Raising()
t.crew_creation(made, None); t.crew_execution_span(made, None); t.end_crew(made, ""); t.tool_usage(made, "x", 1, made)
span = t.task_started(crew(), crew().tasks[0])
t.task_ended(span, made, made)
RAISED = KeyboardInterrupt
try:
    t.tool_usage(None, "x", 1, made)
except KeyboardInterrupt:
    sent(t)
else:
    sys.exit("Ctrl-C was lost")
""",
    )


def test_a_panic_of_the_native_half_reaches_nobody(program):
    """PyO3 raises one as a BaseException."""
    run(
        program,
        """
class Panics:
    def __getattr__(self, name): raise BaseException(name)
t = Telemetry()
t.feature_usage_span("x"); sent(t)
native, t._usage._native = t._usage._native, Panics()
t.feature_usage_span("x"); t._shutdown()
""",
    )


def test_threads_that_come_first_together_make_one_native_half(program):
    run(
        program,
        """
import threading, time
slow = _crewai_usage._declared
_crewai_usage._declared = lambda: (time.sleep(0.2), slow())[1]
t = Telemetry()
found, together = [], threading.Barrier(8)
def first():
    together.wait()
    found.append(t._usage.native())
    t.feature_usage_span("x")
threads = [threading.Thread(target=first) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert all(each is found[0] for each in found) and t._usage.native() is found[0]
sent(t)
""",
    )
    assert [each["feature"] for each in named(program, "Feature Usage")] == ["x"] * 8


def test_deployments_say_where_they_were_begun_and_count_once(program):
    run(
        program,
        """
t = Telemetry()
number = str(uuid.uuid4())
t.create_crew_deployment_span(); t.create_crew_deployment_span(source="tui")
t.start_deployment_span(number); t.start_deployment_span(None, source="tui"); t.start_deployment_span("not a uuid", "elsewhere")
t.get_crew_logs_span(number); t.remove_crew_span(number)
sent(t)
print(number)
""",
    )
    assert [each["source"] for each in named(program, "Create Crew Deployment")] == ["cli", "tui"]
    began = named(program, "Start Deployment")
    assert [each["source"] for each in began] == ["cli", "tui", "cli"]
    assert ["uuid" in each for each in began] == [True, False, False], "what is no number is a text of somebody's"
    [logs], [removed] = named(program, "Get Crew Logs"), named(program, "Remove Crew")
    assert logs["log_type"] == "deployment" and logs["uuid"] == removed["uuid"] == began[0]["uuid"]
    features = [each["feature"] for each in named(program, "Feature Usage")]
    assert features == ["deploy:created"] * 2 + ["deploy:pushed"] * 3
