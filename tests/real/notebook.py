"""Runs cells in a Rust kernel and looks at what the user sees. Started by tests/real/run_notebook."""

import json
import os
import pathlib
import queue
import shutil
import sys

from jupyter_client import KernelManager

PROJECT, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
REPORTS = WORK / "reports.jsonl"

START = f"""
use crawl4ai_telemetry::{{App, Telemetry, context}};
let telemetry = Telemetry::builder(App::crawl4ai("1.0")).file("{REPORTS}").init();
"""
ERROR = 'telemetry.capture_exception(&std::io::Error::other("{}"), context! {{}})'
PANIC = 'fn fails() { panic!("no page for ada@example.com") }\nfails()'


class Notebook:
    """One kernel. `answers` are typed into its questions; None is a front end that cannot ask."""

    def __init__(self, answers):
        self.answers = answers
        shutil.rmtree(WORK / "home", ignore_errors=True)
        REPORTS.unlink(missing_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CRAWL4AI_", "CI"))}
        environment.setdefault("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))
        environment.setdefault("RUSTUP_HOME", str(pathlib.Path.home() / ".rustup"))
        environment.update(CRAWL4AI_CONFIG_DIR=str(WORK / "home"))
        self.manager = KernelManager(kernel_name="rust")
        self.manager.start_kernel(env=environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)
        self.cell(":cache 4000")
        self.cell(f':dep crawl4ai-telemetry = {{ path = "{PROJECT}" }}')
        self.cell(START)

    def cell(self, code):
        """Runs a cell; returns what it showed, as pairs of kind and text."""
        message = self.client.execute(code, allow_stdin=self.answers is not None)
        shown = []
        while True:
            self.answer(shown)
            try:
                got = self.client.get_iopub_msg(timeout=0.1)
            except queue.Empty:
                continue
            if got["parent_header"].get("msg_id") != message:
                continue
            content = got["content"]
            match got["msg_type"]:
                case "status" if content["execution_state"] == "idle":
                    break
                case "stream":
                    shown.append((content["name"], content["text"]))
                case "execute_result" | "display_data":
                    shown += content["data"].items()
                case "error":
                    shown.append(("error", content["evalue"]))
        if not code.startswith(":"):
            print(">>>", code.strip().replace("\n", "\n    "))
            for kind, text in shown:
                print(f"  [{kind}] {text.rstrip()}")
        return shown

    def answer(self, shown):
        if self.answers is None:
            return
        try:
            question = self.client.get_stdin_msg(timeout=0.1)["content"]["prompt"]
        except queue.Empty:
            return
        typed = self.answers.pop(0)
        shown.append(("question", f"{question} -> {typed!r}"))
        self.client.input(typed)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def kinds(shown):
    return [kind for kind, _ in shown]


def text(shown):
    return "".join(text for _, text in shown)


def delivered():
    return [json.loads(line) for line in REPORTS.read_text().splitlines()] if REPORTS.exists() else []


def without_answers():
    print("--- a front end that cannot ask")
    notebook = Notebook(None)
    first = notebook.cell(ERROR.format("first"))
    assert "text/html" in kinds(first) and "init().enable()" in text(first), first
    assert "text/html" not in kinds(notebook.cell(ERROR.format("second"))), "shown once"
    notebook.cell("crawl4ai_telemetry::init().enable()?;")
    assert "Queued" in text(notebook.cell(ERROR.format("after the yes")))
    notebook.cell(PANIC)
    # A panic counts as survived if the process lives ten seconds longer.
    notebook.cell("std::thread::sleep(std::time::Duration::from_secs(11));")
    notebook.cell("telemetry.flush(std::time::Duration::from_secs(10))")
    notebook.cell("crawl4ai_telemetry::init().disable()?;")
    notebook.cell(ERROR.format("after the no"))
    notebook.cell("telemetry.flush(std::time::Duration::from_secs(10))")
    notebook.close()
    values = sorted(report["exceptions"][0]["value"] for report in delivered())
    assert values == ["after the yes", "no page for [email]"], values


def with_an_answer(typed, follows):
    print(f"--- a user who answers {typed!r}")
    notebook = Notebook([typed])
    first = notebook.cell(ERROR.format("first"))
    assert kinds(first).count("question") == 1 and ("text/html" in kinds(first)) == (typed == ""), first
    second = notebook.cell(ERROR.format("second"))
    assert "question" not in kinds(second) and follows in text(second), second
    notebook.cell("telemetry.flush(std::time::Duration::from_secs(10))")
    notebook.close()
    assert len(delivered()) == (1 if follows == "Queued" else 0), delivered()


without_answers()
with_an_answer("2", "Queued")
with_an_answer("3", "StoredDenial")
with_an_answer("", "NotebookUnanswered")
print("all as it should be")
