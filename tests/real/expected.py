"""What the example program plants, and what has to arrive of it. Names are adjusted here and nowhere else."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """One event. Texts are regular expressions, found anywhere unless they are anchored."""

    name: str
    chain: tuple[tuple[str, str], ...]  # type and value of each exception, the outermost first
    culprit: str  # the topmost in-app frame: module and function
    tags: dict[str, str]
    context: dict[str, str] = field(default_factory=dict)  # what the caller attached, as the event's `extra`


TAGS = {"fingerprint": r"^[0-9a-f]{16}$", "privacy": r"^own_words$", "arch": r"^\w+$"}

EVENTS = (
    Expected(
        name="the error",
        chain=(
            (r"^quickstart::CrawlError::Fetch$", r"^cannot fetch \[url\] for \[email\]$"),
            (r"^ConnectError$", r"^no answer from \[ip\] after 3 tries$"),
            (r"^std::io::Error", r"^connection refused while reading \[path\]\.html through \[ip\]"),
        ),
        culprit=r"^quickstart::fetch_page\b",
        tags=TAGS | {"kind": r"^error$"},
        context={
            "retries": r"^3$",
            "url": r"^\[url ",
            "html": r"^\[html ",
            "api_token": r"^\[redacted\]$",
            "owner": r"^\[email\]$",
        },
    ),
    Expected(
        name="the panic",
        chain=((r"^panic$", r"^no table in \[path\]\.html, fetched from \[url\] for \[email\]$"),),
        culprit=r"^quickstart::parse_page\b",
        tags=TAGS | {"kind": r"^panic$"},
    ),
)

# The values in the error's message and context and in the panic's message. None of these parts may arrive.
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
    "tk_1",  # under the key `api_token`
    "<p>",  # under the key `html`
)

# Keys that identify a person or a machine. They may occur nowhere in an event.
FORBIDDEN_KEYS = frozenset({
    "server_name", "hostname", "host_name", "device", "username", "ip_address", "geo",
    "request", "headers", "cookies", "env", "argv", "vars", "cwd", "pid", "process_id",
})  # fmt: skip

# The request headers, in lower case, that HTTP and the protocol need.
ALLOWED_HEADERS = frozenset({
    "host", "content-length", "content-type", "content-encoding", "user-agent", "accept", "accept-encoding",
    "connection", "x-sentry-auth",
})  # fmt: skip

# Functions that never count as the program's own.
NOT_THE_PROGRAM = re.compile(
    r"^<?(std|core|alloc|backtrace|crawl4ai_telemetry\w*|anyhow|__rust\w*|rust_begin_unwind)(::|$|\b)"
)
