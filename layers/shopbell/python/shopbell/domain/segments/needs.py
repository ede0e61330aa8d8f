"""Which features a leaf reads: the smallest sets of elements that answer it at any instant (ruling 3)."""

from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.part import MAX_ELEMENTS, Take, part_of
from shopbell.domain.rules.behaviour import AggregateLeaf, EventLeaf, FirstLeaf, LastLeaf, Measure, RatioLeaf, whole
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.nodes import AffinityLeaf, Leaf, MessageLeaf, SequenceLeaf
from shopbell.domain.rules.windows import (
    AgoWindow,
    BetweenWindow,
    LastWindow,
    SinceEventWindow,
    SinceWindow,
    Window,
)
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.deriving import FAVOURITES
from shopbell.domain.segments.feature import Feature, presence
from shopbell.domain.segments.steps import step_features
from shopbell.domain.segments.truth import FOREVER
from shopbell.domain.visits.derived import is_derived

Counted = EventLeaf | AggregateLeaf | Measure
_TAKES: Final[dict[str, Take]] = {"sum": "sum", "avg": "sum", "min": "low", "max": "high", "distinct": "key"}


def needs(leaf: Leaf) -> tuple[Feature, ...]:  # noqa: PLR0911 - one for each kind
    """All features that the leaf reads; none for a leaf that reads no events."""
    match leaf:
        case LastLeaf(last=event, where=where):
            return (_plain(event, where, Cut(newest=1)),)
        case FirstLeaf(first=event, where=where):
            return (_plain(event, where, Cut(oldest=True)),)
        case EventLeaf() | AggregateLeaf():
            return needs_of(leaf)
        case RatioLeaf(ratio=ratio):
            return (*needs_of(ratio.of), *needs_of(ratio.to))
        case MessageLeaf():
            return needs(leaf.counted)
        case SequenceLeaf(sequence=sequence):
            return step_features(sequence)
        case AffinityLeaf():
            return (FAVOURITES,)
        case _:
            return ()


def needs_of(leaf: Counted) -> tuple[Feature, ...]:
    """The feature that is counted or summed up, then the anchor of its window if it has one."""
    window = leaf.window
    main = _main(leaf)
    if isinstance(window, SinceEventWindow):
        return main, _plain(window.since_event.last, window.since_event.where, Cut(newest=1))
    return (main,)


def _plain(event: str, where: tuple[Condition, ...], cut: Cut) -> Feature:
    if part_of(event) == "L":
        return Feature(event, where, Cut(every=True)) if where else presence(event)
    return Feature(event, where, Cut(every=True) if is_derived(event) else cut)


def _main(leaf: Counted) -> Feature:
    take: Take = _TAKES.get(leaf.aggregate, "at")
    of = None if isinstance(leaf, EventLeaf) else leaf.of
    if part_of(leaf.event) == "L":
        if of is None:
            return _plain(leaf.event, leaf.where, Cut())
        return Feature(leaf.event, leaf.where, Cut(every=True), of=of, take=take)
    cut = _cut(leaf)
    return Feature(leaf.event, leaf.where, cut, _entry(leaf.window, cut), of, take)


def _cut(leaf: Counted) -> Cut:
    """What must be seen at once: `from..to` a whole stretch, sums too, all else only what is newest."""
    if isinstance(leaf.window, AgoWindow):
        return Cut(reach=leaf.window.from_)
    if _whole(leaf) or is_derived(leaf.event):
        return Cut(reach=leaf.window.last) if isinstance(leaf.window, LastWindow) else Cut(every=True)
    match leaf:
        case EventLeaf(bounds=(_, high)):
            return Cut(newest=min(high + 1, MAX_ELEMENTS))
        case AggregateLeaf(aggregate="min"):
            return Cut(low=True)
        case AggregateLeaf(aggregate="max"):
            return Cut(high=True)
        case _:
            return Cut(distinct=min(_most(leaf) + 1, MAX_ELEMENTS))


def _whole(leaf: Counted) -> bool:
    return isinstance(leaf, Measure) or leaf.aggregate in {"sum", "avg"}


def _most(leaf: Counted) -> int:
    counts = whole(leaf.value) if isinstance(leaf, AggregateLeaf) else 0
    return counts[1] if isinstance(counts, tuple) else counts


def _entry(window: Window | None, cut: Cut) -> tuple[Instant, Instant] | None:
    """What may enter at all."""
    match window:
        case BetweenWindow(between=between):
            return between
        case SinceWindow(since=start) if cut.every:
            return start, FOREVER
        case _:
            return None
