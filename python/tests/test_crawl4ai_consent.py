"""Crawl4AI's yes and no: in Crawl4AI's folder, wherever that is, and in nobody else's."""

import pytest

SETUP = "from crawl4ai_telemetry.compat import crawl4ai as original\nconsent = original.TelemetryConsent\n"

HOST = SETUP + "telemetry.init(app='weather', version='1.4', own=['tool'], ask='never')\n"


@pytest.mark.parametrize(("before", "call", "after"), [("ALWAYS", "disable", "denied"), ("DENIED", "enable", "always")])
def test_in_a_host_with_telemetry_of_its_own_crawl4ais_word_is_crawl4ais(program, before, call, after):
    program.run(
        f"""
{HOST}
assert original.TelemetryConfig().set_consent(consent.{before})
original.{call}()
assert original.TelemetryConfig().get_consent().value == {after!r}
assert original.status()["consent"] == {after!r}
assert telemetry.status().consent == "not_set"
"""
    )
    assert (program.folder / ".crawl4ai" / "config.json").exists()
    assert not (program.folder / ".weather" / "config.json").exists()


def test_without_a_host_its_word_holds_for_what_is_installed(program):
    program.run(SETUP + "original.enable()\nassert telemetry.status().consent == 'always'\n")


def test_the_variable_names_the_folder_of_a_decision_too(program):
    folder = program.folder / "elsewhere"
    program.run(
        f"""
{SETUP}
original.enable()
config = original.TelemetryConfig()
assert (config.config_dir, config.get_consent()) == (FOLDER / "elsewhere", consent.ALWAYS), config.config_dir
assert config.set_consent(consent.DENIED)
assert original.status()["consent"] == "denied"
""",
        CRAWL4AI_CONFIG_DIR=str(folder),
    )
    assert (folder / "config.json").exists() and not (program.folder / ".crawl4ai").exists()


def test_a_user_without_a_home_is_no_trouble(program):
    """As Python says it of a user whom the system does not know."""
    program.run(
        f"""
import pathlib
{SETUP}
def home(cls): raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = classmethod(home)
del os.environ["HOME"]
assert original.get_telemetry().status()["consent"] == "not_set"
assert original.capture_exception(ValueError("x")) in (True, False)
"""
    )


def test_what_a_host_has_set_up_is_neither_ended_nor_hooked(program):
    program.run(
        f"""
{HOST}
before = sys.excepthook
original.install_exception_handler()
assert sys.excepthook is before, "the host declined hooks"
original.get_telemetry().shutdown()
original.SentryProvider().shutdown()
assert telemetry.capture_message("error", "nothing").reason != "not_installed"
telemetry.shutdown()
original.install_exception_handler()
assert sys.excepthook is not before, "its own is hooked"
original.get_telemetry().shutdown()
assert sys.excepthook is before and telemetry.capture_message("error", "nothing").reason == "not_installed"
"""
    )


def test_a_yes_is_for_the_place_of_what_is_installed(program):
    """Of what is installed, not of a telemetry without a place."""
    program.run(
        f"""
{SETUP}
telemetry.init(app="crawl4ai", version="1.0", own=["crawl4ai"], file=FOLDER / "reports.jsonl", ask="never")
assert original.TelemetryConfig().set_consent(consent.ALWAYS)
assert telemetry.status().enabled
"""
    )


def test_a_no_holds_in_its_own_file_and_for_what_is_installed(program):
    """What is installed may have another folder; other processes follow the file."""
    program.run(
        f"""
{SETUP}
assert original.TelemetryConfig().set_consent(consent.ALWAYS)
telemetry.init(app="crawl4ai", version="1.0", own=["crawl4ai"], config_folder=FOLDER / "own", file=FOLDER / "reports.jsonl", ask="never")
telemetry.enable()
assert original.TelemetryConfig().set_consent(consent.DENIED)
assert original.TelemetryConfig().get_consent() is consent.DENIED
assert not telemetry.status().enabled
assert original.TelemetryConfig().set_consent(consent.ALWAYS)
assert original.TelemetryConfig().get_consent() is consent.ALWAYS, "it is read where it was stored"
"""
    )
