"""What the tests of CrewAI's class share: a crew as CrewAI has one, and where its spans arrive."""

import json
from pathlib import Path

SCHEMA = Path(__file__).parents[2] / "docs" / "usage-crewai.schema.json"

#: Before each program: the class, its spans in a file, and makers of what CrewAI hands to it.
BEGIN_CREW = """
import datetime, hashlib, uuid
from types import SimpleNamespace as Made
from crawl4ai_telemetry.compat import _crewai_usage
from crawl4ai_telemetry.compat.crewai import Telemetry
declared = _crewai_usage._declared
_crewai_usage._declared = lambda: {**declared(), "file": FOLDER / "spans.jsonl"}

def fingerprint():
    return Made(uuid_str=str(uuid.uuid4()), created_at=datetime.datetime(2026, 8, 21, 10, 30), metadata={"owner": "PLANTED"})

def hashed(text): return hashlib.md5(text.encode()).hexdigest()

def agent(role="Researcher"):
    tools = [Made(name="Search the Web", description="PLANTED")]
    return Made(key=hashed(role), id=uuid.uuid4(), role=role, goal="PLANTED goal", backstory="PLANTED backstory", verbose=False,
                max_iter=25, max_rpm=None, llm=Made(model="gpt-9"), function_calling_llm="gpt-9-mini", allow_delegation=True,
                tools=tools, fingerprint=fingerprint())

def task(does, context=()):
    return Made(key=hashed("task"), id=uuid.uuid4(), description="PLANTED description", expected_output="PLANTED expectation",
                context=list(context), async_execution=False, human_input=True, agent=does, tools=[], fingerprint=fingerprint(),
                output=Made(raw="PLANTED answer"))

def crew(share=False):
    does = agent()
    first = task(does)
    return Made(key=hashed("crew"), id=uuid.uuid4(), share_crew=share, process=Made(value="hierarchical"), memory=Made(),
                agents=[does, agent("Writer")], tasks=[first, task(does, [first])], fingerprint=fingerprint(),
                _execution_span=None)

def run(telemetry, made, inputs=None):
    made._execution_span = telemetry.crew_execution_span(made, inputs)
    span = telemetry.task_started(made, made.tasks[0])
    telemetry.task_ended(span, made.tasks[0], made)
    telemetry.end_crew(made, "PLANTED output")
    return span

def sent(telemetry): assert telemetry._usage.flush(20)
"""

#: Each method once.
EVERY = """
def every(t, made):
    llm, does = Made(model="gpt-9"), made.agents[0]
    t.set_tracer()
    run(t, made, {"topic": "PLANTED"})
    failed = t.task_started(made, made.tasks[1])
    t.task_failed(failed, made.tasks[1], ValueError)
    t.tool_usage(llm, "Search the Web", 1, does)
    t.tool_repeated_usage(llm, "Search the Web", 3)
    t.tool_usage_error(llm, does, "Search the Web")
    t.individual_test_result_span(made, 9.5, 12, "gpt-9")
    t.test_execution_span(made, 3, {"topic": "PLANTED"}, "gpt-9")
    t.deploy_signup_error_span()
    t.start_deployment_span(str(uuid.uuid4()))
    t.create_crew_deployment_span("tui")
    t.get_crew_logs_span(None)
    t.remove_crew_span(str(uuid.uuid4()))
    t.flow_creation_span("ResearchFlow")
    t.flow_plotting_span("ResearchFlow", ["start", "finish"])
    t.flow_execution_span("ResearchFlow", ["start", "finish"], "internal", True, True)
    t.flow_completed_span("ResearchFlow", 1500, "completed")
    t.flow_completed_span("ResearchFlow", 10, "failed", error_type=KeyError)
    t.flow_paused_span("ResearchFlow")
    t.flow_method_failed_span("ResearchFlow", "internal", ValueError)
    t.env_context_span("cursor")
    t.human_feedback_span("received", True, 2, True, "approved")
    t.feature_usage_span("planning:creation")
    t.hook_dispatched_span("pre_tool_call", "aborted")
    t.template_installed_span("deep_research")
"""


def run(program, source, **variables):
    """Runs a program that uses the class."""
    return program.run(BEGIN_CREW + EVERY + source, **variables)


def spans(program):
    """The spans that arrived, in order."""
    file = program.folder / "spans.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def named(program, name):
    """The attributes of the spans of one name."""
    return [span["attributes"] for span in spans(program) if span["span"] == name]


def schema_of(name):
    """What is published about a span: its attributes, by name."""
    schema = json.loads(SCHEMA.read_text())
    [found] = [one for one in schema["oneOf"] if one["properties"]["span"]["const"] == name]
    return schema, found["properties"]["attributes"]["properties"]


def shared_tier(span):
    """What a span holds of what leaves only where a crew is shared, in its lists too."""
    schema, declared = schema_of(span["span"])
    found = []
    for name, value in span["attributes"].items():
        if declared[name].get("x-tier") == "shared":
            found.append(name)
        reference = declared[name].get("contentSchema", {}).get("$ref")
        if reference:
            items = schema["$defs"][reference.rpartition("/")[2]]["items"]["properties"]
            found += [f"{name}.{key}" for item in json.loads(value) for key in item if items[key]["x-tier"] == "shared"]
    return found
