"""What is read off CrewAI's objects: only where a span is recorded, and texts only where the crew is shared.

Names, counts, settings and random numbers. What an object does not have, or has of another kind, is left out.
"""

import os

from crawl4ai_telemetry import _values

#: The largest count, and how many agents, tasks, tools and nodes are told of.
_MOST, _ITEMS = 2**32 - 1, 256

#: Characters of a text; the native half cuts it further.
_TEXT = 16384

#: The random key that stands for each of CrewAI's, in this run; so many are remembered, then from the beginning.
_keys = {}
_MOST_KEYS = 4096

#: Characters of one of CrewAI's keys. They are hashes of 32; longer ones are not remembered.
_KEY = 128


def crew(found, share, whole=True):
    """A crew; with `whole` its agents and tasks too."""
    return {
        "key": key(found),
        "id": identity(_get(found, "id")),
        "share": share,
        "is_hierarchical": _word(_get(found, "process")) == "hierarchical",
        # True for a memory of the user's own too.
        "memory": bool(_get(found, "memory")),
        "agents": [agent(each, share) for each in _items(_get(found, "agents"))] if whole else [],
        "tasks": [task(each, share) for each in _items(_get(found, "tasks"))] if whole else [],
        "fingerprint": _fingerprint(found),
    }


def agent(found, share):
    """An agent."""
    retries = _count(_get(found, "max_retry_limit"))
    return {
        "key": key(found),
        "id": identity(_get(found, "id")),
        "role": text(_get(found, "role")) or "",
        "goal": text(_get(found, "goal")) if share else None,
        "backstory": text(_get(found, "backstory")) if share else None,
        "verbose": bool(_get(found, "verbose")),
        "max_iter": _count(_get(found, "max_iter")),
        "max_rpm": _count(_get(found, "max_rpm")),
        "max_retry_limit": 3 if retries is None else retries,
        "llm": model(_get(found, "llm")),
        "function_calling_llm": model(_get(found, "function_calling_llm")),
        "allow_delegation": bool(_get(found, "allow_delegation")),
        "allow_code_execution": bool(_get(found, "allow_code_execution")),
        "tools": _tools(found),
        "fingerprint": _fingerprint(found),
    }


def task(found, share):
    """A task, and who does it."""
    does = _get(found, "agent")
    return {
        "key": key(found),
        "id": identity(_get(found, "id")),
        "description": text(_get(found, "description")) if share else None,
        "expected_output": text(_get(found, "expected_output")) if share else None,
        "context": _context(found) if share else [],
        "async_execution": bool(_get(found, "async_execution")),
        "human_input": bool(_get(found, "human_input")),
        "agent": None if does is None else agent(does, False),
        "tools": _tools(found),
        "fingerprint": _fingerprint(found),
    }


def answer(found):
    """What a task answered; read where its crew is shared."""
    return text(_get(_get(found, "output"), "raw")) or ""


def inputs(given, share):
    """Inputs where the crew is shared; else only that there are some."""
    if not given:
        return None
    return _values.context(given) if share and issubclass(type(given), dict) else {"given": True}


def flow(name, nodes=(), origin="user", conversational=False):
    """A flow."""
    names = [text(node) or "" for node in _items(nodes)]
    return {"name": text(name) or "", "nodes": names, "origin": text(origin) or "", "conversational": bool(conversational)}


def key(found):
    """A random key that joins what is told of one thing in one run. CrewAI's own are hashes of texts, which whoever
    guesses a text can check: none is made of them, they only say what is the same."""
    told = _get(found, "key")
    if type(told) is not str or len(told) > _KEY:
        return os.urandom(16)
    if told not in _keys and len(_keys) >= _MOST_KEYS:
        _keys.clear()
    return _keys.setdefault(told, os.urandom(16))


def identity(value):
    """The bytes of a UUID; None of anything else."""
    from uuid import UUID

    if type(value) is UUID:
        return value.bytes
    try:
        return UUID(value).bytes if type(value) is str else None
    except ValueError:
        return None


def model(llm):
    """The name of a model. What is no model and no name has none."""
    return text(llm) or text(_get(llm, "model")) if llm is not None else None


def text(value):
    """A text of built-in type; None of anything else."""
    # Uses the type, because an object may claim any `__class__`.
    return str.__str__(value)[:_TEXT] if issubclass(type(value), str) else None


def count(value):
    """A count; nothing below zero, and nothing that is none."""
    return _count(value) or 0


def _get(found, name):
    return getattr(found, name, None)


def _word(value):
    return text(value) or text(_get(value, "value"))


def _items(values):
    return list(values)[:_ITEMS] if issubclass(type(values), (list, tuple)) else []


def _count(value):
    return value if type(value) is int and 0 <= value <= _MOST else None


def _tools(found):
    return [name for name in (text(_get(tool, "name")) for tool in _items(_get(found, "tools"))) if name]


def _context(found):
    told = (text(_get(other, "description")) for other in _items(_get(found, "context")))
    return [description for description in told if description]


def _fingerprint(found):
    told = _get(found, "fingerprint")
    number = identity(_get(told, "uuid_str"))
    made = getattr(_get(told, "created_at"), "timestamp", None)
    return (number, float(made())) if number is not None and callable(made) else None
