"""What its owners did to a segment, one line for each change of definition or state."""

from dataclasses import dataclass
from typing import Literal

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.segments.definition import Segment, SegmentState

ChangeKind = Literal["definition", "state"]


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """`was_…` None: the segment was made. A new definition of a live segment is a change of its state, too."""

    segment: SegmentId
    revision: int
    at: Instant
    by: str | None
    """The key, by the first characters of its hash; None: the builder."""
    version: int
    state: SegmentState
    was_version: int | None = None
    was_state: SegmentState | None = None

    @property
    def kinds(self) -> frozenset[ChangeKind]:
        moved: dict[ChangeKind, bool] = {
            "definition": self.version != self.was_version,
            "state": self.state != self.was_state,
        }
        return frozenset(kind for kind, is_so in moved.items() if is_so)


def change_of(before: Segment | None, after: Segment) -> SegmentChange | None:
    """None where neither rule nor state changed."""
    if before is not None and (before.version, before.state) == (after.version, after.state):
        return None
    built = before is not None and (before.state, after.state) == ("building", "active")
    return SegmentChange(
        after.id,
        after.revision,
        max(after.last_changed_at, after.last_verified_at or 0) if built else after.last_changed_at,
        None if built else after.changed_by,
        after.version,
        after.state,
        before.version if before else None,
        before.state if before else None,
    )
