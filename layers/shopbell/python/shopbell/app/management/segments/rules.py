"""A rule among the other segments of its store: what it names must be there, and must not lead back to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import ListId, SegmentId, StoreId
from shopbell.domain.rules.graph import ROOT, check_cycle, leaves, references
from shopbell.domain.rules.nodes import Rule, SegmentLeaf
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence
from shopbell.domain.rules.traits import ListLeaf
from shopbell.domain.segments.definition import Segment
from shopbell.ports import Lists


@dataclass(frozen=True, slots=True)
class ReadRule:
    lists: Lists

    def __call__(
        self, store: StoreId, raw: Json, known: Sequence[Segment], own: SegmentId | None = None, at: str = ROOT
    ) -> Rule:
        """Raises Rejected with paths below `at` for what is wrong in itself, names nothing, or goes in a circle."""
        try:
            rule = parse_rule(raw)
        except Rejected as exc:
            raise Rejected([Problem(_below(at, one.path), one.message) for one in exc.problems]) from None
        there = {row.id: row for row in known if row.state != "archived" and not row.hidden}
        missing = [Problem(_below(at, path), message) for path, message in self._missing(store, rule, there)]
        if missing:
            raise Rejected(missing)
        if own is not None:
            names = {row.id: row.name for row in known}
            check_cycle({**{name: uses(row) for name, row in there.items()}, own: references(rule)}, names)
        return rule

    def check_lists(self, segment: Segment) -> None:
        """409: a list may have been deleted while nothing live read it."""
        names = {leaf.list for _, leaf in leaves(parse_rule(segment.rule)) if isinstance(leaf, ListLeaf)}
        gone = sorted(name for name in names if not self._is_list(segment.store, ListId(name)))
        if gone:
            raise Conflict(
                f"It reads lists that are not there: {', '.join(gone)}. Make them first, or change its rule."
            )

    def _missing(self, store: StoreId, rule: Rule, there: Mapping[SegmentId, Segment]) -> Iterator[tuple[str, str]]:
        """Path and message of each leaf that names what the store has not."""
        for path, leaf in leaves(rule):
            if isinstance(leaf, SegmentLeaf) and leaf.in_segment not in there:
                yield _field(path, "in_segment"), "is no segment of this store"
            if isinstance(leaf, ListLeaf) and not self._is_list(store, ListId(leaf.list)):
                yield _field(path, "list"), "is no list of this store"

    def _is_list(self, store: StoreId, name: ListId) -> bool:
        row = self.lists.get(store, name)
        return row is not None and not row.going


def uses(segment: Segment) -> frozenset[SegmentId]:
    """The segments that a stored one refers to."""
    return refers(segment.rule)


def refers(raw: Json) -> frozenset[SegmentId]:
    """The segments to which a rule refers that was read before; None: there is none."""
    return frozenset() if raw is None else references(parse_rule(raw))


def words(rule: Rule, known: Sequence[Segment]) -> str:
    """The rule as one English sentence."""
    names: Mapping[SegmentId, str] = {row.id: row.name for row in known}
    return sentence(rule, names)


def _field(path: str, name: str) -> str:
    return name if path == ROOT else f"{path}.{name}"


def _below(at: str, path: str) -> str:
    return f"{at}.{path}" if path and path != ROOT else at
