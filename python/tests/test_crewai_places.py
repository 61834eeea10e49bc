"""Which assistant runs a program, where it runs, and whose project it is: by the presence of variables, never by their values."""

import json

import pytest
from crewai_parts import named, run, spans


#: Variables by which the original tells an assistant (`crewai_core.runtime_env` at f4731f50). Facts, and no line of it.
ASSISTANTS = {
    "claude_code": "CLAUDECODE CLAUDE_CODE",
    "codex": "CODEX_CI CODEX_MANAGED_BY_NPM CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED CODEX_THREAD_ID",
    "cline": "CLINE_ACTIVE",
    "gemini_cli": "GEMINI_CLI",
    "augment": "AUGMENT_AGENT",
    "opencode": "OPENCODE OPENCODE_CLIENT",
    "antigravity": "ANTIGRAVITY_AGENT ANTIGRAVITY_CLI_ALIAS",
    "junie": "JUNIE_DATA JUNIE_SHIM_PATH",
    "cursor": "CURSOR_AGENT CURSOR_EXTENSION_HOST_ROLE CURSOR_SANDBOX CURSOR_TRACE_ID CURSOR_WORKSPACE_LABEL",
    "other": "AI_AGENT",
    "unknown": "AIDER_MODEL COPILOT_GITHUB_TOKEN COPILOT_MODEL GOOSE_PROVIDER REPL_ID TERM_PROGRAM",
}


#: And where a program runs.
PLACES = {
    "ci": "CI GITHUB_ACTIONS GITLAB_CI BUILDKITE JENKINS_URL TEAMCITY_VERSION TF_BUILD",
    "serverless": "AWS_LAMBDA_FUNCTION_NAME FUNCTIONS_EXTENSION_VERSION FUNCTIONS_WORKER_RUNTIME FUNCTION_TARGET K_SERVICE VERCEL",
    "paas": "DYNO WEBSITE_INSTANCE_ID",
    "hosted_ide": "CODESPACES GITPOD_WORKSPACE_ID REPL_ID",
    "notebook": "COLAB_RELEASE_TAG JPY_PARENT_PID",
    "container": "KUBERNETES_SERVICE_HOST",
}


#: Several at once: the most specific wins.
TOGETHER = {
    "CURSOR_TRACE_ID CODEX_THREAD_ID": ("codex", None),
    "CURSOR_TRACE_ID CLAUDECODE": ("claude_code", None),
    "CURSOR_TRACE_ID GEMINI_CLI": ("gemini_cli", None),
    "AI_AGENT CLINE_ACTIVE": ("cline", None),
    "KUBERNETES_SERVICE_HOST GITHUB_ACTIONS": ("unknown", "ci"),
    "CI CLAUDECODE": ("claude_code", "ci"),
    "WEBSITE_INSTANCE_ID FUNCTIONS_WORKER_RUNTIME": ("unknown", "serverless"),
    "K_SERVICE DYNO": ("unknown", "serverless"),
}


def test_assistants_and_places_are_told_by_the_same_variables_and_never_by_their_values(program):
    asked = [variable for variables in (*ASSISTANTS.values(), *PLACES.values()) for variable in variables.split()]
    asked += TOGETHER
    run(
        program,
        f"""
for asked in {asked!r}:
    # The value of `CI` is checked, so that it needs a real one.
    set_now = {{name: "true" if name == "CI" else "/Users/jane.doe/key" for name in asked.split()}}
    os.environ.update(set_now)
    Telemetry._instance = None
    t = Telemetry()
    t.feature_usage_span(asked)
    sent(t)
    for name in set_now: del os.environ[name]
""",
    )
    found = {each["feature"]: (each["coding_agent"], each["runtime_context"]) for each in named(program, "Feature Usage")}
    assert {name: found[name][0] for names in ASSISTANTS.values() for name in names.split()} == {
        name: assistant for assistant, names in ASSISTANTS.items() for name in names.split()
    }
    assert {name: found[name][1] for names in PLACES.values() for name in names.split()} == {
        name: place for place, names in PLACES.items() for name in names.split()
    }
    for names, (assistant, place) in TOGETHER.items():
        assert found[names][0] == assistant and place in (None, found[names][1]), names
    assert "jane" not in json.dumps(spans(program))


@pytest.mark.parametrize(
    ("variable", "assistant"), [("CLAUDECODE", "claude_code"), ("CODEX_SANDBOX", "codex"), ("AGENT", "other"), ("PATH", "unknown")]
)
def test_the_assistant_is_counted_once_by_its_name(program, variable, assistant):
    variables = {} if variable == "PATH" else {variable: "secret-value"}
    run(program, "t = Telemetry()\nfor _ in range(3): t.coding_agent_span(); t.flow_creation_span('F')\nsent(t)\n", **variables)
    features = [each["feature"] for each in named(program, "Feature Usage")]
    assert features == [f"coding_agent:{assistant}"]
    assert {span["attributes"]["coding_agent"] for span in spans(program)} == {assistant}
    assert "secret-value" not in json.dumps(spans(program))


def test_an_empty_variable_says_nothing(program):
    run(program, "t = Telemetry(); t.feature_usage_span('x'); sent(t)\n", CLAUDECODE="", AI_AGENT="", DYNO="")
    [only] = named(program, "Feature Usage")
    assert only["coding_agent"] == "unknown" and only["runtime_context"] != "paas"


@pytest.mark.parametrize(("told", "expected"), [("'tides-7'", "tides-7"), ("None", ""), ("1 / 0", "")])
def test_a_project_is_told_by_the_name_that_its_owner_registered(program, told, expected):
    """Empty where there is none, or where it cannot be found out: never left out."""
    program.module("crewai_core/__init__", "").module("crewai_core/project", f"def get_project_id():\n    return {told}\n")
    run(program, "t = Telemetry(); t.feature_usage_span('x'); sent(t)\n")
    assert [each["project_id"] for each in named(program, "Feature Usage")] == [expected]
