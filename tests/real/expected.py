"""What the example program plants, and what has to arrive of it. Names are adjusted here and nowhere else."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """One event. Texts are regular expressions, found anywhere unless they are anchored."""

    name: str
    type: str  # of the outermost exception
    value: str  # of the outermost exception
    causes: tuple[str, ...]  # the types of the causes, outermost first
    culprit: str  # the topmost in-app frame: module and function
    tags: dict[str, str] = field(default_factory=dict)


EVENTS = (
    Expected(
        name="error",
        type=r"^quickstart::CrawlError::Fetch$",
        value=r"\[url\]",
        causes=(r"^ConnectError$", r"^std::io::Error"),
        culprit=r"^quickstart::fetch_page\b",
    ),
    Expected(
        name="panic",
        type=r"^panic$",
        value=r"\[url\]",
        causes=(),
        culprit=r"^quickstart::parse_page\b",
    ),
)

# The error's message and context and the panic's message hold these; none of their parts may arrive.
PLANTED = (
    "api.example.com",  # https://api.example.com/v1/crawl?token=…&user=ada
    "v1/crawl",
    "tk_live_51HxQ2eZvKYlo2C9dGfQ",
    "user=ada",
    "ada.lovelace",  # ada.lovelace@example.org
    "example.org",
    "/home/ada",  # /home/ada/Documents/customers.html
    "customers",
    "203.0.113.42",
)

# Keys of an event that say who and where, wherever they stand.
FORBIDDEN_KEYS = frozenset({
    "server_name", "hostname", "host_name", "device", "username", "ip_address", "geo",
    "request", "headers", "cookies", "env", "argv", "vars", "cwd", "pid", "process_id",
})  # fmt: skip

# Headers of a request, lower case: what HTTP and the protocol need.
ALLOWED_HEADERS = frozenset({
    "host", "content-length", "content-type", "content-encoding", "user-agent", "accept", "accept-encoding",
    "connection", "x-sentry-auth",
})  # fmt: skip

# Functions of these never count as the program's own.
NOT_THE_PROGRAM = re.compile(
    r"^<?(std|core|alloc|backtrace|crawl4ai_telemetry\w*|anyhow|__rust\w*|rust_begin_unwind)(::|$|\b)"
)
