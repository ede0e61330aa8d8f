"""Long work as its owner sees it: what is asked for, how far it is, and what came of it (ruling 26)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NewType

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId

JobId = NewType("JobId", str)
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
OVER: Final = frozenset({"done", "failed", "cancelled"})
JOB_TTL: Final[Duration] = 7 * DAY
"""How long a job and its file can be read after the last change."""
MAX_ERRORS: Final = 100


@dataclass(frozen=True, slots=True)
class JobError:
    """What is wrong with one line of what was given; line 0: with all of it."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Job:
    store: StoreId
    id: JobId
    kind: str
    """Names the worker that does it."""
    state: JobState
    created_at: Instant
    changed_at: Instant
    revision: int = 1
    percent: int = 0
    ask: Mapping[str, Json] = field(default_factory=dict)
    """What is to be done, as its worker reads it."""
    place: Mapping[str, Json] = field(default_factory=dict)
    """The checkpoint that its worker goes on from."""
    result: Mapping[str, Json] | None = None
    errors: tuple[JobError, ...] = ()
    file: str | None = None
    """Name of the file that can be downloaded."""
    file_name: str | None = None
    """What the file is called where it is saved."""
    created_by: str | None = None
    not_before: Instant = 0
    """Nothing of it is done before then."""

    @property
    def over(self) -> bool:
        return self.state in OVER
