"""The program of the demonstration: it reads stations, and meets what programs meet."""

from crawl4ai_telemetry import operation, telemetry


class NoAnswer(Exception):
    """A station says nothing."""


@telemetry
def read_station(owner, address, attempt):
    """What a station says; this one never does."""
    with operation("read stations"):
        try:
            return _connect(address)
        except OSError as cause:
            raise NoAnswer(f"the barometer of {owner} fell silent, {attempt} times in a row") from cause


def _connect(address):
    raise ConnectionRefusedError(111, f"Connection refused by {address}")


def forecast(readings, owner):
    """Divides by what it does not look at."""
    if not readings:
        raise ZeroDivisionError(f"no readings to divide by for {owner}")
    return sum(readings) / len(readings)
