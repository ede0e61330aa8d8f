"""Rules that are not saved yet, over HTTP: preview, impact, suggestions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.impact import WeighEdit
from shopbell.app.management.segments.preview import Group, Likely, PreviewSegment
from shopbell.app.management.segments.suggesting import SuggestSegments
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.rules import RuleIn
from shopbell.domain.sampling import Estimate
from shopbell.runtime.http import reading, shapes
from shopbell.runtime.http import survey_answers as out
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.request import Request

_FRESH: Final = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class SurveyCalls:
    preview: PreviewSegment
    impact: WeighEdit
    suggest: SuggestSegments

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"previewSegment": self._preview, "weighEdit": self._impact, "suggestSegments": self._suggest}

    def _preview(self, store: StoreId, request: Request) -> Answer:
        found = self.preview(store, reading.body(RuleIn, request).rule)
        near = [
            out.NearMissOut(visitor_id=one.visitor, failing=one.failing, sentence=one.sentence)
            for one in found.near_misses
        ]
        shape = out.PreviewOut(
            **dict(_group(found.group)),
            near_misses=near,
            sentence=found.sentence,
            visitors=_estimate(found.visitors),
            sampled=found.sampled,
            history_from=shapes.instant(found.history_from),
        )
        return answer(shape, headers=_FRESH)

    def _impact(self, store: StoreId, request: Request) -> Answer:
        name = SegmentId(request.params["segment_id"])
        found = self.impact(store, name, reading.body(RuleIn, request).rule)
        shape = out.ImpactOut(
            entering=_group(found.entering),
            leaving=_group(found.leaving),
            before=_estimate(found.before),
            after=_estimate(found.after),
            sentence=found.sentence,
            visitors=_estimate(found.visitors),
            sampled=found.sampled,
        )
        return answer(shape, headers=_FRESH)

    def _suggest(self, store: StoreId, _: Request) -> Answer:
        found = self.suggest(store)
        items = [
            out.SuggestionOut(rule=shapes.json_of(one.rule), sentence=one.sentence, size=_group(one.group))
            for one in found.items
        ]
        return answer(out.SuggestionsOut(items=items, why=found.why), headers=_FRESH)


def _estimate(size: Estimate) -> out.EstimateOut:
    return out.EstimateOut(estimate=size.value, low=size.low, high=size.high, exact=size.exact)


def _group(group: Group) -> out.GroupOut:
    return out.GroupOut(
        **dict(_estimate(group.size)),
        reachable=group.reachable,
        sample=[_likely(one) for one in group.members],
    )


def _likely(one: Likely) -> out.LikelyOut:
    return out.LikelyOut(
        visitor_id=one.visitor,
        entered_at=format_instant(one.entered_at),
        expires_at=shapes.instant(one.expires_at),
        reachable=one.reachable,
    )
