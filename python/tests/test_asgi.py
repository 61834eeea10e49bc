"""The middleware, in a real Starlette application: what leaves a request is reported once, and nothing of the request is."""

from conftest import functions, texts, value

import pytest

APP = """
import functools
from crawl4ai_telemetry import telemetry
from crawl4ai_telemetry.asgi import TelemetryMiddleware
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute

def logged(function):
    @functools.wraps(function)
    async def wrapper(request):
        return await function(request)
    return wrapper

async def station(request):
    raise ValueError(f"no barometer at {request.path_params['name']}, asked for {request.query_params['q']}")

@logged
async def wrapped(request):
    raise ValueError("the page fell silent")

@telemetry
async def decorated(request):
    raise ValueError("the page fell silent")

def in_a_thread(request):
    raise ValueError("the page fell silent")

async def streamed(request):
    async def pieces():
        yield b"one"
        raise ValueError("the stream fell silent")
    return StreamingResponse(pieces())

async def missing(request):
    raise HTTPException(404, "no such page")

async def handled(request):
    raise KeyError("x")

async def stopped(request):
    raise SystemExit(3)

async def fine(request):
    return JSONResponse({"well": True})

async def socket(websocket):
    await websocket.accept()
    raise ValueError("the socket fell silent")

async def answer(request, error):
    return JSONResponse({"answer": "handled"}, 400)

routes = [
    Route("/station/{name}", station),
    Route("/wrapped", wrapped),
    Route("/decorated", decorated),
    Mount("/below", routes=[Route("/thread", in_a_thread)]),
    Route("/streamed", streamed),
    Route("/missing", missing),
    Route("/handled", handled),
    Route("/stopped", stopped),
    Route("/fine", fine),
    WebSocketRoute("/socket", socket),
]
app = Starlette(routes=routes, exception_handlers={KeyError: answer})
app.add_middleware(TelemetryMiddleware)
"""

#: Speaks ASGI as a server does, without one.
ASK = """
import asyncio
from tool import web
begin()
async def ask(path, query=b"", kind="http", app=web.app):
    sent = []
    begun = {"type": "http.request"} if kind == "http" else {"type": "websocket.connect"}
    messages = [begun, {"type": "http.disconnect"}]
    async def receive(): return messages.pop(0)
    async def send(message): sent.append(message)
    headers = [(b"host", b"example.com"), (b"cookie", b"session=hunter2"), (b"authorization", b"Bearer hunter2")]
    scope = {"type": kind, "method": "GET", "path": path, "query_string": query, "headers": headers, "root_path": "",
             "scheme": "http", "http_version": "1.1", "client": ("192.0.2.7", 4711), "server": ("example.com", 80)}
    try:
        await app(scope, receive, send)
    except BaseException as error:
        return type(error).__name__, [message.get("status") for message in sent]
    return None, [message.get("status") for message in sent]
"""


def ask(program, *paths, **settings):
    program.module("web", APP)
    asked = "".join(f"print(*asyncio.run(ask({path!r}, **{settings})))\n" for path in paths)
    out, _ = program.run(ASK + asked)
    return out.splitlines(), program.reports


def test_an_error_that_leaves_is_reported_and_goes_on(program, planted):
    name, word, number = planted
    out, [report] = ask(program, f"/station/{name}", query=f"q={word}&page={number}".encode())
    assert out == ["ValueError [500, None]"], "the server answers as ever"
    assert report["operations"] == ["request", "station"]
    assert value(report) == "no barometer at [word], asked for [word]"
    assert functions(report)[0] == "station"
    said = texts([report])
    assert not any(part in said for part in (name, word, number, "hunter2", "192.0.2.7", "example.com"))
    assert not any(frame.get("module", "").startswith("crawl4ai_telemetry") for frame in report["exceptions"][0]["frames"])


@pytest.mark.parametrize(
    ("path", "name"), [("/wrapped", "wrapped"), ("/decorated", "decorated"), ("/below/thread", "in_a_thread")]
)
def test_the_function_that_serves_it_is_named_whatever_is_around_it(program, path, name):
    _, [report] = ask(program, path)
    assert report["operations"] == ["request", name]


def test_a_stream_and_a_socket_are_requests_too(program):
    out, [report] = ask(program, "/streamed")
    assert value(report) == "the stream fell silent" and report["operations"] == ["request", "streamed"], out
    _, reports = ask(program, "/socket", kind="websocket")
    assert [value(report) for report in reports[1:]] == ["the socket fell silent"]
    assert reports[1]["operations"] == ["request", "socket"]


def test_answers_are_no_errors_and_control_flow_is_none(program):
    out, reports = ask(program, "/missing", "/handled", "/fine", "/nowhere", "/stopped")
    assert out == ["None [404, None]", "None [400, None]", "None [200, None]", "None [404, None]", "SystemExit []"]
    assert reports == []


def test_types_can_be_ignored_and_a_plain_application_needs_no_framework(program):
    program.module("web", APP).module("plain", "async def app(scope, receive, send):\n    raise ValueError('nothing here')\n")
    program.run(
        ASK
        + """
from crawl4ai_telemetry.asgi import TelemetryMiddleware
from tool import plain
for ignore in (), ValueError:
    print(asyncio.run(ask("/", app=TelemetryMiddleware(plain.app, ignore))))
# A server's start and end (lifespan) are not a request.
print(asyncio.run(ask("/", kind="lifespan", app=TelemetryMiddleware(plain.app))))
try:
    TelemetryMiddleware(plain.app, "ValueError")
except TypeError:
    pass
else:
    sys.exit("names of types were taken")
"""
    )
    start, request = sorted(program.reports, key=lambda report: len(report.get("operations", [])))
    assert (start.get("operations", []), request["operations"]) == ([], ["request"])
    for report in start, request:
        assert not any(frame["file"].startswith("crawl4ai_telemetry") for frame in report["exceptions"][0]["frames"])


ODD = """
class Odd:
    looked = []
    def __getattr__(self, name):
        Odd.looked.append(name)
        raise RAISED(name)
RAISED = RuntimeError
async def app(scope, receive, send):
    scope["endpoint"] = Odd()
    raise {raised}
"""


@pytest.mark.parametrize("raised", ["RuntimeError", "SystemExit"])
def test_an_endpoint_that_fails_when_it_is_looked_at_hides_nothing(program, raised):
    program.module("web", APP).module("odd", ODD.format(raised="ValueError('nothing here')"))
    source = f"""
from crawl4ai_telemetry.asgi import TelemetryMiddleware
from tool import odd
odd.RAISED = {raised}
print(*asyncio.run(ask("/", app=TelemetryMiddleware(odd.app))))
"""
    out, _ = program.run(ASK + source)
    assert out == "ValueError []\n"
    [report] = program.reports
    assert value(report) == "nothing here" and report["operations"] == ["request"]


@pytest.mark.parametrize(("raised", "yes"), [("asyncio.CancelledError()", "1"), ("ValueError('x')", "0")])
def test_an_endpoint_is_not_looked_at_where_nothing_is_reported(program, raised, yes):
    program.module("web", APP).module("odd", "import asyncio\n" + ODD.format(raised=raised))
    source = """
from crawl4ai_telemetry.asgi import TelemetryMiddleware
from tool import odd
try:
    asyncio.run(ask("/", app=TelemetryMiddleware(odd.app)))
except asyncio.CancelledError:
    pass
assert odd.Odd.looked == []
"""
    program.run(ASK + source, TOOL_TELEMETRY=yes)
    assert program.reports == []
