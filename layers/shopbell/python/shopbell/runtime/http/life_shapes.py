"""From values of the domain to what the calls about the life of a segment and about jobs answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from shopbell.app.management.segments.members import MemberView
from shopbell.app.management.segments.past import VersionView
from shopbell.app.management.segments.read import SegmentView
from shopbell.app.management.segments.write import obstacle
from shopbell.domain.clock import format_instant
from shopbell.domain.jobs import Job
from shopbell.domain.segments.changes import ChangeKind, SegmentChange
from shopbell.domain.segments.history import DayCount, Turn
from shopbell.domain.segments.users import User
from shopbell.runtime.http import life_answers as out
from shopbell.runtime.http.shapes import instant, json_of

K = TypeVar("K")


def version(view: VersionView) -> out.VersionOut:
    row = view.segment
    return out.VersionOut(
        version=row.version,
        current=view.current,
        name=row.name,
        rule=json_of(row.rule),
        sentence=view.sentence,
        at=format_instant(row.last_changed_at),
        by=row.changed_by,
    )


def change(row: SegmentChange, kind: ChangeKind) -> out.SegmentChangeOut:
    return out.SegmentChangeOut(
        segment_id=row.segment,
        change=kind,
        at=format_instant(row.at),
        by=row.by,
        version=row.version,
        from_version=row.was_version,
        state=row.state,
        from_state=row.was_state,
    )


def usage(view: SegmentView, users: Sequence[User], next_cursor: str | None) -> out.UsageOut:
    refusal = obstacle(view.segment, view.users)
    archived = view.segment.state == "archived"
    return out.UsageOut(
        segment_id=view.segment.id,
        used_by=len(view.users),
        items=[_user(one) for one in users],
        next_cursor=next_cursor,
        can_archive=refusal is None and not archived,
        why_not="It is archived." if archived else refusal.detail if refusal else None,
    )


def member(view: MemberView) -> out.MemberOut:
    row = view.member
    reasons = None if view.why is None else [out.ReasonOut(path=one.path, sentence=one.sentence) for one in view.why]
    return out.MemberOut(
        visitor_id=row.visitor,
        entered_at=format_instant(row.entered_at),
        expires_at=instant(row.expires_at),
        reachable=row.reachable,
        version=row.version,
        why=reasons,
    )


def day(row: DayCount) -> out.DayOut:
    causes = _grouped(row.turns, lambda turn: turn.cause)
    leaves = _grouped(row.turns, lambda turn: (turn.version, turn.leaf))
    return out.DayOut(
        day=row.day,
        size=row.size,
        entered=row.moved("entered"),
        exited=row.moved("exited"),
        by_cause=[
            out.ByCauseOut(cause=cause, entered=came, exited=went) for cause, (came, went) in sorted(causes.items())
        ],
        by_leaf=[
            out.ByLeafOut(leaf=leaf or None, version=number, entered=came, exited=went)
            for (number, leaf), (came, went) in sorted(leaves.items())
        ],
    )


def job(row: Job, url: str | None) -> out.JobOut:
    return out.JobOut(
        id=row.id,
        kind=row.kind,
        state=row.state,
        percent=row.percent,
        result=None if row.result is None else json_of(row.result),
        errors=_errors(row),
        download_url=url,
        created_at=format_instant(row.created_at),
        changed_at=format_instant(row.changed_at),
        created_by=row.created_by,
    )


def _errors(row: Job) -> list[out.JobErrorOut]:
    return [out.JobErrorOut(line=one.line, message=one.message) for one in row.errors]


def _user(one: User) -> out.UserOut:
    return out.UserOut(kind=one.kind, id=one.id, name=one.name, state=one.state, holds=one.holds)


def _grouped(turns: Mapping[Turn, int], by: Callable[[Turn], K]) -> Mapping[K, Sequence[int]]:
    """Key to (entered, exited)."""
    found: dict[K, list[int]] = {}
    for turn, number in turns.items():
        found.setdefault(by(turn), [0, 0])[turn.change == "exited"] += number
    return found
