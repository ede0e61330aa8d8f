"""What is live leans on nothing that sleeps (ruling 13), whoever else changes the segments at the same time."""

from collections.abc import Sequence

from shopbell.domain.errors import Conflict
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.graph import references
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.definition import Segment


def check_live(wanted: frozenset[SegmentId], known: Sequence[Segment]) -> None:
    """409: what a live rule or an audience refers to must be live itself, or nobody would be in it."""
    asleep = [f"{row.name} ({row.id}) is {row.state}" for row in known if row.id in wanted and not row.live]
    if asleep:
        raise Conflict(
            f"It refers to segments that are not active: {'; '.join(sorted(asleep))}. Activate them first."
        )


def check_leaning(before: Segment | None, after: Segment, others: Sequence[Segment]) -> None:
    """409 at the save itself: what it leans on may have been paused since it was looked at, or be leant on by now.

    Only what this save would break is refused: what is live and goes on by the same rule may always be written.
    """
    was_live = before is not None and before.live
    if after.live and not (before is not None and was_live and before.version == after.version):
        check_live(references(parse_rule(after.rule)), [row for row in others if not row.hidden])
    if was_live and not after.live and not after.hidden:
        leaning = [row for row in others if row.live and after.id in references(parse_rule(row.rule))]
        if leaning:
            named = "; ".join(sorted(f"{row.name} ({row.id})" for row in leaning))
            raise Conflict(f"Live segments refer to it: {named}.")
