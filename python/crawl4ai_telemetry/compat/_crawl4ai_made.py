"""Which telemetry of this process was set up under Crawl4AI's names. Only that one is ended and hooked under them."""

import crawl4ai_telemetry as _library
from crawl4ai_telemetry import _telemetry

_made = None


def set_up(**told):
    """Sets telemetry up, unless it is."""
    global _made
    if _telemetry.instance is None:
        _library.init(**told)
        _made = _telemetry.instance


def is_installed():
    """Is what is installed what was set up here? What a host has set up is the host's."""
    return _made is not None and _telemetry.instance is _made


def end():
    """Ends it. Of a host's telemetry, waits two seconds at most until nothing waits."""
    if is_installed():
        _library.shutdown()
    else:
        _library.flush(2.0)
