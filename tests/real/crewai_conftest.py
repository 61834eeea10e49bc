"""Where CrewAI's own tests find the answers of models that were recorded for them. Theirs is in no package."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def vcr_cassette_dir():
    return str(Path(__file__).parent / "tests" / "cassettes" / "telemetry")


@pytest.fixture(scope="module")
def vcr_config():
    return {"match_on": ["method", "scheme", "host", "port", "path"], "decode_compressed_response": True}
