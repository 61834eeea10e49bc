"""CrewAI's own class for telemetry, over this library: the same methods, the same arguments, the same spans.

    from crawl4ai_telemetry.compat.crewai import Telemetry

What is different, on purpose: no OpenTelemetry provider and no signal handler; keys are random, not made of texts;
a type of an error that the user wrote is told as the one it is made from; nothing waits for a server, but 250 ms at the
end; importing it starts nothing. What each span holds, and when it is sent, stands in `docs/usage-crewai.md`.
"""

import os
import threading

from . import _crewai_objects as read
from ._crewai_usage import Usage, error_name, is_disabled, take_no_turn

__all__ = ["Telemetry"]

#: Is a child of a fork given locks of its own?
_is_told_of_forks = False


def _watch_forks():
    global _is_told_of_forks
    if not _is_told_of_forks and hasattr(os, "register_at_fork"):
        _is_told_of_forks = True
        os.register_at_fork(after_in_child=_take_no_turn)


def _take_no_turn():
    # A new lock, because the thread that may hold the parent's lock does not exist in the child.
    Telemetry._lock = threading.Lock()
    take_no_turn()


class Telemetry:
    """The usage figures of CrewAI in this process. There is one: each call of the class gives the same."""

    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        if cls._instance is None:
            _watch_forks()
            with cls._lock:
                if cls._instance is None:
                    made = super().__new__(cls)
                    made._initialized = False
                    cls._instance = made
        return cls._instance

    def __init__(self):
        if self._initialized:
            return
        with self._lock:
            if not self._initialized:
                self._set_up()
                self._initialized = True

    def _set_up(self):
        #: Was it set up? Not where a variable said no at that time.
        self.ready = False
        self.trace_set = False
        #: There is none: nothing of OpenTelemetry is in the process for this.
        self.provider = self.resource = None
        self._coding_agent_reported = False
        self._usage = Usage()
        if self._is_telemetry_disabled():
            return
        self._register_shutdown_handlers()
        self.ready = True

    @classmethod
    def _is_telemetry_disabled(cls):
        """Does one of the three variables say no now?"""
        return is_disabled()

    def _should_execute_telemetry(self):
        """Would a span be recorded now?"""
        if not self.ready:
            return False
        if self._is_telemetry_disabled():
            self._usage.refused()
            return False
        return self._usage.wants_spans()

    def _safe_telemetry_operation(self, operation):
        """What `operation` gives back; None where nothing is recorded, or it fails."""
        try:
            return operation() if self._should_execute_telemetry() else None
        except KeyboardInterrupt:
            # Ctrl-C was pressed at this moment, and is meant for the program.
            raise
        except BaseException:
            # Includes a panic of the native half, and anything that a property of a foreign object raises.
            return None

    _safe_telemetry_procedure = _safe_telemetry_operation

    def _record(self, method, *given):
        """Calls a method of the native half with what each of `given` reads, where a span is recorded: nothing is read
        otherwise, and what fails harms nobody."""
        return self._safe_telemetry_operation(lambda: self._call(method, *given))

    def _call(self, method, *given):
        return getattr(self._usage.native(), method)(*[each() for each in given])

    def set_tracer(self):
        """Nothing is set: spans go their own way, and the host's OpenTelemetry is not touched."""
        self.trace_set = self.ready

    def _register_shutdown_handlers(self):
        """Delivers what there is time for when the interpreter ends. No handler of signals."""
        self._usage.at_exit()

    def _shutdown(self):
        """Ends it: delivers what there is time for."""
        if self.ready:
            self.ready = False
            self._usage.end()

    def crew_creation(self, crew, inputs):
        """A crew was made."""
        self._record("crew_creation", _crew(crew), _inputs(crew, inputs))
        self.coding_agent_span()

    def crew_execution_span(self, crew, inputs):
        """A crew begins to run: a span that `end_crew` ends, where it is shared."""
        self.crew_creation(crew, inputs)
        begin = lambda: self._call("crew_execution_span", _crew(crew), _inputs(crew, inputs)) if _share(crew) else None
        return self._safe_telemetry_operation(begin)

    def end_crew(self, crew, final_string_output):
        """A shared crew ended."""

        def end():
            span = _shared_span(crew)
            if span is not None:
                answers = lambda: [(read.task(each, True), read.answer(each)) for each in crew.tasks]
                self._call("end_crew", lambda: span, _text(final_string_output), answers)

        self._safe_telemetry_operation(end)

    def crew_completed_span(self, crew, duration_ms, outcome):
        """Of later versions of CrewAI. Nothing is recorded: it stands in no list of what is collected yet."""

    def task_started(self, crew, task):
        """A task begins: a span that `task_ended` ends."""
        return self._record("task_started", _crew(crew, whole=False), lambda: read.task(task, _share(crew)))

    def task_ended(self, span, task, crew):
        """A task ended. Its answer leaves where the crew is shared."""
        if span is not None:
            self._record("task_ended", lambda: span, lambda: read.answer(task) if _share(crew) else None)

    def task_failed(self, span, task, error_type=None):
        """Of later versions of CrewAI: the span stands for a failure."""
        if span is not None:
            self._record("failed", lambda: span)

    def tool_repeated_usage(self, llm, tool_name, attempts):
        """A tool was used again with the same arguments."""
        self._record("tool_repeated_usage", _text(tool_name), lambda: read.count(attempts), lambda: read.model(llm))

    def tool_usage(self, llm, tool_name, attempts, agent=None):
        """A tool was used."""
        self._record("tool_usage", _text(tool_name), lambda: read.count(attempts), lambda: read.model(llm), _agent(agent))

    def tool_usage_error(self, llm, agent=None, tool_name=None):
        """A tool failed."""
        self._record("tool_usage_error", lambda: read.text(tool_name), lambda: read.model(llm), _agent(agent))

    def individual_test_result_span(self, crew, quality, exec_time, model_name):
        """One round of a crew's test: its quality, and how many seconds it took."""
        crew_read, seconds = _crew(crew, whole=False), lambda: max(float(exec_time), 0.0)
        self._record("individual_test_result_span", crew_read, lambda: float(quality), seconds, _text(model_name))

    def test_execution_span(self, crew, iterations, inputs, model_name):
        """A crew is tested."""
        crew_read, inputs_read = _crew(crew, whole=False), _inputs(crew, inputs)
        self._record("test_execution_span", crew_read, lambda: read.count(iterations), inputs_read, _text(model_name))

    def deploy_signup_error_span(self):
        """Signing up for a deployment failed."""
        self._record("deploy_signup_error_span")

    def start_deployment_span(self, uuid=None, source="cli"):
        """A deployment began; also counted as `deploy:pushed`."""
        self._record("start_deployment_span", lambda: read.identity(uuid), _text(source))

    def create_crew_deployment_span(self, source="cli"):
        """A deployment was created; also counted as `deploy:created`."""
        self._record("create_crew_deployment_span", _text(source))

    def get_crew_logs_span(self, uuid, log_type="deployment"):
        """The logs of a deployment were asked for."""
        self._record("get_crew_logs_span", lambda: read.identity(uuid), _text(log_type))

    def remove_crew_span(self, uuid=None):
        """A deployment was removed."""
        self._record("remove_crew_span", lambda: read.identity(uuid))

    def flow_creation_span(self, flow_name):
        """A flow was made."""
        self._record("flow_creation_span", lambda: read.flow(flow_name))
        self.coding_agent_span()

    def flow_plotting_span(self, flow_name, node_names):
        """A flow was drawn."""
        self._record("flow_plotting_span", lambda: read.flow(flow_name, node_names))

    def flow_execution_span(self, flow_name, node_names, origin="user", resumed=False, conversational=False):
        """A run of a flow began, or goes on after a pause."""
        told = lambda: read.flow(flow_name, node_names, origin, conversational)
        self._record("flow_execution_span", told, lambda: bool(resumed))

    def flow_completed_span(
        self, flow_name, duration_ms, outcome, origin="user", conversational=False, error_type=None
    ):
        """A run of a flow ended, after so many milliseconds."""
        told, lasted = lambda: read.flow(flow_name, (), origin, conversational), lambda: max(float(duration_ms), 0.0)
        failed = lambda: None if read.text(outcome) == "completed" else error_name(error_type)
        self._record("flow_completed_span", told, lasted, failed)

    def flow_paused_span(self, flow_name, origin="user"):
        """A flow waits for a person."""
        self._record("flow_paused_span", lambda: read.flow(flow_name, (), origin))

    def flow_method_failed_span(self, flow_name, origin="user", error_type=None):
        """A step of a flow failed: which one, and what the error said, is not told."""
        self._record("flow_method_failed_span", lambda: read.flow(flow_name, (), origin), lambda: error_name(error_type))

    def env_context_span(self, tool):
        """The project is set up for a coding tool."""
        self._record("env_context_span", _text(tool))

    def human_feedback_span(self, event_type, has_routing, num_outcomes=0, feedback_provided=None, outcome=None):
        """A person was asked for feedback (`requested`), or gave it (`received`)."""
        received, routes = lambda: read.text(event_type) == "received", lambda: bool(has_routing)
        provided = lambda: None if feedback_provided is None else bool(feedback_provided)
        ways, taken = lambda: read.count(num_outcomes), lambda: read.text(outcome)
        self._record("human_feedback_span", received, routes, ways, provided, taken)

    def feature_usage_span(self, feature, attributes=None):
        """A feature was used. `attributes`, of later versions of CrewAI, do not leave."""
        self._record("feature_usage_span", _text(feature))

    def hook_dispatched_span(self, interception_point, outcome):
        """A hook was called; an abort counts once more."""
        self.feature_usage_span(f"hooks:{read.text(interception_point) or ''}")
        if read.text(outcome) == "aborted":
            self.feature_usage_span("hooks:aborted")

    def coding_agent_span(self):
        """Which assistant runs the process, once in it."""
        if self._coding_agent_reported or self._safe_telemetry_operation(lambda: True) is None:
            # With a no, nothing is recorded, and the first call after a later yes records it.
            return
        with self._lock:
            if self._coding_agent_reported:
                return
            self._coding_agent_reported = True
        self._record("coding_agent_span")

    def template_installed_span(self, template_name):
        """A template was installed."""
        self._record("template_installed_span", _text(template_name))

    @staticmethod
    def _safe_error_type(error_type):
        """The name of a class of exceptions; None of anything else. What leaves is the nearest that the user did not
        write."""
        is_class = isinstance(error_type, type) and issubclass(error_type, BaseException)
        return error_type.__name__ if is_class and error_type.__name__.isidentifier() else None


def _share(found):
    """Does the owner share it? Only a plain yes counts."""
    try:
        return found.share_crew is True
    except Exception:
        return False


def _shared_span(found):
    try:
        return found._execution_span if _share(found) else None
    except Exception:
        return None


def _crew(found, whole=True):
    return lambda: read.crew(found, _share(found), whole)


def _agent(found):
    return lambda: None if found is None else read.agent(found, False)


def _inputs(found, given):
    return lambda: read.inputs(given, _share(found))


def _text(value):
    return lambda: read.text(value) or ""
