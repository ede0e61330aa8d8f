"""What the calls about the life of a segment and about jobs answer; every field is always there."""

from typing import Literal

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.management_answers import LogLineOut


class VersionOut(BaseModel):
    """One version of a segment's rule; `by`: the key that saved it, by the first characters of its hash."""

    version: int
    current: bool
    name: str
    rule: JsonValue
    sentence: str
    at: str
    by: str | None


class SegmentChangeOut(BaseModel):
    """What was done to a segment; the `from_…` are null where it was made."""

    segment_id: str
    change: Literal["definition", "state"]
    at: str
    by: str | None
    version: int
    from_version: int | None
    state: str
    from_state: str | None


class SegmentLogOut(BaseModel):
    """Entries and exits, or what was done to the segment, as `kind` says."""

    items: list[LogLineOut | SegmentChangeOut]
    next_cursor: str | None


class UserOut(BaseModel):
    """`holds`: while it is so, the segment cannot be put away even when paused. A webhook never hinders it."""

    kind: str
    id: str
    name: str
    state: str
    holds: bool


class UsageOut(BaseModel):
    """`used_by` counts them all. `why_not`: what stands in the way of putting it away; null: nothing does."""

    segment_id: str
    used_by: int
    items: list[UserOut]
    next_cursor: str | None
    can_archive: bool
    why_not: str | None


class ReasonOut(BaseModel):
    path: str
    sentence: str


class MemberOut(BaseModel):
    """`expires_at`: when time alone would end it. `why`: the parts of the rule that hold; null: not asked for."""

    visitor_id: str
    entered_at: str
    expires_at: str | None
    reachable: bool
    version: int
    why: list[ReasonOut] | None


class ByCauseOut(BaseModel):
    cause: str
    entered: int
    exited: int


class ByLeafOut(BaseModel):
    """`leaf` is a path in that version of the rule; null: no single condition turned it."""

    leaf: str | None
    version: int
    entered: int
    exited: int


class DayOut(BaseModel):
    """A day of the store's calendar; `size` at its end, of the current day so far."""

    day: str
    size: int
    entered: int
    exited: int
    by_cause: list[ByCauseOut]
    by_leaf: list[ByLeafOut]


class JobStartedOut(BaseModel):
    job_id: str


class JobErrorOut(BaseModel):
    """`line` 0: what is wrong with all of it."""

    line: int
    message: str


class JobOut(BaseModel):
    """`download_url` is good for 15 minutes; ask again for another."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    percent: int
    result: JsonValue
    errors: list[JobErrorOut]
    download_url: str | None
    created_at: str
    changed_at: str
    created_by: str | None
