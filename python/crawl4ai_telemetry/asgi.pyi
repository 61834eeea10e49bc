from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__: list[str]

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

class TelemetryMiddleware:
    app: Callable[[_Scope, _Receive, _Send], Awaitable[None]]
    def __init__(
        self,
        app: Callable[[_Scope, _Receive, _Send], Awaitable[None]],
        ignore: type[BaseException] | Iterable[type[BaseException]] = (),
    ) -> None: ...
    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None: ...
