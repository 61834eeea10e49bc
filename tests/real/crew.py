"""A crew of CrewAI's with a model that answers by itself: no network is needed but for telemetry.

crew.py [share]    the last line is JSON: what the process holds of the network, and what the host's OpenTelemetry saw
"""

import json
import os
import sys
from pathlib import Path

#: Connections that Python itself makes.
connected: list[str] = []
sys.addaudithook(lambda event, args: connected.append(str(args[1])) if event == "socket.connect" else None)

from crewai import Agent, BaseLLM, Crew, Task  # noqa: E402
from crewai.flow.flow import Flow, listen, start  # noqa: E402
from crewai.telemetry import Telemetry  # noqa: E402
from opentelemetry import trace  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: E402


class Model(BaseLLM):
    """Knows the answer."""

    def call(self, messages, *given, **named):
        return "Thought: I know it.\nFinal Answer: bees dance for Initech"

    def supports_function_calling(self):
        return False

    def supports_stop_words(self):
        return False


def crew(share: bool) -> Crew:
    does = Agent(role="Researcher", goal="find facts for Initech", backstory="worked for Initech", llm=Model(model="gpt-9"))
    find = Task(description="find out about Initech", expected_output="facts on Initech", agent=does)
    return Crew(agents=[does], tasks=[find], share_crew=share, tracing=False)


class Nightly(Flow):
    """A flow of two steps, the second of which fails."""

    @start()
    def fetch(self):
        return "page"

    @listen(fetch)
    def summarize(self, page):
        raise ValueError("no summary for Initech")


def sockets() -> list[str]:
    """Sockets of the internet that this process has open."""
    inodes = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            inodes.add(os.readlink(entry))
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        file = Path("/proc/self/net") / table
        lines = file.read_text().splitlines()[1:] if file.exists() else []
        found += [line.split()[2] for line in lines if f"socket:[{line.split()[9]}]" in inodes]
    return found


def main(share: bool) -> None:
    host = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(host))
    trace.set_tracer_provider(provider)
    with trace.get_tracer("the.host").start_as_current_span("of the host"):
        print(crew(share).kickoff(inputs={"topic": "Initech"}))
        try:
            Nightly(tracing=False).kickoff()
        except ValueError:
            pass
    telemetry = Telemetry()
    if getattr(telemetry, "_usage", None) is None:
        sys.exit("expected this library's class in the place of CrewAI's")
    if telemetry._should_execute_telemetry():
        telemetry._usage.flush(20)
    threads = [entry.joinpath("comm").read_text().strip() for entry in Path("/proc/self/task").iterdir()]
    told = {
        "connected": connected,
        "sockets": sockets(),
        "threads": [name for name in threads if name.startswith("telemetry")],
        "host": [span.name for span in host.get_finished_spans()],
    }
    print(json.dumps(told))


main("share" in sys.argv[1:])
