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
