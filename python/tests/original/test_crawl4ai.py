"""One test of ours for each of the original's: `tests/telemetry/test_telemetry.py` of unclecode/crawl4ai at 7f360577.

Facts about their tests, and no line of them. `same`: theirs holds as it is. `same, by behaviour`: theirs looks at its own
parts; ours looks at what they are for. `contrary on purpose`: theirs asks for what a guarantee forbids. `empty`: theirs
asserts nothing.
"""

import json
from collections import Counter

import pytest

SETUP = "from crawl4ai_telemetry.compat import crawl4ai as original\n"

#: Class, name, verdict, the guarantee it would break, and what holds here instead: a program.
TABLE = [
    (
        "TestTelemetryConfig", "test_config_initialization", "same", "",
        "config = original.TelemetryConfig(FOLDER / 'c')\n"
        "assert config.config_dir == FOLDER / 'c' and config.get_consent() is original.TelemetryConsent.NOT_SET",
    ),
    (
        "TestTelemetryConfig", "test_consent_persistence", "same", "",
        "original.TelemetryConfig(FOLDER / 'c').set_consent(original.TelemetryConsent.ALWAYS, 'ada@example.org')\n"
        "again = original.TelemetryConfig(FOLDER / 'c')\n"
        "assert (again.get_consent(), again.get_email()) == (original.TelemetryConsent.ALWAYS, 'ada@example.org')",
    ),
    (
        "TestTelemetryConfig", "test_environment_variable_override", "same", "",
        "config = original.TelemetryConfig(FOLDER / 'c')\n"
        "config.set_consent(original.TelemetryConsent.ALWAYS)\n"
        "os.environ['CRAWL4AI_TELEMETRY'] = '0'\n"
        "config.update_from_env()\n"
        "assert config.get_consent() is original.TelemetryConsent.DENIED\n"
        "del os.environ['CRAWL4AI_TELEMETRY']\n"
        "config.update_from_env()\n"
        "assert config.get_consent() is original.TelemetryConsent.ALWAYS, 'a variable is a word for its process'",
    ),
    (
        "TestEnvironmentDetection", "test_cli_detection", "same, by behaviour",
        "theirs fails in a container, the original too",
        "assert original.EnvironmentDetector.detect() in (original.Environment.UNKNOWN, original.Environment.CLI,"
        " original.Environment.DOCKER)",
    ),
    (
        "TestEnvironmentDetection", "test_docker_detection", "same", "",
        "os.environ['CRAWL4AI_DOCKER'] = 'true'\n"
        "assert original.EnvironmentDetector.detect() is original.Environment.DOCKER",
    ),
    (
        "TestEnvironmentDetection", "test_api_server_detection", "same", "",
        "os.environ['CRAWL4AI_API_SERVER'] = 'true'\n"
        "assert original.EnvironmentDetector.detect() is original.Environment.API_SERVER",
    ),
    (
        "TestTelemetryManager", "test_singleton_pattern", "same", "",
        "assert original.TelemetryManager.get_instance() is original.TelemetryManager.get_instance() is original.get_telemetry()",
    ),
    (
        "TestTelemetryManager", "test_exception_capture", "same, by behaviour", "consent is read by the library, not by a mock",
        "os.environ['CRAWL4AI_TELEMETRY'] = '1'\n"
        "telemetry.init(version='0.7.4', own=['tool'], file=FOLDER / 'reports.jsonl', config_folder=FOLDER / 'c', ask='never')\n"
        "from tool import work\n"
        "try: work.fail()\n"
        "except ValueError as error: assert original.capture_exception(error, {'retries': 3}) is True\n"
        "assert telemetry.flush(20) and original.status()['errors_sent'] == 1",
    ),
    (
        "TestTelemetryManager", "test_null_provider_when_disabled", "same, by behaviour", "a no is no file, not a class",
        "os.environ['CRAWL4AI_TELEMETRY'] = '0'\n"
        "telemetry.init(own=['tool'], file=FOLDER / 'reports.jsonl', config_folder=FOLDER / 'c', ask='never')\n"
        "assert original.capture_exception(ValueError('x')) is False and original.status()['enabled'] is False\n"
        "telemetry.shutdown()\n"
        "assert not (FOLDER / 'reports.jsonl').exists() and not (FOLDER / 'c').exists()",
    ),
    (
        "TestConsentManager", "test_docker_default_enabled", "contrary on purpose", "a yes that nobody gave is not stored",
        "os.environ['CRAWL4AI_DOCKER'] = 'true'\n"
        "config = original.TelemetryConfig(FOLDER / 'c')\n"
        "assert original.ConsentManager(config).check_and_prompt() is original.TelemetryConsent.NOT_SET\n"
        "assert not config.config_file.exists()\n"
        "assert json.loads(config._native.status()[0])['privacy'] == 'strict', 'a server reports without free text'",
    ),
    (
        "TestConsentManager", "test_docker_disabled_by_env", "contrary on purpose", "a variable is not stored as the user's no",
        "os.environ.update(CRAWL4AI_DOCKER='true', CRAWL4AI_TELEMETRY='0')\n"
        "config = original.TelemetryConfig(FOLDER / 'c')\n"
        "assert original.ConsentManager(config).check_and_prompt() is original.TelemetryConsent.DENIED\n"
        "assert not config.config_file.exists()",
    ),
    (
        "TestPublicAPI", "test_enable_function", "same", "",
        "calls = []\n"
        "class Manager:\n    def enable(self, *given): calls.append(given)\n"
        "original.get_telemetry = Manager\n"
        "original.enable(email='ada@example.org', always=True, once=False)\n"
        "assert calls == [('ada@example.org', True, False)]",
    ),
    (
        "TestPublicAPI", "test_disable_function", "same", "",
        "calls = []\n"
        "class Manager:\n    def disable(self): calls.append(())\n"
        "original.get_telemetry = Manager\n"
        "original.disable()\n"
        "assert calls == [()]",
    ),
    (
        "TestPublicAPI", "test_status_function", "same", "",
        "assert list(original.status()) == ['enabled', 'consent', 'email', 'environment', 'provider', 'errors_sent']",
    ),
    (
        "TestIntegration", "test_crawler_exception_capture", "empty", "theirs needs a browser and asserts nothing",
        "os.environ['CRAWL4AI_TELEMETRY'] = '1'\n"
        "telemetry.init(own=['tool'], file=FOLDER / 'reports.jsonl', config_folder=FOLDER / 'c', ask='never')\n"
        "from tool import work\n"
        "import asyncio\n"
        "try: asyncio.run(original.async_telemetry_decorator(work.arun)('https://example.com/?token=4711'))\n"
        "except ValueError: pass\n"
        "telemetry.flush(20)\n"
        "assert 'token' not in (FOLDER / 'reports.jsonl').read_text()",
    ),
]

WORK = """
def fail():
    raise ValueError("the page fell silent")

async def arun(url):
    raise ValueError(f"cannot read the page at {url}")
"""


@pytest.mark.parametrize(("group", "name", "verdict", "why", "source"), TABLE, ids=[row[1] for row in TABLE])
def test_what_the_original_asks_for(program, group, name, verdict, why, source):
    program.module("work", WORK)
    program.run("import json\n" + SETUP + source, TOOL_TELEMETRY="")
    if name in ("test_exception_capture", "test_crawler_exception_capture"):
        assert len(program.reports) == 1


def test_every_test_of_the_original_has_its_line():
    assert len(TABLE) == 15 == len({(row[0], row[1]) for row in TABLE})
    verdicts = Counter(row[2] for row in TABLE)
    assert verdicts == {"same": 9, "same, by behaviour": 3, "contrary on purpose": 2, "empty": 1}
    assert all(row[3] for row in TABLE if row[2] != "same"), json.dumps(TABLE)


#: Modules of the original and their public names.
NAMES = {
    "__init__": "TelemetryManager get_telemetry capture_exception telemetry_decorator async_telemetry_decorator "
    "telemetry_context async_telemetry_context install_exception_handler enable disable status",
    "base": "TelemetryProvider NullProvider",
    "config": "TelemetryConsent TelemetryConfig",
    "consent": "ConsentManager",
    "environment": "Environment EnvironmentDetector",
    "providers.sentry": "DEFAULT_SENTRY_DSN SentryProvider",
}


def test_every_name_of_the_original_is_there():
    from crawl4ai_telemetry.compat import crawl4ai

    names = {name for names in NAMES.values() for name in names.split()}
    assert names == set(crawl4ai.__all__) and all(hasattr(crawl4ai, name) for name in names)


def test_a_host_that_uses_it_gets_clean_data_and_its_own_exceptions(program, planted):
    program.module("work", WORK)
    out, _ = program.run(
        SETUP
        + f"""
provider = original.NullProvider()
print(provider.sanitize_data({{"url": "https://example.com/{planted[1]}", "retries": 3, "password": {planted[0]!r}}}))
with original.telemetry_context("read"):
    pass
@original.telemetry_decorator
def fail(): raise KeyError("theirs")
try: fail()
except KeyError: print("as ever")
"""
    )
    assert planted[0] not in out and planted[1] not in out and "'retries': 3" in out and "as ever" in out
