from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Literal, TypeVar, overload

from ._shown import Entry as Entry
from ._shown import Status as Status

__version__: str
__all__: list[str]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Level = Literal["info", "warning", "error", "fatal"]

class Outcome:
    state: Literal["queued", "awaiting_consent", "suppressed"]
    id: str | None
    reason: str | None
    def __bool__(self) -> bool: ...

class operation:
    def __init__(self, name: str) -> None: ...
    def __enter__(self) -> operation: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]: ...
    async def __aenter__(self) -> operation: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]: ...

def init(
    app: str = "crawl4ai",
    version: str = ...,
    *,
    own: Iterable[str] | None = None,
    hooks: bool = False,
    notes: bool = False,
    dsn: str | None = None,
    file: str | PathLike[str] | None = None,
    otlp: str | None = None,
    environment: Literal["cli", "docker", "jupyter", "colab", "api_server", "ci", "unknown"] | None = None,
    privacy: Literal["own_words", "standard", "strict"] = "own_words",
    ask: Literal["end", "never"] = "end",
    config_folder: str | PathLike[str] | None = None,
    env_prefix: str | None = None,
    command: str | None = None,
    exit_timeout: float = 0.25,
    privacy_notice: str | None = None,
) -> None: ...
def shutdown() -> None: ...
def flush(timeout: float = 2.0) -> bool: ...
def enable(email: str | None = None, once: bool = False) -> None: ...
def disable() -> None: ...
def status() -> Status: ...
def preview() -> str: ...
def log() -> list[Entry]: ...
def protect(value: str) -> None: ...
def capture_exception(error: BaseException | None = None, /, **context: Any) -> Outcome: ...
def capture_message(level: _Level, text: str, /, **context: Any) -> Outcome: ...
@overload
def telemetry(function: _Function) -> _Function: ...
@overload
def telemetry(
    *,
    operation: str | None = None,
    context: Sequence[str] = (),
    ignore: Sequence[type[BaseException]] = (),
) -> Callable[[_Function], _Function]: ...
