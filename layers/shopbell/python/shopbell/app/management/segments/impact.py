"""What an edit would change before it is saved: who would come in, and who would go."""

from dataclasses import dataclass

from shopbell.app.management.segments.preview import Group, group_of
from shopbell.app.management.segments.rules import ReadRule, words
from shopbell.app.management.segments.survey import Survey
from shopbell.app.management.segments.write import found
from shopbell.domain.errors import Conflict
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.sampling import Estimate, scaled

_AS_IT_IS, _AS_IT_WOULD_BE = 0, 1


@dataclass(frozen=True, slots=True)
class Impact:
    """`before` and `after`: the segment by its present rule and by the other one."""

    entering: Group
    leaving: Group
    before: Estimate
    after: Estimate
    sentence: str
    visitors: Estimate
    sampled: int


@dataclass(frozen=True, slots=True)
class WeighEdit:
    survey: Survey
    read: ReadRule

    def __call__(self, store: StoreId, name: SegmentId, raw: Json) -> Impact:
        """Both rules by themselves, whatever the segment's state: a draft is compared as if it were live."""
        stored, known = found(self.survey.segments, store, name), self.survey.segments.all(store)
        if stored.state == "archived":
            raise Conflict("It is archived.")
        rule = self.read(store, raw, known, own=name)
        findings = self.survey(store, [stored.rule, raw])
        rows, size = findings.rows, findings.sample.size
        entering = [row for row in rows if row.truths == (False, True)]
        leaving = [row for row in rows if row.truths == (True, False)]
        before, after = (
            scaled(sum(row.truths[place] for row in rows), len(rows), size) for place in (_AS_IT_IS, _AS_IT_WOULD_BE)
        )
        return Impact(
            group_of(findings, entering, _AS_IT_WOULD_BE),
            group_of(findings, leaving, _AS_IT_IS),
            before,
            after,
            words(rule, known),
            size,
            len(rows),
        )
