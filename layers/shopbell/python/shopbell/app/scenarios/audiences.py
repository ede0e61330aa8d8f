"""Whom of a scenario's audience a marketer means: segments that are there and live, and a rule that holds."""

from dataclasses import dataclass

from shopbell.app.management.segments.rules import ReadRule
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.rules.graph import references
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.scenarios.settings import OwnAudience
from shopbell.domain.segments.leaning import check_live
from shopbell.ports import Segments


@dataclass(frozen=True, slots=True)
class CheckAudience:
    segments: Segments
    read: ReadRule

    def __call__(self, store: StoreId, given: OwnAudience | None, whole: Json, *, live: bool) -> None:
        """Rejected with the path of what is wrong; with `live`, Conflict for a segment that is not evaluated.

        `whole` is the rule that the scenario makes of it.
        """
        if given is None:
            return
        known = self.segments.all(store)
        there = {row.id for row in known if row.state != "archived" and not row.hidden}
        sides = {"include": given.include, "exclude": given.exclude}
        missing = [
            Problem(f"audience.{side}.{place}", "is no segment of this store")
            for side, names in sides.items()
            for place, name in enumerate(names)
            if name not in there
        ]
        if missing:
            raise Rejected(missing)
        if given.rule is not None:
            self.read(store, given.rule, known, at="audience.rule")
        if live:
            check_live(_named(whole), known)


def _named(whole: Json) -> frozenset[SegmentId]:
    try:
        return references(parse_rule(whole))
    except Rejected as exc:
        raise Rejected([Problem("audience", f"together with the scenario's own rule: {exc}")]) from None
