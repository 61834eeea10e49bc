"""What `status` and `log` give back."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """Where telemetry stands. `str()` of it is what the command prints."""

    #: Would a report leave now?
    enabled: bool
    #: What the user said, as stored.
    consent: str
    #: The rule that decided.
    decided_by: str
    #: How much a report may hold.
    privacy: str
    #: The address that goes along with a report.
    email: "str | None"
    #: Where the program runs.
    environment: str
    #: The provider, and where reports go.
    provider: str
    destination: str
    #: Reports that wait, and reports that were delivered; None where what holds them cannot be read.
    pending: "int | None"
    errors_sent: "int | None"
    #: Everything, by the names of the command's `status --json`.
    details: dict
    text: str

    @classmethod
    def of(cls, told, text):
        """From what the native half says."""
        details = json.loads(told)
        names = (name for name in cls.__dataclass_fields__ if name not in ("details", "text"))
        return cls(**{name: details.get(name) for name in names}, details=details, text=text)

    @classmethod
    def none(cls):
        """Where none is installed."""
        said = "Crash reports are off: telemetry is not set up in this process."
        nothing = ("not_set", "not_installed", "own_words", None, "unknown", "none", "nowhere", 0, 0, {}, said)
        return cls(False, *nothing)

    def to_dict(self):
        """As JSON has it."""
        return dict(self.details)

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Entry:
    """A report that was sent."""

    id: str
    time: str
    sent_at: str
    provider: str
    #: The type of the error, and the function that failed.
    error: str
    culprit: "str | None"
    #: `delivered` or `refused`.
    fate: str


def entries(told):
    """From what the native half says."""
    names = tuple(Entry.__dataclass_fields__)
    return [Entry(**{name: entry.get(name) for name in names}) for entry in json.loads(told)]
