"""A middleware for servers that speak ASGI: Starlette, FastAPI, Quart, Django.

    from crawl4ai_telemetry.asgi import TelemetryMiddleware

    app.add_middleware(TelemetryMiddleware)          # Starlette, FastAPI
    app = TelemetryMiddleware(app)                   # any other

Each request is the operation `request`, and the function that serves it an operation inside of it. Reports hold nothing
of the request: no address, query, header, body, peer or cookie.

An exception that leaves the application is reported, and goes on to the server. One that the program answers itself, by
a handler of its own, is handled: `capture_exception` reports it there. `HTTPException` is an answer.
"""

import sys

from . import _capture, _exceptions, _operations, _telemetry

__all__ = ["TelemetryMiddleware"]

#: How many wrappers around a function are looked through.
_WRAPPERS = 8


class TelemetryMiddleware:
    """Reports exceptions that leave the application. `ignore` are types of exceptions that are none."""

    def __init__(self, app, ignore=()):
        self.app = app
        self._ignore = (ignore,) if isinstance(ignore, type) else tuple(ignore)
        if not all(isinstance(kind, type) for kind in self._ignore):
            raise TypeError("ignore is a list of types of exceptions")

    async def __call__(self, scope, receive, send):
        if scope["type"] in ("http", "websocket"):
            return await self._request(scope, receive, send)
        try:
            return await self.app(scope, receive, send)
        except BaseException as error:
            self._failed(error, sys._getframe(), scope)
            raise

    async def _request(self, scope, receive, send):
        try:
            return await self.app(scope, receive, send)
        except BaseException as error:
            self._failed(error, sys._getframe(), scope)
            raise

    def _failed(self, error, frame, scope):
        try:
            if _telemetry.instance is not None and not issubclass(type(error), self._ignore):
                # The endpoint is read only if a report is made, because every client that disconnects causes an error.
                _capture.leaving(error, frame, within=lambda: _served(scope))
        except KeyboardInterrupt:
            raise
        except BaseException:
            # Only the application's own error may propagate.
            pass


def _served(scope):
    """The function that the router chose for a request, as an operation."""
    at = scope.get("endpoint")
    for _ in range(_WRAPPERS):
        inner = getattr(at, "__wrapped__", None) or getattr(at, "func", None) or getattr(at, "__func__", None)
        if inner is None:
            break
        at = inner
    code, name = getattr(at, "__code__", None), getattr(at, "__qualname__", None)
    if code is None or not isinstance(name, str):
        return ()
    return (_operations.told(name, code, getattr(at, "__module__", None), _telemetry.own),)


def _name():
    return "request"


# Frames of the middleware are left out of stacks. `_request` is the operation of errors captured inside a request.
_exceptions.left_out.put(TelemetryMiddleware.__call__.__code__, True)
_operations.decorate(TelemetryMiddleware._request.__code__, _name(), _name.__code__, __name__)
